"""Time: what it is, and how much of it is left."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Seconds since 1970, UTC."""


def moment(at: float) -> str:
    """Seconds since 1970 as the outside reads them: 2026-11-23T08:15:00Z."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


class Deadline:
    """The moment by which work must be done, whatever it is waiting for."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._at - time.monotonic())

    def sooner(self, *, reserve: float) -> "Deadline":
        """A deadline that leaves ``reserve`` seconds of this one for what comes after."""
        return Deadline(self.remaining() - reserve)
