"""Jumio calls back once more about somebody under review: what it says now ends the review."""

import itertools
import json
from functools import partial
from typing import Any

import pytest

from tests.support.interruptions import interleaved, killed
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.errors import TemporarilyUnavailable
from verification.domain.execution import PROCESSED
from verification.domain.journeys import load_journeys

Json = dict[str, Any]
WORDS = {"PASSED": "approved", "REJECTED": "declined"}


def says(pipeline: Pipeline, kind: str, status: str = PROCESSED) -> None:
    """What Jumio answers about everything from now on."""
    admin = pipeline.bff.simulator.admin
    admin.clear_faults()
    answers = {
        "retrieval.status": {"workflowExecution": {"status": status}},
        "retrieval.details": {"workflow": {"status": status}, "decision": {"type": kind}},
    }
    for endpoint, body in answers.items():
        admin.add_fault(endpoint, "status", status=200, body=body, count=10_000)


def called_back(pipeline: Pipeline, execution: Json, kind: str, status: str = PROCESSED) -> None:
    says(pipeline, kind, status)
    pipeline.call_back(execution)
    assert pipeline.work() == {"batchItemFailures": []}


def under_review(pipeline: Pipeline, **asked: Any) -> Json:
    execution = pipeline.open(**asked)
    called_back(pipeline, execution, "WARNING")
    return execution


def configured(pipeline: Pipeline, *steps: Json, **members: Any) -> None:
    document = {"journeys": [{"name": "identity", "steps": list(steps), **members}]}
    pipeline.bff.journeys = load_journeys(json.dumps(document))


@pytest.mark.parametrize("kind", WORDS)
def test_a_judgement_ends_the_review_and_is_told(pipeline: Pipeline, kind: str) -> None:
    execution = under_review(pipeline)
    assert pipeline.status() == "review"
    pipeline.let_pass(3600)

    called_back(pipeline, execution, kind)

    word, reference = WORDS[kind], execution["customerInternalReference"]
    assert pipeline.status() == word
    item = pipeline.execution(execution)
    assert (item["state"], item["verdict"], item["decision"]["type"]) == (word, word, kind)
    assert item["settled_at"] == int(pipeline.clock())
    assert not {"unpublished", "due", "due_at"} & set(item)
    assert pipeline.consumer.outcomes() == [(reference, "review"), (reference, word)]
    first, second = pipeline.consumer.events()
    assert first["id"] != second["id"]
    assert pipeline.told().body["retry"]["allowed"] == (word == "declined")


def test_the_id_of_the_news_is_the_same_whoever_tells_it(pipeline: Pipeline) -> None:
    execution = under_review(pipeline)
    says(pipeline, "PASSED")
    with killed("before", pipeline.bff.outcomes, "published"):
        pipeline.bff.settle(execution)
    pipeline.let_pass(61)
    pipeline.sweep()
    pipeline.work_off()
    told = [one for one in pipeline.consumer.events() if one["data"]["status"] == "approved"]
    assert len(told) == 2
    assert told[0] == told[1]


@pytest.mark.parametrize("first", ["PASSED", "REJECTED"])
def test_what_is_judged_stays_judged(pipeline: Pipeline, observed: Observed, first: str) -> None:
    """Whatever Jumio says later, also of what was under review before."""
    by_itself, reviewed = pipeline.open(user="ada"), under_review(pipeline, user="bob")
    for execution in (by_itself, reviewed):
        called_back(pipeline, execution, first)
    before = pipeline.bff.items(), pipeline.consumer.events()

    for kind, execution in itertools.product(
        ("REJECTED", "WARNING", "PASSED", "NOT_EXECUTED", "MAYBE"), (by_itself, reviewed)
    ):
        called_back(pipeline, execution, kind)

    assert (pipeline.bff.items(), pipeline.consumer.events()) == before
    assert observed.metrics()["ExecutionsAdvanced"] == 3


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("WARNING", PROCESSED),
        ("NOT_EXECUTED", PROCESSED),
        ("REJECTED", "SESSION_EXPIRED"),
        ("PASSED", "TOKEN_EXPIRED"),
        ("PASSED", "ACQUIRED"),
        ("PASSED", "INITIATED"),
    ],
)
def test_only_a_judgement_ends_it(pipeline: Pipeline, kind: str, status: str) -> None:
    execution = under_review(pipeline)
    before = pipeline.bff.items()
    for _ in range(2):
        called_back(pipeline, execution, kind, status)
    assert pipeline.bff.items() == before
    assert len(pipeline.consumer.events()) == 1


def test_a_review_that_jumio_has_forgotten_stands(pipeline: Pipeline) -> None:
    execution = under_review(pipeline)
    pipeline.bff.simulator.admin.clear_faults()
    pipeline.bff.delete_account(execution["accountId"])
    pipeline.call_back(execution)
    pipeline.work_off(rounds=5)
    assert pipeline.status() == "review"
    assert pipeline.hints.set_aside() == 0


def test_a_review_by_configuration_ends_in_the_same_way(pipeline: Pipeline) -> None:
    """Jumio's own decision was a rejection; then somebody corrects it in its portal."""
    configured(pipeline, {"name": "identity", "otherwise": "review"})
    execution = pipeline.open()
    for kind in ("WARNING", "REJECTED", "REJECTED"):
        called_back(pipeline, execution, kind)
        assert pipeline.status() == "review"
    called_back(pipeline, execution, "PASSED")

    assert pipeline.status() == "approved"
    assert [status for _, status in pipeline.consumer.outcomes()] == ["review", "approved"]


def test_another_configuration_does_not_rewrite_what_was_told(pipeline: Pipeline) -> None:
    """Jumio says the same as before: that is no news."""
    configured(pipeline, {"name": "identity", "otherwise": "review"})
    execution = pipeline.open()
    called_back(pipeline, execution, "REJECTED")
    configured(pipeline, {"name": "identity"})
    called_back(pipeline, execution, "REJECTED")
    assert pipeline.status() == "review"
    assert len(pipeline.consumer.events()) == 1


def test_what_the_configuration_has_passed_is_not_taken_back(pipeline: Pipeline) -> None:
    configured(pipeline, {"name": "identity", "passes": ["PASSED", "WARNING"]})
    execution = pipeline.open()
    called_back(pipeline, execution, "WARNING")
    called_back(pipeline, execution, "REJECTED")
    assert pipeline.status() == "approved"
    assert len(pipeline.consumer.events()) == 1


def test_a_journey_goes_on_after_a_review(pipeline: Pipeline) -> None:
    configured(pipeline, {"name": "document"}, {"name": "identity"})
    execution = under_review(pipeline)
    assert pipeline.told().body["next"] is None
    called_back(pipeline, execution, "PASSED")
    assert pipeline.status() == "pending"
    assert pipeline.told().body["next"] == "identity"
    assert pipeline.bff.ask().status == 201


def test_a_review_that_nobody_was_told_of_is_told_first(pipeline: Pipeline) -> None:
    """Every outcome reaches the bus, in the order in which it became known."""
    execution = pipeline.open()
    says(pipeline, "WARNING")

    def away(*_: Any) -> None:
        raise TemporarilyUnavailable("PutEvents: ThrottlingException")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.bus, "publish", away)
        pipeline.call_back(execution)
        assert len(pipeline.work()["batchItemFailures"]) == 1
        says(pipeline, "PASSED")
        pipeline.call_back(execution)
        assert len(pipeline.work()["batchItemFailures"]) == 1
        assert pipeline.status() == "review"
    pipeline.work_off()

    assert [status for _, status in pipeline.consumer.outcomes()] == ["review", "approved"]


def test_a_review_that_goes_on_is_told_once(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    says(pipeline, "WARNING")
    with killed("before", pipeline.bus, "publish"):
        pipeline.bff.settle(execution)
    pipeline.call_back(execution)
    pipeline.work_off()
    assert len(pipeline.consumer.events()) == 1


def test_a_worker_that_was_slow_to_tell_the_review_does_not_hide_its_end(
    pipeline: Pipeline,
) -> None:
    """It publishes the review, and somebody else moves on before it has noted that."""
    execution = pipeline.open()
    says(pipeline, "WARNING")

    def others() -> None:
        says(pipeline, "PASSED")
        with killed("before", pipeline.bus, "publish"):  # the review's end is not told yet
            pipeline.bff.settle(execution)

    def both() -> None:
        pipeline.bff.outcomes.published(_known(pipeline, execution))
        others()

    with interleaved("before", pipeline.bff.outcomes, "published", both):
        pipeline.bff.settle(execution)

    assert pipeline.execution(execution)["unpublished"] is True
    pipeline.let_pass(61)
    pipeline.sweep()
    pipeline.work_off()
    assert pipeline.consumer.outcomes()[-1][1] == "approved"


def _known(pipeline: Pipeline, execution: Json) -> Any:
    hint = pipeline.bff.hint(execution)
    known = pipeline.bff.outcomes.known(hint.user_key, hint.reference)
    assert known is not None
    return known.execution


def test_somebody_who_read_it_before_the_review_does_not_skip_it(pipeline: Pipeline) -> None:
    execution = pipeline.open()

    def others() -> None:
        says(pipeline, "WARNING")
        with killed("before", pipeline.bus, "publish"):
            pipeline.bff.settle(execution)

    says(pipeline, "PASSED")
    pipeline.call_back(execution)
    with interleaved("before", pipeline.bff.outcomes, "advance", others):
        pipeline.work()
    pipeline.work_off()

    assert pipeline.consumer.outcomes()[0][1] == "review"


@pytest.mark.parametrize("part", ["advance", "published", "known"])
def test_two_workers_end_it_once(pipeline: Pipeline, part: str) -> None:
    execution = under_review(pipeline)
    says(pipeline, "PASSED")
    others = partial(pipeline.bff.settle, execution)
    with interleaved("before", pipeline.bff.outcomes, part, others):
        pipeline.bff.settle(execution)
    assert pipeline.status() == "approved"
    told = [one for one in pipeline.consumer.events() if one["data"]["status"] == "approved"]
    assert len({one["id"] for one in told}) == 1


def test_the_late_end_of_a_replaced_review_counts_if_it_is_an_approval(
    pipeline: Pipeline,
) -> None:
    old, new = pipeline.open(), pipeline.open(renew=True)
    called_back(pipeline, old, "WARNING")
    assert pipeline.status() == "pending"
    called_back(pipeline, old, "PASSED")
    assert pipeline.status() == "approved"
    assert new["id"] != old["id"]
