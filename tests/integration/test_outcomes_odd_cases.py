"""Odd cases on the way from callback to outcome."""

from typing import Any

import pytest

from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.errors import OutcomeUnknown
from verification.domain.execution import PROCESSED
from verification.domain.schedule import GRACE, RHYTHM
from verification.domain.standing import LEASE_SECONDS


def test_an_execution_that_jumio_has_deleted_ends(pipeline: Pipeline) -> None:
    """Else the person is told verification-in-progress for ever."""
    execution = pipeline.open()
    pipeline.play(execution, "approved", to_end=False)
    pipeline.call_back(execution)
    pipeline.work_off()
    pipeline.bff.delete_account(execution["accountId"])

    for seconds in (40, *RHYTHM, *[6 * 3600] * 5):
        pipeline.let_pass(seconds + 1)
        pipeline.sweep()
        pipeline.work()
        pipeline.hints.retained.clear()

    assert pipeline.status() == "expired"


@pytest.mark.parametrize("part", ["details", "risk"])
def test_a_decision_with_an_empty_part_is_a_decision(pipeline: Pipeline, part: str) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    decision: dict[str, Any] = {
        "type": "PASSED",
        "details": {"label": "OK"},
        "risk": {"score": 1},
        part: None,
    }
    body = {"workflow": {"status": PROCESSED}, "decision": decision}
    pipeline.bff.simulator.admin.add_fault(
        "retrieval.details", "status", status=200, body=body, count=9
    )
    pipeline.call_back(execution)
    pipeline.work(seconds=3)

    assert pipeline.status() == "approved"


def test_foreign_ids_for_a_lost_opening_are_refused_once(
    pipeline: Pipeline, observed: Observed
) -> None:
    """As for an opening that is on record: dropped and counted, not five times and set aside."""
    pipeline.bff.simulator.admin.add_fault("accounts.*", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask()
    (lost,) = pipeline.bff.executions()
    bob = pipeline.open(user="bob")
    pipeline.let_pass(LEASE_SECONDS)

    pipeline.call_back(lost, account={"id": bob["accountId"]}, workflowExecution={"id": bob["id"]})

    assert pipeline.work() == {"batchItemFailures": []}
    assert observed.metrics()["CallbacksRefused"] == 1


def test_an_outage_of_jumio_does_not_use_up_its_rhythm(pipeline: Pipeline) -> None:
    """After an hour in which Jumio answered nobody, a result is not six hours away."""
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    pipeline.let_pass(30 * 60 + GRACE)
    pipeline.bff.simulator.admin.add_fault("retrieval.*", "status", status=503, count=10_000)
    for _ in range(70):
        pipeline.let_pass(60)
        pipeline.sweep()
        pipeline.work(seconds=0.5)
    pipeline.bff.simulator.admin.clear_faults()
    pipeline.hints.sqs.purge_queue(QueueUrl=pipeline.hints.url)  # all were set aside meanwhile

    for _ in range(20):
        pipeline.let_pass(60)
        pipeline.sweep()
        pipeline.work()

    assert pipeline.status() == "approved"


def test_poison_is_counted_once(pipeline: Pipeline, observed: Observed) -> None:
    pipeline.hints.put("poison")
    for _ in range(5):
        pipeline.work()
        pipeline.hints.bring_back()
    assert observed.metrics()["MessagesPoisonous"] == 1
