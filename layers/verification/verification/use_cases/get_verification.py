"""How does my verification stand? One coarse word, and whether trying again makes sense."""

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from verification.domain.deadline import Clock
from verification.domain.execution import State
from verification.domain.identity import Caller, Pepper
from verification.domain.journeys import Journeys
from verification.domain.standing import Retry, coming_step, retry_advice
from verification.store import OutcomeStore

_POLL_AFTER = {State.PENDING: 5, State.STARTED: 5, State.PROCESSING: 3}


@dataclass(frozen=True)
class Verification:
    """The body of the answer, its entity tag, and in how many seconds to ask again.

    The tag is weak: that ``retry.after`` counts down is no reason to send a body again.
    """

    body: dict[str, object]
    retry: Retry
    poll_after: int | None

    @property
    def etag(self) -> str:
        lasting = {**self.body, "retry": [self.retry.allowed, self.retry.remaining]}
        digest = hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()
        return f'W/"{digest[:32]}"'

    @property
    def headers(self) -> dict[str, str]:
        advice = {} if self.poll_after is None else {"Retry-After": str(self.poll_after)}
        return {"ETag": self.etag, **advice}

    def known_as(self, if_none_match: str | None) -> bool:
        """Whether the client has this already (``If-None-Match``)."""
        tags = (if_none_match or "").split(",")
        known = (self.etag.removeprefix("W/"), "*")
        return any(tag.strip().removeprefix("W/") in known for tag in tags)


@dataclass(frozen=True)
class GetVerification:
    """The use case and what it needs."""

    journeys: Journeys
    pepper: Pepper
    store: OutcomeStore
    clock: Clock = time.time

    def __call__(self, caller: Caller, journey_name: str | None) -> Verification:
        """Raises UnknownJourney."""
        journey = self.journeys.get(journey_name)
        progress = self.store.progress(self.pepper.user_key(caller), journey.name)
        now = self.clock()
        retry, coming = retry_advice(journey, progress, now), coming_step(journey, progress, now)
        ended = progress.state is not None and progress.state.final and not retry.allowed
        at, state = progress.updated_at, progress.state
        body: dict[str, object] = {
            "journey": journey.name,
            "status": state.word if state else "none",
            "updatedAt": f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None,
            "next": coming.name if coming and not ended else None,
            "retry": asdict(retry),
        }
        return Verification(body, retry, _POLL_AFTER.get(state) if state else None)
