"""Bring what is on record about an execution up to what Jumio says, and never back."""

import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from verification.domain.deadline import Clock, Deadline
from verification.domain.effects import effect_of
from verification.domain.errors import (
    NotAtProvider,
    NotYet,
    ResultNotAtProvider,
    VerificationInProgress,
)
from verification.domain.execution import Decision, Execution, State, state_of
from verification.domain.journeys import Journeys
from verification.domain.schedule import IDLE, PROCESSING, overdue
from verification.domain.standing import Progress
from verification.jumio import JumioClient, Reading
from verification.observability import LogCode
from verification.store import ConditionFailed, OutcomeStore
from verification.store.outcomes import Known, News

_logger = logging.getLogger(__name__)
_TRIES = 5
_UNREADABLE = (0.5, 1.5, 4.0)  # seconds to wait while Jumio has nothing to read just yet


@dataclass(frozen=True)
class AdvanceExecution:
    """The use case and what it needs."""

    journeys: Journeys
    store: OutcomeStore
    jumio: JumioClient
    clock: Clock = time.time
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, known: Known, deadline: Deadline) -> Known:
        """Read Jumio and record it; what is known then. Raises NotYet or a ProviderError."""
        execution = known.execution
        try:
            reading = self.read(execution.ids, deadline)
        except NotAtProvider as nothing:
            if execution.under_review and not isinstance(nothing, ResultNotAtProvider):
                return known  # Jumio has deleted it: what is on record stands
            if not overdue(execution.looks):
                raise
            # Looked for in vain as often as makes sense: Jumio has deleted it.
            _logger.error(LogCode.EXECUTION_GONE, extra=about(execution))
            return self.to(State.EXPIRED, known)
        return self.record(reading, known)

    def caught_up(self, user_key: str, progress: Progress, deadline: Deadline) -> Progress:
        """A person's progress once it says what Jumio does about their open execution, if any.

        Asked before another one is paid for, so raises VerificationInProgress if the person is
        done with it, and a ProviderError if Jumio does not answer.
        """
        begun = progress.reference and progress.state and not progress.state.final
        known = self.store.known(user_key, progress.reference or "") if begun else None
        if known is None or not known.execution.opened or known.execution.state.final:
            return progress
        in_progress = VerificationInProgress("The last attempt is being judged.")
        try:
            ids = known.execution.ids
            reading = self.jumio.read_execution(*ids, with_details=False, deadline=deadline)
            now_known = self.record(reading, known)
        except (NotYet, ResultNotAtProvider):
            raise in_progress from None
        except NotAtProvider:  # Jumio has deleted it: nothing will come of it
            return progress
        if now_known.progress.state is State.DECLINED:
            raise in_progress
        return now_known.progress

    def record(self, reading: Reading, known: Known) -> Known:
        """What is known once it says what Jumio does. Raises NotYet."""
        execution = known.execution
        state = state_of(reading.status, reading.decision)
        if state is None:
            word = reading.decision.type if reading.decision else reading.status
            self.store.note(execution, word)
            _logger.error(LogCode.STATUS_UNKNOWN, extra=about(execution))
            return known
        return self.to(state, known, reading)

    def to(self, state: State, known: Known, reading: Reading | None = None) -> Known:
        """Record a state that we are sure of; what is known then. Raises NotYet."""
        decision = reading.decision if reading and state.final else None
        for _ in range(_TRIES):
            now, before = int(self.clock()), known.execution.state
            news = news_of(self.journeys, known, state, decision, now)
            if not known.execution.leads_to(state, news.effect.verdict):
                _logger.info(LogCode.EXECUTION_UNCHANGED, extra=about(known.execution))
                self._rest(known.execution)
                return known
            try:
                known = self.store.advance(known, news)
            except ConditionFailed:
                known = self.known(known.execution)
                continue
            times: dict[str, int] = {}
            if state.final and not before.final:
                times["took"] = news.at - known.execution.created_at
                if reading and reading.completed_at:
                    times["delay"] = max(0, round(news.at - reading.completed_at))
            _logger.info(LogCode.EXECUTION_ADVANCED, extra={**about(known.execution), **times})
            return known
        raise NotYet("others keep changing it")

    def _rest(self, execution: Execution) -> None:
        """If the sweeper has asked only in case, it need not come back so soon."""
        now = int(self.clock())
        if execution.looks and now < execution.ends_at and not execution.state.final:
            with contextlib.suppress(ConditionFailed):  # something has happened after all
                self.store.rest(execution, now)

    def known(self, execution: Execution) -> Known:
        """What is on record now; raises NotYet if that is nothing."""
        known = self.store.known(execution.user_key, execution.reference)
        if known is None:
            raise NotYet("it was removed meanwhile")
        return known

    def read(self, ids: tuple[str, str], deadline: Deadline, *, details: bool = False) -> Reading:
        """What Jumio says; right after a callback, that it has nothing to read is not final.

        Raises NotYet if there is no time to look again, NotAtProvider or ResultNotAtProvider if
        that was in vain.
        """
        read = partial(self.jumio.read_execution, *ids, with_details=details, deadline=deadline)
        for wait in _UNREADABLE:
            with contextlib.suppress(NotAtProvider):
                return read()
            if wait >= deadline.remaining():
                raise NotYet("no time is left to look again")
            self.sleep(wait)
        try:
            return read()
        except NotAtProvider as nothing:
            raise type(nothing)("Jumio has nothing to read") from None


def news_of(
    journeys: Journeys, known: Known, state: State, decision: Decision | None, at: int
) -> News:
    """What an execution's getting into a state means, by the journeys as they are now."""
    execution = known.execution
    journey, step = journeys.step_of(execution.journey, execution.step)
    effect = effect_of(
        journey, step, known.progress, execution.reference, state=state, decision=decision, at=at
    )
    look_again_at = at + (PROCESSING if state is State.PROCESSING else IDLE)
    over_at = journey.retained_until(at)
    return News(state, decision, at, over_at if state.final else look_again_at, effect)


def about(execution: Execution) -> dict[str, str]:
    """The keys by which a log line is found."""
    return {
        "reference": execution.reference,
        "correlation_id": execution.request_id,
        "journey": execution.journey,
        "state": execution.state,
    }
