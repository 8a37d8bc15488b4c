"""The whole state of the simulated Jumio.

Everything is touched on the server's event loop only, and no handler awaits between reading and
changing it: fifty concurrent requests are served one after the other, so there are no locks.
"""

from jumio_simulator.api.oauth import Bearers
from jumio_simulator.api.tokens import TokenMint
from jumio_simulator.wire.faults import FaultBook
from jumio_simulator.wire.journal import Journal
from jumio_simulator.wire.limits import RateLimit
from jumio_simulator.world.agenda import Agenda
from jumio_simulator.world.callbacks import CallbackSender
from jumio_simulator.world.clock import Clock
from jumio_simulator.world.model import Account, Execution, new_id
from jumio_simulator.world.options import Options
from jumio_simulator.world.scenarios import ScenarioBook
from jumio_simulator.world.ticker import Ticker


class World:
    """`base_url` is where this simulator answers, for the URLs it hands out."""

    def __init__(self, options: Options, base_url: str) -> None:
        self._startup_options = options
        self._base_url = base_url.rstrip("/")
        self.options = options.model_copy(deep=True)
        self.clock = Clock()
        self.ticker = Ticker(self)
        self.agenda = Agenda(self.ticker.wake)
        self.mint = TokenMint()
        self.bearers = Bearers(self.mint)
        self.sender = CallbackSender(self)
        self.journal = Journal()
        self.faults = FaultBook()
        self.scenarios = ScenarioBook()
        self.tenant_id = new_id()
        self.limits = {name: RateLimit() for name in ("token", "account", "retrieval")}
        self.accounts: dict[str, Account] = {}
        self.executions: dict[str, Execution] = {}
        self.by_token: dict[str, Execution] = {}
        self.resets = 0

    @property
    def base_url(self) -> str:
        return (self.options.public_url or self._base_url).rstrip("/")

    def catch_up(self) -> None:
        """Let everything happen that is due by now."""
        self.agenda.run_due(self.clock.now())

    async def advance(self, seconds: float) -> None:
        """Move time forward, stopping at each thing due, and see its callbacks delivered."""
        target = self.clock.now() + seconds
        while (due := self.agenda.next_due()) is not None and due <= target:
            self.clock.move_to(max(due, self.clock.now()))
            self.agenda.run_due(due)
            await self.sender.settle()
        self.clock.move_to(max(target, self.clock.now()))
        self.ticker.wake()

    def account(self, account_id: str) -> Account | None:
        account = self.accounts.get(account_id)
        return None if account is None or account.deleted else account

    def execution(self, account_id: str, execution_id: str) -> Execution | None:
        """The execution if it exists and belongs to the account."""
        execution = self.executions.get(execution_id)
        if execution is None or execution.account_id != account_id:
            return None
        return None if self.account(account_id) is None else execution

    def reset(self, *, bearers: bool = False) -> None:
        """Back to the state after the start. Bearers stay valid unless asked otherwise, so that
        a client which keeps one does not have to fetch another in every test."""
        self.resets += 1
        self.sender.abandon()
        self.agenda.clear()
        self.clock.reset()
        self.options = self._startup_options.model_copy(deep=True)
        self.journal.clear()
        self.faults.clear()
        self.scenarios = ScenarioBook()
        for limit in self.limits.values():
            limit.refill()
        self.accounts.clear()
        self.executions.clear()
        self.by_token.clear()
        if bearers:
            self.bearers = Bearers(self.mint)
        self.ticker.wake()
