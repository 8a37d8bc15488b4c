"""The pace of calls that open executions, shared by every container of a deployment.

Jumio limits account calls per tenant (by default one a second, with short bursts) and
charges for what they open. One item holds the pace: ``free_at`` is when the bucket will
be full again, in milliseconds, and ``opened_<day>`` counts the calls of a UTC day. ``pepper`` is
of ``store/people.py``: every opening comes by here, and none with peppers that are out of date.

Every container writes the pace by its own clock. What is further ahead than any turn that is
handed out can only come from a clock that is wrong: it counts as an empty bucket, no more.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from verification.domain.errors import DailyCeilingReached, ProviderBusy
from verification.domain.limits import Limits
from verification.store.items import LIMITER_KEY
from verification.store.operations import Item, When
from verification.store.table import ConditionFailed, Table

_TRIES = 6
_TOLERANCE = 2000  # milliseconds by which clocks may differ


class Limiter:
    """Hands out turns, each to one caller only."""

    def __init__(self, table: Table, limits: Limits) -> None:
        self._table = table
        self._limits = limits

    def take(self, pace: Item, now: float) -> float:
        """Take the next turn; returns the seconds to wait for it.

        ``pace`` is the item as last read: a hint that saves a round trip. Raises
        ProviderBusy if the turn is further off than a caller's patience,
        DailyCeilingReached, and ConditionFailed if another pepper has come into use since.
        """
        now_ms, pepper = round(now * 1000), pace.get("pepper", "")
        for _ in range(_TRIES):
            if pace.get("pepper", "") != pepper:
                raise ConditionFailed([])
            self._require_capacity(pace, now_ms)
            step = self._step(pace.get("free_at", 0), now_ms, pepper)
            taken, pace = self._table.step(LIMITER_KEY, *step)
            if taken:
                return self._wait(pace, now_ms) / 1000
        raise ProviderBusy("Too many people are starting at this moment.")

    def _step(self, free_at: int, now_ms: int, pepper: str) -> tuple[str, When]:
        limits = self._limits
        today, stale = _counter(now_ms), _counter(now_ms, days_ago=2)
        below_ceiling = f"(attribute_not_exists(#{today}) OR #{today} < :daily)"
        values: dict[str, Any] = {"daily": limits.daily, "one": 1}
        same_pepper = " AND #pepper = :pepper" if pepper else ""
        values |= {"pepper": pepper} if pepper else {}
        if free_at > self._plausible(now_ms):
            pace, when = "#free_at = :next", "#free_at > :plausible"
            empty = now_ms + limits.burst * limits.interval
            values |= {"next": empty + limits.interval, "plausible": self._plausible(now_ms)}
        elif free_at >= now_ms:
            pace = "#free_at = #free_at + :interval"
            when = "#free_at >= :now AND #free_at <= :latest"
            values |= {"interval": limits.interval, "now": now_ms, "latest": self._latest(now_ms)}
        else:
            pace = "#free_at = :next"
            when = "(attribute_not_exists(#free_at) OR #free_at < :now)"
            values |= {"next": now_ms + limits.interval, "now": now_ms}
        clauses = f"SET {pace} ADD #{today} :one REMOVE #{stale}"
        return clauses, When(f"{when} AND {below_ceiling}{same_pepper}", values)

    def _require_capacity(self, pace: Item, now_ms: int) -> None:
        if pace.get(_counter(now_ms), 0) >= self._limits.daily:
            midnight = (now_ms // 86_400_000 + 1) * 86_400_000
            raise DailyCeilingReached(
                "No more verifications can be started today.",
                retry_after=math.ceil((midnight - now_ms) / 1000),
            )
        excess = pace.get("free_at", 0) - self._latest(now_ms)
        if 0 < excess <= self._plausible(now_ms) - self._latest(now_ms):
            raise ProviderBusy(
                "Too many people are starting at this moment.",
                retry_after=math.ceil(excess / 1000 + self._limits.patience),
            )

    def _latest(self, now_ms: int) -> int:
        """The latest ``free_at`` at which a turn is still near enough."""
        limits = self._limits
        return round(now_ms + (limits.burst - 1) * limits.interval + limits.patience * 1000)

    def _plausible(self, now_ms: int) -> int:
        """The latest ``free_at`` that a clock like ours can have written."""
        return self._latest(now_ms) + self._limits.interval + _TOLERANCE

    def _wait(self, pace: Item, now_ms: int) -> int:
        """Milliseconds until the turn that moved ``free_at`` to where it is now."""
        limits = self._limits
        return max(0, int(pace["free_at"]) - limits.burst * limits.interval - now_ms)


def _counter(now_ms: int, *, days_ago: int = 0) -> str:
    day = datetime.fromtimestamp(now_ms / 1000, UTC) - timedelta(days=days_ago)
    return f"opened_{day:%Y%m%d}"
