"""What a person may do next, and how they stand in a word. All times are seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verification.domain.errors import (
    AlreadyVerified,
    AttemptsExhausted,
    HeldBack,
    NotEligible,
    Problem,
    VerificationInProgress,
)
from verification.domain.execution import State
from verification.domain.standing import LAPSED, Account, Progress

if TYPE_CHECKING:
    from verification.domain.journeys import Journey
    from verification.domain.steps import Step

_NOT_ELIGIBLE = "This person cannot be verified by this journey."
_PASSED = "This person has passed this journey."


@dataclass(frozen=True)
class Retry:
    """Whether, how often and in how many seconds a person may begin again."""

    allowed: bool
    remaining: int
    after: int


def approval_stands(journey: Journey, progress: Progress, now: float) -> bool:
    """Whether a person counts as approved."""
    if is_outdated(journey, progress):
        return False
    if progress.valid_until is None:
        return progress.state is State.APPROVED
    return now < progress.valid_until


def is_outdated(journey: Journey, progress: Progress) -> bool:
    """Whether the last approval was of a journey that demanded something else."""
    return journey.older_approvals == "lapse" and progress.approved_for != journey.fingerprint


def word_of(journey: Journey, progress: Progress, now: float) -> str:
    """How a person stands, in one coarse word."""
    if approval_stands(journey, progress, now):
        return State.APPROVED.word
    failed = progress.state in (State.DECLINED, State.EXPIRED)
    before = failed and (progress.updated_at or 0) < (progress.valid_until or 0)
    if progress.state is State.APPROVED or before:
        return LAPSED
    return progress.state.word if progress.state else "none"


def next_step(journey: Journey, progress: Progress, now: float) -> Step | None:
    """The first step to open: that the person has not passed, or not recently enough.

    None if an approval has come of them all; otherwise the last one again, as of a person who
    had passed all that is left of a journey when the rest of it was taken away.
    """
    last = None if approval_stands(journey, progress, now) else journey.steps[-1]
    return next((step for step in journey.steps if not has_passed(progress, step, now)), last)


def coming_step(journey: Journey, progress: Progress, now: float) -> Step | None:
    """What ``GET /verification`` tells as next: a step that is open comes before all others."""
    step = journey.step(progress.step or "")
    if step and progress.state and not progress.state.final and step.name not in progress.passed:
        return step
    return next_step(journey, progress, now)


def has_passed(progress: Progress, step: Step, now: float) -> bool:
    """Whether a person has passed a step, recently enough to count."""
    at = progress.passed.get(step.name)
    return at is not None and (step.validity is None or now < at + step.validity)


def recent_attempts(progress: Progress, step: Step, now: float) -> tuple[int, ...]:
    """The attempts at a step that still count."""
    attempts = progress.attempts.get(step.name, ())
    return tuple(at for at in attempts if at > now - step.attempts.window)


def screening_runs(journey: Journey, progress: Progress) -> bool:
    """Whether the server waits for the result of a screening."""
    return progress.state is State.PROCESSING and journey.is_screening(progress.step or "")


def screened_out(journey: Journey, progress: Progress, now: float) -> bool:
    """Whether a screening has declined the person, recently enough to count."""
    step = journey.step(progress.step or "")
    if progress.state is not State.DECLINED or step is None or step.kind != "screening":
        return False
    return step.validity is None or now < (progress.updated_at or 0) + step.validity


def retry_advice(journey: Journey, progress: Progress, account: Account, now: float) -> Retry:
    """What ``GET /verification`` tells about another attempt: what ``POST /sessions`` would do."""
    step = coming_step(journey, progress, now) or journey.steps[-1]
    remaining, _ = _attempts_left(step, progress, now)
    try:
        require_new_execution_allowed(journey, progress, account, now)
    except Problem as problem:
        return Retry(False, remaining, problem.retry_after or 0)
    return Retry(True, remaining, 0)


def blocked_by_outcome(
    journey: Journey, progress: Progress, account: Account, now: float
) -> Problem | None:
    """What is known of a person that forbids another execution of the journey.

    Who was approved and has no account any more, as Jumio has deleted it, may begin anew.
    """
    if screened_out(journey, progress, now):
        return NotEligible(_NOT_ELIGIBLE)
    if progress.state in (State.PROCESSING, State.REVIEW):
        return VerificationInProgress("The result of the last attempt is not known yet.")
    stays = account.account_id is not None and not journey.repeatable
    return AlreadyVerified(_PASSED) if stays and approval_stands(journey, progress, now) else None


def require_new_execution_allowed(
    journey: Journey, progress: Progress, account: Account, now: float
) -> Step:
    """The step to open; raises the problem that tells why none may be."""
    if problem := blocked_by_outcome(journey, progress, account, now):
        raise problem
    step = next_step(journey, progress, now)
    if step is None:
        raise AlreadyVerified(_PASSED)
    if journey.needs_account and account.account_id is None:
        raise NotEligible(_NOT_ELIGIBLE)
    remaining, after = _attempts_left(step, progress, now)
    if not remaining:
        raise AttemptsExhausted(
            "This person has used up the attempts of this journey.",
            retry_after=after,
            limit=step.attempts.limit,
            window=step.attempts.window,
        )
    if wait := account.held_back_for(now):
        raise HeldBack("The last attempts have led to no session.", retry_after=wait)
    return step


def _attempts_left(step: Step, progress: Progress, now: float) -> tuple[int, int]:
    """How many attempts at a step are left, and seconds until one is again, if none is."""
    recent, limits = sorted(recent_attempts(progress, step, now)), step.attempts
    if remaining := max(0, limits.limit - len(recent)):
        return remaining, 0
    # With a limit that was lowered, more than one attempt has to lapse.
    oldest_that_blocks = recent[len(recent) - limits.limit]
    return 0, max(1, round(oldest_that_blocks + limits.window - now))
