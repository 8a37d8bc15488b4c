"""Whose turn it is at a route of the API, when more come at once than this machine can serve.

MiniStack starts a process for each request that finds none at rest. In a cloud that costs the
others nothing; here fifty of them share two cores, and all are too late.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

_STARTING = 8  # of so many processes, one may be starting


class Turns:
    """Lets through as many requests as there are processes, and now and then one more.

    ``at_once`` is the most that are ever let through. The others wait, first come, first served.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once, self._may_start = at_once, max(1, at_once // _STARTING)
        self._started = self._starting = self._busy = 0
        self._moved = asyncio.Condition()

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn, from when it comes until the block ends."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._at_rest or self._another)
            first = not self._at_rest
            self._starting += first
            self._busy += not first
        try:
            yield
        finally:
            self._starting -= first
            self._started += first
            self._busy -= not first
            async with self._moved:
                self._moved.notify_all()

    @property
    def _at_rest(self) -> bool:
        return self._busy < self._started

    @property
    def _another(self) -> bool:
        """Whether one more process may be started."""
        there = self._started + self._starting
        return self._starting < self._may_start and there < self._at_once
