"""Jumio's pace, the daily ceiling, and what the user hears of them."""

import logging

import pytest

from tests.support.bff import Bff, Clock
from verification.domain.errors import DailyCeilingReached, ProviderBusy
from verification.domain.limits import Limits
from verification.store import Limiter
from verification.store.items import LIMITER_KEY
from verification.store.operations import Item


def limiter(bff: Bff, **limits: float) -> Limiter:
    # Turns are handed out a tenth slower than Jumio's pace: this makes them a second apart.
    chosen = {"per_second": 1.1, "burst": 2, "daily": 100, "patience": 3.0} | limits
    return Limiter(bff.table, Limits(**chosen))  # type: ignore[arg-type]


def pace(bff: Bff) -> Item:
    return bff.table.read(LIMITER_KEY).get(LIMITER_KEY, {})


def test_a_burst_goes_at_once_and_then_one_turn_follows_another(bff: Bff) -> None:
    turns = [limiter(bff).take(pace(bff), bff.clock()) for _ in range(5)]
    assert turns == [0, 0, 1, 2, 3]


def test_beyond_patience_a_caller_hears_when_to_come_back(bff: Bff) -> None:
    for _ in range(5):
        limiter(bff).take(pace(bff), bff.clock())
    with pytest.raises(ProviderBusy) as refusal:
        limiter(bff).take(pace(bff), bff.clock())
    assert refusal.value.retry_after == 4

    assert isinstance(bff.clock, Clock)
    bff.clock.now += refusal.value.retry_after
    assert limiter(bff).take(pace(bff), bff.clock()) == 0


def test_a_stale_or_missing_hint_changes_nothing(bff: Bff) -> None:
    stale = pace(bff)
    assert [limiter(bff).take(stale, bff.clock()) for _ in range(4)] == [0, 0, 1, 2]
    assert isinstance(bff.clock, Clock)
    running = pace(bff)
    bff.clock.now += 60
    assert limiter(bff).take(running, bff.clock()) == 0


def test_the_bucket_fills_up_to_the_burst_and_not_beyond(bff: Bff) -> None:
    limiter(bff).take(pace(bff), bff.clock())
    assert isinstance(bff.clock, Clock)
    bff.clock.now += 1000
    assert [limiter(bff).take(pace(bff), bff.clock()) for _ in range(3)] == [0, 0, 1]


def test_the_daily_ceiling_holds_until_midnight(bff: Bff) -> None:
    assert isinstance(bff.clock, Clock)
    bff.clock.now = 1_795_478_400 - 600.0  # ten minutes before midnight, UTC
    for _ in range(2):
        limiter(bff, daily=2, burst=9).take(pace(bff), bff.clock())
    with pytest.raises(DailyCeilingReached) as refusal:
        limiter(bff, daily=2, burst=9).take(pace(bff), bff.clock())
    assert refusal.value.retry_after == 600

    bff.clock.now += 600
    assert limiter(bff, daily=2, burst=9).take(pace(bff), bff.clock()) == 0


def test_counters_of_past_days_are_removed(bff: Bff) -> None:
    assert isinstance(bff.clock, Clock)
    for _ in range(5):
        limiter(bff).take(pace(bff), bff.clock())
        bff.clock.now += 86400
    assert sum(name.startswith("opened_") for name in pace(bff)) <= 2


def test_at_the_ceiling_a_person_is_refused_before_jumio_is_called(
    bff: Bff, caplog: pytest.LogCaptureFixture
) -> None:
    bff.limits = Limits(100, 100, daily=1)
    bff.ask(user="ada")
    with caplog.at_level(logging.ERROR), pytest.raises(DailyCeilingReached):
        bff.ask(user="bob")
    assert "daily_ceiling_reached" in caplog.messages
    assert len(bff.executions()) == 1
    assert "lease_owner" not in (bff.item("bob", "ACCOUNT") or {})
    assert bff.ask(user="ada").status == 200  # resuming costs nothing


def test_a_person_waits_for_a_near_turn_and_is_told_of_a_far_one(bff: Bff) -> None:
    bff.limits = Limits(per_second=1, burst=1, daily=100, patience=2)
    begun = bff.clock()
    for user in ("ada", "bob", "cleo"):
        bff.ask(user=user)
    assert bff.clock() - begun >= 2
    bff.limits = Limits(per_second=1, burst=1, daily=100, patience=0)
    with pytest.raises(ProviderBusy):
        bff.ask(user="dan")
    assert len(bff.executions()) == 3
