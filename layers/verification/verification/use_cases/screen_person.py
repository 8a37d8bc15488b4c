"""A step that the server runs by itself: send the person's data to Jumio, wait for the result.

The execution has been opened like any other. Whoever holds the person's lease submits the
data; after a crash the next request reads from Jumio how far the last one came.
"""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from verification.deadline import Clock, Deadline
from verification.errors import ProviderRejected
from verification.execution import State
from verification.identity import new_reference
from verification.jumio import JumioClient, OpenedExecution
from verification.standing import Session
from verification.store import ConditionFailed, OutcomeStore, SessionStore
from verification.store.outcomes import Known
from verification.use_cases.advance_execution import AdvanceExecution, NotYet

_PATIENCE = 5.0  # seconds; Jumio takes one to three
_BETWEEN = 0.7  # seconds between two looks
_RESERVE = 6.0  # seconds kept for the step that follows


@dataclass(frozen=True)
class ScreenPerson:
    """The use case and what it needs."""

    sessions: SessionStore
    outcomes: OutcomeStore
    advance: AdvanceExecution
    jumio: JumioClient
    clock: Clock = time.time
    sleep: Callable[[float], None] = time.sleep

    def __call__(
        self,
        user_key: str,
        session: Session,
        data: Mapping[str, Any],
        deadline: Deadline,
        *,
        resumed: bool,
    ) -> None:
        """Returns when the result is on record, or is not there in time.

        Raises ConditionFailed if somebody else is at it, and a ProviderError if Jumio does
        not take the data; the next request goes on from there.
        """
        owner = new_reference()
        self.sessions.hold(user_key, owner, int(self.clock()))
        try:
            known = self._submit(user_key, session, data, deadline, resumed=resumed)
        finally:
            with contextlib.suppress(ConditionFailed):  # the lease ends by itself
                self.sessions.let_go(user_key, owner)
        if known is not None:
            self._wait(known, deadline)

    def _submit(
        self,
        user_key: str,
        session: Session,
        data: Mapping[str, Any],
        deadline: Deadline,
        *,
        resumed: bool,
    ) -> Known | None:
        known = self.outcomes.known(user_key, session.reference)
        if known is None:
            return None
        if resumed:
            known = self._advanced(known, deadline)
        if known.execution.state.rank >= State.PROCESSING.rank:
            return known
        execution = known.execution
        opened = OpenedExecution(
            account_id=execution.account_id or "",
            workflow_execution_id=execution.workflow_execution_id or "",
            token=None,
            href=None,
            credential_id=session.credential_id,
            upload_token=session.upload_token,
        )
        try:
            self.jumio.submit_prepared_data(opened, data, deadline=deadline)
        except ProviderRejected:
            known = self._advanced(known, deadline)  # perhaps Jumio has it all already
            if known.execution.state.rank < State.PROCESSING.rank:
                raise
            return known
        return self.advance.to(State.PROCESSING, known)

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
