"""How does my verification stand? One coarse word, and whether trying again makes sense."""

import time
from dataclasses import dataclass

from verification.domain.deadline import Clock
from verification.domain.execution import State
from verification.domain.identity import Caller, Pepper
from verification.domain.journeys import Journeys
from verification.domain.standing import Retry, coming_step, retry_advice
from verification.store import OutcomeStore

_POLL_AFTER = {State.PENDING: 5, State.STARTED: 5, State.PROCESSING: 3}


@dataclass(frozen=True)
class Verification:
    """How a person stands in a journey, and in how many seconds to ask again, if at all."""

    journey: str
    status: str
    updated_at: int | None
    next: str | None
    retry: Retry
    ask_again_after: int | None


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
        account, progress = self.store.standing(self.pepper.user_key(caller), journey.name)
        now, state = self.clock(), progress.state
        retry = retry_advice(journey, progress, account, now)
        coming = coming_step(journey, progress, now)
        begun = state is not None and not state.final
        return Verification(
            journey=journey.name,
            status=state.word if state else "none",
            updated_at=progress.updated_at,
            next=coming.name if coming and (begun or retry.allowed) else None,
            retry=retry,
            ask_again_after=_POLL_AFTER.get(state) if state else None,
        )
