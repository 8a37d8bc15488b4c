"""How fast and how often a deployment may open executions."""

import math
from dataclasses import dataclass


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
        """Milliseconds between two calls at the permitted pace."""
        return math.ceil(1000 / self.per_second)
