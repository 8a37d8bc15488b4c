"""Retrieval: status, details, steps, parts."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jumio_simulator.api.checks import admit_retrieval
from jumio_simulator.api.documents import details_document, status_document, steps_document
from jumio_simulator.api.placeholder import placeholder_png
from jumio_simulator.wire.problems import ProblemError
from jumio_simulator.wire.requests import world_of
from jumio_simulator.world.model import Execution

_EXECUTION = "/api/v1/accounts/{account}/workflow-executions/{execution}"


def _found(request: Request) -> Execution:
    """The execution; a deleted one only where the tenant keeps its decision."""
    world = world_of(request)
    execution = world.execution(request.path_params["account"], request.path_params["execution"])
    if execution is None:
        raise ProblemError(404, "Workflow execution not found")
    if execution.deleted and world.options.details_after_delete == "not_found":
        raise ProblemError(404, "Workflow execution not found")
    return execution


def _readable(request: Request, execution: Execution) -> Execution:
    """404 for a result that is not readable yet although PROCESSED was called back, and for what
    an expired execution does not show."""
    for status, answer in world_of(request).options.expired_details.items():
        if execution.status == status and answer == "unavailable":
            raise ProblemError(404, "Workflow execution not available")
    if execution.unreadable_reads > 0:
        execution.unreadable_reads -= 1
        raise ProblemError(404, "Workflow execution not available")
    if world_of(request).clock.now() < execution.unreadable_until:
        raise ProblemError(404, "Workflow execution not available")
    return execution


async def get_status(request: Request) -> Response:
    admit_retrieval(request)
    return JSONResponse(status_document(_found(request), world_of(request).base_url))


async def get_details(request: Request) -> Response:
    admit_retrieval(request)
    execution = _readable(request, _found(request))
    world = world_of(request)
    return JSONResponse(details_document(execution, world.base_url, world.options))


async def get_steps(request: Request) -> Response:
    admit_retrieval(request)
    execution = _readable(request, _found(request))
    return JSONResponse(steps_document(execution, world_of(request).options))


async def get_part(request: Request) -> Response:
    """The bytes that were uploaded, or a placeholder for what was captured."""
    admit_retrieval(request)
    world = world_of(request)
    account = world.account(request.path_params["account"])
    classifier = request.path_params["classifier"].upper()
    for execution_id in account.execution_ids if account else []:
        credential = world.executions[execution_id].credential(request.path_params["credential"])
        part = credential.parts.get(classifier) if credential else None
        if part is not None and classifier == "FACEMAP":
            facemap = part.content or b"SIMULATED FACEMAP"
            return Response(facemap, media_type="application/octet-stream")
        if part is not None:
            return Response(part.content or placeholder_png(), media_type=part.media_type)
    raise ProblemError(404, "Part not available")


ROUTES = [
    Route(f"{_EXECUTION}/status", get_status, methods=["GET"], name="retrieval.status"),
    Route(_EXECUTION, get_details, methods=["GET"], name="retrieval.details"),
    Route(f"{_EXECUTION}/steps", get_steps, methods=["GET"], name="retrieval.steps"),
    Route(
        "/api/v1/accounts/{account}/credentials/{credential}/parts/{classifier}",
        get_part,
        methods=["GET"],
        name="retrieval.part",
    ),
]
