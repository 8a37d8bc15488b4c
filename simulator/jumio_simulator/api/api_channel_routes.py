"""The API channel: upload and replace parts, finalize."""

import json
from typing import cast

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jumio_simulator.api.account_answer import api_block
from jumio_simulator.api.checks import require_headers, upload_execution
from jumio_simulator.wire.problems import ProblemError
from jumio_simulator.wire.requests import world_of
from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.lifecycle import acquire, start, touch
from jumio_simulator.world.model import Credential, Execution, Json, Part
from jumio_simulator.world.workflows import find_workflow

IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
_PART = "/api/v1/accounts/{account}/workflow-executions/{execution}/credentials/{credential}/parts"


async def upload_part(request: Request) -> Response:
    """A part of a credential: multipart field `file`, or JSON for prepared data."""
    require_headers(request)
    execution = upload_execution(request)
    credential = execution.credential(request.path_params["credential"])
    classifier = request.path_params.get("classifier", "DOCUMENT").upper()
    if credential is None or classifier not in credential.wanted:
        raise ProblemError(404, "Part not found")
    if "API" not in credential.channels:
        raise ProblemError(403, "The API channel is not allowed for this credential")
    if classifier == "PREPARED_DATA":
        part = await _prepared_data(request)
    else:
        part = await _file(request, classifier)
    upload_execution(request)  # time may have passed while the body was received
    credential.parts[classifier] = part
    execution.last_captured = credential
    _note_activity(request, execution)
    return JSONResponse(_upload_answer(request, execution, credential, part))


def _note_activity(request: Request, execution: Execution) -> None:
    """Uploads start the session, but not that of data-only workflows: captures show that theirs
    begins when they are finalized."""
    world = world_of(request)
    workflow = find_workflow(execution.definition_key, world.options)
    if workflow is None or workflow.data_only:
        return
    now = world.clock.now()
    start(world, execution, now)
    touch(world, execution, now)


async def _prepared_data(request: Request) -> Part:
    body = await request.body()
    _check_size(request, len(body))
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ProblemError(400, "Prepared data are sent as application/json")
    try:
        data = json.loads(body)
    except ValueError as error:
        raise ProblemError(400, "The body is not valid JSON") from error
    if not isinstance(data, dict):
        raise ProblemError(400, "Prepared data are a JSON object")
    return Part("PREPARED_DATA", json.dumps(data).encode(), "application/json")


async def _file(request: Request, classifier: str) -> Part:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ProblemError(400, "Parts are sent as multipart/form-data")
    async with request.form() as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise ProblemError(400, "The field file is missing")
        content = await upload.read()
    _check_size(request, len(content))
    media_type = next((kind for magic, kind in IMAGES.items() if content.startswith(magic)), None)
    if media_type is None and classifier == "DOCUMENT" and content.startswith(b"%PDF"):
        media_type = "application/pdf"
    if classifier == "FACEMAP":
        media_type = "application/octet-stream"  # the binary that the customer kept
    if media_type is None:
        raise ProblemError(400, "The file is not of a supported type")
    return Part(classifier, content, media_type)


def _check_size(request: Request, size: int) -> None:
    if size > world_of(request).options.upload_max_bytes:
        raise ProblemError(400, "The file is too large")


def _upload_answer(
    request: Request, execution: Execution, credential: Credential, part: Part
) -> Json:
    """After prepared data `parts` is empty, as captured."""
    world = world_of(request)
    api = api_block(world, execution, credential)
    if part.classifier == "PREPARED_DATA":
        api["parts"] = {}
    return {
        "timestamp": timestamp(world.clock.now()),
        "account": {"id": execution.account_id},
        "workflowExecution": {"id": execution.id},
        "credential": {"id": credential.id},
        "part": {"id": part.id},
        "api": api,
    }


async def finalize(request: Request) -> Response:
    """The caller has uploaded everything; processing begins."""
    await request.body()
    require_headers(request)
    execution = upload_execution(request)
    world = world_of(request)
    now = world.clock.now()
    answer = {
        "timestamp": timestamp(now),
        "account": {"id": execution.account_id},
        "workflowExecution": {"id": execution.id},
    }
    workflow = find_workflow(execution.definition_key, world.options)
    if workflow is not None and not workflow.data_only:
        start(world, execution, now)
    acquire(world, execution, now)
    return JSONResponse(cast("Json", answer))


ROUTES = [
    Route(f"{_PART}/{{classifier}}", upload_part, methods=["POST"], name="parts.upload"),
    Route(f"{_PART}/{{classifier}}", upload_part, methods=["PUT"], name="parts.replace"),
    Route(_PART, upload_part, methods=["POST"], name="parts.upload_document"),
    Route(
        "/api/v1/accounts/{account}/workflow-executions/{execution}",
        finalize,
        methods=["PUT"],
        name="executions.finalize",
    ),
]
