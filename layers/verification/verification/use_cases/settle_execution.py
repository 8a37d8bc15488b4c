"""Something happened to an execution: read from Jumio what, record it, tell the bus.

Safe to run any number of times, in any order, by several workers at once, and to be
killed anywhere: what was not finished is finished by whoever comes next.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from verification.bus import Bus
from verification.deadline import Clock, Deadline
from verification.errors import NotAtProvider
from verification.execution import Execution, State, state_of
from verification.jumio import JumioClient, Reading
from verification.observability import LogCode, Metric, count
from verification.queue import Hint
from verification.schedule import IDLE, PROCESSING
from verification.store import ConditionFailed, OutcomeStore
from verification.store.outcomes import Known, News

_logger = logging.getLogger(__name__)
_TRIES = 5
_UNREADABLE = (0.5, 1.5, 4.0)  # seconds to wait while Jumio has nothing to read just yet


class NotYet(Exception):
    """Nothing can be said now: keep the hint and come back."""


@dataclass(frozen=True)
class SettleExecution:
    """The use case and what it needs."""

    store: OutcomeStore
    jumio: JumioClient
    bus: Bus
    tell_progress: bool = False
    clock: Clock = time.time
    sleep: Callable[[float], None] = time.sleep

    def __call__(self, hint: Hint, deadline: Deadline) -> None:
        """Returns when nothing is left to do; raises NotYet or a Problem to be called again."""
        known = self.store.known(hint.user_key, hint.reference)
        if known is None:
            _logger.warning(LogCode.EXECUTION_UNKNOWN, extra=_ids(hint))
            return
        if not known.execution.opened:
            known = self._adopt(known, hint, deadline)
        elif not _same(known.execution, hint):
            _mismatch(hint)
            return
        if not known.execution.state.final:
            known = self._advance(known, deadline)
        self._tell(known)

    def _adopt(self, known: Known, hint: Hint, deadline: Deadline) -> Known:
        """Recognise what was opened by a call whose answer never came."""
        if known.account.lease_until > self.clock():
            raise NotYet("whoever holds the lease may still record or erase it")
        reading = self._read(hint.account_id, hint.workflow_execution_id, deadline, details=True)
        # The ids come from the callback: only Jumio can say that they belong to our intent.
        if (reading.internal_reference, reading.user_reference) != (hint.reference, hint.user_key):
            _mismatch(hint)
            raise NotYet("not what was intended")
        try:
            adopted = self.store.adopt(
                known, hint.account_id, hint.workflow_execution_id, int(self.clock())
            )
        except ConditionFailed:
            raise NotYet("somebody else is adopting it") from None
        if adopted:
            _logger.warning(LogCode.EXECUTION_ADOPTED, extra=_ids(hint))
        else:
            _logger.error(LogCode.ORPHAN_RECORDED, extra=_ids(hint))
            count(Metric.ORPHANS)
        return self._known(known.execution)

    def _advance(self, known: Known, deadline: Deadline) -> Known:
        """Bring what is on record up to what Jumio says."""
        execution = known.execution
        reading = self._read(
            execution.account_id or "", execution.workflow_execution_id or "", deadline
        )
        state = state_of(reading.status, reading.decision)
        if state is None:
            word = reading.decision.type if reading.decision else reading.status
            self.store.note(execution, word)
            _logger.error(LogCode.STATUS_UNKNOWN, extra=_about(execution))
            return known
        now = int(self.clock())
        look_again_at = now + (PROCESSING if state is State.PROCESSING else IDLE)
        news = News(state, reading.decision if state.final else None, now, look_again_at)
        for _ in range(_TRIES):
            if known.execution.state.rank >= state.rank:
                _logger.info(LogCode.EXECUTION_UNCHANGED, extra=_about(known.execution))
                return known
            try:
                self.store.advance(known, news)
            except ConditionFailed:
                known = self._known(execution)
                continue
            return self._advanced(execution, now)
        raise NotYet("others keep changing it")

    def _advanced(self, execution: Execution, now: int) -> Known:
        known = self._known(execution)
        _logger.info(LogCode.EXECUTION_ADVANCED, extra=_about(known.execution))
        if known.execution.state.final:
            count(Metric.EXECUTIONS_SETTLED)
        elif self.tell_progress:
            self.bus.publish(known.execution, known.account, now)
            _logger.info(LogCode.PROGRESS_PUBLISHED, extra=_about(known.execution))
        return known

    def _tell(self, known: Known) -> None:
        """Publish an outcome that the bus has not taken yet, perhaps a second time."""
        execution = known.execution
        if not execution.unpublished:
            return
        self.bus.publish(execution, known.account, execution.settled_at or execution.created_at)
        try:
            self.store.published(execution)
        except ConditionFailed:
            return  # the person was erased meanwhile
        _logger.info(LogCode.OUTCOME_PUBLISHED, extra=_about(execution))

    def _known(self, execution: Execution) -> Known:
        known = self.store.known(execution.user_key, execution.reference)
        if known is None:
            raise NotYet("it was removed meanwhile")
        return known

    def _read(
        self, account_id: str, execution_id: str, deadline: Deadline, *, details: bool = False
    ) -> Reading:
        """What Jumio says; right after a callback, that it has nothing to read is not final."""
        for wait in (*_UNREADABLE, None):
            try:
                return self.jumio.read_execution(
                    account_id, execution_id, with_details=details, deadline=deadline
                )
            except NotAtProvider:
                if wait is None or wait >= deadline.remaining():
                    break
                self.sleep(wait)
        raise NotYet("Jumio has nothing to read")


def _same(execution: Execution, hint: Hint) -> bool:
    return (execution.account_id, execution.workflow_execution_id) == (
        hint.account_id,
        hint.workflow_execution_id,
    )


def _mismatch(hint: Hint) -> None:
    _logger.warning(LogCode.CALLBACK_MISMATCH, extra=_ids(hint))
    count(Metric.CALLBACKS_REFUSED)


def _ids(hint: Hint) -> dict[str, str]:
    return {
        "reference": hint.reference,
        "account_id": hint.account_id,
        "workflow_execution_id": hint.workflow_execution_id,
    }


def _about(execution: Execution) -> dict[str, str]:
    return {
        "reference": execution.reference,
        "correlation_id": execution.request_id,
        "state": execution.state,
    }
