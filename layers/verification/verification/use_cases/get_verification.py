"""How does my verification stand? One coarse word, and whether trying again makes sense."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from verification.deadline import Clock
from verification.execution import State
from verification.identity import Caller, Pepper
from verification.journeys import Journeys
from verification.standing import retry_advice
from verification.store import OutcomeStore

_WORDS = {
    None: "none",
    State.PENDING: "pending",
    State.STARTED: "pending",
    State.PROCESSING: "processing",
    State.APPROVED: "approved",
    State.REVIEW: "review",
    State.DECLINED: "declined",
    State.EXPIRED: "expired",
}


@dataclass(frozen=True)
class GetVerification:
    """The use case and what it needs."""

    journeys: Journeys
    pepper: Pepper
    store: OutcomeStore
    clock: Clock = time.time

    def __call__(self, caller: Caller, journey_name: str | None) -> dict[str, object]:
        """The body of the answer; raises UnknownJourney."""
        journey = self.journeys.get(journey_name)
        progress = self.store.progress(self.pepper.user_key(caller), journey.name)
        retry = retry_advice(journey, progress, self.clock())
        at = progress.updated_at
        return {
            "journey": journey.name,
            "status": _WORDS[progress.state],
            "updatedAt": f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None,
            "retry": {
                "allowed": retry.allowed,
                "remaining": retry.remaining,
                "after": retry.after,
            },
        }
