"""Whether Jumio is down, as every container of a deployment knows it.

After some failures in a row (no answer, or 5xx, to whoever wants to open an execution) people are
sent away at once, and one request in each interval still goes to Jumio: its success lets everybody
in again. ``failing`` and ``probe_at``
(milliseconds) are attributes of the limiter's item, which every request reads anyway.
"""

import contextlib
import logging
import math

from verification.cloud import Refused
from verification.domain.errors import Problem, ProviderError, ProviderUnavailable
from verification.observability import LogCode
from verification.store.items import LIMITER_KEY
from verification.store.operations import ALWAYS, Item, When
from verification.store.table import Table

_logger = logging.getLogger(__name__)
_IN_A_ROW = 5
_INTERVAL = 10_000  # milliseconds
_TOLERANCE = 2000  # milliseconds by which clocks may differ


class Breaker:
    """Lets requests for account calls through, or only one now and then."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def require_closed(self, pace: Item, now: float) -> None:
        """Raises ProviderUnavailable while Jumio is down, but for whoever is to try it next.

        ``pace`` is the limiter's item as last read.
        """
        if pace.get("failing", 0) < _IN_A_ROW:
            return
        now_ms = round(now * 1000)
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

    def note(self, pace: Item, now: float, trouble: Problem | None = None) -> None:
        """What has become of a call: ``trouble`` is what it raised. Never raises itself."""
        with contextlib.suppress(Problem, Refused):
            if isinstance(trouble, ProviderUnavailable):
                when = When("", {"one": 1, "next": round(now * 1000) + _INTERVAL})
                failing = "SET #probe_at = :next ADD #failing :one"
                _, now_known = self._table.step(LIMITER_KEY, failing, when)
                if now_known.get("failing") == _IN_A_ROW:
                    _logger.error(LogCode.JUMIO_DOWN)
            elif pace.get("failing") and (trouble is None or isinstance(trouble, ProviderError)):
                self._table.step(LIMITER_KEY, "REMOVE #failing, #probe_at", ALWAYS)
