"""What an execution's end means for its journey. All times are whole seconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verification.domain.eligibility import has_passed, is_outdated
from verification.domain.execution import Decision, State, Tip
from verification.domain.standing import Progress

if TYPE_CHECKING:
    from verification.domain.journeys import Journey
    from verification.domain.steps import Step


@dataclass(frozen=True)
class Effect:
    """What an execution's state means for its journey.

    ``verdict`` is PENDING if a step was passed and another follows.
    """

    verdict: State
    progress: Progress


def effect_of(
    journey: Journey,
    step: Step,
    progress: Progress,
    reference: str,
    *,
    state: State,
    decision: Decision | None,
    at: int,
) -> Effect:
    """The progress that follows when an execution of a step gets into a state.

    Of an execution that a newer one has replaced, only what it has passed counts.
    """
    own = verdict = _verdict(step, state, decision)
    passed = dict(progress.passed)
    current = reference == progress.reference
    if own is State.APPROVED:
        passed[step.name] = at
        if _another_follows(journey, step, replace(progress, passed=passed), at):
            verdict = State.PENDING
        else:  # a journey that is repeated begins with what the person has to do again
            until = _valid_until(journey, passed)
            progress = replace(progress, valid_until=until, approved_by=reference)
            progress = replace(progress, approved_for=journey.fingerprint)
            passed = {name: when for name, when in passed.items() if journey.is_screening(name)}
    elif reference == progress.approved_by or (current and _ends(journey, progress, verdict)):
        progress = replace(progress, valid_until=None, approved_by=None)
    elif not current:
        return Effect(verdict, progress)
    changed = replace(progress, passed=passed, revision=progress.revision + 1, updated_at=at)
    open_again = progress.step == step.name and not (progress.state and progress.state.final)
    if current or verdict is State.APPROVED or (own is State.APPROVED and open_again):
        tip = _tip(step, progress, verdict, decision)
        changed = replace(changed, state=verdict, step=step.name, reference=reference, tip=tip)
    return Effect(verdict, changed)


def _ends(journey: Journey, progress: Progress, verdict: State) -> bool:
    """Whether an older approval is over with this end of a newer run."""
    declined = verdict is State.DECLINED and journey.failed_renewal == "revoke"
    return declined or is_outdated(journey, progress)


def _tip(step: Step, before: Progress, verdict: State, decision: Decision | None) -> Tip | None:
    """What helps a person after a bad end; one that they have left needs no word of Jumio's."""
    if decision:
        return decision.tip if verdict in (State.DECLINED, State.EXPIRED) else None
    begun = step.kind == "user" and before.state in (State.PENDING, State.STARTED)
    return "not-finished" if begun and verdict is State.EXPIRED else None


def _valid_until(journey: Journey, passed: Mapping[str, int]) -> int | None:
    """When the first of the steps lapses that the person went through; None if none ever does."""
    steps = [step for step in journey.steps if step.kind == "user" and step.name in passed]
    return min((passed[one.name] + one.validity for one in steps if one.validity), default=None)


def _another_follows(journey: Journey, step: Step, progress: Progress, now: float) -> bool:
    """Whether a later step is left; that an earlier one has lapsed takes back nothing."""
    names = [one.name for one in journey.steps]
    later = journey.steps[names.index(step.name) + 1 :] if step.name in names else []
    return any(not has_passed(progress, one, now) for one in later)


def _verdict(step: Step, state: State, decision: Decision | None) -> State:
    """What a step's own end means by the journey's configuration."""
    judged = state is not State.EXPIRED
    if not state.final or decision is None or not (judged or decision.type == "NOT_EXECUTED"):
        return state
    if decision.type in step.passes or step.otherwise == "continue":
        return State.APPROVED
    if step.otherwise == "review":
        return State.REVIEW
    if step.otherwise == "decline" and judged:
        return State.DECLINED
    return State.REVIEW if state is State.APPROVED else state
