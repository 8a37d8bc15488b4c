"""Where a person stands, and what that allows.

All times are whole seconds since 1970.
"""

from dataclasses import dataclass, field

from verification.errors import AlreadyVerified, AttemptsExhausted, VerificationInProgress
from verification.execution import State
from verification.journeys import Attempts, Journey

SESSION_MARGIN = 60
"""A session that must be started within this many seconds is not handed out again."""

LEASE_SECONDS = 30
"""How long a request may be opening an execution: its function's timeout and a margin."""


@dataclass(frozen=True)
class Account:
    """A person's one account at Jumio, and who is opening an execution on it right now."""

    issuer: str = ""
    subject: str = field(default="", repr=False)
    account_id: str | None = None
    lease_owner: str | None = None
    lease_until: int = 0

    def lease_age(self, now: float) -> float:
        """Seconds since somebody began to open an execution."""
        return now - (self.lease_until - LEASE_SECONDS)


@dataclass(frozen=True)
class Progress:
    """How far a person is in one journey.

    ``reference`` names the execution that ``state`` is about, ``attempts`` are the times
    at which executions were opened, and ``revision`` grows with every change.
    """

    state: State | None = None
    reference: str | None = None
    attempts: tuple[int, ...] = ()
    revision: int = 0
    updated_at: int | None = None


@dataclass(frozen=True)
class Session:
    """What a frontend needs to start an execution, until ``expires_at``."""

    reference: str
    expires_at: int
    token: str | None = field(repr=False)
    href: str | None = field(repr=False)


@dataclass(frozen=True)
class Idempotency:
    """What an ``Idempotency-Key`` was used for; never what it was answered."""

    fingerprint: str
    reference: str
    status: int  # the HTTP status of the answer
    running: bool  # True until there is a session
    expires_at: int


@dataclass(frozen=True)
class Standing:
    """All that a request for a session depends on."""

    account: Account
    progress: Progress
    session: Session | None
    idempotency: Idempotency | None

    def live_session(self, now: float) -> Session | None:
        """The session that can still be started, if there is one."""
        session = self.session
        if session is None or session.reference != self.progress.reference:
            return None
        return session if session.expires_at - SESSION_MARGIN > now else None

    def used_key(self, now: float) -> Idempotency | None:
        """What the request's idempotency key was used for, as long as that counts."""
        used = self.idempotency
        return used if used and used.expires_at > now else None


@dataclass(frozen=True)
class Retry:
    """Whether, how often and in how many seconds a person may begin again."""

    allowed: bool
    remaining: int
    after: int


def recent_attempts(progress: Progress, limits: Attempts, now: float) -> tuple[int, ...]:
    """The attempts that still count."""
    return tuple(at for at in progress.attempts if at > now - limits.window)


def blocked_by_outcome(journey: Journey, progress: Progress) -> bool:
    """Whether what is known of a person forbids another execution of the journey."""
    if progress.state is State.APPROVED:
        return not journey.repeatable
    return progress.state in (State.PROCESSING, State.REVIEW)


def retry_advice(journey: Journey, progress: Progress, now: float) -> Retry:
    """What ``GET /verification`` tells about another attempt."""
    recent = recent_attempts(progress, journey.attempts, now)
    remaining = max(0, journey.attempts.limit - len(recent))
    blocked = blocked_by_outcome(journey, progress)
    after = 0 if remaining else _until_one_lapses(recent, journey.attempts, now)
    return Retry(remaining > 0 and not blocked, remaining, after)


def require_new_execution_allowed(journey: Journey, progress: Progress, now: float) -> None:
    """Raises the problem that tells why no further execution may be opened."""
    if blocked_by_outcome(journey, progress):
        if progress.state is State.APPROVED:
            raise AlreadyVerified("This person has passed this journey.")
        raise VerificationInProgress("The result of the last attempt is not known yet.")
    retry = retry_advice(journey, progress, now)
    if not retry.remaining:
        limits = journey.attempts
        raise AttemptsExhausted(
            "This person has used up the attempts of this journey.",
            retry_after=retry.after,
            headers={
                "RateLimit-Policy": f'"attempts";q={limits.limit};w={limits.window}',
                "RateLimit": f'"attempts";r=0;t={retry.after}',
            },
        )


def _until_one_lapses(recent: tuple[int, ...], limits: Attempts, now: float) -> int:
    # With a limit that was lowered, more than one attempt has to lapse.
    oldest_that_blocks = sorted(recent)[len(recent) - limits.limit]
    return max(1, round(oldest_that_blocks + limits.window - now))
