"""A good hint is not set aside because Jumio or AWS is away for a while, or time has to pass."""

import json
from collections.abc import Callable

import pytest

from tests.support.pipeline import RECEIVES, Hints, Pipeline
from verification.domain.deadline import Deadline
from verification.domain.errors import (
    Misconfigured,
    NotYet,
    OutcomeUnknown,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
    TemporarilyUnavailable,
)
from verification.domain.hint import Hint
from verification.domain.standing import LEASE_SECONDS
from verification.edge.batch import work_through

HINT = Hint(
    user_key="1-key", reference="a" * 32, account_id="account-1", workflow_execution_id="workflow-1"
)
HOUR = 3600
Settle = Callable[[Hint, Deadline], None]


@pytest.fixture
def hints(aws: None) -> Hints:
    return Hints()


def work(hints: Hints, error: Exception) -> bool:
    """One invocation that fails, at the next time the message is seen; whether it was seen."""
    hints.bring_back()
    taken = hints.receive()
    if not taken["Records"]:
        return False

    def settle(_hint: Hint, _deadline: Deadline) -> None:
        raise error

    hints.settle_up(taken, work_through(taken, settle, hints, Deadline(60)))
    return True


@pytest.mark.parametrize(
    "error",
    [
        ProviderUnavailable("no answer"),
        ProviderBusy(),
        OutcomeUnknown(),
        TemporarilyUnavailable("BatchGetItem: ThrottlingException"),
        NotYet("whoever holds the lease may still record it"),
        ProviderRejected(),
        Misconfigured("X"),
        KeyError("a defect"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_fails_is_tried_for_two_hours_and_then_set_aside(
    hints: Hints, error: Exception
) -> None:
    hints.send(HINT)
    waited = 0
    while work(hints, error):
        assert waited > 2 * HOUR or hints.set_aside() == 0
        waited = sum(hints.postponed)
    assert (len(hints), hints.set_aside()) == (0, 1)
    assert waited > 2 * HOUR
    assert len(hints.postponed) == RECEIVES


def test_what_cannot_be_read_is_set_aside_at_once(hints: Hints) -> None:
    hints.put("poison")
    while work(hints, AssertionError("it is never settled")):
        pass
    assert (len(hints), hints.set_aside()) == (0, 1)
    assert sum(hints.postponed) < 60


# ------------------------------------------------------------------ the whole way


def an_hour(pipeline: Pipeline) -> None:
    """Each time that the queue shows a hint within an hour, with Jumio away."""
    began = len(pipeline.hints.postponed)
    while sum(pipeline.hints.postponed[began:]) < HOUR:
        pipeline.hints.bring_back()
        pipeline.work(seconds=0.5)
        pipeline.let_pass(pipeline.hints.postponed[-1])


@pytest.mark.parametrize("status", [503, 404, 429])
def test_after_an_hour_without_jumio_the_result_is_found_and_nothing_set_aside(
    pipeline: Pipeline, status: int
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    admin = pipeline.bff.simulator.admin
    admin.add_fault("retrieval.*", "status", status=status, count=10_000)

    an_hour(pipeline)
    assert (len(pipeline.hints), pipeline.hints.set_aside()) == (1, 0)
    admin.clear_faults()
    pipeline.work_off()

    assert pipeline.status() == "approved"


def test_a_hint_that_alone_leads_to_a_lost_opening_outlives_an_hour(pipeline: Pipeline) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.*", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask()
    (lost,) = pipeline.bff.executions()
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.play(lost, "approved")
    pipeline.call_back(lost)
    pipeline.bff.simulator.admin.add_fault("retrieval.*", "status", status=503, count=10_000)

    an_hour(pipeline)
    assert (len(pipeline.hints), pipeline.hints.set_aside()) == (1, 0)
    pipeline.bff.simulator.admin.clear_faults()
    pipeline.work_off()

    assert pipeline.status() == "approved"
    assert json.loads(pipeline.hints.bodies[-1]) == pipeline.bff.hint(lost).model_dump()
