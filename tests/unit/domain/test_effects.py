"""What the end of an execution means for a journey of several steps."""

from typing import Any

import pytest

from verification.domain.execution import Decision, State
from verification.domain.journeys import Journey
from verification.domain.standing import Effect, Progress, effect_of

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
