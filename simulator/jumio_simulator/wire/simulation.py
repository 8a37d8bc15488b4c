"""One running simulator, as handlers find it at their request. `app.py` composes it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from jumio_simulator.wire.callback_sender import CallbackSender
from jumio_simulator.wire.faults import FaultBook
from jumio_simulator.wire.journal import Journal
from jumio_simulator.wire.limits import RateLimit
from jumio_simulator.world.ticker import Ticker
from jumio_simulator.world.world import World


def _limits() -> dict[str, RateLimit]:
    return {name: RateLimit() for name in ("token", "account", "retrieval")}


@dataclass
class Simulation:
    """`shut` refuses every connection for that many seconds: the server's, once there is one."""

    world: World
    sender: CallbackSender
    ticker: Ticker
    journal: Journal = field(default_factory=Journal)
    faults: FaultBook = field(default_factory=FaultBook)
    limits: dict[str, RateLimit] = field(default_factory=_limits)
    shut: Callable[[float], None] = lambda _seconds: None
    resets: int = 0

    def reset(self, *, bearers: bool = False) -> None:
        """Forget everything that happened; `bearers` as in `World.reset`."""
        self.resets += 1
        self.sender.abandon()
        self.world.reset(bearers=bearers)
        self.journal.clear()
        self.faults.clear()
        for limit in self.limits.values():
            limit.refill()
        self.ticker.wake()
