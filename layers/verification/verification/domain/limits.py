"""How fast and how often a deployment may open executions."""

import math
from dataclasses import dataclass

_SLOWER = 1.1


@dataclass(frozen=True)
class Limits:
    """At most ``burst`` calls at once and ``per_second`` on average, ``daily`` in a UTC day.

    A caller waits up to ``patience`` seconds for its turn.
    """

    per_second: float
    burst: int
    daily: int
    patience: float = 4.0

    @property
    def interval(self) -> int:
        """Milliseconds between two calls: a little more than the permitted pace asks for.

        Calls that leave evenly arrive unevenly, and each that comes too early is refused and
        takes the turn of another when it is repeated.
        """
        return math.ceil(1000 * _SLOWER / self.per_second)
