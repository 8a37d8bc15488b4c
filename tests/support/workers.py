"""The processes in which MiniStack runs the function that opens sessions."""

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx

from jumio_simulator.admin.client import AdminClient
from tests.support.outside import User, user_key
from tests.support.reconfigured import name_of
from tests.support.stack import RunningStack
from tests.support.waiting import eventually
from verification.domain.standing import LEASE_SECONDS

_STEP = 10


def at_once[Answer](ask: Callable[[int], Answer], number: int) -> list[Answer]:
    """Everybody asks at the same moment; what each of them got."""
    ready = Barrier(number)

    def one(place: int) -> Answer:
        ready.wait()
        return ask(place)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def workers(stack: RunningStack) -> list[int]:
    """The processes that run the function at this moment."""
    found, name = [], name_of(stack, "create_session")
    parent = f"\nPPid:\t{stack.facts['pids']['ministack']}\n"
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if parent in (entry / "status").read_text() and name in str((entry / "cwd").readlink()):
                found.append(int(entry.name))
        except OSError:
            continue  # gone meanwhile
    return found


def warm(stack: RunningStack, simulator: AdminClient, user: User, number: int) -> None:
    """Have workers for so many requests at once, started a few at a time.

    A cloud starts fifty in the time of one. A single machine would need longer than the gateway
    waits, and give up on all of them. The requests are of somebody for whom another request
    seems to be at work: each keeps its worker for a second, and opens nothing. Whether they are
    answered in time does not matter: a worker that took long to start is there for the next.
    """
    _occupy(stack, simulator, user)

    def start_some() -> int:
        if (running := len(workers(stack))) < number:
            _hold(stack, user)
            at_once(lambda _: _ask(user), min(number, running + _STEP))
        return running

    assert eventually(start_some, lambda running: running >= number) >= number


def _ask(user: User) -> httpx.Response | None:
    with contextlib.suppress(httpx.TimeoutException):
        return user.app.create_session(channel="sdk")
    return None


def _occupy(stack: RunningStack, simulator: AdminClient, user: User) -> None:
    """Let the person wait for a request whose end nobody will hear of."""
    simulator.add_fault("accounts.create", "reset")
    assert user.app.create_session(channel="sdk").status_code == httpx.codes.BAD_GATEWAY


def _hold(stack: RunningStack, user: User) -> None:
    """Let that request seem to have begun just now: no lease is believed for longer."""
    stack.aws.dynamodb.update_item(
        TableName=stack.outputs["TableName"],
        Key={"pk": {"S": f"USER#{user_key(stack, user)}"}, "sk": {"S": "ACCOUNT"}},
        UpdateExpression="SET lease_until = :long",
        ConditionExpression="attribute_exists(lease_owner)",
        ExpressionAttributeValues={":long": {"N": str(int(time.time()) + LEASE_SECONDS)}},
    )
