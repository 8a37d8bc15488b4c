"""Where a person stands, and what that allows.

All times are whole seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verification.domain.backoff import Failures
from verification.domain.errors import (
    AlreadyVerified,
    AttemptsExhausted,
    HeldBack,
    NotEligible,
    Problem,
    VerificationInProgress,
)
from verification.domain.execution import State, Tip

if TYPE_CHECKING:
    from verification.domain.journeys import Journey
    from verification.domain.steps import Attempts, Step

SESSION_MARGIN = 60
"""A session that must be started within this many seconds is not handed out again."""

LEASE_SECONDS = 30
"""How long a request may be at work for a person: its function's timeout and a margin."""

ERASURE_SECONDS = 120
"""The same for an erasure."""

LAPSED = "lapsed"
"""What a person is told whose approval was for a time that is over."""

_TOLERANCE = 10
"""Seconds by which clocks may differ."""


@dataclass(frozen=True)
class Account:
    """A person's one account at Jumio, and who is opening an execution on it right now."""

    issuer: str = ""
    subject: str = field(default="", repr=False)
    account_id: str | None = None
    lease_owner: str | None = None
    lease_until: int = 0
    erasing: bool = False  # an operator has begun to, and may not be done
    failures: Failures = field(default_factory=Failures)

    def held_back_for(self, now: float) -> int:
        """Seconds until another attempt may begin; 0 while one is at work, which may succeed."""
        return self.failures.wait(now) if self.lease_until <= now else 0

    @property
    def longest_lease(self) -> int:
        """How many seconds are left to whoever holds the lease, whatever their clock says."""
        return ERASURE_SECONDS if self.erasing else LEASE_SECONDS

    def has_wrong_lease(self, now: float) -> bool:
        """Whether the lease ends so late that the clock of whoever took it must be wrong."""
        return self.lease_until > now + self.longest_lease + _TOLERANCE

    def lease_age(self, now: float) -> float:
        """Seconds since somebody began to open an execution."""
        return now - (self.lease_until - LEASE_SECONDS)


@dataclass(frozen=True)
class Progress:
    """How far a person is in one journey.

    ``reference`` names the execution that ``state`` is about, of the step ``step``.
    ``attempts`` are the times at which executions were opened, by step; ``passed`` is when
    a step was passed; ``revision`` grows with every change. ``approved_by`` names the execution
    that led to the last approval, which stands until ``valid_until`` whatever comes after it;
    without a time, it stands until the next run begins. ``approved_for`` is the fingerprint of
    the journey as it was then.
    """

    state: State | None = None
    step: str | None = None
    reference: str | None = None
    attempts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    passed: Mapping[str, int] = field(default_factory=dict)
    valid_until: int | None = None
    approved_by: str | None = None
    approved_for: str | None = None
    tip: Tip | None = None  # with which the last execution was declined or has expired
    revision: int = 0
    updated_at: int | None = None

    def opened(self, step: str, reference: str, at: int) -> Progress:
        """The progress that follows when an execution of a step is opened."""
        return replace(
            self,
            state=State.PENDING,
            step=step,
            reference=reference,
            attempts={**self.attempts, step: (*self.attempts.get(step, ()), at)},
            tip=None,
            revision=self.revision + 1,
            updated_at=at,
        )


@dataclass(frozen=True)
class Session:
    """What is needed to start an execution, until ``expires_at``.

    A frontend gets ``token`` or ``href``, but not while Jumio still awaits data about the
    person; ``upload_token`` and ``credential_id`` are for that upload and never leave us.
    """

    reference: str
    expires_at: int
    token: str | None = field(default=None, repr=False)
    href: str | None = field(default=None, repr=False)
    upload_token: str | None = field(default=None, repr=False)
    credential_id: str | None = None
    awaits_data: bool = False
    keys: int = 0  # how many idempotency keys were bound to it after it was opened


@dataclass(frozen=True)
class Idempotency:
    """What an ``Idempotency-Key`` was used for; never what it was answered."""

    fingerprint: str
    reference: str
    opened: bool  # whether its request opened the session, or found it there
    running: bool  # True until there is a session
    expires_at: int


@dataclass(frozen=True)
class Standing:
    """All that a request for a session depends on.

    ``elsewhere`` are names of the person's under which they are not on record.
    """

    account: Account
    progress: Progress
    session: Session | None
    idempotency: Idempotency | None
    elsewhere: tuple[str, ...] = ()

    def live_session(self, now: float) -> Session | None:
        """The session that can still be started, if there is one."""
        session = self.session
        if session is None or self.account.erasing or session.reference != self.progress.reference:
            return None
        return session if session.expires_at - SESSION_MARGIN > now else None

    def used_key(self, now: float) -> Idempotency | None:
        """What the request's idempotency key was used for, as long as that counts."""
        used = self.idempotency
        if used is None or used.expires_at <= now:
            return None
        abandoned = used.running and self.account.lease_until <= now
        return None if abandoned else used


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


def blocked_by_outcome(journey: Journey, progress: Progress, account: Account, now: float) -> bool:
    """Whether what is known of a person forbids another execution of the journey.

    Who was approved and has no account any more, as Jumio has deleted it, may begin anew.
    """
    if progress.state in (State.PROCESSING, State.REVIEW) or screened_out(journey, progress, now):
        return True
    stays = account.account_id is not None and not journey.repeatable
    return stays and approval_stands(journey, progress, now)


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
    step, problem = coming_step(journey, progress, now), None
    try:
        require_new_execution_allowed(journey, progress, account, now)
    except Problem as found:
        problem = found
    remaining = _retry(step or journey.steps[-1], progress, now).remaining
    return Retry(problem is None, remaining, (problem and problem.retry_after) or 0)


def _retry(step: Step, progress: Progress, now: float) -> Retry:
    """Whether the attempts at a step allow another one."""
    recent = recent_attempts(progress, step, now)
    remaining = max(0, step.attempts.limit - len(recent))
    after = 0 if remaining else _until_one_lapses(recent, step.attempts, now)
    return Retry(remaining > 0, remaining, after)


def require_new_execution_allowed(
    journey: Journey, progress: Progress, account: Account, now: float
) -> Step:
    """The step to open; raises the problem that tells why none may be."""
    step = next_step(journey, progress, now)
    if screened_out(journey, progress, now):
        raise NotEligible("This person cannot be verified by this journey.")
    if blocked_by_outcome(journey, progress, account, now) or step is None:
        if progress.state in (State.PROCESSING, State.REVIEW):
            raise VerificationInProgress("The result of the last attempt is not known yet.")
        raise AlreadyVerified("This person has passed this journey.")
    if journey.needs_account and account.account_id is None:
        raise NotEligible("This person cannot be verified by this journey.")
    retry = _retry(step, progress, now)
    if not retry.allowed:
        raise AttemptsExhausted(
            "This person has used up the attempts of this journey.",
            retry_after=retry.after,
            limit=step.attempts.limit,
            window=step.attempts.window,
        )
    if wait := account.held_back_for(now):
        raise HeldBack("The last attempts have led to no session.", retry_after=wait)
    return step


def _until_one_lapses(recent: tuple[int, ...], limits: Attempts, now: float) -> int:
    # With a limit that was lowered, more than one attempt has to lapse.
    oldest_that_blocks = sorted(recent)[len(recent) - limits.limit]
    return max(1, round(oldest_that_blocks + limits.window - now))
