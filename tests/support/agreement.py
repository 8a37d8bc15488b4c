"""What GET says of a standing, what POST does with it, and whether the two agree."""

from dataclasses import dataclass
from typing import Any, cast

from verification.domain.eligibility import require_new_execution_allowed
from verification.domain.errors import (
    AlreadyVerified,
    AttemptsExhausted,
    HeldBack,
    NotEligible,
    Problem,
    VerificationInProgress,
)
from verification.domain.identity import Caller
from verification.domain.journeys import Journey, Journeys
from verification.domain.standing import Account, Progress
from verification.use_cases.get_verification import GetVerification, Verification


@dataclass(frozen=True)
class Held:
    """A table that holds one person's standing."""

    account: Account
    progress: Progress

    def progress_in(self, _person: Caller, _journey: str) -> tuple[str, Account, Progress]:
        return "user-key", self.account, self.progress


def told(journey: Journey, progress: Progress, account: Account, now: float) -> Verification:
    """GET /verification."""
    # Not validated again: this is asked of thousands of standings.
    journeys, held = Journeys.model_construct(journeys=[journey]), Held(account, progress)
    people, queue = cast("Any", held), cast("Any", None)
    get = GetVerification(journeys, people, queue, queue, lambda: now)
    return get(Caller("https://issuer.example", "ada"), None)


def refusal(journey: Journey, progress: Progress, account: Account, now: float) -> Problem | None:
    """Why POST /sessions opens nothing for a person without a session; None if it does."""
    try:
        require_new_execution_allowed(journey, progress, account, now)
    except Problem as problem:
        return problem
    return None


def disagreement(journey: Journey, progress: Progress, account: Account, now: float) -> str | None:
    """How the two contradict each other, if they do."""
    said = told(journey, progress, account, now)
    problem = refusal(journey, progress, account, now)
    heard = {said.status, said.renewal}
    rules = {
        "retry.allowed": said.retry.allowed == (problem is None),
        "retry.after": said.retry.after == ((problem and problem.retry_after) or 0),
        "next": said.next is not None or problem is not None,
        "in progress": bool(heard & {"processing", "review"})
        == isinstance(problem, VerificationInProgress),
    }
    if isinstance(problem, AlreadyVerified):
        rules["verified"] = said.status == "approved"
    if isinstance(problem, AttemptsExhausted | HeldBack):
        rules["when"] = said.retry.after > 0
    if isinstance(problem, NotEligible):
        homeless = journey.needs_account and account.account_id is None
        rules["not eligible"] = homeless or bool(heard & {"declined", "lapsed"})
    if said.status == "approved" and problem is None:
        rules["again"] = journey.repeatable or account.account_id is None
    wrong = [name for name, holds in rules.items() if not holds]
    return f"{wrong}: {said}, {problem!r}" if wrong else None
