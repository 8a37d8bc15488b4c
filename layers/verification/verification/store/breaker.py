"""Whether Jumio is down, as every container of a deployment knows it.

After some calls in a row that open executions and get no answer, or 5xx, people are sent away at
once, and one request in each interval still goes to Jumio: its success lets everybody in again.
A call counts as soon as Jumio has been silent for some seconds, while it goes on waiting, so that
a silent Jumio keeps only those waiting who come in these seconds; an answer that is merely slow
then takes back what was counted. ``failing`` and ``probe_at`` (milliseconds) are attributes of
the limiter's item, which every request reads anyway.
"""

import contextlib
import logging
import math
from dataclasses import dataclass

from verification.cloud import Refused
from verification.domain.deadline import Clock, Deadline
from verification.domain.errors import Problem, ProviderError, ProviderUnavailable
from verification.observability import LogCode
from verification.store.items import LIMITER_KEY
from verification.store.operations import ALWAYS, Item, When
from verification.store.table import Table

_logger = logging.getLogger(__name__)
_IN_A_ROW = 5
_SILENT = 5.0  # seconds: half of what a call waits, and far more than a healthy Jumio takes
_INTERVAL = 10_000  # milliseconds
_TOLERANCE = 2000  # milliseconds by which clocks may differ


class Breaker:
    """Lets requests for account calls through, or only one now and then."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def admit(self, pace: Item, clock: Clock) -> "Watch":
        """Raises ProviderUnavailable while Jumio is down, but for whoever is to try it next.

        ``pace`` is the limiter's item as last read.
        """
        if pace.get("failing", 0) >= _IN_A_ROW:
            self._require_turn(pace, round(clock() * 1000))
        return Watch(self._table, pace, clock)

    def _require_turn(self, pace: Item, now_ms: int) -> None:
        latest = now_ms + _INTERVAL + _TOLERANCE  # what is later was written by a wrong clock
        if not now_ms < (probe_at := int(pace.get("probe_at", 0))) <= latest:
            due = "attribute_not_exists(#probe_at) OR #probe_at <= :now OR #probe_at > :latest"
            seen = {"now": now_ms, "latest": latest, "next": now_ms + _INTERVAL}
            probing, _ = self._table.step(LIMITER_KEY, "SET #probe_at = :next", When(due, seen))
            if probing:
                return
            probe_at = now_ms + _INTERVAL
        raise ProviderUnavailable(
            "The verification provider does not answer.",
            retry_after=math.ceil((probe_at - now_ms) / 1000) + 1,
        )


@dataclass
class Watch:
    """What one request, which was let through, tells of Jumio. Never raises."""

    table: Table
    pace: Item
    clock: Clock
    counted: bool = False

    def over(self, deadline: Deadline, *, reserve: float) -> Deadline:
        """A sooner deadline, over which Jumio may not be silent for long."""
        left = deadline.remaining() - reserve
        return Deadline(left, patience=_SILENT, unanswered=self._count)

    def ended(self, trouble: Problem | None = None) -> None:
        """What has become of the call: ``trouble`` is what it raised."""
        if isinstance(trouble, ProviderUnavailable):
            self._count()
        elif self.counted or (
            self.pace.get("failing") and (trouble is None or isinstance(trouble, ProviderError))
        ):
            with contextlib.suppress(Problem, Refused):
                self.table.step(LIMITER_KEY, "REMOVE #failing, #probe_at", ALWAYS)

    def _count(self) -> None:
        if self.counted:
            return
        when = When("", {"one": 1, "next": round(self.clock() * 1000) + _INTERVAL})
        with contextlib.suppress(Problem, Refused):
            failing = "SET #probe_at = :next ADD #failing :one"
            _, now_known = self.table.step(LIMITER_KEY, failing, when)
            self.counted = True
            in_vain = self.pace.get("failing", 0) >= _IN_A_ROW  # it was let through to try
            if in_vain or now_known.get("failing") == _IN_A_ROW:
                _logger.error(LogCode.JUMIO_DOWN)
