"""A workflow execution: how far it is, and how Jumio's words translate into ours."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from verification.domain.hint import Hint


class State(StrEnum):
    """How far one execution is. It only ever moves to a higher ``rank``, or out of a review."""

    REQUESTED = "requested"  # our intent; Jumio may or may not have opened it
    PENDING = "pending"
    STARTED = "started"
    PROCESSING = "processing"
    APPROVED = "approved"
    REVIEW = "review"
    DECLINED = "declined"
    EXPIRED = "expired"  # ended without a decision: never started, abandoned, not executed

    @property
    def rank(self) -> int:
        return _ON_THE_WAY.index(self) if self in _ON_THE_WAY else _FINAL

    @property
    def final(self) -> bool:
        return self.rank == _FINAL

    @property
    def word(self) -> str:
        """What the outside is told: before processing, one word is enough."""
        return self.value if self.rank >= State.PROCESSING.rank else State.PENDING.value


_ON_THE_WAY = (State.REQUESTED, State.PENDING, State.STARTED, State.PROCESSING)
_FINAL = len(_ON_THE_WAY)

_BY_STATUS = {
    "INITIATED": State.PENDING,
    "ACQUISITION_STARTED": State.STARTED,
    "ACQUIRED": State.PROCESSING,
    "SESSION_EXPIRED": State.EXPIRED,
    "TOKEN_EXPIRED": State.EXPIRED,
}

# The type alone decides: labels and score bands are configurable per tenant.
_BY_DECISION = {
    "PASSED": State.APPROVED,
    "WARNING": State.REVIEW,
    "REJECTED": State.DECLINED,
    "NOT_EXECUTED": State.EXPIRED,
}

PROCESSED = "PROCESSED"
WITHOUT_DETAILS = {status for status, state in _BY_STATUS.items() if state is State.EXPIRED}
"""Statuses of executions whose details Jumio documents to be unavailable."""


Tip = Literal["photo-quality", "try-another-document", "document-unsupported", "not-finished"]
"""What an honest person can do better next time."""


@dataclass(frozen=True)
class Decision:
    """Jumio's verdict without any personal data."""

    type: str
    label: str | None = None
    score: float | None = None
    failed: tuple[str, ...] = ()  # names of capabilities that did not pass
    tip: Tip | None = None


Manual = Literal["approve", "decline", "revoke"]


@dataclass(frozen=True)
class ManualDecision:
    """An operator's; ``reason`` and ``by`` are codes, ``verdict`` is what it means."""

    decision: Manual
    reason: str
    by: str
    at: int
    verdict: State


def state_of(status: str, decision: Decision | None) -> State | None:
    """Our state for Jumio's status and, once processed, its decision.

    None if Jumio says something that we do not know: not final, to be looked at again.
    An expired execution is expired whatever its decision block says.
    """
    if status != PROCESSED:
        return _BY_STATUS.get(status)
    return _BY_DECISION.get(decision.type) if decision else None


@dataclass(frozen=True)
class Execution:
    """One attempt, known by our reference from before Jumio is asked to open it.

    Times are whole seconds since 1970. ``unpublished`` is set from the moment of the
    outcome until the bus has taken it.
    """

    user_key: str
    reference: str
    journey: str
    step: str
    state: State
    request_id: str
    created_at: int
    account_id: str | None = None
    workflow_execution_id: str | None = None
    decision: Decision | None = None
    heard: tuple[tuple[int, State], ...] = ()  # when which state was recorded, as Jumio said it
    settled_at: int | None = None
    verdict: State | None = None  # what its end meant for the journey
    valid_until: int | None = None  # an approval's end, its own or an older one's, until told
    manual: tuple[ManualDecision, ...] = ()
    unpublished: bool = False
    due_at: int | None = None  # when to look at it again; None if nothing is left to do
    ends_at: int = 0  # when it should have ended; before that, looks are only in case
    looks: int = 0  # how often that was done without an answer, or since it should have ended

    @property
    def opened(self) -> bool:
        """Whether Jumio is known to have opened it."""
        return self.workflow_execution_id is not None

    @property
    def ids(self) -> tuple[str, str]:
        """Of its account and of itself at Jumio, which has opened it."""
        return self.account_id or "", self.workflow_execution_id or ""

    @property
    def hint(self) -> Hint | None:
        """What makes a worker look at it; None as long as Jumio is not known to have opened it."""
        if self.account_id is None or self.workflow_execution_id is None:
            return None
        return Hint(
            user_key=self.user_key,
            reference=self.reference,
            account_id=self.account_id,
            workflow_execution_id=self.workflow_execution_id,
        )

    @property
    def news(self) -> tuple[str, int]:
        """How it stands in one word, as nothing else about it ever does, and since when."""
        if self.manual:
            return self.manual[-1].decision, self.manual[-1].at
        return self.state, self.settled_at or self.created_at

    @property
    def under_review(self) -> bool:
        """Whether its end left the judgement to somebody."""
        return self.verdict is State.REVIEW

    @property
    def lapses_at(self) -> int | None:
        """When the approval that it led to is over; None once that is told."""
        approved = self.verdict is State.APPROVED and self.due_at is not None
        return self.valid_until if approved else None

    @property
    def closed(self) -> bool:
        """Whether nothing is left to come of it: no end, judgement, news or lapse."""
        ended = self.state.final and not self.under_review
        return ended and not self.unpublished and self.lapses_at is None

    def leads_to(self, state: State, verdict: State) -> bool:
        """Whether news of a state, which mean a verdict for the journey, still move it.

        A review ends in a judgement: nothing else is news of it.
        """
        if self.under_review:
            judged = state in (State.APPROVED, State.DECLINED) and state is not self.state
            return judged and verdict is not State.REVIEW
        return self.state.rank < state.rank
