"""What the stand-in for the mobile SDK talks to. Jumio's own SDK backend is not documented."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jumio_simulator.wire.problems import ProblemError
from jumio_simulator.wire.requests import json_object, world_of
from jumio_simulator.world import lifecycle
from jumio_simulator.world.model import Execution, Json
from jumio_simulator.world.scenarios import named_scenario

DATA_CENTERS = {"US": "amer-1", "EU": "emea-1", "SG": "apac-1"}


class SdkError(ProblemError):
    """An answer that the SDK shows as this error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(422, message)
        self.code = code


def _session(request: Request, token: str, data_center: str) -> Execution:
    """The execution of an SDK token; `SdkError` for what the SDK would refuse."""
    world = world_of(request)
    if DATA_CENTERS.get(data_center) != world.options.data_center:
        raise SdkError("A10404", "The token is not known in this data centre")
    execution = world.by_token.get(token)
    if execution is None or execution.deleted:
        raise SdkError("C10401", "Authentication failed")
    if token != execution.token:
        raise SdkError("A10404", "A token of a web link is no SDK token")
    if not execution.offers_sdk:
        raise SdkError("C10401", "The SDK channel is not allowed")
    if execution.status not in {"INITIATED", "ACQUISITION_STARTED"}:
        raise SdkError("J00000", "Transaction already finished")
    return execution


async def act(request: Request) -> Response:
    """`{"token", "dataCenter", "action", "scenario"?}`; actions start, finish and time_out.

    200 with the ids, or 422 with `errorCode` and `errorMessage`.
    """
    try:
        execution = _performed(request, await json_object(request))
    except SdkError as error:
        return JSONResponse({"errorCode": error.code, "errorMessage": error.detail}, 422)
    return JSONResponse(
        {
            "accountId": execution.account_id,
            "workflowId": execution.id,
            "credentials": [
                {"credentialId": one.id, "credentialCategory": one.category}
                for one in execution.credentials
                if "SDK" in one.channels
            ],
        }
    )


def _performed(request: Request, body: Json) -> Execution:
    world = world_of(request)
    action = body.get("action", "start")
    execution = _session(request, str(body.get("token")), str(body.get("dataCenter")))
    if action == "start" and execution.status != "INITIATED" and world.options.token_single_use:
        raise SdkError("J00000", "The token was used before")
    now = world.clock.now()
    lifecycle.start(world, execution, now)
    if action == "time_out":
        lifecycle.expire(world, execution, now)
        raise SdkError("J00000", "Transaction already finished")
    if action == "finish":
        scenario = named_scenario(body.get("scenario") or "approved")
        lifecycle.play(world, execution, scenario, to_end=False)
    else:
        lifecycle.touch(world, execution, now)
    return execution


ROUTES = [Route("/sdk", act, methods=["POST"])]
