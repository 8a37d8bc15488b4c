"""An approval for a time: it stands, it lapses, it is renewed, and everybody hears of it once."""

import json
from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from tests.integration.test_review import under_review
from tests.support.interruptions import interleaved, killed
from tests.support.operators import decide
from tests.support.pipeline import Pipeline
from verification.domain.errors import AlreadyVerified, VerificationInProgress
from verification.domain.journeys import load_journeys

YEAR = 365 * 86400
Json = dict[str, Any]


def with_journey(pipeline: Pipeline, **words: object) -> Pipeline:
    journey = {
        "name": "identity",
        "steps": [{"name": "identity", "validity": YEAR, "attempts": {"limit": 9}}],
        **words,
    }
    pipeline.bff.journeys = load_journeys(json.dumps({"version": 1, "journeys": [journey]}))
    return pipeline


@pytest.fixture
def yearly(pipeline: Pipeline) -> Pipeline:
    """Who is approved is so for a year, and cannot renew before."""
    return with_journey(pipeline)


@pytest.fixture
def renewable(pipeline: Pipeline) -> Pipeline:
    """The same, and may be renewed early."""
    return with_journey(pipeline, repeatable=True)


def goes_through(pipeline: Pipeline, scenario: str = "approved", *, to_end: bool = True) -> Json:
    execution = pipeline.open()
    pipeline.play(execution, scenario, to_end=to_end)
    pipeline.call_back(execution)
    pipeline.work_off()
    return execution


def iso(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def minute(pipeline: Pipeline) -> None:
    pipeline.let_pass(60)
    pipeline.sweep()
    pipeline.work_off()


def lapses(pipeline: Pipeline) -> list[Json]:
    return [one for one in pipeline.consumer.events() if one["type"] == "verification.lapsed"]


def test_an_approval_for_a_time_says_until_when(yearly: Pipeline) -> None:
    goes_through(yearly)
    until = iso(yearly.clock() + YEAR)

    told = yearly.told().body

    assert (told["status"], told["validUntil"], told["renewal"]) == ("approved", until, None)
    (event,) = yearly.consumer.events()
    assert event["data"]["validUntil"] == until
    with pytest.raises(AlreadyVerified):
        yearly.bff.ask()


def test_when_it_has_lapsed_the_person_starts_again_on_the_same_account(yearly: Pipeline) -> None:
    first = goes_through(yearly)
    until = yearly.clock() + YEAR
    yearly.let_pass(YEAR)

    told = yearly.told().body

    assert (told["status"], told["validUntil"]) == ("lapsed", iso(until))
    assert (told["updatedAt"], told["next"]) == (iso(until), "identity")
    retry = told["retry"]
    assert isinstance(retry, dict)
    assert retry["allowed"]
    second = goes_through(yearly)
    assert second["accountId"] == first["accountId"]
    assert yearly.status() == "approved"
    assert yearly.told().body["validUntil"] == iso(yearly.clock() + YEAR)


def test_the_lapse_is_told_once_and_within_two_minutes(yearly: Pipeline) -> None:
    execution = goes_through(yearly)
    until = iso(yearly.clock() + YEAR)
    minute(yearly)
    yearly.let_pass(YEAR - 121)
    minute(yearly)
    assert lapses(yearly) == []
    minute(yearly)

    (event,) = lapses(yearly)

    assert event["time"] == event["data"]["validUntil"] == until
    assert event["data"]["status"] == "lapsed"
    assert event["data"]["executionId"] == execution["customerInternalReference"]
    for _ in range(3):
        minute(yearly)
    yearly.call_back(execution)
    yearly.work_off()
    assert len(lapses(yearly)) == 1
    assert "due" not in yearly.execution(execution)


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_worker_that_dies_with_the_news_of_a_lapse_is_made_up_for(
    yearly: Pipeline, where: Literal["before", "after"]
) -> None:
    goes_through(yearly)
    yearly.let_pass(YEAR)
    yearly.sweep()
    with killed(where, yearly.bff.outcomes, "lapsed"):
        yearly.work()
    yearly.hints.sqs.purge_queue(QueueUrl=yearly.hints.url)

    minute(yearly)

    assert len({event["id"] for event in lapses(yearly)}) == 1


def test_a_lapse_hides_no_news_that_came_at_the_same_moment(yearly: Pipeline) -> None:
    execution = goes_through(yearly)
    yearly.let_pass(YEAR)
    yearly.sweep()

    def revoked_and_its_hint_lost() -> None:
        decide(yearly, execution, "revoke")
        yearly.hints.sqs.purge_queue(QueueUrl=yearly.hints.url)

    with interleaved("before", yearly.bff.outcomes, "lapsed", revoked_and_its_hint_lost):
        yearly.bff.settle(execution)
    minute(yearly)
    assert [status for _, status in yearly.consumer.outcomes()] == ["approved", "declined"]


def test_who_renews_early_stays_approved_until_the_new_run_ends(renewable: Pipeline) -> None:
    goes_through(renewable)
    first = renewable.told().body["validUntil"]
    renewable.let_pass(YEAR // 2)
    renewal = renewable.open()
    assert renewable.told().body["renewal"] == "pending"
    renewable.play(renewal, "approved", to_end=False)
    renewable.call_back(renewal)
    renewable.work_off()

    told = renewable.told()

    assert (told.body["status"], told.body["renewal"]) == ("approved", "processing")
    assert (told.body["validUntil"], told.retry_after) == (first, 3)
    with pytest.raises(VerificationInProgress):
        renewable.bff.ask()
    renewable.play(renewal, "approved")
    renewable.call_back(renewal)
    renewable.work_off()
    told = renewable.told()
    assert (told.body["status"], told.body["renewal"]) == ("approved", None)
    assert told.body["validUntil"] == iso(renewable.clock() + YEAR)
    renewable.let_pass(YEAR - 60)  # the first one lapses meanwhile, and that is no news
    minute(renewable)
    assert len(lapses(renewable)) == 1
    assert lapses(renewable)[0]["data"]["executionId"] == renewal["customerInternalReference"]


@pytest.mark.parametrize("scenario", ["declined: fake document", "never starts", "needs review"])
def test_a_renewal_that_fails_takes_nothing_away_before_its_time(
    renewable: Pipeline, scenario: str
) -> None:
    goes_through(renewable)
    until = renewable.told().body["validUntil"]
    renewable.let_pass(YEAR // 2)
    goes_through(renewable, scenario)

    told = renewable.told().body

    word = {"needs review": "review", "never starts": "expired"}.get(scenario, "declined")
    assert (told["status"], told["validUntil"], told["renewal"]) == ("approved", until, word)
    last = renewable.consumer.events()[-1]["data"]
    assert (last["status"], last["validUntil"]) == (word, until)
    renewable.let_pass(YEAR // 2)
    minute(renewable)
    assert renewable.status() == ("review" if word == "review" else "lapsed")
    assert len(lapses(renewable)) == 1


def test_a_renewal_that_is_declined_takes_it_away_where_that_is_wanted(pipeline: Pipeline) -> None:
    revoking = with_journey(pipeline, repeatable=True, failedRenewal="revoke")
    goes_through(revoking)
    revoking.let_pass(100)
    goes_through(revoking, "never starts")
    assert revoking.status() == "approved"

    goes_through(revoking, "declined: fake document")

    told = revoking.told().body
    assert (told["status"], told["validUntil"], told["renewal"]) == ("declined", None, None)
    assert revoking.consumer.events()[-1]["data"]["validUntil"] is None
    revoking.let_pass(YEAR)
    minute(revoking)
    assert lapses(revoking) == []  # the refusal has told it
    assert revoking.status() == "declined"


def test_without_a_time_a_new_run_stands_for_itself(pipeline: Pipeline) -> None:
    """A face that was recognised yesterday says nothing of who is there today."""
    pipeline.bff.journeys = load_journeys(
        '{"version": 1, "journeys": [{"name": "identity", "repeatable": true,'
        ' "steps": [{"name": "identity"}]}]}'
    )
    goes_through(pipeline)
    assert pipeline.told().body["validUntil"] is None
    goes_through(pipeline, "declined: fake document")
    assert pipeline.status() == "declined"


def test_two_approvals_of_the_same_second_lapse_as_one(renewable: Pipeline) -> None:
    old, new = renewable.open(), renewable.open(renew=True)
    for execution in (old, new):
        renewable.play(execution, "approved")
        renewable.call_back(execution)
    renewable.work_off()
    minute(renewable)

    renewable.let_pass(YEAR)
    minute(renewable)

    assert len(lapses(renewable)) == 1


def test_a_journey_that_demands_more_can_have_older_approvals_lapse(pipeline: Pipeline) -> None:
    strict: Json = {"olderApprovals": "lapse"}
    goes_through(with_journey(pipeline, **strict))
    at = pipeline.told().body["updatedAt"]

    with_journey(pipeline, steps=[{"name": "identity", "attempts": {"limit": 7}}], **strict)
    assert pipeline.status() == "approved"  # how often one may try is no demand

    more: list[Json] = [{"name": "identity", "workflowKey": 10015}]
    with_journey(pipeline, steps=more)
    assert pipeline.status() == "approved"
    with_journey(pipeline, steps=more, **strict)
    told = pipeline.told().body
    assert (told["status"], told["validUntil"], told["updatedAt"]) == ("lapsed", None, at)

    goes_through(pipeline)
    assert pipeline.status() == "approved"
    with pytest.raises(AlreadyVerified):
        pipeline.bff.ask()


def test_an_older_approval_does_not_outlive_a_renewal_that_was_refused(
    pipeline: Pipeline,
) -> None:
    strict: Json = {"olderApprovals": "lapse", "repeatable": True}
    goes_through(with_journey(pipeline, **strict))
    step = {"name": "identity", "workflowKey": 10015, "validity": YEAR, "attempts": {"limit": 9}}
    with_journey(pipeline, steps=[step], **strict)

    goes_through(pipeline, "declined: fake document")

    assert pipeline.status() == "declined"
    assert pipeline.consumer.events()[-1]["data"]["validUntil"] is None


def test_what_is_revoked_stands_no_longer_however_long_it_was_for(yearly: Pipeline) -> None:
    execution = goes_through(yearly)
    yearly.let_pass(60)
    decide(yearly, execution, "revoke")
    yearly.work_off()

    told = yearly.told().body
    assert (told["status"], told["validUntil"]) == ("declined", None)
    assert yearly.consumer.events()[-1]["data"]["validUntil"] is None
    yearly.let_pass(YEAR)
    minute(yearly)
    minute(yearly)
    assert lapses(yearly) == []
    goes_through(yearly)
    assert yearly.status() == "approved"


def test_revoking_an_approval_leaves_the_renewal_that_is_under_way(renewable: Pipeline) -> None:
    execution = goes_through(renewable)
    renewable.let_pass(60)
    renewal = renewable.open()
    assert renewable.status() == "approved"
    decide(renewable, execution, "revoke")
    renewable.work_off()
    assert renewable.status() == "pending"

    renewable.play(renewal, "approved")
    renewable.call_back(renewal)
    renewable.work_off()
    assert renewable.status() == "approved"
    until = renewable.told().body["validUntil"]
    assert until == iso(renewable.clock() + YEAR)
    assert lapses(renewable) == []


def test_revoking_an_older_approval_leaves_a_newer_one(renewable: Pipeline) -> None:
    older = goes_through(renewable)
    renewable.let_pass(60)
    goes_through(renewable)
    before = renewable.told().body

    decide(renewable, older, "revoke")
    renewable.work_off()

    assert renewable.told().body == before


def test_who_an_operator_approves_is_so_for_the_same_time(yearly: Pipeline) -> None:
    execution = under_review(yearly)
    yearly.let_pass(3600)
    decide(yearly, execution, "approve")
    yearly.work_off()
    assert yearly.status() == "approved"
    assert yearly.told().body["validUntil"] == iso(yearly.clock() + YEAR)
    yearly.let_pass(YEAR - 1)
    for _ in range(3):
        minute(yearly)
    assert len(lapses(yearly)) == 1
    assert yearly.status() == "lapsed"
