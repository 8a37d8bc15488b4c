"""A crowd at Jumio's pace: calls that are late at first must not make Jumio refuse ever after.

The first calls take a second longer than the others (cold starts, first access tokens), so that
Jumio's bucket begins to refill a second later than ours. If ours ran as fast, one call too many
would arrive, its repetition would take the place of the next, and so on for as long as the crowd
lasts.
"""

import heapq

from jumio_simulator.wire.limits import RateLimit
from tests.support.bff import Bff, Clock
from verification.domain.limits import Limits
from verification.store import Limiter
from verification.store.items import LIMITER_KEY

_CALLS = 40
_BURST = 5
_FIRST, _LATER = 1.0, 0.05  # seconds from a turn to Jumio's door
_REPEATED_AFTER = 0.75  # as the client waits on a 429 without Retry-After


def test_jumio_soon_refuses_nobody_of_a_crowd_whose_first_calls_were_slow(bff: Bff) -> None:
    assert isinstance(bff.clock, Clock)
    limiter = Limiter(bff.table, Limits(per_second=1, burst=_BURST, daily=100, patience=100))
    begun, arrivals = bff.clock(), []
    for number in range(_CALLS):
        pace = bff.table.read(LIMITER_KEY).get(LIMITER_KEY, {})
        turn = begun + limiter.take(pace, begun)
        heapq.heappush(arrivals, (turn + (_LATER if number >= _BURST else _FIRST), number))

    now, refused = begun, set()
    jumio = RateLimit(lambda: now)
    while arrivals:
        now, number = heapq.heappop(arrivals)
        if not jumio.admit(rate=1, burst=_BURST):
            refused.add(number)
            heapq.heappush(arrivals, (now + _REPEATED_AFTER, number))
    assert max(refused, default=0) < _CALLS // 2
