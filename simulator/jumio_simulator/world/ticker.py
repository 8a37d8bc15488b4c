"""Makes time pass: by itself while nobody asks, or on request in one go."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from jumio_simulator.world.world import World


class Ticker:
    """Sleeps until the next thing is due; to be woken when the agenda or the clock changes.

    Without it, tokens would expire only on a request. `settle` returns when everything that the
    last thing due set going has come to its end.
    """

    def __init__(self, world: World, settle: Callable[[], Awaitable[None]]) -> None:
        self._world = world
        self._settle = settle
        self._changed = asyncio.Event()

    def wake(self) -> None:
        self._changed.set()

    async def run(self) -> None:
        while True:
            self._changed.clear()
            self._world.catch_up()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._seconds_to_next())

    async def advance(self, seconds: float) -> None:
        """Move time forward, stopping at each thing due until what it set going has settled."""
        clock, agenda = self._world.clock, self._world.agenda
        target = clock.now() + seconds
        while (due := agenda.next_due()) is not None and due <= target:
            clock.move_to(max(due, clock.now()))
            agenda.run_due(due)
            await self._settle()
        clock.move_to(max(target, clock.now()))
        self.wake()

    def _seconds_to_next(self) -> float | None:
        due = self._world.agenda.next_due()
        if due is None or self._world.clock.frozen:
            return None
        return max(0.0, due - self._world.clock.now())
