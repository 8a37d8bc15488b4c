"""The hosted web client: the page behind `web.href`, and the forms on it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from jumio_simulator.person.hosted_state import (
    ERRORS,
    frame_message,
    preset_values,
    refusal_code,
    return_url,
    step_of,
    to_capture,
)
from jumio_simulator.person.pages import page
from jumio_simulator.wire.problems import AnsweredError, ProblemError
from jumio_simulator.wire.requests import world_of
from jumio_simulator.world import lifecycle
from jumio_simulator.world.model import Execution
from jumio_simulator.world.scenarios import SCENARIOS, named_scenario

COUNTRIES = ["AUT", "DEU", "GBR", "USA"]
TYPES = ["PASSPORT", "ID_CARD", "DRIVING_LICENSE", "VISA"]


@dataclass
class Visit:
    """Somebody at the page, with a token that may still be used."""

    request: Request
    execution: Execution
    token: str
    framed: bool
    form: FormData


async def show(request: Request) -> Response:
    """The page at the step the person has reached; an error page for a token that is no good."""
    token = request.query_params.get("authorizationToken", "")
    framed = request.headers.get("sec-fetch-dest") == "iframe"
    visit = _admitted(request, token, FormData(), framed=framed)
    execution = visit.execution
    if step_of(execution) == "ended":
        return _ended(visit, "finished")
    missing = to_capture(execution)
    document = next((one for one in execution.credentials if one.category == "ID"), None)
    return page(
        "client.html",
        step=step_of(execution),
        token=token,
        locale=execution.locale,
        credentials=[one for one in execution.credentials if "WEB" in one.channels],
        current=missing[0] if missing else None,
        countries=preset_values(document, "country", COUNTRIES),
        types_offered=preset_values(document, "type", TYPES),
        scenarios=[one for one in SCENARIOS.values() if one.acts != "waits"],
        errors=ERRORS,
        message=None
        if "continued" in request.query_params
        else frame_message(world_of(request), execution, token, "loaded"),
    )


def _admitted(request: Request, token: str, form: FormData, *, framed: bool) -> Visit:
    """The visit; ends the request with the documented error for a token that is no good."""
    execution = world_of(request).by_token.get(token)
    if execution is not None and not (execution.offers_web and token == execution.web_token):
        execution = None
    code = refusal_code(execution)
    if execution is None or code is not None:
        refusal = code or "9200"
        raise AnsweredError(_leave(request, execution, token, refusal, framed=framed, status=401))
    return Visit(request, execution, token, framed, form)


async def _form_visit(request: Request) -> Visit:
    form = await request.form()
    token = str(form.get("authorizationToken", ""))
    return _admitted(request, token, form, framed=form.get("framed") == "1")


async def act(request: Request) -> Response:
    """start, document, capture: one step, then back to the page."""
    action = request.path_params["action"]
    if action not in {"start", "document", "capture"}:
        raise ProblemError(404, "Not Found")
    visit = await _form_visit(request)
    execution = visit.execution
    world = world_of(request)
    now = world.clock.now()
    lifecycle.start(world, execution, now)
    if execution.status == "ACQUISITION_STARTED":
        lifecycle.touch(world, execution, now)
        if action == "document":
            execution.document = {
                "country": str(visit.form.get("country", COUNTRIES[0])),
                "document_type": str(visit.form.get("type", TYPES[0])),
            }
        missing = to_capture(execution)
        if action == "capture" and missing:
            lifecycle.capture(world, execution, missing[0], now)
    # The real client is one page that loads once: the steps after the first say nothing.
    query = urlencode(
        {"authorizationToken": visit.token, "locale": execution.locale, "continued": "1"}
    )
    return RedirectResponse(f"/web/client?{query}", status_code=303)


async def finish(request: Request) -> Response:
    """The person is done, and decides how it ends; steps they skipped are taken as done."""
    visit = await _form_visit(request)
    scenario = named_scenario(visit.form.get("scenario") or "approved")
    if step_of(visit.execution) == "ended":
        return _ended(visit, "finished")
    lifecycle.play(world_of(request), visit.execution, scenario, to_end=False)
    if scenario.acts != "finishes":
        return _ended(visit, "left")
    return _leave(request, visit.execution, visit.token, None, framed=visit.framed)


async def leave(request: Request) -> Response:
    """The person goes away; with `expire=1` the idle time passes at once."""
    visit = await _form_visit(request)
    if visit.form.get("expire") == "1":
        world = world_of(request)
        lifecycle.expire(world, visit.execution, world.clock.now())
    return _ended(visit, "left")


async def fail(request: Request) -> Response:
    """The client breaks with `errorCode`; the execution stays open and will expire."""
    visit = await _form_visit(request)
    code = str(visit.form.get("errorCode", "9801"))
    if code not in ERRORS:
        raise ProblemError(400, "errorCode is not one of the documented codes")
    return _leave(request, visit.execution, visit.token, code, framed=visit.framed)


def _leave(
    request: Request,
    execution: Execution | None,
    token: str,
    code: str | None,
    *,
    framed: bool,
    status: int = 200,
) -> Response:
    """Off to successUrl or errorUrl; a page where there is none, or to tell the frame first."""
    target = return_url(execution, code) if execution else None
    if target is not None and not framed:
        return RedirectResponse(target, status_code=303)
    world = world_of(request)
    value = "error" if code else "success"
    return page(
        "ended.html",
        status,
        kind=value,
        code=code,
        text=ERRORS[code] if code else "",
        target=target,
        message=frame_message(world, execution, token, value, code),
        locale=execution.locale if execution else "en",
    )


def _ended(visit: Visit, kind: str) -> Response:
    """Nothing more to do here; `kind` is finished or left."""
    execution = visit.execution
    return page(
        "ended.html",
        kind=kind,
        code=None,
        text="",
        target=return_url(execution, None) if kind == "finished" else None,
        message=frame_message(world_of(visit.request), execution, visit.token, "loaded"),
        locale=execution.locale,
    )


ROUTES = [
    Route("/web/client", show, methods=["GET"], name="web.client"),
    Route("/web/v4/app", show, methods=["GET"], name="web.client"),
    Route("/web/client/finish", finish, methods=["POST"], name="web.finish"),
    Route("/web/client/leave", leave, methods=["POST"], name="web.leave"),
    Route("/web/client/fail", fail, methods=["POST"], name="web.fail"),
    Route("/web/client/{action}", act, methods=["POST"], name="web.step"),
]
