"""Operators decide what Jumio left to them, and take approvals back; nobody undoes their word."""

import json
from functools import partial
from typing import Any

import pytest

from tests.integration.test_review import called_back, configured, says, under_review
from tests.support.erasing import Eraser
from tests.support.interruptions import interleaved, killed
from tests.support.observed import Observed
from tests.support.operators import decide
from tests.support.pipeline import Pipeline
from verification.domain.errors import (
    InvalidRequest,
    NotDecidable,
    NotEligible,
    NotFound,
    Problem,
    SessionBusy,
    TemporarilyUnavailable,
    VerificationInProgress,
)
from verification.domain.execution import PROCESSED
from verification.domain.journeys import load_journeys
from verification.store import ConditionFailed

Json = dict[str, Any]
WORDS = {"approve": "approved", "decline": "declined"}
CODES = {"reason": "document-checked-by-hand", "by": "operator-7"}


def approved(pipeline: Pipeline, **asked: Any) -> Json:
    execution = pipeline.open(**asked)
    called_back(pipeline, execution, "PASSED")
    return execution


@pytest.mark.parametrize("decision", WORDS)
def test_an_operator_ends_a_review_and_jumios_decision_stays_on_record(
    pipeline: Pipeline, decision: str
) -> None:
    execution = under_review(pipeline)
    before = pipeline.execution(execution)
    pipeline.let_pass(3600)

    receipt = decide(pipeline, execution, decision)
    pipeline.work_off()

    word, reference = WORDS[decision], execution["customerInternalReference"]
    assert pipeline.status() == word
    assert pipeline.told().body["retry"]["allowed"] == (word == "declined")
    at = int(pipeline.clock())
    made = {"decision": decision, **CODES, "at": at, "verdict": word}
    assert pipeline.execution(execution) == {**before, "verdict": word, "manual": [made]}
    assert receipt == {
        "journey": "identity",
        "execution": reference,
        "decision": decision,
        **CODES,
        "status": word,
        "decided_at": pipeline.told().body["updatedAt"],
    }
    assert pipeline.consumer.outcomes() == [(reference, "review"), (reference, word)]
    first, second = pipeline.consumer.events()
    assert first["id"] != second["id"]
    assert "decidedBy" not in first["data"]
    assert second["data"]["decidedBy"] == "operator"
    assert second["data"]["reason"] == CODES["reason"]
    assert second["time"] == receipt["decided_at"]


@pytest.mark.parametrize("decision", WORDS)
@pytest.mark.parametrize("kind", ["PASSED", "REJECTED", "WARNING", "NOT_EXECUTED"])
def test_a_later_callback_undoes_nothing(pipeline: Pipeline, decision: str, kind: str) -> None:
    execution = under_review(pipeline)
    decide(pipeline, execution, decision)
    pipeline.work_off()
    before = pipeline.bff.items(), pipeline.consumer.events()

    called_back(pipeline, execution, kind)

    assert (pipeline.bff.items(), pipeline.consumer.events()) == before


@pytest.mark.parametrize("kind", ["PASSED", "REJECTED"])
def test_a_callback_that_was_faster_is_not_undone_by_an_operator(
    pipeline: Pipeline, kind: str
) -> None:
    execution = under_review(pipeline)
    says(pipeline, kind)
    others = partial(pipeline.bff.settle, execution)
    with (
        interleaved("before", pipeline.bff.outcomes, "advance", others),
        pytest.raises(NotDecidable),
    ):
        decide(pipeline, execution, "approve")
    assert len(pipeline.consumer.outcomes()) == 2
    assert "manual" not in pipeline.execution(execution)


def test_an_operator_who_was_faster_is_not_undone_by_the_worker_at_work(
    pipeline: Pipeline,
) -> None:
    execution = under_review(pipeline)
    says(pipeline, "REJECTED")
    others = partial(decide, pipeline, execution, "approve")
    with interleaved("before", pipeline.bff.outcomes, "advance", others):
        pipeline.bff.settle(execution)
    pipeline.work_off()
    assert pipeline.status() == "approved"
    assert [status for _, status in pipeline.consumer.outcomes()] == ["review", "approved"]


def test_of_two_operators_one_decides(pipeline: Pipeline) -> None:
    execution = under_review(pipeline)
    others = partial(decide, pipeline, execution, "decline", by="operator-8")
    with (
        interleaved("before", pipeline.bff.outcomes, "advance", others),
        pytest.raises(NotDecidable),
    ):
        decide(pipeline, execution, "approve")
    pipeline.work_off()
    assert pipeline.status() == "declined"
    assert [one["by"] for one in pipeline.execution(execution)["manual"]] == ["operator-8"]
    assert [status for _, status in pipeline.consumer.outcomes()] == ["review", "declined"]


def test_a_repetition_gets_the_same_receipt_and_changes_nothing(pipeline: Pipeline) -> None:
    execution = under_review(pipeline)
    first = decide(pipeline, execution, "approve")
    pipeline.work_off()
    decide(pipeline, execution, "revoke", reason="fraud-found")
    pipeline.work_off()
    before = pipeline.bff.items(), pipeline.consumer.events()
    pipeline.let_pass(60)

    assert decide(pipeline, execution, "approve") == first
    pipeline.work_off()
    assert (pipeline.bff.items(), pipeline.consumer.events()) == before
    with pytest.raises(NotDecidable):  # the same word for another reason is another word
        decide(pipeline, execution, "approve", reason="second-thoughts")


def test_killed_before_the_worker_hears_of_it_the_news_is_told_by_the_sweeper(
    pipeline: Pipeline,
) -> None:
    execution = under_review(pipeline)
    with killed("before", pipeline.hints, "send"):
        decide(pipeline, execution, "approve")
    pipeline.let_pass(61)
    pipeline.sweep()
    pipeline.work_off()
    assert [status for _, status in pipeline.consumer.outcomes()] == ["review", "approved"]


def test_the_news_has_the_same_id_whoever_tells_it(pipeline: Pipeline) -> None:
    execution = under_review(pipeline)
    decide(pipeline, execution, "approve")
    with killed("before", pipeline.bff.outcomes, "published"):
        pipeline.bff.settle(execution)
    pipeline.let_pass(61)
    pipeline.sweep()
    pipeline.work_off()
    told = [one for one in pipeline.consumer.events() if one["data"]["status"] == "approved"]
    assert len(told) == 2
    assert told[0] == told[1]


def test_a_review_that_nobody_was_told_of_is_told_first(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    says(pipeline, "WARNING")
    with killed("before", pipeline.bus, "publish"):
        pipeline.bff.settle(execution)
    with pytest.raises(TemporarilyUnavailable):
        decide(pipeline, execution, "decline")
    pipeline.work_off()
    decide(pipeline, execution, "decline")
    pipeline.work_off()
    assert [status for _, status in pipeline.consumer.outcomes()] == ["review", "declined"]


def test_a_worker_that_was_slow_to_note_what_it_told_does_not_hide_the_decision(
    pipeline: Pipeline,
) -> None:
    """The state is Jumio's and stays; only the verdict tells the two outcomes apart."""
    execution = pipeline.open()
    says(pipeline, "WARNING")

    def others() -> None:
        pipeline.bff.settle(execution)
        decide(pipeline, execution, "approve")

    with interleaved("before", pipeline.bff.outcomes, "published", others):
        pipeline.bff.settle(execution)

    assert pipeline.execution(execution)["unpublished"] is True
    pipeline.work_off()
    assert pipeline.consumer.outcomes()[-1][1] == "approved"


def test_a_journey_goes_on_after_an_approval(pipeline: Pipeline) -> None:
    configured(pipeline, {"name": "document"}, {"name": "identity"})
    execution = under_review(pipeline)
    receipt = decide(pipeline, execution, "approve")
    pipeline.work_off()
    assert receipt["status"] == pipeline.status() == "pending"
    assert pipeline.told().body["next"] == "identity"
    assert pipeline.bff.ask().status == 201
    assert len(pipeline.consumer.outcomes()) == 1


def test_a_declined_screening_keeps_the_person_out_as_the_journey_says(
    pipeline: Pipeline,
) -> None:
    email = {"name": "email", "kind": "screening", "workflowKey": 10066, "validity": 3600}
    inputs = {"email": {"from": "claim:email"}}
    configured(pipeline, {**email, "inputs": inputs}, {"name": "identity"})
    says(pipeline, "WARNING")
    claims = {"email": "ada@people.example", "email_verified": "true"}
    with pytest.raises(VerificationInProgress):
        pipeline.bff.ask(claims=claims)
    (execution,) = pipeline.bff.executions()
    pipeline.bff.settle(execution)
    decide(pipeline, execution, "decline")
    with pytest.raises(NotEligible):
        pipeline.bff.ask(claims=claims)
    pipeline.let_pass(3601)
    says(pipeline, "PASSED")
    assert pipeline.bff.ask(claims=claims).status == 201


def test_an_approval_is_revoked_and_the_person_may_try_again(pipeline: Pipeline) -> None:
    execution = approved(pipeline)
    receipt = decide(pipeline, execution, "revoke", reason="fraud-found")
    pipeline.work_off()

    assert receipt["status"] == pipeline.status() == "declined"
    item = pipeline.execution(execution)
    assert (item["state"], item["decision"]["type"]) == ("approved", "PASSED")
    assert [status for _, status in pipeline.consumer.outcomes()] == ["approved", "declined"]
    assert pipeline.consumer.events()[-1]["data"]["reason"] == "fraud-found"
    called_back(pipeline, execution, "PASSED")
    assert pipeline.status() == "declined"
    assert pipeline.bff.ask().status == 201


def test_a_revoked_screening_has_to_be_passed_again(pipeline: Pipeline) -> None:
    email = {"name": "email", "kind": "screening", "workflowKey": 10066, "validity": 3600}
    configured(pipeline, {**email, "inputs": {"email": {"from": "claim:email"}}})
    says(pipeline, "PASSED")
    claims = {"email": "ada@people.example", "email_verified": "true"}
    pipeline.bff.ask(claims=claims)
    (execution,) = pipeline.bff.executions()
    assert pipeline.status() == "approved"
    pipeline.work_off()
    pipeline.bff.settle(execution)
    decide(pipeline, execution, "revoke")
    with pytest.raises(NotEligible):
        pipeline.bff.ask(claims=claims)
    pipeline.let_pass(3601)
    assert pipeline.bff.ask(claims=claims).status in (200, 201, 204)
    assert len(pipeline.bff.executions()) == 2


def test_an_old_approval_is_revoked_beside_a_new_session(pipeline: Pipeline) -> None:
    """The new attempt is a matter of its own; only the news about the old one is told."""
    old = approved(pipeline, journey="repeated")

    def others() -> None:
        says(pipeline, "PASSED", "INITIATED")
        assert pipeline.bff.ask(journey="repeated").status == 201

    with interleaved("before", pipeline.bff.outcomes, "advance", others):
        decide(pipeline, old, "revoke", journey="repeated")
    pipeline.work_off()

    assert pipeline.status(journey="repeated") == "pending"
    assert pipeline.consumer.outcomes()[-1] == (old["customerInternalReference"], "declined")
    assert pipeline.bff.ask(journey="repeated").status == 200


def renewable(pipeline: Pipeline) -> None:
    configured(pipeline, {"name": "identity", "validity": 86400})


def test_an_operators_approval_has_its_time_and_lapses_by_itself(pipeline: Pipeline) -> None:
    renewable(pipeline)
    execution = under_review(pipeline)
    pipeline.let_pass(3600)
    at = decide(pipeline, execution, "approve")["decided_at"]
    pipeline.work_off()
    assert pipeline.consumer.events()[-1]["data"]["validUntil"] > at
    pipeline.let_pass(86401)
    pipeline.sweep()
    pipeline.work_off()
    assert pipeline.status() == "lapsed"
    last = pipeline.consumer.events()[-1]
    assert last["type"] == "verification.lapsed"
    assert "decidedBy" not in last["data"]  # nobody decided that


def test_a_revoked_approval_stands_no_longer_while_it_is_renewed(pipeline: Pipeline) -> None:
    configured(pipeline, {"name": "identity", "validity": 86400}, repeatable=True)
    old = approved(pipeline)
    says(pipeline, "PASSED", "INITIATED")
    assert pipeline.bff.ask().status == 201
    assert pipeline.status() == "approved"

    decide(pipeline, old, "revoke")
    pipeline.work_off()

    assert pipeline.status() == "pending"
    told = pipeline.consumer.events()[-1]["data"]
    assert (told["status"], told["validUntil"]) == ("declined", None)
    assert pipeline.bff.ask().status == 200
    pipeline.let_pass(86401)
    pipeline.sweep()
    pipeline.work_off()
    assert "verification.lapsed" not in {one["type"] for one in pipeline.consumer.events()}


def test_an_approval_that_a_newer_one_has_followed_is_revoked_alone(pipeline: Pipeline) -> None:
    configured(pipeline, {"name": "identity", "validity": 86400}, repeatable=True)
    old = approved(pipeline)
    says(pipeline, "PASSED", "INITIATED")
    approved(pipeline)
    decide(pipeline, old, "revoke")
    pipeline.work_off()
    assert pipeline.status() == "approved"


def test_approving_what_was_replaced_ends_the_new_session(pipeline: Pipeline) -> None:
    old, _ = pipeline.open(), pipeline.open(renew=True)
    called_back(pipeline, old, "WARNING")
    decide(pipeline, old, "approve")
    pipeline.work_off()
    assert pipeline.status() == "approved"
    assert pipeline.bff.item("ada", "SESSION#identity") is None


def test_declining_what_was_replaced_leaves_the_new_session_alone(pipeline: Pipeline) -> None:
    old, _ = pipeline.open(), pipeline.open(renew=True)
    called_back(pipeline, old, "WARNING")
    decide(pipeline, old, "decline")
    pipeline.work_off()
    assert pipeline.status() == "pending"
    assert pipeline.bff.ask().status == 200


@pytest.mark.parametrize("when", ["known", "advance"])
def test_a_decision_brings_nothing_of_an_erased_person_back(pipeline: Pipeline, when: str) -> None:
    execution = under_review(pipeline)
    pipeline.bff.simulator.admin.clear_faults()
    others = partial(Eraser(pipeline), "ada")
    with interleaved("before", pipeline.bff.outcomes, when, others), pytest.raises(NotFound):
        decide(pipeline, execution, "approve")
    pipeline.work_off()
    assert {one["sk"] for one in pipeline.bff.plain_items()} <= {"TOMBSTONE", "ACCOUNT_CALLS"}
    assert len(pipeline.consumer.outcomes()) == 1


def test_an_erasure_takes_a_decision_with_it_that_came_before(pipeline: Pipeline) -> None:
    execution = under_review(pipeline)
    pipeline.bff.simulator.admin.clear_faults()
    erase = Eraser(pipeline)

    def others() -> None:
        decide(pipeline, execution, "decline")

    with interleaved("before", erase.store, "kept", others):
        assert erase("ada").result == "erased"
    pipeline.work_off()
    assert {one["sk"] for one in pipeline.bff.plain_items()} <= {"TOMBSTONE", "ACCOUNT_CALLS"}


def test_a_decision_that_an_erasure_would_not_see_is_refused(pipeline: Pipeline) -> None:
    execution = under_review(pipeline)
    pipeline.bff.simulator.admin.clear_faults()
    erase = Eraser(pipeline)

    def others() -> None:
        with pytest.raises(SessionBusy):
            decide(pipeline, execution, "decline")

    with interleaved("before", erase.store, "remove", others):
        assert erase("ada").result == "erased"
    assert len(pipeline.consumer.outcomes()) == 1


@pytest.mark.parametrize(
    ("decision", "kind", "status"),
    [
        ("approve", "PASSED", PROCESSED),
        ("decline", "REJECTED", PROCESSED),
        ("approve", "REJECTED", PROCESSED),
        ("revoke", "WARNING", PROCESSED),
        ("revoke", "REJECTED", PROCESSED),
        ("approve", "WARNING", "ACQUIRED"),
        ("revoke", "PASSED", "ACQUIRED"),
        ("approve", "WARNING", "SESSION_EXPIRED"),
    ],
)
def test_a_word_is_about_one_state_only(
    pipeline: Pipeline, decision: str, kind: str, status: str
) -> None:
    execution = pipeline.open()
    called_back(pipeline, execution, kind, status)
    before = pipeline.bff.items()
    with pytest.raises(NotDecidable):
        decide(pipeline, execution, decision)
    assert pipeline.bff.items() == before


def test_a_step_that_another_has_followed_is_no_approval_to_revoke(pipeline: Pipeline) -> None:
    configured(pipeline, {"name": "document"}, {"name": "identity"})
    execution = approved(pipeline)
    with pytest.raises(NotDecidable):
        decide(pipeline, execution, "revoke")


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"execution": "0" * 32}, NotFound),
        ({"journey": "repeated"}, NotFound),
        ({"user": "bob"}, NotFound),
        ({"reason": "His passport looks odd"}, InvalidRequest),
        ({"by": "ada@people.example"}, InvalidRequest),
        ({"decision_": "maybe"}, InvalidRequest),
    ],
)
def test_nothing_follows_from_a_word_that_is_wrong(
    pipeline: Pipeline, observed: Observed, members: dict[str, str], problem: type[Problem]
) -> None:
    execution = under_review(pipeline)
    before = pipeline.bff.items()
    with pytest.raises(problem):
        decide(pipeline, execution, members.pop("decision_", "approve"), **members)
    assert pipeline.bff.items() == before
    assert observed.with_code("review_decided") == []


def test_a_decision_is_logged_with_codes_only(pipeline: Pipeline, observed: Observed) -> None:
    execution = under_review(pipeline, user="ada.lovelace@people.example")
    decide(pipeline, execution, "approve", user="ada.lovelace@people.example")
    (logged,) = observed.with_code("review_decided")
    assert logged["decision"] == "approve"
    assert {name: logged[name] for name in CODES} == CODES
    assert logged["reference"] == execution["customerInternalReference"]
    assert "people.example" not in json.dumps(logged).replace(logged["correlation_id"], "")


def test_others_who_keep_changing_it_are_not_waited_for_for_ever(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = under_review(pipeline)

    def lost(*_: object) -> None:
        raise ConditionFailed([True])

    monkeypatch.setattr(pipeline.bff.outcomes, "advance", lost)
    with pytest.raises(SessionBusy):
        decide(pipeline, execution, "approve")


def test_a_journey_that_was_forgotten_is_decided_by_itself(pipeline: Pipeline) -> None:
    execution = under_review(pipeline)
    pipeline.bff.journeys = load_journeys('{"journeys": [{"name": "x", "steps": [{"name": "x"}]}]}')
    assert decide(pipeline, execution, "approve")["status"] == "approved"
