"""Give Jumio the data about a person that a step needs, before the person gets anything.

A screening consists of its data: they are finalized, and the result is waited for. A
verification goes on with the person, whose session is handed out once the data are there.
The execution has been opened like any other. Whoever holds the person's lease supplies the
data; after a crash the next request reads from Jumio how far the last one came.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from verification.domain.deadline import Clock, Deadline
from verification.domain.errors import (
    Misconfigured,
    NotAtProvider,
    NotYet,
    ProviderRejected,
    TemporarilyUnavailable,
)
from verification.domain.execution import Execution, State
from verification.domain.identity import new_reference
from verification.domain.schedule import IDLE
from verification.domain.standing import Session
from verification.domain.steps import Step
from verification.jumio import JumioClient, OpenedExecution
from verification.observability import LogCode
from verification.store import ConditionFailed, OutcomeStore, SessionStore
from verification.store.outcomes import Known
from verification.use_cases.advance_execution import AdvanceExecution, about
from verification.use_cases.open_execution import Opening

_logger = logging.getLogger(__name__)
_PATIENCE = 5.0  # seconds; Jumio takes one to three
_BETWEEN = 0.7  # seconds between two looks
_NOTICED = 1.5  # seconds in which Jumio says what has happened to an execution
_RESERVE = 6.0  # seconds kept for the step that follows


@dataclass(frozen=True)
class SupplyData:
    """The use case and what it needs."""

    sessions: SessionStore
    outcomes: OutcomeStore
    advance: AdvanceExecution
    jumio: JumioClient
    clock: Clock = time.time
    sleep: Callable[[float], None] = time.sleep

    def __call__(
        self,
        opening: Opening,
        session: Session,
        data: Mapping[str, Any],
        deadline: Deadline,
        *,
        resumed: bool,
    ) -> bool:
        """Returns when Jumio has the data and, of a screening, when the result is on record
        or is not there in time. True if they were sent, False if that is not to be done any more.

        Raises ConditionFailed if somebody else is at it, and a Problem if Jumio does not take
        the data; the next request goes on from there, or begins anew if Jumio has refused them.
        """
        user_key, step, owner = opening.user_key, opening.step, new_reference()
        self.sessions.hold(user_key, owner, int(self.clock()))
        try:
            known = self.outcomes.known(user_key, session.reference)
            if known is None or not _still_awaits(known, session):
                return False
            if resumed:
                known = self._advanced(known, deadline)
            sends = known.execution.state.rank < State.PROCESSING.rank
            if sends:
                known = self._supply(known, step, session, data, deadline)
        finally:
            # The lease ends by itself.
            with contextlib.suppress(ConditionFailed, TemporarilyUnavailable):
                self.sessions.let_go(user_key, owner)
        if step.kind == "screening":
            self._wait_for(State.APPROVED, known, _PATIENCE, deadline)
        return sends

    def _supply(
        self,
        known: Known,
        step: Step,
        session: Session,
        data: Mapping[str, Any],
        deadline: Deadline,
    ) -> Known:
        execution = known.execution
        if not session.upload_token or not session.credential_id:
            self._give_up(execution, session)
            where = f"{execution.journey}.{execution.step}"
            raise Misconfigured(f"JOURNEYS: {where}: Jumio's workflow takes no prepared data")
        stored = session.credential_id, session.upload_token
        opened = OpenedExecution(*execution.ids, None, None, *stored)
        try:
            if data:
                self.jumio.upload_prepared_data(opened, data, deadline=deadline)
            if step.kind == "screening":
                self.jumio.finalize(opened, deadline=deadline)
        except ProviderRejected:
            # Perhaps Jumio has it all already, and takes a moment to notice.
            known = self._advanced(known, deadline)
            known = self._wait_for(State.PROCESSING, known, _NOTICED, deadline)
            if known.execution.state.rank < State.PROCESSING.rank:
                self._give_up(execution, session)
                raise
            return known
        if step.kind == "screening":
            return self.advance.to(State.PROCESSING, known)
        self.sessions.supplied(execution, session, int(self.clock()) + IDLE)
        return known

    def _give_up(self, execution: Execution, session: Session) -> None:
        """Jumio will not take the data however often they are sent: the next one opens anew."""
        _logger.error(LogCode.DATA_REFUSED, extra=about(execution))
        self.sessions.discard(execution, session)

    def _wait_for(self, state: State, known: Known, patience: float, deadline: Deadline) -> Known:
        """What is known when the execution is that far, or when it takes too long."""
        until = self.clock() + patience
        while known.execution.state.rank < state.rank:
            if self.clock() >= until or deadline.remaining() < _RESERVE:
                break
            self.sleep(_BETWEEN)
            known = self._advanced(known, deadline)
        return known

    def _advanced(self, known: Known, deadline: Deadline) -> Known:
        try:
            return self.advance(known, deadline)
        except (NotYet, NotAtProvider):
            return known


def _still_awaits(known: Known, session: Session) -> bool:
    """Whether nobody has supplied or replaced it before the lease was ours."""
    found = known.session
    if found is None or not found.awaits_data:
        return False
    return session.reference == found.reference == known.progress.reference
