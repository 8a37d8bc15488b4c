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
from verification.standing import Session
from verification.store import ConditionFailed, OutcomeStore, SessionStore
from verification.store.outcomes import Known
from verification.use_cases.advance_execution import AdvanceExecution, NotYet, about
from verification.use_cases.open_execution import Opening

_logger = logging.getLogger(__name__)
_PATIENCE = 5.0  # seconds; Jumio takes one to three
_BETWEEN = 0.7  # seconds between two looks
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
    ) -> None:
        """Returns when Jumio has the data and, of a screening, when the result is on record
        or is not there in time.

        Raises ConditionFailed if somebody else is at it, and a ProviderError if Jumio does
        not take the data; the next request goes on from there, or begins anew if Jumio has
        refused them.
        """
        user_key, step, owner = opening.user_key, opening.step, new_reference()
        self.sessions.hold(user_key, owner, int(self.clock()))
        try:
            known = self.outcomes.known(user_key, session.reference)
            if known is not None:
                known = self._supply(known, step, session, data, deadline, resumed=resumed)
        finally:
            with contextlib.suppress(ConditionFailed):  # the lease ends by itself
                self.sessions.let_go(user_key, owner)
        if known is not None and step.kind == "screening":
            self._wait(known, deadline)

    def _supply(
        self,
        known: Known,
        step: Step,
        session: Session,
        data: Mapping[str, Any],
        deadline: Deadline,
        *,
        resumed: bool,
    ) -> Known:
        if resumed:
            known = self._advanced(known, deadline)
        if known.execution.state.rank >= State.PROCESSING.rank:
            return known
        opened = _opened(known.execution, session)
        try:
            self.jumio.upload_prepared_data(opened, data, deadline=deadline)
            if step.kind == "screening":
                self.jumio.finalize(opened, deadline=deadline)
        except ProviderRejected:
            known = self._advanced(known, deadline)  # perhaps Jumio has it all already
            if known.execution.state.rank < State.PROCESSING.rank:
                self._give_up(known.execution, session)
                raise
            return known
        if step.kind == "screening":
            return self.advance.to(State.PROCESSING, known)
        self.sessions.supplied(known.execution.user_key, known.execution.journey, session)
        return known

    def _give_up(self, execution: Execution, session: Session) -> None:
        """Jumio will not take this upload however often it is repeated: the next opens anew."""
        _logger.error(LogCode.DATA_REFUSED, extra=about(execution))
        self.sessions.discard(execution.user_key, execution.journey, session)

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
