"""Time as the simulated Jumio sees it: it can be frozen, advanced and set going again."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Seconds since the epoch; runs with the machine's clock until it is frozen or advanced."""

    def __init__(self, machine: Callable[[], float] = time.time) -> None:
        self._machine = machine
        self._offset = 0.0
        self._frozen_at: float | None = None

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def now(self) -> float:
        if self._frozen_at is not None:
            return self._frozen_at
        return self._machine() + self._offset

    def freeze(self) -> None:
        self._frozen_at = self.now()

    def resume(self) -> None:
        """Go on from the moment shown, so that no time is lost or jumped over."""
        self.move_to(self.now())
        self._frozen_at = None

    def move_to(self, moment: float) -> None:
        self._offset = moment - self._machine()
        if self._frozen_at is not None:
            self._frozen_at = moment

    def reset(self) -> None:
        self._offset = 0.0
        self._frozen_at = None


def timestamp(moment: float) -> str:
    """The moment as Jumio prints it: UTC, milliseconds, `Z`."""
    instant = datetime.fromtimestamp(moment, UTC)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"
