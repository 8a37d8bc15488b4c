"""No callback ever comes, and every execution ends all the same."""

import itertools
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.interruptions import interleaved, killed
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.errors import OutcomeUnknown
from verification.domain.schedule import FIRST_LOOK, GRACE, IDLE, RHYTHM, UNHEARD

LIFETIME = 30 * 60


def minutes(pipeline: Pipeline, number: int) -> None:
    """The schedule: a sweep each minute, and the worker after it."""
    for _ in range(number):
        pipeline.let_pass(60)
        pipeline.sweep()
        pipeline.work_off()


def test_with_every_callback_dropped_all_executions_end(pipeline: Pipeline) -> None:
    ends = {
        "never starts": "expired",
        "abandons": "expired",
        "approved": "approved",
        "declined: selfie mismatch": "declined",
        "needs review": "review",
        "technical error": "expired",
    }
    for scenario in ends:
        pipeline.open(user=scenario)
        pipeline.bff.simulator.admin.set_scenario(
            scenario, workflow_execution=pipeline.bff.executions()[-1]["id"]
        )

    minutes(pipeline, 40)

    assert {user: pipeline.status(user) for user in ends} == ends
    assert sorted(word for _, word in pipeline.consumer.outcomes()) == sorted(ends.values())
    assert not any("due" in item for item in pipeline.bff.items())
    assert {one["callbacks"][0]["dropped"] for one in pipeline.bff.executions()} == {True}


def test_before_its_time_nobody_is_looked_at(pipeline: Pipeline) -> None:
    pipeline.open()
    pipeline.let_pass(FIRST_LOOK - 1)
    assert pipeline.sweep() == 0
    pipeline.let_pass(1)
    assert pipeline.sweep() == 1


def test_a_started_execution_gets_the_time_to_be_idle(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "abandons", to_end=False)
    pipeline.call_back(execution)
    pipeline.work_off()
    due = pipeline.execution(execution)["due_at"]

    assert due == int(pipeline.clock()) + IDLE
    pipeline.let_pass(IDLE)
    pipeline.sweep()
    pipeline.work_off()
    assert pipeline.status() == "expired"


def stuck_in_processing(pipeline: Pipeline) -> dict[str, Any]:
    execution = pipeline.open()
    pipeline.bff.simulator.admin.patch_options(processing_seconds=10**7)
    pipeline.play(execution, "approved", to_end=False)
    pipeline.call_back(execution)
    pipeline.work_off()
    assert pipeline.status() == "processing"
    return execution


def looks_at(pipeline: Pipeline, seconds: int, step: int = 10) -> list[int]:
    """After how many seconds, counted from now, executions were looked at."""
    began, found = pipeline.clock(), []
    while pipeline.clock() - began < seconds:
        pipeline.let_pass(step)
        if pipeline.sweep():
            found.append(int(pipeline.clock() - began))
        pipeline.work_off()
    return found


def test_processing_for_too_long_is_read_in_jumios_rhythm_and_then_reported(
    pipeline: Pipeline, observed: Observed
) -> None:
    execution = stuck_in_processing(pipeline)
    first = 40

    looks = looks_at(pipeline, first + sum(RHYTHM) - 10)

    assert looks == [first + sum(RHYTHM[:number]) for number in range(len(RHYTHM))]
    assert "execution_overdue" not in observed.codes()
    assert looks_at(pipeline, 20) == [10]
    assert observed.codes().count("execution_overdue") == 1
    assert observed.metrics()["ExecutionsOverdue"] == 1

    pipeline.bff.simulator.admin.play(execution["id"], "approved")
    pipeline.let_pass(6 * 3600)
    assert pipeline.sweep() == 1
    pipeline.work_off()
    assert pipeline.status() == "approved"
    assert "looks" not in {k for k, v in pipeline.execution(execution).items() if v}


def test_what_stays_unknown_is_reported_again_and_again(
    pipeline: Pipeline, observed: Observed
) -> None:
    pipeline.open()
    body = {"workflowExecution": {"status": "PAUSED"}}
    pipeline.bff.simulator.admin.add_fault(
        "retrieval.status", "status", status=200, body=body, count=1000
    )

    for seconds in (LIFETIME + GRACE, *RHYTHM, *[6 * 3600] * 3):
        pipeline.let_pass(seconds)
        assert pipeline.sweep() == 1
        pipeline.work_off()

    assert observed.codes().count("execution_overdue") == 4
    assert observed.codes().count("status_unknown") == 1 + len(RHYTHM) + 3


def test_two_sweepers_at_once_give_one_hint(pipeline: Pipeline) -> None:
    pipeline.open()
    pipeline.let_pass(LIFETIME + GRACE)

    with interleaved("before", pipeline.bff.outcomes, "look", lambda: _sweep(pipeline, 1)):
        assert pipeline.sweep() == 0

    assert len(pipeline.hints) == 1


def _sweep(pipeline: Pipeline, expected: int) -> None:
    assert pipeline.sweep() == expected


def test_a_worker_that_was_faster_leaves_nothing_to_look_at(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    pipeline.let_pass(LIFETIME + GRACE)

    def settle() -> None:
        pipeline.bff.settle(execution)

    with interleaved("before", pipeline.bff.outcomes, "look", settle):
        assert pipeline.sweep() == 0
    assert len(pipeline.hints) == 0


def test_an_outage_of_the_queue_only_delays(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, observed: Observed
) -> None:
    throttled = ClientError({"Error": {"Code": "RequestThrottled"}}, "SendMessage")
    users = [f"user-{number}" for number in range(3)]
    for user in users:
        pipeline.open(user=user)
    pipeline.let_pass(LIFETIME + GRACE)

    def refuse(**_message: object) -> None:
        raise throttled

    with monkeypatch.context() as patch:
        patch.setattr(pipeline.hints.sqs, "send_message", refuse)
        for _ in range(3):
            assert pipeline.sweep() == 0
    assert observed.codes().count("look_failed") == len(users)  # each is tried, and not at once
    minutes(pipeline, 3)

    assert {pipeline.status(user) for user in users} == {"expired"}


def test_a_sweeper_that_dies_before_the_hint_is_made_up_for(pipeline: Pipeline) -> None:
    pipeline.open()
    pipeline.let_pass(LIFETIME + GRACE)

    with killed("before", pipeline.hints, "send"):
        pipeline.sweep()
    minutes(pipeline, 1)

    assert pipeline.status() == "expired"


def test_an_intent_of_which_nothing_is_heard_ends(pipeline: Pipeline, observed: Observed) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.create", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask()
    (execution,) = pipeline.bff.executions()

    pipeline.let_pass(LIFETIME + UNHEARD - 1)
    assert pipeline.sweep() == 0
    assert pipeline.execution(execution)["state"] == "requested"
    pipeline.let_pass(1)
    assert pipeline.sweep() == 1

    assert pipeline.execution(execution)["state"] == "expired"
    assert "due" not in pipeline.execution(execution)
    assert observed.codes().count("execution_never_opened") == 1
    assert pipeline.status() == "none"
    assert pipeline.sweep() == 0


def test_a_deadline_leaves_the_rest_to_the_next_minute(pipeline: Pipeline) -> None:
    pipeline.open()
    pipeline.let_pass(LIFETIME + GRACE)

    assert pipeline.sweep(seconds=5) == 0
    assert pipeline.sweep(seconds=40) == 1


def test_more_than_one_page_is_worked_through(pipeline: Pipeline) -> None:
    """Index pages and batch reads end at 100 keys; the rest must not be forgotten."""
    execution = pipeline.open()
    reference = execution["customerInternalReference"]
    (item,) = [one for one in pipeline.bff.items() if one["sk"]["S"].endswith(reference)]
    for number in range(104):
        more = {**item, "sk": {"S": f"EXECUTION#{number:032}"}}
        pipeline.bff.dynamodb.put_item(TableName=pipeline.bff.table_name, Item=more)
    pipeline.let_pass(LIFETIME + GRACE)

    assert pipeline.sweep() == 105

    batches = itertools.takewhile(len, iter(lambda: pipeline.hints.receive()["Records"], None))
    assert sum(map(len, batches)) == 105
