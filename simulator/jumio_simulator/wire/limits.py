"""Requests per second, per tenant, with room for a burst."""

import time
from collections.abc import Callable


class RateLimit:
    """A bucket that holds `burst` requests and refills at `rate` a second, in real time.

    Real and not simulated time, because a limit is about how fast a client really calls: a
    frozen clock must not lock everybody out.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._level: float | None = None
        self._at = 0.0

    def admit(self, rate: float, burst: int) -> bool:
        """Count one request; False when it is over the limit."""
        now = self._now()
        level = float(burst) if self._level is None else self._level + (now - self._at) * rate
        level = min(level, float(burst))
        self._at = now
        if level < 1:
            self._level = level
            return False
        self._level = level - 1
        return True

    def refill(self) -> None:
        self._level = None
