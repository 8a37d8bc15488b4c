"""Time: what it is, and how much of it is left."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Seconds since 1970, UTC."""


def moment(at: float) -> str:
    """Seconds since 1970 as the outside reads them: 2026-11-23T08:15:00Z."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


class Deadline:
    """The moment by which work must be done, whatever it is waiting for.

    ``unanswered`` is called if nothing has answered for ``patience`` seconds; the wait goes on.
    """

    def __init__(
        self, seconds: float, *, patience: float = 0.0, unanswered: Callable[[], None] | None = None
    ) -> None:
        self._at = time.monotonic() + seconds
        self._patience, self._unanswered = patience, unanswered
        self._patient_until = time.monotonic() + patience

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._at - time.monotonic())

    def sooner(self, *, reserve: float) -> "Deadline":
        """A deadline that leaves ``reserve`` seconds of this one for what comes after."""
        return Deadline(self.remaining() - reserve)

    def wait_for[Answer](self, answer: Future[Answer]) -> Answer:
        """The answer; raises TimeoutError if it does not come in time, or what it raises."""
        if self._unanswered:
            try:
                left = self._patient_until - time.monotonic()
                found = answer.result(timeout=min(max(0.0, left), self.remaining()))
            except TimeoutError:
                self._unanswered()
            else:
                self._patient_until = time.monotonic() + self._patience
                return found
        return answer.result(timeout=self.remaining())
