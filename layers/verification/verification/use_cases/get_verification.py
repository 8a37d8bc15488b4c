"""How does my verification stand? One coarse word, and whether trying again makes sense."""

import contextlib
import time
from dataclasses import dataclass

from verification.aws.queue import HintQueue
from verification.domain.deadline import Clock
from verification.domain.eligibility import Retry, coming_step, retry_advice, word_of
from verification.domain.errors import TemporarilyUnavailable
from verification.domain.execution import State, Tip
from verification.domain.identity import Caller
from verification.domain.journeys import Journeys
from verification.domain.standing import LAPSED, Progress
from verification.store import ConditionFailed, OutcomeStore, People

_POLL_AFTER = {State.PENDING: 5, State.STARTED: 5, State.PROCESSING: 3}
_LOOKING = 1  # second in which the worker has looked, as a rule


@dataclass(frozen=True)
class Verification:
    """How a person stands in a journey, and in how many seconds to ask again, if at all.

    ``renewal`` is how the run stands that is to follow an approval which still stands.
    """

    journey: str
    status: str
    updated_at: int | None
    valid_until: int | None
    renewal: str | None
    hint: Tip | None
    next: str | None
    retry: Retry
    ask_again_after: int | None


@dataclass(frozen=True)
class GetVerification:
    """The use case and what it needs."""

    journeys: Journeys
    people: People
    store: OutcomeStore
    queue: HintQueue
    clock: Clock = time.time

    def __call__(
        self, caller: Caller, journey_name: str | None, *, returned: bool = False
    ) -> Verification:
        """``returned`` says that the person is back from Jumio; raises UnknownJourney."""
        journey = self.journeys.get(journey_name)
        user_key, account, progress = self.people.progress_in(caller, journey.name)
        now, state = self.clock(), progress.state
        looking = returned and state in (State.PENDING, State.STARTED)
        if looking:
            self._have_looked(user_key, progress, int(now))
        retry = retry_advice(journey, progress, account, now)
        coming = coming_step(journey, progress, now)
        begun = state is not None and not state.final
        status, until = word_of(journey, progress, now), progress.valid_until
        approved = status == State.APPROVED
        lapsed_at = until if status == LAPSED and until and until <= now else None
        return Verification(
            journey=journey.name,
            status=status,
            updated_at=lapsed_at or progress.updated_at,
            valid_until=until if approved else lapsed_at,
            renewal=state.word if approved and state and state is not State.APPROVED else None,
            hint=None if status == LAPSED else progress.tip,
            next=coming.name if coming and (begun or retry.allowed) else None,
            retry=retry,
            ask_again_after=_LOOKING if looking else _POLL_AFTER.get(state) if state else None,
        )

    def _have_looked(self, user_key: str, progress: Progress, now: int) -> None:
        """Have the worker look at the person's execution; without that, the answer is no worse."""
        with contextlib.suppress(ConditionFailed, TemporarilyUnavailable):
            hint = self.store.returned(user_key, progress.reference or "", now)
            if hint:
                self.queue.send(hint)
