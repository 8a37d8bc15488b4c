"""The admin API: options, reset, journal, faults, clock, scenarios, tokens."""

from secrets import token_urlsafe
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jumio_simulator.wire.faults import Fault
from jumio_simulator.wire.problems import ProblemError
from jumio_simulator.wire.requests import json_object, simulation_of, world_of
from jumio_simulator.world import lifecycle
from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.labels import LABELS
from jumio_simulator.world.scenarios import SCENARIOS, named_scenario
from jumio_simulator.world.world import World


def _number(body: dict[str, Any], name: str, default: float = 0.0) -> float:
    """A number that is not negative; 400 for anything else."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise ProblemError(400, f"{name} is a number and not negative")
    return float(value)


async def options(request: Request) -> Response:
    world = world_of(request)
    if request.method == "PATCH":
        try:
            world.options = world.options.patched(await json_object(request))
        except ValidationError as error:
            raise ProblemError(400, str(error)) from error
    return JSONResponse(world.options.model_dump(mode="json"))


async def reset(request: Request) -> Response:
    body = await json_object(request)
    simulation_of(request).reset(bearers=bool(body.get("bearers")))
    return JSONResponse({"reset": True})


async def journal(request: Request) -> Response:
    book = simulation_of(request).journal
    if request.method == "DELETE":
        book.clear()
        return JSONResponse([])
    query = request.query_params
    since = query.get("since", "0")
    if not since.isdigit():
        raise ProblemError(400, "since is the number of a journal entry")
    found = book.select(query.get("method"), query.get("path"), query.get("endpoint"), int(since))
    return JSONResponse(found)


async def faults(request: Request) -> Response:
    book = simulation_of(request).faults
    if request.method == "DELETE":
        book.clear()
    if request.method == "POST":
        try:
            fault = Fault.model_validate(await json_object(request))
        except ValidationError as error:
            raise ProblemError(400, str(error)) from error
        book.add(fault)
        return JSONResponse(fault.model_dump())
    return JSONResponse([fault.model_dump() for fault in book.faults])


async def outage(request: Request) -> Response:
    body = await json_object(request)
    simulation_of(request).shut(_number(body, "seconds", 1.0))
    return JSONResponse({"refusing": True}, headers={"Connection": "close"})


async def clock(request: Request) -> Response:
    simulation = simulation_of(request)
    time = simulation.world.clock
    if request.method == "POST":
        body = await json_object(request)
        if body.get("freeze"):
            time.freeze()
        if body.get("resume"):
            time.resume()
        if "advance" in body:
            await simulation.ticker.advance(_number(body, "advance"))
        simulation.ticker.wake()
    now = time.now()
    return JSONResponse({"now": now, "time": timestamp(now), "frozen": time.frozen})


async def scenarios(request: Request) -> Response:
    world = world_of(request)
    if request.method == "POST":
        _assign(world, await json_object(request))
    listed = [{"name": one.name, "description": one.description} for one in SCENARIOS.values()]
    return JSONResponse({"scenarios": listed, "labels": LABELS, **world.scenarios.state()})


def _assign(world: World, body: dict[str, Any]) -> None:
    scenario = named_scenario(body.get("scenario"))
    wanted = body.get("for")
    if not isinstance(wanted, dict):
        wanted = {}
    if body.get("default"):
        world.scenarios.default = scenario.name
    elif "next" in body:
        world.scenarios.queue(scenario.name, int(_number(body, "next")))
    elif set(wanted) == {"workflowExecution"}:
        execution = world.executions.get(str(wanted["workflowExecution"]))
        if execution is None:
            raise ProblemError(404, "There is no such workflow execution")
        execution.scenario = scenario.name
        lifecycle.schedule_person(world, execution)
    elif len(wanted) == 1 and set(wanted) <= {"userReference", "customerInternalReference"}:
        ((attribute, value),) = wanted.items()
        world.scenarios.assign(scenario.name, attribute, str(value))
    else:
        raise ProblemError(400, 'Name one of "for", "next" and "default"')


async def rotate(request: Request) -> Response:
    """A new secret for a client: the one given, or one made up. Its bearers stay valid unless
    `revoke` is asked for."""
    body = await json_object(request)
    world, client_id = world_of(request), request.path_params["client"]
    if client_id not in {client.id for client in world.options.clients}:
        raise ProblemError(404, "There is no such client")
    secret = str(body.get("secret") or token_urlsafe(24))
    world.options = world.options.patched(
        {
            "clients": [
                client.model_dump() | ({"secret": secret} if client.id == client_id else {})
                for client in world.options.clients
            ]
        }
    )
    revoked = world.bearers.revoke(client_id) if body.get("revoke") else 0
    return JSONResponse({"secret": secret, "revoked": revoked})


async def delete_account(request: Request) -> Response:
    """The account is gone as when its retention period has ended: nobody asked Jumio for it."""
    world = world_of(request)
    account = world.account(request.path_params["account"])
    if account is None:
        raise ProblemError(404, "There is no such account")
    lifecycle.delete_account(world, account, world.clock.now())
    return JSONResponse({"deleted": True})


async def revoke(request: Request) -> Response:
    body = await json_object(request)
    return JSONResponse({"revoked": world_of(request).bearers.revoke(body.get("client_id"))})


ROUTES = [
    Route("/options", options, methods=["GET", "PATCH"]),
    Route("/reset", reset, methods=["POST"]),
    Route("/journal", journal, methods=["GET", "DELETE"]),
    Route("/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/outage", outage, methods=["POST"]),
    Route("/clock", clock, methods=["GET", "POST"]),
    Route("/scenarios", scenarios, methods=["GET", "POST"]),
    Route("/accounts/{account}/delete", delete_account, methods=["POST"]),
    Route("/clients/{client}/rotate", rotate, methods=["POST"]),
    Route("/tokens/revoke", revoke, methods=["POST"]),
]
