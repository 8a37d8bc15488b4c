"""Once a minute: whatever should have ended by now is looked at, callback or not."""

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
        for execution in self.store.due(now):
            if deadline.remaining() < _STOP:
                break
            try:
                self._look(execution, now)
            except ConditionFailed:
                continue  # somebody else is at it, or it has ended
            looked_at += 1
        _logger.info(LogCode.SWEEP_DONE, extra={"looked_at": looked_at})
        return looked_at

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
