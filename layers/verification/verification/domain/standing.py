"""Where a person stands: what is on record about them. All times are whole seconds since 1970."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from verification.domain.backoff import Failures
from verification.domain.execution import State, Tip

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

    def opened(self, step: str, reference: str, at: int) -> Self:
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
