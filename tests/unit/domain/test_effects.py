"""What the end of an execution means for a journey of several steps."""

from dataclasses import replace
from typing import Any

import pytest

from verification.domain.effects import Effect, effect_of
from verification.domain.eligibility import approval_stands
from verification.domain.execution import Decision, State
from verification.domain.journeys import Journey
from verification.domain.standing import Progress

SCREENING: dict[str, Any] = {
    "name": "mail",
    "kind": "screening",
    "inputs": {"email": {"from": "applicant"}},
    "validity": 3600,
}
PASSED = Decision("PASSED")


def journey(*steps: dict[str, Any]) -> Journey:
    return Journey.model_validate({"name": "a", "steps": list(steps)})


def ends(
    way: Journey,
    step: str,
    progress: Progress,
    *,
    reference: str = "r2",
    state: State = State.APPROVED,
    decision: Decision | None = PASSED,
    at: int = 10_000,
) -> Effect:
    """A step's execution comes to its end, as a rule approved."""
    known = way.step(step)
    assert known is not None
    return effect_of(
        way, known, progress, reference=reference, state=state, decision=decision, at=at
    )


def test_a_screening_that_lapses_meanwhile_takes_back_nothing() -> None:
    way = journey(SCREENING, {"name": "identity"})
    progress = Progress(State.PROCESSING, "identity", "r2", passed={"mail": 0})
    effect = ends(way, "identity", progress)
    assert effect.verdict is effect.progress.state is State.APPROVED


def test_a_passed_step_leads_to_the_next() -> None:
    way = journey(SCREENING, {"name": "identity"})
    effect = ends(way, "mail", Progress(State.PROCESSING, "mail", "r2"))
    assert effect.verdict is effect.progress.state is State.PENDING
    assert effect.progress.passed == {"mail": 10_000}


def test_the_late_approval_of_a_replaced_execution_settles_its_step() -> None:
    way = journey({"name": "document"}, {"name": "identity"})
    renewed = Progress(State.PENDING, "document", "r3")
    effect = ends(way, "document", renewed, reference="r2")
    assert effect.progress.reference == "r2"  # the newer session of the same step is over
    assert effect.progress.passed == {"document": 10_000}


def test_it_does_not_pull_a_person_back_who_is_further() -> None:
    way = journey({"name": "document"}, {"name": "identity"})
    further = Progress(State.PENDING, "identity", "r4", passed={"document": 5_000})
    effect = ends(way, "document", further, reference="r2")
    assert (effect.progress.step, effect.progress.reference) == ("identity", "r4")


@pytest.mark.parametrize(
    ("otherwise", "verdict"),
    [
        (None, State.EXPIRED),
        ("decline", State.EXPIRED),  # nobody has judged the person
        ("review", State.REVIEW),
        ("continue", State.APPROVED),
    ],
)
def test_no_decision_at_all_is_no_refusal(otherwise: str | None, verdict: State) -> None:
    way = journey({"name": "identity", "otherwise": otherwise})
    progress = Progress(State.PROCESSING, "identity", "r2")
    effect = ends(way, "identity", progress, state=State.EXPIRED, decision=Decision("NOT_EXECUTED"))
    assert effect.verdict is verdict


@pytest.mark.parametrize("decision", [None, PASSED, Decision("REJECTED")])
def test_an_execution_that_was_abandoned_is_over_whatever_is_configured(
    decision: Decision | None,
) -> None:
    way = journey({"name": "identity", "otherwise": "continue"})
    progress = Progress(State.STARTED, "identity", "r2")
    effect = ends(way, "identity", progress, state=State.EXPIRED, decision=decision)
    assert effect.verdict is State.EXPIRED


def yearly(**words: Any) -> Journey:
    steps = [{"name": "identity", "validity": 1000}, {"name": "face", "validity": 400}]
    return Journey.model_validate({"name": "a", "steps": steps, "repeatable": True, **words})


def test_an_approval_stands_as_long_as_each_step_that_the_person_went_through() -> None:
    progress = Progress(State.PROCESSING, "face", "r2", passed={"identity": 9_300})
    effect = ends(yearly(), "face", progress)
    assert (effect.progress.valid_until, effect.progress.approved_by) == (10_300, "r2")


def test_a_screening_has_no_part_in_how_long_an_approval_stands() -> None:
    way = journey({**SCREENING, "validity": 60}, {"name": "identity"})
    effect = ends(way, "identity", Progress(State.PROCESSING, "identity", "r2", passed={"mail": 1}))
    assert effect.progress.valid_until is None


def test_whoever_begins_anew_goes_through_what_is_theirs_and_through_no_screening() -> None:
    way = journey(SCREENING, {"name": "document"}, {"name": "identity"})
    passed = {"mail": 9_000, "document": 9_500}
    effect = ends(way, "identity", Progress(State.PROCESSING, "identity", "r2", passed=passed))
    assert effect.progress.passed == {"mail": 9_000}


@pytest.mark.parametrize("before", [State.STARTED, State.PROCESSING])
def test_only_whoever_has_left_it_is_told_that_they_did_not_finish(before: State) -> None:
    progress = Progress(before, "identity", "r2")
    way = journey({"name": "identity"})
    effect = ends(way, "identity", progress, state=State.EXPIRED, decision=None)
    assert effect.progress.tip == ("not-finished" if before is State.STARTED else None)


@pytest.mark.parametrize("state", [State.DECLINED, State.EXPIRED, State.REVIEW])
@pytest.mark.parametrize("word", ["keep", "revoke"])
def test_only_a_declined_renewal_takes_an_approval_away_and_only_if_that_is_wanted(
    state: State, word: str
) -> None:
    way, standing = yearly(failedRenewal=word), Progress(State.PROCESSING, "identity", "r2")
    standing = replace(standing, valid_until=20_000, approved_by="r1")
    effect = ends(way, "identity", standing, state=state, decision=None)
    taken = state is State.DECLINED and word == "revoke"
    assert approval_stands(way, effect.progress, 19_999) is not taken
    assert not approval_stands(way, effect.progress, 20_000)


def test_a_replaced_execution_that_is_declined_takes_nothing_away() -> None:
    way = yearly(failedRenewal="revoke")
    standing = Progress(State.PENDING, "identity", "r3", valid_until=20_000, approved_by="r1")
    effect = ends(way, "identity", standing, state=State.DECLINED, decision=None)
    assert effect.progress == standing
