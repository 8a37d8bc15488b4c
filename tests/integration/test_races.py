"""Many requests at once for one person, on a DynamoDB that is exact under threads."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from jumio_simulator.testing import RunningSimulator
from tests.support.bff import Bff
from tests.support.ministack import running_ministack
from tests.support.reply import Reply
from tests.support.template import table_definition
from verification.domain.errors import Problem, SessionBusy
from verification.domain.identity import Pepper, Peppers
from verification.domain.journeys import load_journeys
from verification.domain.limits import Limits
from verification.store import People, Table
from verification.store.items import LIMITER_KEY
from verification.store.operations import When

AT_ONCE = 50
ROUNDS = 10


PLENTY = Limits(1000, 1000, 10**6)
STEP = {"name": "identity", "attempts": {"limit": 9}}
JOURNEYS = load_journeys(json.dumps({"journeys": [{"name": "identity", "steps": [STEP]}]}))


@pytest.fixture(scope="module")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as aws:
        client = aws.dynamodb
        client.create_table(**table_definition("verification"))
        yield client


@pytest.fixture
def make_bffs(dynamodb: Any, simulator: RunningSimulator) -> Callable[..., list[Bff]]:
    """Products that share a table and Jumio, as the containers of a deployment do."""

    def make(number: int, limits: Limits = PLENTY) -> list[Bff]:
        return [
            Bff(dynamodb, "verification", simulator, None, JOURNEYS, limits, time.time, time.sleep)
            for _ in range(number)
        ]

    return make


def at_once(bffs: list[Bff], ask: Callable[[Bff, int], Reply]) -> list[Reply | Problem]:
    """Everybody asks at the same moment; what each of them got."""
    ready = Barrier(len(bffs))

    def one(number: int, bff: Bff) -> Reply | Problem:
        ready.wait()
        try:
            return ask(bff, number)
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(len(bffs)) as pool:
        return list(pool.map(one, range(len(bffs)), bffs))


def account_calls(simulator: RunningSimulator, method: str) -> list[dict[str, Any]]:
    return [
        call
        for call in simulator.admin.journal(method=method, path="/api/v1/accounts*")
        if call["status"] == 200
    ]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_fifty_requests_of_one_person_open_one_account(
    make_bffs: Callable[..., list[Bff]], simulator: RunningSimulator, round_: int
) -> None:
    user = f"person-{round_}"
    bffs = make_bffs(AT_ONCE)

    results = at_once(bffs, lambda bff, number: bff.ask(("sdk", "web")[number % 2], user=user))

    assert len(account_calls(simulator, "POST")) == 1
    (execution,) = bffs[0].executions()
    account = bffs[0].item(user, "ACCOUNT")
    assert account is not None
    assert account["account_id"] == execution["accountId"]
    assert "lease_owner" not in account
    answered = [result for result in results if isinstance(result, Reply)]
    refused = [result for result in results if not isinstance(result, Reply)]
    assert Counter(result.status for result in answered)[201] == 1
    assert all(execution["sdkToken"] in str(result.body) for result in answered)
    assert all(isinstance(result, SessionBusy) and result.retry_after for result in refused)


@pytest.fixture
def of_its_own(dynamodb: Any) -> Iterator[None]:
    """The table knows of no pepper, and of none that a test has used."""
    table = Table(dynamodb, "verification")
    table.step(LIMITER_KEY, "REMOVE #pepper", When(""))
    yield
    table.step(LIMITER_KEY, "REMOVE #pepper", When(""))


@pytest.mark.usefixtures("of_its_own")
@pytest.mark.parametrize("round_", range(ROUNDS))
def test_while_the_pepper_is_rotated_every_new_person_gets_one_account(
    make_bffs: Callable[..., list[Bff]], round_: int
) -> None:
    """Half of the containers have read the secret before, and read it again when they have to."""
    older, newer = (Pepper(f"{round_}{letter}", letter * 64) for letter in "ab")
    before, after = Peppers(older), Peppers(newer, (older,))
    bffs = make_bffs(AT_ONCE)
    for number, bff in enumerate(bffs):
        known = [before, after][number % 2]
        bff.people = People(bff.table, partial(_read, known, after))
    bffs[0].ask(user="somebody-before")

    results = at_once(bffs, lambda bff, number: bff.ask(user=f"rotated-{round_}-{number % 9}"))

    accounts = [execution["accountId"] for execution in bffs[0].executions()]
    assert len(accounts) == len(set(accounts)) == 1 + 9
    refused = [result for result in results if not isinstance(result, Reply)]
    assert all(isinstance(result, SessionBusy) and result.retry_after for result in refused)


def _read(known: Peppers, after: Peppers, afresh: bool) -> Peppers:
    return after if afresh else known


def test_concurrent_renewals_open_one_execution_each_on_one_account(
    make_bffs: Callable[..., list[Bff]], simulator: RunningSimulator
) -> None:
    bffs = make_bffs(8)
    bffs[0].ask(user="renewing")

    results = at_once(bffs, lambda bff, _: bff.ask(user="renewing", renew=True))

    opened = [r for r in results if isinstance(r, Reply) and r.status == 201]
    updates = account_calls(simulator, "PUT")
    assert len(updates) == len(opened) >= 1
    assert len({execution["accountId"] for execution in bffs[0].executions()}) == 1
    tokens = {execution["sdkToken"] for execution in bffs[0].executions()}
    assert {result.body["sdk"]["token"] for result in opened} <= tokens


def test_one_idempotency_key_renews_once_however_often_it_is_sent(
    make_bffs: Callable[..., list[Bff]], simulator: RunningSimulator
) -> None:
    bffs = make_bffs(20)
    bffs[0].ask(user="careful")

    results = at_once(bffs, lambda bff, _: bff.ask(user="careful", renew=True, key="one"))
    results += [bffs[0].ask(user="careful", renew=True, key="one")]

    assert len(account_calls(simulator, "PUT")) == 1
    answered = [result for result in results if isinstance(result, Reply)]
    assert {result.status for result in answered} == {201}
    assert len({str(result.body) for result in answered}) == 1


def test_all_containers_together_keep_to_jumios_pace(
    make_bffs: Callable[..., list[Bff]], simulator: RunningSimulator
) -> None:
    simulator.admin.patch_options(account_rate=1, account_burst=5)
    bffs = make_bffs(40, Limits(per_second=1, burst=5, daily=10**6))

    results = at_once(bffs, lambda bff, number: bff.ask(user=f"crowd-{number}", seconds=15))

    calls = simulator.admin.journal(method="POST", path="/api/v1/accounts")
    opened = [result for result in results if isinstance(result, Reply)]
    refused = [result for result in results if not isinstance(result, Reply)]
    assert len(opened) >= 5  # the burst at least
    assert len(opened) == len(bffs[0].executions())
    # Turns are a second apart when they are handed out; on the way they may come closer.
    assert sum(call["status"] == 429 for call in calls) <= 5
    assert {problem.code for problem in refused} == {"provider-busy"}
    assert all(problem.retry_after for problem in refused)
