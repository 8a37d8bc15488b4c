"""Who is to be kept for some days only is erased when they are over, as by an operator.

The index of what is due leads here; what a journey retains longer keeps the whole person.
"""

import contextlib
import math
import time
from dataclasses import dataclass

from verification.domain.deadline import Clock, Deadline
from verification.domain.execution import Execution
from verification.domain.journeys import Journeys
from verification.jumio import JumioClient
from verification.store import ConditionFailed, ErasureStore, OutcomeStore
from verification.store.erasure import Kept
from verification.use_cases.erase_subject import erase

_DAY = 86400
_LATER = 3600  # seconds in which the last attempt's own look has had everything erased


@dataclass(frozen=True)
class EndRetention:
    """The use case and what it needs."""

    journeys: Journeys
    store: OutcomeStore
    erasures: ErasureStore
    jumio: JumioClient
    clock: Clock = time.time

    def over_at(self, execution: Execution) -> int | None:
        """When what has ended is retained no longer; None if it is kept, or still to be judged.

        The document as it is now decides, also about what ended before it was deployed.
        """
        journey, _ = self.journeys.step_of(execution.journey, execution.step)
        return None if execution.under_review else journey.retained_until(execution.news[1])

    def __call__(self, execution: Execution, deadline: Deadline) -> None:
        """Erase an execution's person if it is time; raises as ``erase`` does.

        Otherwise that is looked at again when it may be, unless something is left to do before.
        """
        if execution.due_at is None or not execution.closed:
            return
        now, over_at = int(self.clock()), self.over_at(execution)
        if over_at is not None and over_at <= now:
            user_key, parts = execution.user_key, (self.erasures, self.jumio, now)
            until = self._until(self.erasures.kept(user_key), now)
            if until <= now:
                erase(user_key, lambda kept: self._until(kept, now) > now, *parts, deadline)
                return
            over_at = None if until == math.inf else int(until) + _LATER
        if over_at != execution.due_at:
            with contextlib.suppress(ConditionFailed):  # something has happened after all
                self.store.keep(execution, over_at)

    def _until(self, kept: Kept, now: int) -> float:
        """When the last of a person's attempts may go; one that nobody can tell of yet may not."""
        ends = [
            self.over_at(one) if isinstance(one, Execution) and one.closed else now + _DAY
            for one in kept.executions
        ]
        return max((math.inf if end is None else end for end in ends), default=now)
