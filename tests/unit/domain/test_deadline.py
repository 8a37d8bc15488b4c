"""Waiting for an answer, and saying that none has come yet."""

from concurrent.futures import Future

import pytest

from tests.support.bff import Clock
from verification.domain import deadline
from verification.domain.deadline import Deadline

LONG, PATIENCE = 1000.0, 5.0


class Asked(Future[str]):
    """An answer that is not there yet: nobody waits for it in earnest."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def result(self, timeout: float | None = None) -> str:
        if not self.done():
            self.clock.now += timeout or 0
        return super().result(0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(0.0)
    monkeypatch.setattr(deadline.time, "monotonic", clock)
    return clock


def answered(answer: str = "yes") -> Future[str]:
    done: Future[str] = Future()
    done.set_result(answer)
    return done


def test_whoever_waits_says_so_after_some_seconds_and_goes_on_waiting(clock: Clock) -> None:
    asked, told = Asked(clock), []

    def unanswered() -> None:
        told.append(clock())
        asked.set_result("late")

    waiting = Deadline(LONG, patience=PATIENCE, unanswered=unanswered)
    assert waiting.wait_for(asked) == "late"
    assert told == [PATIENCE]


def test_an_answer_begins_the_seconds_anew(clock: Clock) -> None:
    told: list[float] = []
    waiting = Deadline(LONG, patience=PATIENCE, unanswered=lambda: told.append(clock()))
    clock.now += 3
    assert waiting.wait_for(answered()) == "yes"
    with pytest.raises(TimeoutError):
        waiting.wait_for(Asked(clock))
    assert told == [3 + PATIENCE]
    assert clock() == LONG


def test_tries_without_an_answer_add_up(clock: Clock) -> None:
    """A connection that fails is none: Jumio has been silent since the first of them."""
    told: list[float] = []
    waiting = Deadline(LONG, patience=PATIENCE, unanswered=lambda: told.append(clock()))
    failed: Future[str] = Future()
    failed.set_exception(ConnectionError())
    with pytest.raises(ConnectionError):
        waiting.wait_for(failed)
    clock.now += 6
    with pytest.raises(ConnectionError):
        waiting.wait_for(failed)
    assert told == []
    with pytest.raises(TimeoutError):
        waiting.wait_for(Asked(clock))
    assert told == [6]


def test_nobody_need_be_told(clock: Clock) -> None:
    with pytest.raises(TimeoutError):
        Deadline(LONG).wait_for(Asked(clock))
    assert clock() == LONG
