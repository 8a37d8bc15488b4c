"""Jumio is down: people are sent away at once, and now and then one request looks if it is up."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Semaphore
from typing import Any

import pytest

from tests.support.bff import Bff, Clock
from tests.support.jumio import GENEROUS
from tests.support.observed import Observed
from tests.support.reply import Reply
from tests.support.waiting import eventually
from verification.domain.errors import (
    OutcomeUnknown,
    Problem,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)
from verification.jumio import transport
from verification.store import breaker
from verification.store.items import LIMITER_KEY
from verification.store.operations import When

IN_A_ROW = 5
INTERVAL = 10


@pytest.fixture
def clock(bff: Bff) -> Clock:
    assert isinstance(bff.clock, Clock)
    return bff.clock


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Semaphore]:
    """Jumio takes account calls and says nothing until it may answer one; that is noticed soon."""
    allowed, exchange = Semaphore(0), transport._exchange

    def silent(session: Any, request: Any, deadline: Any) -> Any:
        if request.path_url.startswith("/api/v1/accounts"):
            allowed.acquire(timeout=GENEROUS)
        return exchange(session, request, deadline)

    monkeypatch.setattr(transport, "_exchange", silent)
    monkeypatch.setattr(breaker, "_SILENT", 0.05)
    yield allowed
    allowed.release(100)


def fail(bff: Bff, *people: str, status: int = 500) -> None:
    """Each of them asks a Jumio that answers so."""
    bff.simulator.admin.add_fault("accounts.*", "status", status=status, count=len(people))
    for person in people:
        with pytest.raises((OutcomeUnknown, ProviderRejected, ProviderBusy)):
            bff.ask(user=person)


def session(bff: Bff, person: str) -> str:
    return str(bff.ask(user=person).body["sdk"]["token"])


def names(number: int, prefix: str = "person") -> list[str]:
    return [f"{prefix}-{one}" for one in range(number)]


def account_calls(bff: Bff) -> int:
    return len(bff.simulator.admin.journal(endpoint="accounts.*"))


def failing(bff: Bff) -> int:
    """How many calls in a row have had no answer yet."""
    return int(bff.table.read(LIMITER_KEY).get(LIMITER_KEY, {}).get("failing", 0))


def waits(bff: Bff, pool: ThreadPoolExecutor, person: str) -> Future[Reply]:
    """A request that has told by now that Jumio says nothing, and goes on waiting."""
    before = failing(bff)
    waiting = pool.submit(bff.ask, user=person, seconds=GENEROUS)
    eventually(lambda: failing(bff) > before or waiting.done(), bool)
    assert not waiting.done()
    return waiting


def refused_at_once(bff: Bff, person: str) -> int | None:
    """How long they are told to wait; Jumio hears nothing, and nothing is on record of them."""
    calls = account_calls(bff)
    with pytest.raises(ProviderUnavailable) as refusal:
        bff.ask(user=person)
    assert not isinstance(refusal.value, OutcomeUnknown)
    assert account_calls(bff) == calls
    assert bff.item(person, "ACCOUNT") is None
    return refusal.value.retry_after


def test_after_some_failures_in_a_row_nobody_waits_for_jumio(bff: Bff, observed: Observed) -> None:
    fail(bff, *names(IN_A_ROW))
    assert refused_at_once(bff, "ada") == INTERVAL + 1
    assert refused_at_once(bff, "bob") == INTERVAL + 1
    assert observed.codes().count("jumio_down") == 1
    assert observed.metrics()["JumioDown"] == 1


def test_one_request_in_each_interval_tries_it_and_tells_that_it_was_in_vain(
    bff: Bff, clock: Clock, observed: Observed
) -> None:
    fail(bff, *names(IN_A_ROW))
    for interval in range(3):
        clock.now += INTERVAL + 1
        fail(bff, f"probe-{interval}")
        assert refused_at_once(bff, "ada") == INTERVAL + 1
    assert observed.metrics()["JumioDown"] == 1 + 3


def test_while_jumio_is_silent_only_those_wait_who_asked_first(
    bff: Bff, answers: Semaphore, observed: Observed
) -> None:
    with ThreadPoolExecutor(IN_A_ROW) as pool:
        waiting = [waits(bff, pool, person) for person in names(IN_A_ROW)]
        assert failing(bff) == IN_A_ROW
        assert refused_at_once(bff, "ada") == INTERVAL + 1
        assert observed.metrics()["JumioDown"] == 1
        assert not any(one.done() for one in waiting)

        answers.release()  # it was merely slow
        done, others = wait(waiting, GENEROUS, FIRST_COMPLETED)
        assert done.pop().result().body["sdk"]["token"]
        assert failing(bff) == 0
        for _ in others:
            answers.release()
            done, others = wait(others, GENEROUS, FIRST_COMPLETED)
            assert done.pop().result().body["sdk"]["token"]
    answers.release()
    assert session(bff, "ada")


def test_a_call_that_was_silent_and_then_fails_counts_once(bff: Bff, answers: Semaphore) -> None:
    assert answers
    for number, person in enumerate(names(IN_A_ROW - 1), 1):
        with pytest.raises(ProviderUnavailable):
            bff.ask(user=person, seconds=3.5)  # three are kept for the record
        assert failing(bff) == number


def test_in_ten_minutes_of_a_dead_jumio_some_sixty_calls_reach_it(bff: Bff, clock: Clock) -> None:
    """Whoever comes each second is told at once when to come back, but for one in ten."""
    bff.simulator.admin.add_fault("accounts.*", "status", status=500, count=10_000)
    told = []
    for person in names(600):
        with pytest.raises(ProviderUnavailable) as refusal:
            bff.ask(user=person)
        told.append(refusal.value)
        clock.now += 1
    unknown = [one for one in told if isinstance(one, OutcomeUnknown)]
    assert account_calls(bff) == len(unknown) == IN_A_ROW + (600 - IN_A_ROW) // INTERVAL
    assert all(one.retry_after and one.retry_after <= 30 for one in told)

    bff.simulator.admin.clear_faults()
    clock.now += INTERVAL
    assert session(bff, "ada")


def test_of_those_who_come_together_only_one_tries_it(bff: Bff, clock: Clock) -> None:
    fail(bff, *names(IN_A_ROW))
    clock.now += INTERVAL + 1
    seen = bff.table.read(LIMITER_KEY)[LIMITER_KEY]
    opening = bff.create_session.open_execution
    opening.breaker.admit(seen, bff.clock)
    with pytest.raises(ProviderUnavailable):
        opening.breaker.admit(seen, bff.clock)


def test_the_first_success_lets_everybody_in_again(bff: Bff, clock: Clock) -> None:
    fail(bff, *names(IN_A_ROW))
    clock.now += INTERVAL + 1
    for person in names(3, "ada"):
        assert session(bff, person)


def test_people_who_renew_find_out_as_well_that_it_is_down(bff: Bff) -> None:
    """They are not let through to an opening: what became of the open execution comes first."""
    people = names(IN_A_ROW)
    for person in people:
        session(bff, person)
    bff.simulator.admin.add_fault("retrieval.*", "status", status=503, count=10_000)
    for person in people:
        with pytest.raises(ProviderUnavailable):
            bff.ask(user=person, renew=True, seconds=1)
    assert refused_at_once(bff, "ada") == INTERVAL + 1


@pytest.mark.parametrize("status", [400, 403])
def test_a_jumio_that_refuses_is_not_down(bff: Bff, status: int) -> None:
    fail(bff, *names(IN_A_ROW - 1))
    fail(bff, "refused", status=status)
    fail(bff, *names(IN_A_ROW - 1, "later"))
    assert session(bff, "ada")


def test_failures_between_successes_are_not_in_a_row(bff: Bff) -> None:
    for turn in range(IN_A_ROW + 1):
        fail(bff, f"unlucky-{turn}")
        assert session(bff, f"lucky-{turn}")


def test_a_session_that_is_there_is_handed_out_whatever_has_become_of_jumio(bff: Bff) -> None:
    token = session(bff, "ada")
    fail(bff, *names(IN_A_ROW))
    assert session(bff, "ada") == token


def test_a_fast_clock_keeps_nobody_out(bff: Bff, clock: Clock) -> None:
    fail(bff, *names(IN_A_ROW))
    ahead = round((clock() + 3600) * 1000)
    bff.table.step(LIMITER_KEY, "SET #probe_at = :ahead", When("", {"ahead": ahead}))
    assert session(bff, "ada")


def test_what_cannot_be_noted_changes_no_answer(bff: Bff, monkeypatch: pytest.MonkeyPatch) -> None:
    admit = bff.create_session.open_execution.breaker.admit

    def refuse(*_: object) -> None:
        raise Problem

    monkeypatch.setattr(bff.table, "step", refuse)
    admit({"failing": 1}, bff.clock).ended()
    admit({}, bff.clock).ended(OutcomeUnknown())
    monkeypatch.undo()
    assert session(bff, "ada")
