"""Many requests at once, and a function that dies: one account per person, whatever happens."""

import logging
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.observer import log_lines
from local.demo.people import Person
from tests.support.end_to_end import Json, decided
from tests.support.outside import (
    User,
    account_calls,
    belongings,
    user_key,
    users,
)
from tests.support.reconfigured import reconfigured
from tests.support.stack import TESTS, RunningStack, running_stack, sharing
from tests.support.waiting import eventually
from tests.support.workers import at_once, warm, workers

_logger = logging.getLogger(__name__)
AT_ONCE = 50
CROWD = 40
SPREAD = 4.0  # seconds in which the crowd arrives
RETURNING = 12
RETURNS = 1
_NO_PROCESS = (429, 503)
CALMEST = 15  # the longest Retry-After that a small crowd may be told

Answers = list[httpx.Response]


@pytest.fixture(scope="module")
def stack(artefacts: Path) -> Iterator[RunningStack]:
    """A stack of their own: these tests leave nothing over for others."""
    with running_stack(sharing(TESTS / "crowd", artefacts), "--at-once", str(AT_ONCE)) as running:
        yield running


@pytest.fixture
def bystander(stack: RunningStack, new_person: Callable[[], Person]) -> Iterator[User]:
    """Somebody else."""
    with users(stack, new_person, 1) as (one,):
        yield one


@pytest.fixture
def user(stack: RunningStack, new_person: Callable[[], Person]) -> Iterator[User]:
    """Somebody whom nobody has seen before."""
    with users(stack, new_person, 1) as (one,):
        yield one


def accounts_of(kept: dict[str, Json]) -> list[str]:
    """The accounts that the table says are a person's."""
    return [name.removeprefix("ACCOUNT#") for name in kept if name.startswith("ACCOUNT#")]


@pytest.mark.parametrize("jumio_takes", [0.0, 0.3, 3.0])
def test_fifty_requests_of_a_new_person_open_one_account(
    user: User,
    bystander: User,
    simulator: AdminClient,
    stack: RunningStack,
    jumio_takes: float,
) -> None:
    warm(stack, simulator, bystander, AT_ONCE)
    simulator.add_fault("accounts.create", "latency", seconds=jumio_takes)

    answers = at_once(
        lambda place: user.app.create_session(channel=("sdk", "web")[place % 2]), AT_ONCE
    )

    _logger.info("answers: %s", Counter(answer.status_code for answer in answers))
    key = user_key(stack, user)
    (call,) = account_calls(simulator, key)
    assert (call["method"], call["status"]) == ("POST", 200)
    (execution,) = [one for one in simulator.executions() if one["userReference"] == key]
    kept = belongings(stack, key)
    assert accounts_of(kept) == [kept["ACCOUNT"]["account_id"]] == [execution["accountId"]]
    assert len([name for name in kept if name.startswith("EXECUTION#")]) == 1
    served = [answer for answer in answers if answer.is_success]
    assert Counter(answer.status_code for answer in served)[201] == 1
    winners = [
        {"sdk": {"token": execution["sdkToken"]}},
        {"web": {"href": execution["webHref"]}},
    ]
    assert all(answer.json() in winners for answer in served)
    refused = [answer for answer in answers if not answer.is_success]
    assert {(one.status_code, one.json()["code"]) for one in refused} <= {(409, "session-busy")}
    assert all(1 <= int(one.headers["retry-after"]) <= 30 for one in refused)
    assert refused or jumio_takes < 1  # nobody waits for as long as a slow opening takes


def test_a_function_killed_after_jumio_has_acted_leaves_one_account_recorded(
    user: User, simulator: AdminClient, stack: RunningStack
) -> None:
    simulator.add_fault("accounts.create", "latency", seconds=15, after_commit=True)
    with (
        reconfigured(stack, "create_session"),
        ThreadPoolExecutor(1) as pool,
    ):  # every earlier worker is gone
        earlier = set(workers(stack))  # of the version before, which nobody reaches now
        dying = pool.submit(user.app.create_session, channel="sdk")
        (lost,) = eventually(simulator.executions, bool)
        (worker,) = set(workers(stack)) - earlier
        os.kill(worker, signal.SIGKILL)
        assert dying.result().status_code >= 500
        assert "token" not in dying.result().text

        busy = user.app.create_session(channel="sdk")
        assert (busy.status_code, busy.json()["code"]) == (409, "session-busy")
        assert int(busy.headers["retry-after"]) >= 1
        assert len(account_calls(simulator, user_key(stack, user))) == 1

        answer = eventually(lambda: retried(user), lambda one: one.status_code != 409)

    assert answer.status_code == 201
    key = user_key(stack, user)
    (found,) = [
        one for one in simulator.executions() if one["sdkToken"] == answer.json()["sdk"]["token"]
    ]
    assert found["id"] != lost["id"]
    kept = belongings(stack, key)
    assert accounts_of(kept) == [kept["ACCOUNT"]["account_id"]] == [found["accountId"]]
    references = {lost["customerInternalReference"], found["customerInternalReference"]}
    assert {f"EXECUTION#{one}" for one in references} <= set(kept)  # the intent was kept
    assert len(account_calls(simulator, key, "POST")) == 2

    simulator.play(lost["id"], "approved")  # what nobody was given, somebody used all the same
    orphan = f"EXECUTION#{lost['customerInternalReference']}"
    eventually(lambda: belongings(stack, key)[orphan], lambda item: "account_id" in item)
    kept = belongings(stack, key)
    assert kept[orphan]["account_id"] == lost["accountId"]  # known, so that it can be erased
    assert kept["ACCOUNT"]["account_id"] == found["accountId"]
    told = eventually(
        lambda: [line for line in log_lines(stack.aws) if "orphan_recorded" in line], bool
    )
    assert [lost["customerInternalReference"] in line for line in told] == [True]
    assert decided(user.app)["status"] == "approved"
    assert len(account_calls(simulator, key)) == 2


def test_a_crowd_is_served_at_jumios_pace_or_told_when_to_come_back(
    bystander: User,
    simulator: AdminClient,
    stack: RunningStack,
    new_person: Callable[[], Person],
) -> None:
    simulator.patch_options(account_rate=1, account_burst=5)
    pace = {"ACCOUNT_CALLS_PER_SECOND": "1", "ACCOUNT_CALLS_BURST": "5"}
    with reconfigured(stack, "create_session", **pace), users(stack, new_person, CROWD) as people:
        warm(stack, simulator, bystander, CROWD // 2)
        simulator.clear_journal()
        waits: list[float] = []

        def arrive(place: int, after: float) -> httpx.Response:
            time.sleep(after)
            for _ in range(3):
                started = time.monotonic()
                answer = people[place].app.create_session(channel="sdk")
                waits.append(time.monotonic() - started)
                # The gateway's own word, not ours: this machine had no process to give.
                if answer.status_code not in _NO_PROCESS or "code" in answer.json():
                    break
            return answer

        answers = at_once(lambda place: arrive(place, place * SPREAD / CROWD), CROWD)
        rounds = [sum(answer.is_success for answer in answers)]
        in_crowd = len(simulator.journal(endpoint="accounts.*"))
        assert refused_politely(answers)
        back = [place for place, one in enumerate(answers) if not one.is_success][:RETURNING]
        told = {place: int(answers[place].headers["retry-after"]) for place in back}
        for _ in range(RETURNS):
            if not told:
                break
            assert max(told.values()) <= CALMEST
            again = dict(zip(told, returning(told, arrive), strict=True))
            rounds.append(sum(one.is_success for one in again.values()))
            assert rounds[-1]
            assert refused_politely(list(again.values()))
            told = {
                place: int(one.headers["retry-after"])
                for place, one in again.items()
                if not one.is_success
            }

        calls = simulator.journal(endpoint="accounts.*")
        answered = Counter(call["status"] for call in calls)
        _logger.info("served %s, Jumio answered %s, longest %.1f s", rounds, answered, max(waits))
        _logger.info("of these, in the crowd: %s", Counter(c["status"] for c in calls[:in_crowd]))
        assert rounds[0] >= 5  # the burst at least
        assert answered[200] == sum(rounds)
        # Turns are a second apart when they are handed out; on the way they come closer, and who
        # is refused and tries again takes the next one's turn. Without turns all 40 are at it.
        assert refused_by_jumio(calls[:in_crowd]) < rounds[0]
        assert refused_by_jumio(calls) < sum(rounds)
        opened = Counter(one["body"]["userReference"] for one in calls if one["status"] == 200)
        assert set(opened.values()) == {1}
        assert all(len(accounts_of(belongings(stack, key))) == 1 for key in opened)


def retried(user: User) -> httpx.Response:
    """What the person gets; while it is a refusal, the one that the lease is the reason for."""
    answer = user.app.create_session(channel="sdk")
    assert answer.status_code != 409 or answer.json()["code"] == "session-busy"
    return answer


def returning(told: dict[int, int], arrive: Callable[[int, float], httpx.Response]) -> Answers:
    """Everybody comes back when they were told to."""
    places = list(told)
    return at_once(lambda index: arrive(places[index], told[places[index]]), len(places))


def refused_by_jumio(calls: list[Json]) -> int:
    return sum(call["status"] == 429 for call in calls)


def refused_politely(answers: Answers) -> bool:
    """Whether everybody who was not served was told so, and when to come back."""
    refused = [answer for answer in answers if not answer.is_success]
    codes = {(answer.status_code, answer.json()["code"]) for answer in refused}
    times = [answer.headers.get("retry-after", "") for answer in refused]
    return codes <= {(503, "provider-busy")} and all(re.fullmatch("[1-9][0-9]*", t) for t in times)
