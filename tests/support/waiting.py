"""Waiting for what comes when it comes: as long as it takes, however busy the machine is."""

import time
from collections.abc import Callable

FAILSAFE = 600
"""Seconds after which what should have come long ago is given up.

Longer than the callback queue hides a message whose worker was too slow.
"""
_BETWEEN_LOOKS = 0.2


def eventually[T](look: Callable[[], T], enough: Callable[[T], object]) -> T:
    """What was seen last: as soon as it is enough, or when all hope is gone."""
    deadline = time.monotonic() + FAILSAFE
    while not enough(found := look()) and time.monotonic() < deadline:
        time.sleep(_BETWEEN_LOOKS)
    return found
