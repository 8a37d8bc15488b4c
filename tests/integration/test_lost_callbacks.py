"""No callback, however long the token lives: results are found after the usual time."""

import json
from http import HTTPStatus
from typing import Any

import pytest

from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.errors import OutcomeUnknown
from verification.domain.journeys import load_journeys
from verification.domain.schedule import FIRST_LOOK, GRACE
from verification.domain.standing import LEASE_SECONDS

DAY = 86400


@pytest.fixture(params=["30m", "7d", "60d"])
def lifetime(request: pytest.FixtureRequest, pipeline: Pipeline) -> str:
    return configured(pipeline, str(request.param))


def configured(pipeline: Pipeline, lifetime: str) -> str:
    step = {"name": "identity", "tokenLifetime": lifetime}
    document = {"journeys": [{"name": "identity", "steps": [step]}]}
    pipeline.bff.journeys = load_journeys(json.dumps(document))
    return lifetime


def minutes_until(pipeline: Pipeline, word: str, at_most: int) -> int:
    """After how many minutes a word is told, with a sweep in each."""
    for minute in range(1, at_most + 1):
        pipeline.let_pass(60)
        pipeline.sweep()
        pipeline.work_off()
        if pipeline.status() == word:
            return minute
    raise AssertionError(f"{pipeline.status()} after {at_most} minutes")


def reads(pipeline: Pipeline) -> int:
    """How often Jumio was asked with an access token that was still good."""
    asked = pipeline.bff.simulator.admin.journal(endpoint="retrieval.*")
    return sum(one["status"] != HTTPStatus.UNAUTHORIZED for one in asked)


def test_a_person_who_is_done_after_five_minutes_is_known_after_ten(
    pipeline: Pipeline, lifetime: str
) -> None:
    execution = pipeline.open()
    pipeline.let_pass(300)
    pipeline.play(execution, "approved")
    assert minutes_until(pipeline, "approved", 6) == 5


@pytest.mark.parametrize("minutes", [1, 8, 12, 24])
def test_an_abandoned_session_is_not_handed_out_for_long(
    pipeline: Pipeline, lifetime: str, minutes: int
) -> None:
    execution = pipeline.open()
    pipeline.let_pass(60 * minutes)
    pipeline.play(execution, "abandons", to_end=False)
    minutes_until(pipeline, "expired", 35)
    assert pipeline.bff.ask().status == 201


@pytest.mark.parametrize("days", [1, 10, 40])
def test_somebody_who_starts_late_is_known_within_a_day(pipeline: Pipeline, days: int) -> None:
    configured(pipeline, "60d")
    execution = pipeline.open()
    pass_with_sweeps(pipeline, execution, days * DAY)
    pipeline.play(execution, "approved")
    pass_with_sweeps(pipeline, execution, DAY)
    assert pipeline.status() == "approved"


def pass_with_sweeps(pipeline: Pipeline, execution: dict[str, Any], seconds: int) -> None:
    """So much time, with a sweep whenever something is due."""
    until = pipeline.clock() + seconds
    while (due := pipeline.execution(execution).get("due_at", until)) < until:
        pipeline.let_pass(due - pipeline.clock())
        assert pipeline.sweep() == 1
        pipeline.work_off()
    pipeline.let_pass(until - pipeline.clock())


def test_reads_stay_few_for_the_longest_token(pipeline: Pipeline, observed: Observed) -> None:
    configured(pipeline, "60d")
    execution = pipeline.open()

    pass_with_sweeps(pipeline, execution, 60 * DAY + 2 * GRACE)

    assert pipeline.status() == "expired"
    assert 60 <= reads(pipeline) <= 80
    assert "execution_overdue" not in observed.codes()


def test_for_the_usual_token_they_are_fewer_still(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    pass_with_sweeps(pipeline, execution, 30 * 60 + 2 * GRACE)
    assert pipeline.status() == "expired"
    assert reads(pipeline) <= 5


def test_what_is_adopted_is_looked_at_like_any_other(pipeline: Pipeline) -> None:
    configured(pipeline, "60d")
    pipeline.bff.simulator.admin.add_fault("accounts.create", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask()
    (lost,) = pipeline.bff.executions()
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.call_back(lost)
    pipeline.work_off()
    pipeline.play(lost, "approved")

    minutes_until(pipeline, "approved", FIRST_LOOK // 60 + 1)


def test_a_look_that_finds_the_person_still_at_it_leaves_the_next_one_where_it_was(
    pipeline: Pipeline, observed: Observed
) -> None:
    configured(pipeline, "7d")
    execution = pipeline.open()
    pass_with_sweeps(pipeline, execution, 3 * DAY)
    due = pipeline.execution(execution)["due_at"]
    pipeline.call_back(execution)  # Jumio says so, and nothing has happened
    pipeline.work_off()
    assert pipeline.execution(execution)["due_at"] == due
    assert not pipeline.execution(execution)["looks"]
    assert "execution_overdue" not in observed.codes()


def test_without_an_answer_the_sweeper_comes_back_in_jumios_rhythm_and_says_so(
    pipeline: Pipeline, observed: Observed
) -> None:
    """An execution that Jumio has deleted ends then, long before its token."""
    configured(pipeline, "60d")
    execution = pipeline.open()
    pipeline.bff.delete_account(execution["accountId"])

    for _ in range(90):
        pipeline.let_pass(60)
        if pipeline.sweep():
            pipeline.work()
            pipeline.hints.lose()

    assert pipeline.status() == "expired"
    assert "execution_gone" in observed.codes()
