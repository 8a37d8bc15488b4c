"""A good hint is never set aside because others were slow, or Jumio or AWS away for a while."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.observed import Observed
from tests.support.pipeline import Hints, Pipeline
from tests.support.template import template
from verification.domain.deadline import Deadline
from verification.domain.errors import (
    HandedOver,
    Misconfigured,
    NotYet,
    OutcomeUnknown,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
    TemporarilyUnavailable,
    TooSoon,
)
from verification.domain.hint import Hint
from verification.domain.schedule import QUEUED
from verification.domain.standing import LEASE_SECONDS
from verification.edge.batch import RECEIVES, work_through

HINT = Hint(
    user_key="1-key", reference="a" * 32, account_id="account-1", workflow_execution_id="workflow-1"
)
SHORT = 3.0  # seconds: enough for one hint, and not for another
HOUR = 3600
Settle = Callable[[Hint, Deadline], None]


@pytest.fixture
def hints(aws: None) -> Hints:
    return Hints()


def put(hints: Hints, number: int) -> None:
    for one in range(number):
        hints.send(HINT.model_copy(update={"reference": f"{one:032}"}))


def work(hints: Hints, settle: Settle, seconds: float = 60, later: float = 0) -> int:
    """One invocation, perhaps long after the messages were sent; how many were retained."""
    hints.bring_back()
    taken = hints.receive()
    if not taken["Records"]:
        return 0
    answer = work_through(taken, settle, hints, Deadline(seconds), lambda: time.time() + later)
    hints.settle_up(taken, answer)
    return len(answer["batchItemFailures"])


def raising(error: Exception) -> Settle:
    def settle(_hint: Hint, _deadline: Deadline) -> None:
        raise error

    return settle


def test_what_was_not_begun_does_not_use_up_its_receives(hints: Hints, observed: Observed) -> None:
    """Ten hints of which each invocation has time for one: the last one waits nine times."""
    put(hints, 10)
    settled: list[str] = []

    for _ in range(40):
        assert work(hints, lambda hint, _: settled.append(hint.reference), SHORT) == 0

    assert sorted(settled) == [f"{one:032}" for one in range(10)]
    assert (len(hints), hints.set_aside()) == (0, 0)
    assert observed.codes().count("message_put_back") == 9 + 8 + 7 + 6 + 5 + 4 + 3 + 2 + 1


def test_the_first_hint_is_begun_however_little_time_there_is(hints: Hints) -> None:
    put(hints, 2)
    begun: list[float] = []
    work(hints, lambda _, deadline: begun.append(deadline.remaining()), seconds=0.01)
    assert len(begun) == 1


def test_no_hint_takes_the_time_of_all_others(hints: Hints) -> None:
    put(hints, 3)
    shares: list[float] = []
    work(hints, lambda _, deadline: shares.append(deadline.remaining()))
    assert len(shares) == 3
    assert max(shares) <= 20


def test_a_hint_that_cannot_be_put_back_is_retained(hints: Hints) -> None:
    put(hints, 2)

    def refuse(*_: Any, **__: Any) -> None:
        raise TemporarilyUnavailable("SendMessage: RequestThrottled")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hints, "send", refuse)
        assert work(hints, lambda *_: None, SHORT) == 1
    assert len(hints) == 1
    assert work(hints, lambda *_: None) == 0
    assert len(hints) == 0


AWAY = [
    ProviderUnavailable("no answer"),
    ProviderBusy(),
    OutcomeUnknown(),
    TemporarilyUnavailable("BatchGetItem: ThrottlingException"),
    TooSoon("whoever holds the lease may still record it"),
]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_what_fails_because_somebody_is_away_is_tried_for_two_hours(
    hints: Hints, error: Exception
) -> None:
    put(hints, 1)
    for _ in range(4 * RECEIVES):
        work(hints, raising(error), later=1.9 * HOUR)
    assert (len(hints), hints.set_aside()) == (1, 0)
    assert set(hints.delays) == {0, 405}

    for _ in range(RECEIVES + 1):
        work(hints, raising(error), later=2.1 * HOUR)
    assert (len(hints), hints.set_aside()) == (0, 1)


def test_a_hint_that_was_put_back_is_as_old_as_the_first_one(hints: Hints) -> None:
    hints.send(HINT, since=round(time.time() - 1.9 * HOUR))
    for _ in range(2 * RECEIVES):
        work(hints, raising(ProviderBusy()))
    assert (len(hints), hints.set_aside()) == (1, 0)
    for _ in range(RECEIVES + 1):
        work(hints, raising(ProviderBusy()), later=0.2 * HOUR)
    assert (len(hints), hints.set_aside()) == (0, 1)


@pytest.mark.parametrize(
    "error",
    [NotYet("nothing there"), ProviderRejected(), Misconfigured("X"), KeyError("a defect")],
    ids=lambda error: type(error).__name__,
)
def test_what_will_not_pass_by_itself_is_set_aside(hints: Hints, error: Exception) -> None:
    put(hints, 1)
    for _ in range(RECEIVES + 1):
        work(hints, raising(error))
    assert (len(hints), hints.set_aside()) == (0, 1)


def test_what_somebody_else_comes_back_to_is_dropped_in_the_end(
    hints: Hints, observed: Observed
) -> None:
    put(hints, 1)
    for _ in range(RECEIVES - 1):
        assert work(hints, raising(HandedOver("no answer"))) == 1
    assert work(hints, raising(HandedOver("no answer"))) == 0
    assert (len(hints), hints.set_aside()) == (0, 0)
    assert observed.codes().count("message_handed_over") == 1


def test_poison_is_set_aside_even_between_slow_ones(hints: Hints) -> None:
    hints.put("poison")
    put(hints, 1)
    for _ in range(RECEIVES + 1):
        work(hints, lambda *_: None, SHORT)
    assert (len(hints), hints.set_aside()) == (0, 1)


def test_the_queue_sets_aside_after_as_many_receives_as_the_worker_thinks() -> None:
    queue = template()["Resources"]["CallbackQueue"]["Properties"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == RECEIVES


# ------------------------------------------------------------------ the whole way


def ten_minutes(pipeline: Pipeline) -> None:
    """All tries that the queue allows, with Jumio away."""
    for _ in range(2 * RECEIVES):
        pipeline.hints.bring_back()
        pipeline.work(seconds=0.5)
        pipeline.let_pass(60)


@pytest.mark.parametrize("status", [503, 404, 429])
def test_after_ten_minutes_without_jumio_the_result_is_found_and_nothing_set_aside(
    pipeline: Pipeline, status: int
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    admin = pipeline.bff.simulator.admin
    admin.add_fault("retrieval.*", "status", status=status, count=10_000)

    ten_minutes(pipeline)
    assert (len(pipeline.hints), pipeline.hints.set_aside()) == (0, 0)
    admin.clear_faults()
    pipeline.let_pass(QUEUED)
    pipeline.sweep()
    pipeline.work_off()

    assert pipeline.status() == "approved"


def test_a_hint_that_alone_leads_to_a_lost_opening_outlives_them(pipeline: Pipeline) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.*", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask()
    (lost,) = pipeline.bff.executions()
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.play(lost, "approved")
    pipeline.call_back(lost)
    pipeline.bff.simulator.admin.add_fault("retrieval.*", "status", status=503, count=10_000)

    ten_minutes(pipeline)
    assert (len(pipeline.hints), pipeline.hints.set_aside()) == (1, 0)
    pipeline.bff.simulator.admin.clear_faults()
    pipeline.work_off()

    assert pipeline.status() == "approved"
    assert json.loads(pipeline.hints.bodies[-1]) == pipeline.bff.hint(lost).model_dump()
