"""A container whose clock is minutes ahead, which AWS accepts: it stops nobody for as long."""

from dataclasses import replace

import pytest

from tests.support.bff import Bff, Clock
from tests.support.erasing import Eraser
from tests.support.interruptions import interleaved, killed
from tests.support.pipeline import Pipeline
from verification.domain.errors import ProviderBusy, SessionBusy
from verification.domain.limits import Limits
from verification.domain.standing import ERASURE_SECONDS, LEASE_SECONDS
from verification.store import Limiter
from verification.store.items import LIMITER_KEY

AHEAD = 240
PACE = Limits(per_second=1, burst=5, daily=1000)


def another(bff: Bff, ahead: float = AHEAD) -> Bff:
    """Another container of the same deployment, whose clock is ahead."""
    assert isinstance(bff.clock, Clock)
    return replace(bff, clock=Clock(bff.clock.now + ahead), sleep=None)


def later(bff: Bff, seconds: float) -> None:
    assert isinstance(bff.clock, Clock)
    bff.clock.now += seconds


# ------------------------------------------------------------------ the shared pace


@pytest.mark.parametrize("ahead", [60, AHEAD, 299])
def test_one_fast_clock_does_not_stop_everybody(bff: Bff, ahead: float) -> None:
    bff.limits = PACE
    assert another(bff, ahead).ask(user="ada").status == 201
    began = bff.clock()
    for user in ("bob", "cleo"):
        assert bff.ask(user=user).status == 201
    assert bff.clock() - began <= 3 * PACE.interval / 1000


def test_a_pace_that_cannot_be_is_an_empty_bucket_and_not_a_full_one(bff: Bff) -> None:
    """Otherwise a clock that is wrong would take the limit away."""
    begun, limiter = bff.clock(), Limiter(bff.table, PACE)
    limiter.take({}, begun + AHEAD)
    turns = [limiter.take(bff.table.read(LIMITER_KEY)[LIMITER_KEY], begun) for _ in range(3)]
    assert turns == [number * PACE.interval / 1000 for number in (1, 2, 3)]
    with pytest.raises(ProviderBusy):
        limiter.take(bff.table.read(LIMITER_KEY)[LIMITER_KEY], begun)


def test_clocks_that_differ_a_little_leave_the_pace_alone(bff: Bff) -> None:
    begun, limiter = bff.clock(), Limiter(bff.table, PACE)
    for number in range(100):
        try:
            limiter.take(bff.table.read(LIMITER_KEY).get(LIMITER_KEY, {}), begun + number % 2)
        except ProviderBusy:
            break
    taken = bff.table.read(LIMITER_KEY)[LIMITER_KEY]["free_at"] - begun * 1000
    assert taken / PACE.interval <= PACE.burst + (PACE.patience + 1) * 1000 / PACE.interval + 1


# ------------------------------------------------------------------ leases


@pytest.mark.parametrize("key", [None, "a-key"])
def test_a_lease_that_ends_too_late_is_over_after_the_usual_time(bff: Bff, key: str | None) -> None:
    fast = another(bff)
    with killed("before", fast.jumio, "open_execution"):
        fast.ask(key=key)

    with pytest.raises(SessionBusy) as refusal:
        bff.ask(key=key)
    assert refusal.value.retry_after is not None
    assert refusal.value.retry_after <= LEASE_SECONDS

    later(bff, LEASE_SECONDS)
    assert bff.ask(key=key).status == 201
    assert len(bff.executions()) == 1


def test_whoever_has_it_may_still_be_at_work_and_opens_the_only_session(bff: Bff) -> None:
    def meanwhile() -> None:
        with pytest.raises(SessionBusy):
            bff.ask()

    fast = another(bff)
    with interleaved("after", fast.jumio, "open_execution", meanwhile):
        opened = fast.ask()

    assert bff.ask().body == opened.body
    assert len(bff.executions()) == 1


def test_the_lease_of_an_erasure_may_be_longer(pipeline: Pipeline) -> None:
    bff = pipeline.bff
    bff.ask()
    with killed("before", bff.jumio, "delete_account"):
        Eraser(pipeline)("ada")
    with pytest.raises(SessionBusy) as refusal:
        bff.ask()
    assert refusal.value.retry_after == ERASURE_SECONDS - 1  # it has looked for a second


def test_a_person_is_held_back_for_the_clocks_difference_at_most(bff: Bff) -> None:
    fast = another(bff)
    for _ in range(3):
        bff.simulator.admin.add_fault("accounts.create", "status", status=400)
        with pytest.raises(Exception, match="provider-rejected"):
            fast.ask()
        assert isinstance(fast.clock, Clock)
        fast.clock.now += 20
    later(bff, AHEAD + 60)
    assert bff.ask().status == 201
