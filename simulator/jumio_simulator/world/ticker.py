"""Runs what is due while nobody asks: without it, tokens would expire only on a request."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jumio_simulator.world.world import World


class Ticker:
    """Sleeps until the next thing is due; woken when the agenda or the clock changes."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._changed = asyncio.Event()

    def wake(self) -> None:
        self._changed.set()

    async def run(self) -> None:
        while True:
            self._changed.clear()
            self._world.catch_up()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._seconds_to_next())

    def _seconds_to_next(self) -> float | None:
        due = self._world.agenda.next_due()
        if due is None or self._world.clock.frozen:
            return None
        return max(0.0, due - self._world.clock.now())
