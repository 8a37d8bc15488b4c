"""The truth right after a person is done at Jumio, before any callback has told of it."""

from typing import Any

import pytest

from tests.support.pipeline import Pipeline
from verification.domain.errors import (
    AlreadyVerified,
    ProviderUnavailable,
    TemporarilyUnavailable,
    VerificationInProgress,
)

Json = dict[str, Any]


def done(pipeline: Pipeline, scenario: str = "approved", *, judged: bool = False) -> Json:
    """A person who went through Jumio, of which no callback has told."""
    execution = pipeline.open()
    pipeline.play(execution, scenario, to_end=judged)
    return execution


def test_who_is_being_judged_is_not_given_a_second_execution(pipeline: Pipeline) -> None:
    execution = done(pipeline)
    assert pipeline.status() == "pending"

    with pytest.raises(VerificationInProgress):
        pipeline.bff.ask(renew=True)

    assert [one["id"] for one in pipeline.bff.executions()] == [execution["id"]]
    assert pipeline.status() == "processing"


@pytest.mark.parametrize(
    ("scenario", "problem", "status"),
    [
        ("approved", AlreadyVerified, "approved"),
        ("needs review", VerificationInProgress, "review"),
        ("declined: fake document", VerificationInProgress, "declined"),
    ],
)
def test_who_was_judged_hears_of_it_instead_of_paying_for_another(
    pipeline: Pipeline, scenario: str, problem: type[Exception], status: str
) -> None:
    execution = done(pipeline, scenario, judged=True)

    with pytest.raises(problem):
        pipeline.bff.ask(renew=True)

    assert len(pipeline.bff.executions()) == 1
    assert pipeline.status() == status
    pipeline.let_pass(60)
    pipeline.sweep()
    pipeline.work_off()
    assert pipeline.consumer.outcomes() == [(execution["customerInternalReference"], status)]


def test_a_session_that_has_run_out_is_asked_about_without_renew_too(pipeline: Pipeline) -> None:
    done(pipeline)
    session = pipeline.bff.item("ada", "SESSION#identity")
    assert session is not None
    pipeline.clock.now = session["expires_at"]  # ours alone: Jumio goes on judging

    with pytest.raises(VerificationInProgress):
        pipeline.bff.ask()

    assert len(pipeline.bff.executions()) == 1


@pytest.mark.parametrize("begun", [True, False])
def test_who_is_not_done_gets_a_new_session(pipeline: Pipeline, begun: bool) -> None:
    execution = pipeline.open()
    if begun:
        pipeline.play(execution, "abandons", to_end=False)
    assert pipeline.bff.ask(renew=True).status == 201
    assert len(pipeline.bff.executions()) == 2


def test_who_has_let_it_lapse_gets_a_new_session(pipeline: Pipeline) -> None:
    done(pipeline, "never starts", judged=True)
    assert pipeline.bff.ask(renew=True).status == 201


def test_without_an_answer_of_jumios_nothing_is_opened(pipeline: Pipeline) -> None:
    done(pipeline)
    pipeline.bff.simulator.admin.add_fault("retrieval.status", "status", 20, status=503)

    with pytest.raises(ProviderUnavailable) as refusal:
        pipeline.bff.ask(renew=True, seconds=2)

    assert refusal.value.retry_after
    assert len(pipeline.bff.executions()) == 1
    pipeline.bff.simulator.admin.clear_faults()
    with pytest.raises(VerificationInProgress):
        pipeline.bff.ask(renew=True)


def test_an_execution_that_jumio_has_deleted_is_replaced(pipeline: Pipeline) -> None:
    pipeline.bff.delete_account(pipeline.open()["accountId"])
    assert pipeline.bff.ask(renew=True).status == 201


def test_whoever_is_back_says_so_and_is_told_that_it_is_being_judged(pipeline: Pipeline) -> None:
    done(pipeline)

    assert pipeline.told(returned=True).retry_after == 1
    pipeline.work_off()

    assert pipeline.status() == "processing"  # also after a reload, which says nothing any more


def test_however_often_they_say_so_one_look_is_taken_in_five_seconds(pipeline: Pipeline) -> None:
    for journey in ("identity", "repeated"):
        pipeline.open(journey=journey)
    for _ in range(3):
        for journey in ("identity", "repeated"):
            pipeline.told(journey=journey, returned=True)
    assert len(pipeline.hints) == 1

    pipeline.let_pass(5)
    pipeline.told(returned=True)
    assert len(pipeline.hints) == 2


@pytest.mark.parametrize("state", ["nothing", "processing", "declined: fake document"])
def test_where_there_is_nothing_to_find_out_no_look_is_taken(
    pipeline: Pipeline, state: str
) -> None:
    if state != "nothing":
        execution = done(pipeline, "approved" if state == "processing" else state, judged=False)
        if state != "processing":
            pipeline.play(execution, state)
        pipeline.call_back(execution)
        pipeline.work_off()
    before = pipeline.told()

    after = pipeline.told(returned=True)

    assert (after.body, after.retry_after) == (before.body, before.retry_after)
    assert len(pipeline.hints) == 0


def test_an_erased_person_leaves_nothing_behind_by_being_back(pipeline: Pipeline) -> None:
    assert pipeline.told("bob", returned=True).body["status"] == "none"
    assert pipeline.bff.items() == []


def test_without_the_queue_the_answer_is_as_good_as_before(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(pipeline)

    def away(_: object) -> None:
        raise TemporarilyUnavailable("away")

    monkeypatch.setattr(pipeline.hints, "send", away)
    assert pipeline.told(returned=True).body["status"] == "pending"
