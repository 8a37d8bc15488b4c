"""Whatever happens to a person at Jumio: what is on record, what apps see, what the bus hears."""

from typing import Any

import pytest

from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.execution import PROCESSED

# scenario: our word, Jumio's decision type, label and score, the capabilities that failed
DECIDED: dict[str, tuple[str, str, str, float, list[str]]] = {
    "approved": ("approved", "PASSED", "PASSED", 10, []),
    "approved: borderline": ("approved", "PASSED", "PASSED", 30, []),
    "declined: fake document": ("declined", "REJECTED", "REJECTED", 100, [
        "dataChecks", "extraction", "imageChecks"
    ]),
    "declined: selfie mismatch": ("declined", "REJECTED", "REJECTED", 100, ["similarity"]),
    "declined: not a live person": ("declined", "REJECTED", "REJECTED", 100, ["liveness"]),
    "declined: data mismatch": ("declined", "REJECTED", "REJECTED", 100, ["dataChecks"]),
    "declined: unreadable": ("declined", "REJECTED", "REJECTED", 100, [
        "dataChecks", "extraction", "imageChecks", "similarity", "usability"
    ]),
    "needs review": ("review", "WARNING", "WARNING", 50, ["similarity"]),
    "needs review: repeated face": ("review", "WARNING", "WARNING", 50, ["imageChecks"]),
    "unsupported document": ("declined", "REJECTED", "REJECTED", 100, [
        "dataChecks", "extraction", "imageChecks", "usability"
    ]),
    "technical error": ("expired", "NOT_EXECUTED", "NOT_EXECUTED", -1, [
        "dataChecks", "extraction", "imageChecks", "liveness", "similarity", "usability"
    ]),
}  # fmt: skip
TIPS = {"declined: unreadable": "photo-quality", "unsupported document": "document-unsupported"}
KEPT = {
    *("pk", "sk", "journey", "state", "rank", "request_id", "created_at", "account_id"),
    *("workflow_execution_id", "decision", "settled_at", "looks", "step", "verdict"),
}


def finish(pipeline: Pipeline, scenario: str) -> dict[str, Any]:
    """A person goes through a scenario, Jumio calls back, and the worker takes it on."""
    execution = pipeline.open()
    pipeline.play(execution, scenario)
    pipeline.call_back(execution)
    assert pipeline.work() == {"batchItemFailures": []}
    return execution


@pytest.mark.parametrize("scenario", DECIDED)
def test_a_decision_is_stored_shown_and_published(pipeline: Pipeline, scenario: str) -> None:
    word, kind, label, score, failed = DECIDED[scenario]

    execution = finish(pipeline, scenario)

    item = pipeline.execution(execution)
    decision = {"type": kind, "label": label, "score": score, "failed": failed}
    if scenario in TIPS:
        decision["tip"] = TIPS[scenario]
    assert (item["state"], item["decision"]) == (word, decision)
    assert set(item) == KEPT | {f"{word}_at"}
    assert item["settled_at"] == int(pipeline.clock())
    assert pipeline.status() == word
    assert pipeline.consumer.outcomes() == [(execution["customerInternalReference"], word)]


@pytest.mark.parametrize("scenario", ["never starts", "abandons"])
@pytest.mark.parametrize("form", ["not_executed", "rejected"])
def test_an_expired_execution_is_expired_in_both_forms(
    pipeline: Pipeline, scenario: str, form: str
) -> None:
    pipeline.bff.simulator.admin.patch_options(expired_details=form)

    execution = finish(pipeline, scenario)

    item = pipeline.execution(execution)
    assert item["state"] == pipeline.status() == "expired"
    assert "decision" not in item
    assert pipeline.told().body["retry"] == {"allowed": True, "remaining": 4, "after": 0}


def answer_details(pipeline: Pipeline, **members: object) -> None:
    """Let Jumio answer these details from now on."""
    pipeline.bff.simulator.admin.add_fault(
        "retrieval.details", "status", count=9, status=200, body=members
    )


@pytest.mark.parametrize("form", ["TOKEN_EXPIRED", "SESSION_EXPIRED"])
def test_expired_details_behind_a_processed_status_are_expired(
    pipeline: Pipeline, form: str
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    rejected = {"type": "REJECTED", "details": {"label": "REJECTED"}, "risk": {"score": 100}}
    answer_details(pipeline, workflow={"status": form}, decision=rejected)

    pipeline.call_back(execution)
    pipeline.work()

    assert pipeline.status() == "expired"


@pytest.mark.parametrize("label", ["OK", "TXN_PASSED", "REJECTED"])
@pytest.mark.parametrize("score", [0, 55.5, 100])
def test_neither_label_nor_score_decides(pipeline: Pipeline, label: str, score: float) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    decision = {"type": "PASSED", "details": {"label": label}, "risk": {"score": score}}
    answer_details(pipeline, workflow={"status": PROCESSED}, decision=decision)

    pipeline.call_back(execution)
    pipeline.work()

    kept = {"type": "PASSED", "label": label, "score": score, "failed": []}
    assert pipeline.execution(execution)["decision"] == kept
    assert pipeline.status() == "approved"


@pytest.mark.parametrize("word", ["MANUAL_REVIEW", "approved", "passed"])
def test_an_unknown_decision_type_is_stored_and_not_final(
    pipeline: Pipeline, observed: Observed, word: str
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    answer_details(pipeline, workflow={"status": PROCESSED}, decision={"type": word})

    pipeline.call_back(execution)

    assert pipeline.work() == {"batchItemFailures": []}
    item = pipeline.execution(execution)
    assert (item["state"], item["unknown_word"]) == ("pending", word)
    assert pipeline.status() == "pending"
    assert pipeline.consumer.events() == []
    assert "status_unknown" in observed.codes()
    assert "due_at" in item
    pipeline.bff.simulator.admin.clear_faults()
    pipeline.call_back(execution)
    pipeline.work()
    assert pipeline.status() == "approved"


def test_an_unknown_status_is_stored_and_not_final(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    body = {"workflowExecution": {"status": "PAUSED"}}
    pipeline.bff.simulator.admin.add_fault("retrieval.status", "status", status=200, body=body)

    pipeline.call_back(execution)

    assert pipeline.work() == {"batchItemFailures": []}
    item = pipeline.execution(execution)
    assert (item["state"], item["unknown_word"]) == ("pending", "PAUSED")
    assert pipeline.consumer.events() == []


def test_processed_without_a_decision_is_not_final(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    answer_details(pipeline, workflow={"status": PROCESSED})

    pipeline.call_back(execution)
    pipeline.work()

    assert pipeline.execution(execution)["state"] == "pending"
    assert pipeline.consumer.events() == []


def test_progress_is_told_if_that_is_configured(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    for configured in (False, True):
        pipeline.tell_progress = configured
        pipeline.play(execution, "approved", to_end=False)
        pipeline.call_back(execution)
        pipeline.work()
        assert [one["type"] for one in pipeline.consumer.events()] == (
            ["verification.progress"] if configured else []
        )
        execution = execution if configured else pipeline.open(user="bob")
    assert pipeline.status() == pipeline.status("bob") == "processing"


def test_the_callback_is_never_believed(pipeline: Pipeline) -> None:
    execution = pipeline.open()

    pipeline.call_back(
        execution,
        decision={"type": "PASSED"},
        workflowExecution={"id": execution["id"], "status": "PROCESSED", "href": "https://x.test"},
        account={"id": execution["accountId"], "href": "https://x.test"},
    )
    pipeline.work()

    assert pipeline.status() == "pending"
    assert pipeline.consumer.events() == []
