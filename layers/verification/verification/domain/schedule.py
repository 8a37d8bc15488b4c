"""When to look at an execution again if no callback has told how it ended.

The rhythm after an execution should have ended is the one that Jumio recommends for
polling ("Calling retrieval APIs"): ten looks, further and further apart. Then it goes on
at the pace of the last one, for nothing is ever given up silently.

Before that, while it may still be started or is under way without our knowing, it is looked at
now and then: a callback may be lost, and most people are done long before a token ends.
"""

RHYTHM = (40, 60, 100, 160, 240, 340, 460, 600, 760, 940)
"""Seconds between looks."""

GRACE = 60
"""Seconds that Jumio, or the bus, is given before somebody looks why nothing has happened."""

PROCESSING = 40
"""Seconds after which processing should have ended."""

IDLE = 15 * 60 + GRACE
"""Seconds after which a started execution that nobody goes on with should have ended."""

FIRST_LOOK = 600
"""Seconds after its opening at which an execution is looked at for the first time."""

BETWEEN_RETURNS = 5
"""Seconds between two looks because a person is back from Jumio."""

_DAY = 86400

UNHEARD = 3600
"""Seconds past its lifetime after which an intent counts as never carried out."""


def next_look(looks: int) -> int:
    """Seconds until the next look, after so many."""
    return RHYTHM[min(looks, len(RHYTHM) - 1)]


def early_look(age: int) -> int:
    """Seconds until the next look at an execution that may still be started, at this age.

    A result is found after half as long again as it took; a token of 60 days is looked at
    about 70 times.
    """
    return min(max(FIRST_LOOK, age // 2), _DAY)


def overdue(looks: int) -> bool:
    """Whether an execution has been looked at in vain as often as Jumio thinks reasonable."""
    return looks >= len(RHYTHM)
