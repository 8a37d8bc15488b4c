"""POST and PUT of accounts: every one opens a new workflow execution."""

import json

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jumio_simulator.api.account_answer import account_answer
from jumio_simulator.api.account_request import AccountRequest
from jumio_simulator.api.checks import require_bearer, require_headers, require_rate
from jumio_simulator.api.opening import check_against_tenant, new_execution
from jumio_simulator.wire.problems import ProblemError, first_complaint
from jumio_simulator.wire.requests import world_of
from jumio_simulator.world.model import Account, new_id


async def create_account(request: Request) -> Response:
    """A new person: account, execution, token."""
    body = await request.body()
    return _open(request, body, None)


async def update_account(request: Request) -> Response:
    """A further transaction of a known person; 404, or as switched, for an unknown account."""
    body = await request.body()
    _admit(request)
    account = world_of(request).account(request.path_params["account"])
    if account is None:
        raise ProblemError(world_of(request).options.unknown_account_status, "Account not found")
    return _open(request, body, account, admitted=True)


def _admit(request: Request) -> None:
    require_headers(request)
    require_bearer(request, "initiate")
    require_rate(request, "account")


def _open(
    request: Request, body: bytes, account: Account | None, *, admitted: bool = False
) -> Response:
    if not admitted:
        _admit(request)
    world = world_of(request)
    parsed = _parsed(request, body)
    workflow = check_against_tenant(world, parsed, account)
    target = account or Account(new_id(), world.clock.now())
    execution = new_execution(world, parsed, workflow, target)
    world.accounts[target.id] = target
    return JSONResponse(account_answer(world, execution), world.options.success_status)


def _parsed(request: Request, body: bytes) -> AccountRequest:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ProblemError(415, "Content-Type must be application/json")
    world = world_of(request)
    try:
        raw = json.loads(body)
    except ValueError as error:
        raise ProblemError(400, "The body is not valid JSON") from error
    context = {"options": world.options, "now": world.clock.now()}
    try:
        return AccountRequest.model_validate(raw, context=context)
    except ValidationError as error:
        raise ProblemError(400, first_complaint(error)) from error


ROUTES = [
    Route("/api/v1/accounts", create_account, methods=["POST"], name="accounts.create"),
    Route("/api/v1/accounts/{account}", update_account, methods=["PUT"], name="accounts.update"),
]
