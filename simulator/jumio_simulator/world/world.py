"""Everything the simulated Jumio remembers, and its time. It knows nobody who acts on it.

Everything is touched on the server's event loop only, and no handler awaits between reading and
changing it: fifty concurrent requests are served one after the other, so there are no locks.
"""

from collections.abc import Callable

from jumio_simulator.world.agenda import Agenda
from jumio_simulator.world.bearers import Bearers
from jumio_simulator.world.clock import Clock
from jumio_simulator.world.model import Account, Execution, new_id
from jumio_simulator.world.options import Options
from jumio_simulator.world.scenarios import ScenarioBook
from jumio_simulator.world.tokens import TokenMint


class World:
    """`base_url` is where this simulator answers, for the URLs it hands out.

    `on_status` is called with the execution and the moment of each change of its status.
    `feedback` has the customer's last word on people, by account id and by user reference.
    """

    def __init__(self, options: Options, base_url: str) -> None:
        self._startup_options = options
        self._base_url = base_url.rstrip("/")
        self.on_status: Callable[[Execution, float], None] = lambda _execution, _when: None
        self.options = options.model_copy(deep=True)
        self.clock = Clock()
        self.agenda = Agenda()
        self.mint = TokenMint()
        self.bearers = Bearers(self.mint)
        self.scenarios = ScenarioBook()
        self.tenant_id = new_id()
        self.accounts: dict[str, Account] = {}
        self.executions: dict[str, Execution] = {}
        self.by_token: dict[str, Execution] = {}
        self.feedback: dict[str, str] = {}

    @property
    def base_url(self) -> str:
        return (self.options.public_url or self._base_url).rstrip("/")

    def catch_up(self) -> None:
        """Let everything happen that is due by now."""
        self.agenda.run_due(self.clock.now())

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
        self.agenda.clear()
        self.clock.reset()
        self.options = self._startup_options.model_copy(deep=True)
        self.scenarios = ScenarioBook()
        self.accounts.clear()
        self.executions.clear()
        self.by_token.clear()
        self.feedback.clear()
        if bearers:
            self.bearers = Bearers(self.mint)
