"""How long a person is held back who spends what all share and gets no session for it.

Every attempt takes a turn in the tenant's pace and counts for its day, and some cost money. So
an attempt is charged to its person when it begins, as one whose outcome is unknown: a process
that dies need not come back to say so. A session takes all charges back, and what is known to
have been nothing takes back its own.
"""

import math
from dataclasses import dataclass
from enum import IntEnum

_LONGEST = 6 * 3600
_FORGOTTEN = 86400  # seconds after a wait is over


class Fault(IntEnum):
    """Why an attempt led to no session, by the number of failures that it can add up to."""

    TROUBLE = 4  # nothing was opened, by nobody's fault: a person waits for a minute at most
    UNKNOWN = 6  # Jumio may have opened something: a quarter of an hour
    REFUSED = 9  # Jumio does not take what it is asked for this person: six hours


@dataclass(frozen=True)
class Failures:
    """Attempts in a row that led to no session, and before when the next one may not begin.

    The first one that fails may be repeated at once.
    """

    number: int = 0
    not_before: int = 0

    def and_another(self, fault: Fault, now: float) -> "Failures":
        """With an attempt that has failed now."""
        past = 0 if now > self.not_before + _FORGOTTEN else self.number
        number = max(past, min(past + 1, fault))
        return Failures(number, int(now) + _wait(min(number, fault)))

    def wait(self, now: float) -> int:
        """Seconds until the next attempt may begin, whatever clock has written when that is."""
        return max(0, min(math.ceil(self.not_before - now), _wait(self.number)))


def _wait(failures: int) -> int:
    """Seconds: 0, 4, 16, 64, and so on."""
    return 0 if failures < 2 else min(4 ** (failures - 1), _LONGEST)
