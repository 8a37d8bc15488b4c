"""Deletion of accounts and executions: of everything, or of biometrics only."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jumio_simulator.api.checks import admit_retrieval
from jumio_simulator.wire.problems import ProblemError
from jumio_simulator.wire.requests import world_of
from jumio_simulator.world import lifecycle
from jumio_simulator.world.model import Account, Execution

_ACCOUNT = "/api/v1/accounts/{account}"
_EXECUTION = f"{_ACCOUNT}/workflow-executions/{{execution}}"


def _account(request: Request) -> Account:
    admit_retrieval(request, "delete")
    account = world_of(request).account(request.path_params["account"])
    if account is None:
        raise ProblemError(404, "Account not found")
    return account


def _execution(request: Request) -> Execution:
    admit_retrieval(request, "delete")
    path = request.path_params
    execution = world_of(request).execution(path["account"], path["execution"])
    if execution is None or execution.deleted:
        raise ProblemError(404, "Workflow execution not found")
    return execution


async def delete_account(request: Request) -> Response:
    """The account and all its executions."""
    account, world = _account(request), world_of(request)
    lifecycle.delete_account(world, account, world.clock.now())
    return Response(status_code=200)


async def delete_execution(request: Request) -> Response:
    lifecycle.delete(_execution(request), world_of(request).clock.now())
    return Response(status_code=200)


async def delete_account_biometrics(request: Request) -> Response:
    """What faces of all the account's executions could be compared with."""
    for execution_id in _account(request).execution_ids:
        lifecycle.delete_biometrics(world_of(request).executions[execution_id])
    return Response(status_code=200)


async def delete_execution_biometrics(request: Request) -> Response:
    lifecycle.delete_biometrics(_execution(request))
    return Response(status_code=200)


# That biometrics can be deleted alone is documented; at which paths was not to be found.
ROUTES = [
    Route(_ACCOUNT, delete_account, methods=["DELETE"], name="accounts.delete"),
    Route(_EXECUTION, delete_execution, methods=["DELETE"], name="executions.delete"),
    Route(
        f"{_ACCOUNT}/biometrics",
        delete_account_biometrics,
        methods=["DELETE"],
        name="accounts.delete_biometrics",
    ),
    Route(
        f"{_EXECUTION}/biometrics",
        delete_execution_biometrics,
        methods=["DELETE"],
        name="executions.delete_biometrics",
    ),
]
