"""What one person does stops nobody else: each way to spend what all share, in a loop.

The person never tires, and comes back whenever that is allowed, for a day. Everybody else is
served all the time, and Jumio is asked a few times only.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.bff import ISSUER, PEPPER, Bff, Clock
from tests.support.interruptions import killed
from tests.support.journeys import screening_first
from tests.support.observed import Observed
from verification.domain.errors import (
    AttemptsExhausted,
    DailyCeilingReached,
    HeldBack,
    NotEligible,
    OutcomeUnknown,
    Problem,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)
from verification.domain.identity import Caller
from verification.domain.journeys import load_journeys
from verification.domain.limits import Limits
from verification.domain.standing import LEASE_SECONDS
from verification.edge.http.problems import headers_of
from verification.store.items import LIMITER_KEY

MALLORY = PEPPER.user_key(Caller(ISSUER, "mallory"))
DAY = 86400
MANY = 10**6
ENOUGH = 300  # requests


@pytest.fixture
def jumio(bff: Bff) -> Any:
    return bff.simulator.admin


def turns(bff: Bff) -> int:
    """How many turns of the tenant's days were taken."""
    pace = bff.table.read(LIMITER_KEY).get(LIMITER_KEY, {})
    return sum(value for name, value in pace.items() if name.startswith("opened_"))


def keep_on(
    bff: Bff, ask: Callable[[int], object], seconds: float = DAY, patience: float = 0
) -> list[Problem]:
    """One person asks for a day, whenever they may; how each request was refused.

    Without any advice they wait for as long as they have ``patience``.
    """
    assert isinstance(bff.clock, Clock)
    until, refusals = bff.clock.now + seconds, list[Problem]()
    for number in range(ENOUGH):
        if bff.clock.now >= until:
            return refusals
        try:
            ask(number)
            bff.clock.now += patience
        except Problem as problem:
            refusals.append(problem)
            bff.clock.now += problem.retry_after or patience
    raise AssertionError(f"{ENOUGH} requests in {bff.clock.now - until + seconds:.0f} s")


def test_requests_that_jumio_refuses_are_fewer_and_fewer(bff: Bff, jumio: Any) -> None:
    jumio.add_fault("accounts.create", "status", status=400, count=MANY)

    refusals = keep_on(bff, lambda _: bff.ask(user="mallory"))

    assert 5 <= turns(bff) <= 12
    assert {type(one) for one in refusals} == {ProviderRejected}  # who comes in time is not told
    jumio.clear_faults()
    assert {bff.ask(user=user).status for user in ("ada", "bob")} == {201}


def test_whoever_does_not_wait_is_told_so_and_takes_no_turn(bff: Bff, jumio: Any) -> None:
    jumio.add_fault("accounts.create", "status", status=400, count=MANY)
    refusals = []
    for _ in range(50):
        with pytest.raises(Problem) as refusal:
            bff.ask(user="mallory")
        refusals.append(refusal.value)
    assert turns(bff) == 2
    assert [type(one) for one in refusals] == [ProviderRejected] * 2 + [HeldBack] * 48
    assert refusals[-1].retry_after == 4
    assert set(headers_of(refusals[-1])) == {"Retry-After"}  # it is no limit of the journey's


def test_whoever_asks_how_it_stands_hears_the_same(bff: Bff, jumio: Any) -> None:
    assert isinstance(bff.clock, Clock)
    jumio.add_fault("accounts.create", "status", status=400, count=3)
    for _ in range(3):
        with pytest.raises(ProviderRejected) as refusal:
            bff.ask()
        bff.clock.now += refusal.value.retry_after or 0
        assert bff.status()["retry"] == {"allowed": True, "remaining": 5, "after": 0}
    jumio.add_fault("accounts.create", "status", status=400)
    with pytest.raises(ProviderRejected):
        bff.ask()

    assert bff.status()["retry"] == {"allowed": False, "remaining": 5, "after": 64}
    with pytest.raises(HeldBack) as held:
        bff.ask()
    assert held.value.retry_after == 64


def test_requests_at_once_take_no_turn_more(bff: Bff, jumio: Any) -> None:
    """They have all read that nothing was refused yet; one after the other is."""
    jumio.add_fault("accounts.create", "status", status=400, count=MANY)
    read = bff.people.standing
    stale = [read(Caller(ISSUER, "mallory"), "identity", None) for _ in range(10)]

    def read_before(*arguments: Any, **named: Any) -> Any:
        return stale.pop() if stale else read(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bff.people, "standing", read_before)
        for _ in range(10):
            with pytest.raises(Problem):
                bff.ask(user="mallory")
    assert turns(bff) == 2


def test_the_way_is_the_same_for_an_account_that_is_gone(bff: Bff, jumio: Any) -> None:
    """A journey for people with an account, each try of which asks for one that Jumio deleted."""
    again = {"name": "again", "needsAccount": True, "steps": [{"name": "face"}]}
    first = {"name": "identity", "steps": [{"name": "identity"}]}
    bff.journeys = load_journeys(json.dumps({"journeys": [first, again]}))
    bff.ask(user="mallory")
    jumio.add_fault("accounts.update", "status", status=404, count=MANY)

    for _ in range(20):
        with pytest.raises(NotEligible):
            bff.ask(user="mallory", journey="again")

    assert turns(bff) == 2  # its identity, and the one that found out: nobody asks again


def test_openings_without_an_answer_are_paid_for_a_few_times_an_hour(
    bff: Bff, jumio: Any, observed: Observed
) -> None:
    jumio.add_fault("accounts.create", "reset_after_commit", count=MANY)

    refusals = keep_on(bff, lambda _: bff.ask(user="mallory"))

    assert 20 <= len(bff.executions()) == turns(bff) <= 100
    assert {type(one) for one in refusals} <= {OutcomeUnknown, HeldBack}
    jumio.clear_faults()
    assert bff.ask(user="ada").status == 201


def test_a_process_that_dies_counts_like_one(bff: Bff) -> None:
    assert isinstance(bff.clock, Clock)
    for _ in range(8):
        with killed("after", bff.jumio, "open_execution"):
            bff.ask(user="mallory")
        bff.clock.now += LEASE_SECONDS
        account = bff.item("mallory", "ACCOUNT")
        assert account is not None
        bff.clock.now = max(bff.clock.now, account["not_before"])
    assert account["failures"] == 6


@pytest.fixture
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verification.jumio.client.pause", lambda *_: True)


@pytest.mark.usefixtures("_without_pauses")
def test_while_jumio_has_no_capacity_a_person_takes_a_turn_a_minute(bff: Bff, jumio: Any) -> None:
    """And is back within a minute when Jumio is."""
    jumio.add_fault("accounts.create", "status", status=429, count=MANY)

    refusals = keep_on(bff, lambda _: bff.ask(user="mallory"), seconds=3600)

    assert turns(bff) <= 65
    assert {type(one) for one in refusals} == {ProviderBusy}
    assert max(one.retry_after or 0 for one in refusals) <= 64
    jumio.clear_faults()
    assert bff.ask(user="mallory").status == 201
    assert bff.ask(user="ada").status == 201


def test_no_connection_costs_a_turn_and_a_minute_at_most(
    bff: Bff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise ProviderUnavailable("no connection")

    with monkeypatch.context() as patch:
        patch.setattr(bff.jumio, "open_execution", away)
        refusals = keep_on(bff, lambda _: bff.ask(user="mallory"), seconds=3600)
    assert turns(bff) <= 65
    assert refusals[0].retry_after == 5  # as ever
    assert max(one.retry_after or 0 for one in refusals) == 64
    assert bff.ask(user="mallory").status == 201


def test_a_turn_that_was_not_taken_is_not_charged(bff: Bff) -> None:
    bff.limits = Limits(per_second=1, burst=1, daily=1, patience=0)
    bff.ask(user="ada")
    for _ in range(20):
        with pytest.raises(DailyCeilingReached):
            bff.ask(user="bob")
    bff.limits = Limits(100, 100, 1000)
    assert bff.ask(user="bob").status == 201


def test_a_session_takes_all_charges_back(bff: Bff, jumio: Any) -> None:
    assert isinstance(bff.clock, Clock)
    jumio.add_fault("accounts.create", "status", status=400, count=3)
    for _ in range(3):
        with pytest.raises(ProviderRejected) as refusal:
            bff.ask()
        bff.clock.now += refusal.value.retry_after or 0
    assert bff.ask().status == 201
    assert not {"failures", "not_before"} & set(bff.item("ada", "ACCOUNT") or {})


def test_renewals_are_attempts(bff: Bff) -> None:
    refusals = keep_on(bff, lambda _: bff.ask(user="mallory", renew=True))
    assert turns(bff) == 5
    assert {type(one) for one in refusals} == {AttemptsExhausted}


def test_keys_do_not_make_more_of_them(bff: Bff) -> None:
    keep_on(bff, lambda number: bff.ask(user="mallory", key=f"key-{number}", renew=True))
    assert turns(bff) == 5


@pytest.mark.usefixtures("_without_pauses")
@pytest.mark.parametrize("endpoint", ["parts.*", "executions.finalize"])
@pytest.mark.parametrize(("status", "seconds"), [(400, DAY), (503, 120)])
def test_screenings_are_attempts_too(
    bff: Bff, jumio: Any, endpoint: str, status: int, seconds: float
) -> None:
    """Whether Jumio refuses their data or does not answer."""
    bff.journeys = screening_first()
    jumio.patch_options(processing_seconds=0)
    jumio.add_fault(endpoint, "status", status=status, count=MANY)
    given = {"email": "mallory@people.example"}

    keep_on(bff, lambda _: bff.ask(user="mallory", applicant=given), seconds, patience=3600)

    assert turns(bff) <= 3 + 1  # the first of the next day may have begun
    jumio.clear_faults()
    assert bff.ask(user="ada", applicant={"email": "ada@people.example"}).status == 201


def test_screenings_that_decline_are_over_after_one(bff: Bff, jumio: Any) -> None:
    bff.journeys = screening_first()
    jumio.patch_options(processing_seconds=0)
    given = {"email": "fraud@people.example"}
    jumio.add_fault(
        "retrieval.details",
        "status",
        status=200,
        body={"workflow": {"status": "PROCESSED"}, "decision": {"type": "REJECTED"}},
        count=MANY,
    )
    keep_on(bff, lambda _: bff.ask(user="mallory", applicant=given), patience=3600)
    assert turns(bff) == 1


def test_being_held_back_takes_no_further_round_trip(bff: Bff, jumio: Any) -> None:
    jumio.add_fault("accounts.create", "status", status=400, count=MANY)
    for _ in range(2):
        with pytest.raises(ProviderRejected):
            bff.ask()
    counted: list[str] = []

    def note(model: Any, **_: Any) -> None:
        counted.append(model.name)

    bff.dynamodb.meta.events.register("before-call.dynamodb", note)
    with pytest.raises(HeldBack):
        bff.ask()
    bff.dynamodb.meta.events.unregister("before-call.dynamodb", note)
    assert counted == ["BatchGetItem"]
