"""What every call of Jumio's is checked for: headers, bearer, permission, rate."""

import re
from typing import Literal

from starlette.requests import Request

from jumio_simulator.wire.problems import TOO_MANY, UNAUTHORIZED, ProblemError
from jumio_simulator.wire.requests import simulation_of, world_of
from jumio_simulator.world.model import Execution
from jumio_simulator.world.options import Permission


def require_headers(request: Request) -> None:
    """403 without an Accept that admits JSON, or without a User-Agent that names a business."""
    options = world_of(request).options
    if not options.require_user_agent:
        return
    agent = request.headers.get("user-agent", "")
    if not re.search(options.user_agent_pattern, agent):
        raise ProblemError(403, "User-Agent must identify your company and application")
    accept = request.headers.get("accept", "")
    if not any(kind in accept for kind in ("application/json", "*/*", "application/*")):
        raise ProblemError(403, "Accept must be application/json")


def bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ProblemError(401, UNAUTHORIZED)
    return token.strip()


def admit_retrieval(request: Request, permission: Permission = "retrieve") -> None:
    """What every call of the retrieval API is checked for."""
    require_headers(request)
    require_bearer(request, permission)
    require_rate(request, "retrieval")


def require_bearer(request: Request, permission: Permission) -> None:
    """401 without a valid OAuth bearer, 403 when its client may not do this."""
    world = world_of(request)
    bearer = world.bearers.valid(bearer_token(request), world.clock.now())
    if bearer is None:
        raise ProblemError(401, UNAUTHORIZED)
    client = next((one for one in world.options.clients if one.id == bearer.client_id), None)
    if client is None:
        raise ProblemError(401, UNAUTHORIZED)
    if permission not in client.permissions:
        raise ProblemError(403, f"The client has no permission to {permission}")


def require_rate(request: Request, name: Literal["token", "account", "retrieval"]) -> None:
    """429 over the tenant's limit of this kind."""
    simulation = simulation_of(request)
    options = simulation.world.options
    rate, burst = {
        "token": (options.token_rate, options.token_burst),
        "account": (options.account_rate, options.account_burst),
        "retrieval": (options.retrieval_rate, options.retrieval_burst),
    }[name]
    if simulation.limits[name].admit(rate, burst):
        return
    seconds = options.retry_after_seconds
    raise ProblemError(429, TOO_MANY, {} if seconds is None else {"Retry-After": str(seconds)})


def upload_execution(request: Request) -> Execution:
    """The execution of an API-channel call, authorised by its token or, if allowed, by OAuth.

    401 for a bearer that is not valid here or has expired, 404 for paths that do not exist, 403
    once the execution accepts nothing any more.
    """
    world = world_of(request)
    token = bearer_token(request)
    by_token = world.by_token.get(token)
    if by_token is None:
        if world.options.upload_bearer == "transaction":
            raise ProblemError(401, UNAUTHORIZED)
        require_bearer(request, "initiate")
    execution = world.execution(request.path_params["account"], request.path_params["execution"])
    if execution is None or execution.deleted:
        raise ProblemError(404, "Workflow execution not found")
    if by_token is not None and by_token is not execution:
        raise ProblemError(401, UNAUTHORIZED)
    if execution.status in {"TOKEN_EXPIRED", "SESSION_EXPIRED"}:
        raise ProblemError(401, UNAUTHORIZED)
    if execution.status not in {"INITIATED", "ACQUISITION_STARTED"}:
        raise ProblemError(403, "Workflow execution is already finalized")
    return execution
