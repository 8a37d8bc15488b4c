"""Once a minute: whatever should have ended by now is looked at, callback or not.

What nobody has heard of for a while is looked at too, in case a callback was lost.
"""

import logging
import time
from dataclasses import dataclass

from verification.aws.queue import HintQueue
from verification.domain.deadline import Clock, Deadline
from verification.domain.execution import Execution
from verification.domain.hint import Hint
from verification.domain.schedule import next_look, overdue
from verification.observability import LogCode, Metric, count
from verification.store import ConditionFailed, OutcomeStore
from verification.store.outcomes import Unreadable

_logger = logging.getLogger(__name__)
_STOP = 5.0  # seconds before the deadline


@dataclass(frozen=True)
class SweepOverdue:
    """The use case and what it needs."""

    store: OutcomeStore
    queue: HintQueue
    clock: Clock = time.time

    def __call__(self, deadline: Deadline) -> int:
        """Queue a hint for each execution that is due; how many were looked at.

        Reading Jumio is the worker's, whoever gives the hint. What is not reached in
        time is due in the next minute.
        """
        now, looked_at = int(self.clock()), 0
        for found in self.store.due(now):
            if deadline.remaining() < _STOP:
                break
            try:
                if isinstance(found, Unreadable):
                    self._set_aside(found, now)
                else:
                    self._look(found, now)
            except ConditionFailed:
                continue  # somebody else is at it, or it has ended
            except Exception as error:  # noqa: BLE001 one person's trouble is nobody else's
                about = {"reference": found.reference, "error": type(error).__name__}
                _logger.error(LogCode.LOOK_FAILED, extra=about)
                continue
            looked_at += 1
        _logger.info(LogCode.SWEEP_DONE, extra={"looked_at": looked_at})
        return looked_at

    def _set_aside(self, unreadable: Unreadable, now: int) -> None:
        _logger.error(LogCode.EXECUTION_UNREADABLE, extra={"reference": unreadable.reference})
        count(Metric.EXECUTIONS_OVERDUE)
        self.store.set_aside(unreadable, now)

    def _look(self, execution: Execution, now: int) -> None:
        about = {"reference": execution.reference, "correlation_id": execution.request_id}
        if execution.account_id is None or execution.workflow_execution_id is None:
            self.store.never_opened(execution, now)
            _logger.warning(LogCode.EXECUTION_NEVER_OPENED, extra=about)
            return
        if overdue(execution.looks):
            _logger.error(LogCode.EXECUTION_OVERDUE, extra={**about, "looks": execution.looks})
            count(Metric.EXECUTIONS_OVERDUE)
        self.store.look(execution, now + next_look(execution.looks))
        self.queue.send(
            Hint(
                user_key=execution.user_key,
                reference=execution.reference,
                account_id=execution.account_id,
                workflow_execution_id=execution.workflow_execution_id,
            )
        )
