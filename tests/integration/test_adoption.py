"""Callbacks for executions that we never saw opened: not yet recorded, lost, orphaned, erased."""

import json
from functools import partial
from typing import Any

import pytest

from tests.support.interruptions import interleaved, killed
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.errors import OutcomeUnknown
from verification.domain.standing import LEASE_SECONDS

Json = dict[str, Any]


def open_and_lose(pipeline: Pipeline, user: str = "ada") -> Json:
    """Jumio opens an execution, and its answer never reaches us."""
    before = {one["id"] for one in pipeline.bff.executions()}
    pipeline.bff.simulator.admin.add_fault("accounts.*", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask(user=user)
    (opened,) = [one for one in pipeline.bff.executions() if one["id"] not in before]
    return opened


def test_a_callback_that_is_faster_than_our_own_record_waits_for_it(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = pipeline.bff.store
    save, seen = store.save, []

    def save_late(*arguments: Any, **named: Any) -> None:
        (execution,) = pipeline.bff.executions()
        pipeline.play(execution, "approved")
        pipeline.call_back(execution)
        seen.append((len(pipeline.work()["batchItemFailures"]), pipeline.status()))
        save(*arguments, **named)

    monkeypatch.setattr(store, "save", save_late)

    execution = pipeline.open()

    assert seen == [(1, "none")]
    assert pipeline.status() == "pending"
    pipeline.work_off()
    assert pipeline.status() == "approved"
    assert pipeline.execution(execution)["workflow_execution_id"] == execution["id"]
    assert len(pipeline.consumer.outcomes()) == 1


def test_while_the_lease_holds_nothing_is_adopted(pipeline: Pipeline, observed: Observed) -> None:
    execution = open_and_lose(pipeline)
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)

    assert len(pipeline.work()["batchItemFailures"]) == 1

    assert pipeline.execution(execution)["state"] == "requested"
    assert "execution_adopted" not in observed.codes()


@pytest.mark.parametrize(
    ("scenario", "word"),
    [
        ("approved", "approved"),
        ("declined: fake document", "declined"),
        ("never starts", "expired"),
    ],
)
def test_an_execution_whose_opening_was_never_answered_is_adopted(
    pipeline: Pipeline, observed: Observed, scenario: str, word: str
) -> None:
    execution = open_and_lose(pipeline)
    pipeline.play(execution, scenario)
    pipeline.let_pass(LEASE_SECONDS)

    pipeline.call_back(execution)
    pipeline.work_off()

    item = pipeline.execution(execution)
    assert (item["state"], item["account_id"]) == (word, execution["accountId"])
    account = pipeline.bff.item("ada", "ACCOUNT")
    assert account is not None
    assert account["account_id"] == execution["accountId"]
    assert observed.codes().count("execution_adopted") == 1
    assert pipeline.consumer.outcomes() == [(execution["customerInternalReference"], word)]
    # Nobody ever got its token: only an approval says anything about the person.
    assert pipeline.status() == ("approved" if word == "approved" else "none")


def test_the_adopted_account_is_used_again(pipeline: Pipeline) -> None:
    lost = open_and_lose(pipeline)
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.play(lost, "never starts")
    pipeline.call_back(lost)
    pipeline.work_off()

    again = pipeline.open()

    assert again["accountId"] == lost["accountId"]


@pytest.mark.parametrize(("scenario", "word"), [("approved", "approved"), ("abandons", "pending")])
def test_an_orphan_is_recorded_and_its_approval_counts(
    pipeline: Pipeline, observed: Observed, scenario: str, word: str
) -> None:
    lost = open_and_lose(pipeline)
    pipeline.let_pass(LEASE_SECONDS)
    recorded = pipeline.open()
    assert recorded["accountId"] != lost["accountId"]

    pipeline.play(lost, scenario)
    pipeline.call_back(lost)
    pipeline.work_off()

    assert pipeline.execution(lost)["account_id"] == lost["accountId"]
    account = pipeline.bff.item("ada", "ACCOUNT")
    assert account is not None
    assert account["account_id"] == recorded["accountId"]
    assert observed.codes().count("orphan_recorded") == 1
    assert observed.metrics()["Orphans"] == 1
    assert pipeline.status() == word
    assert {one["data"]["subject"] for one in pipeline.consumer.events()} == {"ada"}


@pytest.mark.parametrize("details", ["unavailable", "not_executed", "rejected"])
def test_an_expired_execution_is_adopted_whatever_jumio_still_says_of_it(
    pipeline: Pipeline, observed: Observed, details: str
) -> None:
    pipeline.bff.simulator.admin.patch_options(expired_details=details)
    lost = open_and_lose(pipeline)
    pipeline.play(lost, "never starts")
    pipeline.let_pass(LEASE_SECONDS)

    pipeline.call_back(lost)
    pipeline.work_off()

    assert observed.codes().count("execution_adopted") == 1
    assert pipeline.execution(lost)["state"] == "expired"
    assert pipeline.open()["accountId"] == lost["accountId"]


def test_a_lost_renewal_on_the_persons_own_account_is_adopted_too(pipeline: Pipeline) -> None:
    first = pipeline.open()
    pipeline.play(first, "never starts")
    pipeline.call_back(first)
    pipeline.work_off()
    lost = open_and_lose(pipeline)
    assert lost["accountId"] == first["accountId"]
    pipeline.play(lost, "never starts")
    pipeline.let_pass(LEASE_SECONDS)

    pipeline.call_back(lost)
    pipeline.work_off()

    assert pipeline.execution(lost)["state"] == "expired"


@pytest.mark.parametrize("scenario", ["approved", "never starts"])
def test_ids_of_somebody_else_are_never_adopted(
    pipeline: Pipeline, observed: Observed, scenario: str
) -> None:
    lost, bob = open_and_lose(pipeline), pipeline.open(user="bob")
    pipeline.play(bob, scenario)
    pipeline.let_pass(LEASE_SECONDS)
    before = pipeline.bff.items()

    pipeline.call_back(lost, account={"id": bob["accountId"]}, workflowExecution={"id": bob["id"]})
    pipeline.work()

    assert pipeline.bff.items() == before
    assert observed.metrics()["CallbacksRefused"] == 1
    assert pipeline.consumer.events() == []


def test_a_process_that_died_after_jumio_had_committed_is_made_up_for(pipeline: Pipeline) -> None:
    with killed("before", pipeline.bff.store, "save"):
        pipeline.bff.ask()
    (execution,) = pipeline.bff.executions()
    pipeline.let_pass(LEASE_SECONDS)

    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    pipeline.work_off()

    assert pipeline.status() == "approved"
    assert len(pipeline.consumer.outcomes()) == 1


def test_two_workers_adopt_once(pipeline: Pipeline, observed: Observed) -> None:
    execution = open_and_lose(pipeline)
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    others = partial(pipeline.bff.settle, execution)
    with interleaved("before", pipeline.bff.outcomes, "adopt", others):
        assert len(pipeline.work()["batchItemFailures"]) == 1
    pipeline.work_off()

    assert observed.codes().count("execution_adopted") == 1
    assert len(pipeline.consumer.outcomes()) == 1
    owners = [item for item in pipeline.bff.items() if item["pk"]["S"].startswith("ACCOUNT#")]
    assert len(owners) == 1
    assert json.dumps(owners).count(execution["accountId"]) == 1


def test_nothing_is_adopted_while_another_session_is_being_opened(
    pipeline: Pipeline, observed: Observed
) -> None:
    """Else the record of that session would overwrite the adopted account without a word."""
    lost = open_and_lose(pipeline)
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.call_back(lost)
    waited: list[int] = []

    def worker() -> None:
        waited.append(len(pipeline.work()["batchItemFailures"]))

    with interleaved("after", pipeline.bff.jumio, "open_execution", worker):
        opened = pipeline.open()
    pipeline.work_off()

    assert waited == [1]
    assert opened["accountId"] != lost["accountId"]
    assert observed.codes().count("orphan_recorded") == 1
