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

from verification.deadline import Clock, Deadline
from verification.errors import Misconfigured, ProviderRejected
from verification.execution import Execution, State
from verification.identity import new_reference
from verification.journeys import Step
from verification.jumio import JumioClient, OpenedExecution
from verification.observability import LogCode
from verification.schedule import IDLE
from verification.standing import Session
from verification.store import ConditionFailed, OutcomeStore, SessionStore
from verification.store.outcomes import Known
from verification.use_cases.advance_execution import AdvanceExecution, NotYet, about
from verification.use_cases.open_execution import Opening

_logger = logging.getLogger(__name__)
_PATIENCE = 5.0  # seconds; Jumio takes one to three
_BETWEEN = 0.7  # seconds between two looks
_LOOKS = 3  # at an execution that does not take its data, before it is given up
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
            with contextlib.suppress(ConditionFailed):  # the lease ends by itself
                self.sessions.let_go(user_key, owner)
        if step.kind == "screening":
            self._wait(known, deadline)
        return sends

    def _supply(
        self,
        known: Known,
        step: Step,
        session: Session,
        data: Mapping[str, Any],
        deadline: Deadline,
    ) -> Known:
        try:
            opened = _opened(known.execution, session)
            if data:
                self.jumio.upload_prepared_data(opened, data, deadline=deadline)
            if step.kind == "screening":
                self.jumio.finalize(opened, deadline=deadline)
        except (ProviderRejected, Misconfigured):
            known = self._looked_at(known, deadline)  # perhaps Jumio has it all already
            if known.execution.state.rank < State.PROCESSING.rank:
                # It will not take them however often they are sent: the next one opens anew.
                _logger.error(LogCode.DATA_REFUSED, extra=about(known.execution))
                self.sessions.discard(known.execution, session)
                raise
            return known
        if step.kind == "screening":
            return self.advance.to(State.PROCESSING, known)
        self.sessions.supplied(known.execution, session, int(self.clock()) + IDLE)
        return known

    def _looked_at(self, known: Known, deadline: Deadline) -> Known:
        """What Jumio says, which may take a moment to notice what it has got."""
        for _ in range(_LOOKS):
            known = self._advanced(known, deadline)
            if known.execution.state.rank >= State.PROCESSING.rank:
                break
            self.sleep(_BETWEEN)
        return known

    def _wait(self, known: Known, deadline: Deadline) -> None:
        until = self.clock() + _PATIENCE
        while not known.execution.state.final:
            if self.clock() >= until or deadline.remaining() < _RESERVE:
                return
            self.sleep(_BETWEEN)
            known = self._advanced(known, deadline)

    def _advanced(self, known: Known, deadline: Deadline) -> Known:
        try:
            return self.advance(known, deadline)
        except NotYet:
            return known


def _still_awaits(known: Known, session: Session) -> bool:
    """Whether nobody has supplied or replaced it before the lease was ours."""
    found = known.session
    if found is None or not found.awaits_data:
        return False
    return session.reference == found.reference == known.progress.reference


def _opened(execution: Execution, session: Session) -> OpenedExecution:
    if not session.upload_token or not session.credential_id:
        where = f"{execution.journey}.{execution.step}"
        raise Misconfigured(f"JOURNEYS: {where}: Jumio's workflow takes no prepared data")
    return OpenedExecution(
        account_id=execution.account_id or "",
        workflow_execution_id=execution.workflow_execution_id or "",
        token=None,
        href=None,
        credential_id=session.credential_id,
        upload_token=session.upload_token,
    )
