"""The admin API of executions: look at them, play them, send their callbacks."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from jumio_simulator.api.account_answer import web_href
from jumio_simulator.api.documents import decision_document
from jumio_simulator.wire.problems import ProblemError
from jumio_simulator.wire.requests import json_object, simulation_of, world_of
from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.lifecycle import expire, play, wipe
from jumio_simulator.world.model import Execution, Json
from jumio_simulator.world.scenarios import named_scenario
from jumio_simulator.world.world import World


def execution_state(world: World, execution: Execution) -> Json:
    """Everything known about an execution; moments are ISO strings or null."""

    def moment(value: float | None) -> str | None:
        return None if value is None else timestamp(value)

    return {
        "id": execution.id,
        "accountId": execution.account_id,
        "definitionKey": execution.definition_key,
        "customerInternalReference": execution.customer_internal_reference,
        "userReference": execution.user_reference,
        "reportingCriteria": execution.reporting_criteria,
        "status": execution.status,
        "scenario": execution.scenario,
        "callbackUrl": execution.callback_url or world.options.default_callback_url,
        "successUrl": execution.success_url,
        "errorUrl": execution.error_url,
        "consent": execution.consent,
        "createdAt": timestamp(execution.created_at),
        "expiresAt": timestamp(execution.expires_at),
        "acquisitionStartedAt": moment(execution.acquisition_started_at),
        "startedAt": moment(execution.started_at),
        "completedAt": moment(execution.completed_at),
        "wipedOutAt": moment(execution.wiped_at),
        "deleted": execution.deleted,
        "webHref": web_href(world, execution) if execution.offers_web else None,
        "sdkToken": execution.token if execution.offers_sdk else None,
        "credentials": [
            {"id": one.id, "category": one.category, "parts": sorted(one.parts)}
            for one in execution.credentials
        ],
        "decision": decision_document(execution),
        "callbacks": [asdict(delivery) for delivery in execution.deliveries],
    }


def _found(request: Request) -> Execution:
    execution = world_of(request).executions.get(request.path_params["execution"])
    if execution is None:
        raise ProblemError(404, "There is no such workflow execution")
    return execution


def _answer(request: Request, execution: Execution) -> Response:
    """The state as JSON, or back to the index page when a form there was used."""
    if "form" in request.headers.get("content-type", ""):
        return RedirectResponse("/", status_code=303)
    return JSONResponse(execution_state(world_of(request), execution))


async def list_executions(request: Request) -> Response:
    """All executions, the newest first."""
    world = world_of(request)
    newest_first = reversed(world.executions.values())
    return JSONResponse([execution_state(world, one) for one in newest_first])


async def show_execution(request: Request) -> Response:
    return JSONResponse(execution_state(world_of(request), _found(request)))


async def play_execution(request: Request) -> Response:
    """Returns when the callbacks of what was played were answered."""
    world = world_of(request)
    if "form" in request.headers.get("content-type", ""):
        async with request.form() as form:
            body: Json = {"scenario": form.get("scenario")}
    else:
        body = await json_object(request)
    scenario = named_scenario(body.get("scenario"))
    execution = _found(request)
    play(world, execution, scenario, to_end=bool(body.get("to_end", True)))
    await simulation_of(request).sender.settle()
    return _answer(request, execution)


async def send_callback(request: Request) -> Response:
    """Send a callback now; `status` and `userReference` may be overridden."""
    changes = await json_object(request)
    execution = _found(request)
    simulation = simulation_of(request)
    simulation.sender.send_now(execution, simulation.world.clock.now(), changes)
    await simulation.sender.settle()
    return _answer(request, execution)


async def expire_execution(request: Request) -> Response:
    world = world_of(request)
    execution = _found(request)
    expire(world, execution, world.clock.now())
    await simulation_of(request).sender.settle()
    return _answer(request, execution)


async def wipe_execution(request: Request) -> Response:
    execution = _found(request)
    wipe(execution, world_of(request).clock.now())
    return _answer(request, execution)


ROUTES = [
    Route("/executions", list_executions, methods=["GET"]),
    Route("/executions/{execution}", show_execution, methods=["GET"]),
    Route("/executions/{execution}/play", play_execution, methods=["POST"]),
    Route("/executions/{execution}/callback", send_callback, methods=["POST"]),
    Route("/executions/{execution}/expire", expire_execution, methods=["POST"]),
    Route("/executions/{execution}/wipe", wipe_execution, methods=["POST"]),
]
