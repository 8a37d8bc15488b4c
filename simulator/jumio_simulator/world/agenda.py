"""What is to happen at which simulated moment: expiries, ends of processing, callbacks."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

Action = Callable[[float], None]


@dataclass(order=True)
class _Entry:
    due: float
    number: int
    action: Action = field(compare=False)


class Agenda:
    """Actions ordered by the moment they are due; equal moments keep their order of entry.

    Nothing is ever cancelled: an action looks at the state it finds and does nothing when it
    came too late. `on_change` is called whenever something was entered.
    """

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._entries: list[_Entry] = []
        self._number = 0

    def at(self, due: float, action: Action) -> None:
        self._number += 1
        heapq.heappush(self._entries, _Entry(due, self._number, action))
        self.on_change()

    def next_due(self) -> float | None:
        return self._entries[0].due if self._entries else None

    def run_due(self, now: float) -> None:
        """Run everything due by `now`, each action with the moment it was due at."""
        while self._entries and self._entries[0].due <= now:
            entry = heapq.heappop(self._entries)
            entry.action(entry.due)

    def clear(self) -> None:
        self._entries.clear()
