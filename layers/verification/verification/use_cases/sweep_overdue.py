"""Once a minute: whatever should have ended by now is looked at, callback or not.

What nobody has heard of for a while is looked at too, in case a callback was lost.
"""

import itertools
import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from verification.aws.queue import HintQueue
from verification.domain.deadline import Clock, Deadline
from verification.domain.execution import Execution
from verification.domain.schedule import RHYTHM, next_look, overdue
from verification.observability import LogCode
from verification.store import ConditionFailed, OutcomeStore
from verification.store.items import Unreadable

_logger = logging.getLogger(__name__)
_STOP = 8.0  # seconds before the deadline: a table and a queue that say nothing take six
_GROUP = 100  # executions that are read at once


@dataclass(frozen=True)
class Swept:
    """How many executions were looked at, and how many are due and were not reached in time."""

    looked_at: int
    left: int


@dataclass(frozen=True)
class SweepOverdue:
    """The use case and what it needs; ``at_once`` executions are looked at side by side."""

    store: OutcomeStore
    queue: HintQueue
    clock: Clock = time.time
    at_once: int = 4

    def __call__(self, deadline: Deadline) -> Swept:
        """Queue a hint for each execution that is due, the most overdue first.

        Reading Jumio is the worker's, whoever gives the hint. What is not reached in
        time is due in the next minute.
        """
        now, looked_at, left = int(self.clock()), 0, 0
        look = partial(self._look_in_time, now=now, deadline=deadline)
        with ThreadPoolExecutor(self.at_once) as pool:
            for keys in itertools.batched(self.store.due(now), _GROUP, strict=False):
                if deadline.remaining() < _STOP:
                    left += len(keys)
                    continue
                looks = Counter(pool.map(look, self.store.found(keys)))
                looked_at, left = looked_at + looks[True], left + looks[None]
        _logger.info(LogCode.SWEEP_DONE, extra={"looked_at": looked_at, "left": left})
        return Swept(looked_at, left)

    def _look_in_time(
        self, found: Execution | Unreadable, now: int, deadline: Deadline
    ) -> bool | None:
        """None if there is no time left for it."""
        return None if deadline.remaining() < _STOP else self._look(found, now)

    def _look(self, found: Execution | Unreadable, now: int) -> bool:
        """Whether it was looked at; what failed waits for its next look."""
        about = {"reference": found.reference}
        try:
            if isinstance(found, Unreadable):
                _logger.error(LogCode.EXECUTION_UNREADABLE, extra=about)
                self.store.look(found, now + RHYTHM[-1])  # behind all others
                return True
            about["correlation_id"] = found.request_id
            if found.hint is None:
                self.store.never_opened(found, now)
                _logger.warning(LogCode.EXECUTION_NEVER_OPENED, extra=about)
                return True
            if overdue(found.looks):
                _logger.error(LogCode.EXECUTION_OVERDUE, extra={**about, "looks": found.looks})
            self.store.look(found, now + next_look(found.looks))
            self.queue.send(found.hint)
        except ConditionFailed:
            return False  # somebody else is at it, or it has ended
        except Exception as error:  # noqa: BLE001 one person's trouble is nobody else's
            _logger.error(LogCode.LOOK_FAILED, extra={**about, "error": type(error).__name__})
            return False
        return True
