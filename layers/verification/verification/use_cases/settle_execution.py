"""Something happened to an execution: read from Jumio what, record it, tell the bus.

Safe to run any number of times, in any order, by several workers at once, and to be
killed anywhere: what was not finished is finished by whoever comes next.
"""

import contextlib
import logging
import time
from dataclasses import dataclass

from verification.aws.bus import Bus
from verification.domain.deadline import Clock, Deadline
from verification.domain.errors import NotAtProvider, NotYet, ResultNotAtProvider
from verification.domain.hint import Hint
from verification.jumio import Reading
from verification.observability import LogCode, on_every_line
from verification.store import ConditionFailed, ErasureStore, OutcomeStore
from verification.store.outcomes import Known
from verification.use_cases.advance_execution import AdvanceExecution, about
from verification.use_cases.end_retention import EndRetention

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SettleExecution:
    """The use case and what it needs."""

    store: OutcomeStore
    erasures: ErasureStore
    advance: AdvanceExecution
    bus: Bus
    tell_progress: bool = False
    clock: Clock = time.time

    def __call__(self, hint: Hint, deadline: Deadline) -> None:
        """Returns when nothing is left to do; raises NotYet or a Problem to be called again."""
        known = self.store.known(hint.user_key, hint.reference)
        if known is None:
            self._erase_leftover(hint, deadline)
            return
        on_every_line(correlation_id=known.execution.request_id)
        if not known.execution.opened:
            adopted = self._adopt(known, hint, deadline)
        else:
            adopted = known if known.execution.ids == hint.ids else None
        if adopted is None:
            _refuse(hint)
            return
        self._settle(adopted, deadline)

    @property
    def end_retention(self) -> EndRetention:
        """What follows when nothing else is left to be done."""
        advance = self.advance
        parts = advance.journeys, self.store, self.erasures, advance.jumio, self.clock
        return EndRetention(*parts)

    def _settle(self, known: Known, deadline: Deadline) -> None:
        before = known.execution
        self._tell_outcome(known)
        if before.state.final and not before.under_review:
            self._tell_lapse(known)
            self.end_retention(before, deadline)
            return
        now_known = self.advance(known, deadline)
        if now_known is not known:
            self._tell_outcome(now_known)
        if self.tell_progress and now_known.execution.state is not before.state:
            self._tell_progress(now_known)

    def _adopt(self, known: Known, hint: Hint, deadline: Deadline) -> Known | None:
        """Recognise what was opened by a call whose answer never came; None if it is not that."""
        if known.account.lease_until > self.clock():
            raise NotYet("whoever holds the lease may still record or erase it")
        reading = self._details(hint, deadline)
        if not (_confirmed(hint, reading) or self._may_be(hint, reading, known)):
            return None
        try:
            adopted = self.store.adopt(known, *hint.ids, int(self.clock()))
        except ConditionFailed:
            raise NotYet("somebody else is adopting it") from None
        if adopted:
            _logger.warning(LogCode.EXECUTION_ADOPTED, extra=_ids(hint))
        else:
            _logger.error(LogCode.ORPHAN_RECORDED, extra=_ids(hint))
        return self.advance.known(known.execution)

    def _erase_leftover(self, hint: Hint, deadline: Deadline) -> None:
        """Nothing is on record: of an erased person, that may be an account nobody knew of."""
        if self.erasures.erased_at(hint.user_key) is None:
            _logger.warning(LogCode.EXECUTION_UNKNOWN, extra=_ids(hint))
            return
        try:
            reading = self._details(hint, deadline)
        except ResultNotAtProvider:
            raise
        except NotAtProvider:  # as a rule: the erasure has deleted it
            _logger.info(LogCode.LEFTOVER_GONE, extra=_ids(hint))
            return
        if not reading.has_details:  # nobody is deleted on the word of a callback
            _logger.error(LogCode.LEFTOVER_UNCONFIRMED, extra=_ids(hint))
            return
        if not _confirmed(hint, reading) or self.erasures.on_record(hint.account_id):
            _refuse(hint)
            return
        self.advance.jumio.delete_account(hint.account_id, deadline=deadline)
        _logger.warning(LogCode.LEFTOVER_ERASED, extra=_ids(hint))

    def _may_be(self, hint: Hint, reading: Reading, known: Known) -> bool:
        """Whether an expired execution without details is what an unanswered call has opened.

        Its callback came to an address that only Jumio was given, and the account is nobody
        else's. Nothing is handed out of an expired execution, whoever's it was.
        """
        if reading.has_details or reading.account_id not in (None, hint.account_id):
            return False
        own = known.account.account_id == hint.account_id
        return own or not self.erasures.on_record(hint.account_id)

    def _details(self, hint: Hint, deadline: Deadline) -> Reading:
        return self.advance.read(hint.ids, deadline, details=True)

    def _tell_outcome(self, known: Known) -> None:
        """Publish an outcome that the bus has not taken yet, perhaps a second time."""
        execution = known.execution
        if not execution.unpublished:
            return
        self.bus.publish(execution, known.account, execution.news[1])
        try:
            self.store.published(execution, self.end_retention.over_at(execution))
        except ConditionFailed:
            return  # the person was erased meanwhile, or a review has ended
        _logger.info(LogCode.OUTCOME_PUBLISHED, extra=about(execution))

    def _tell_lapse(self, known: Known) -> None:
        """Publish that an approval was for a time that is over, unless a newer one stands."""
        execution = known.execution
        at = execution.lapses_at
        if at is None or at > self.clock() or execution.unpublished:
            return
        if known.progress.approved_by == execution.reference:
            self.bus.publish(execution, known.account, at, lapsed=True)
            _logger.info(LogCode.LAPSE_PUBLISHED, extra=about(execution))
        with contextlib.suppress(ConditionFailed):  # the person was erased meanwhile
            self.store.lapsed(execution, self.end_retention.over_at(execution))

    def _tell_progress(self, known: Known) -> None:
        execution = known.execution
        if execution.verdict is None or not execution.verdict.final:
            self.bus.publish(execution, known.account, int(self.clock()))
            _logger.info(LogCode.PROGRESS_PUBLISHED, extra=about(execution))


def _confirmed(hint: Hint, reading: Reading) -> bool:
    """Whether Jumio says what the callback did: only it knows which of its ids are our intent's."""
    said = reading.account_id, reading.internal_reference, reading.user_reference
    return said == (hint.account_id, hint.reference, hint.user_key)


def _refuse(hint: Hint) -> None:
    _logger.warning(LogCode.CALLBACK_MISMATCH, extra=_ids(hint))


def _ids(hint: Hint) -> dict[str, str]:
    return hint.model_dump(include={"reference", "account_id", "workflow_execution_id"})
