"""The product in one process: real use cases, a table, and the Jumio simulator."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from jumio_simulator.testing import RunningSimulator
from tests.support.events import event
from tests.support.reply import Reply
from verification.aws.attestation import Attestor
from verification.aws.bus import Bus
from verification.domain.capability import SigningKey, sign
from verification.domain.deadline import Deadline
from verification.domain.hint import Hint
from verification.domain.identity import Caller, Pepper, Peppers
from verification.domain.journeys import Journeys
from verification.domain.limits import Limits
from verification.edge.http.request import Request
from verification.edge.http.sessions import SessionRequest, key_use, session_response
from verification.edge.http.verifications import verification_response
from verification.jumio import Credentials, Hosts, JumioClient, TokenSource, Transport
from verification.store import (
    Breaker,
    ErasureStore,
    Limiter,
    OutcomeStore,
    People,
    SessionStore,
    Table,
)
from verification.store.operations import Key, plain
from verification.use_cases.advance_execution import AdvanceExecution
from verification.use_cases.create_session import Asked, CreateSession
from verification.use_cases.get_verification import GetVerification
from verification.use_cases.open_execution import OpenExecution
from verification.use_cases.settle_execution import SettleExecution
from verification.use_cases.supply_data import SupplyData

ISSUER = "https://issuer.example"
PEPPER = Pepper("1", "p" * 64)
SIGNING_KEY = SigningKey("1", "s" * 64)
USER_AGENT = "Example JumioBff/1.0"


@dataclass
class Clock:
    """Time that moves when told to."""

    now: float = field(default_factory=lambda: float(int(time.time())))

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def jumio_client(simulator: RunningSimulator) -> JumioClient:
    transport = Transport(USER_AGENT)
    credentials = Credentials(simulator.client_id, simulator.client_secret)
    hosts = Hosts.of("emea-1", simulator.url)
    return JumioClient(
        hosts, transport, TokenSource(transport, hosts.auth, lambda _: [credentials])
    )


@dataclass
class Bff:
    """Ask it as frontends, Jumio and the queue would."""

    dynamodb: Any
    table_name: str
    simulator: RunningSimulator
    bus: Bus | None
    journeys: Journeys
    limits: Limits = field(default_factory=lambda: Limits(100, 100, 1000))
    clock: Callable[[], float] = field(default_factory=Clock)
    sleep: Callable[[float], None] | None = None
    hints: Any = None  # the queue, where there is one
    peppers: Peppers = Peppers(PEPPER)  # noqa: RUF009 it is frozen
    attestor: Attestor | None = None

    def __post_init__(self) -> None:
        self.table = Table(self.dynamodb, self.table_name)
        self.people = People(self.table, lambda _: self.peppers)
        self.store = SessionStore(self.table)
        self.outcomes = OutcomeStore(self.table)
        self.erasures = ErasureStore(self.table)
        self.jumio = jumio_client(self.simulator)
        if self.sleep is None:
            assert isinstance(self.clock, Clock)
            self.sleep = self.clock.sleep

    def is_in_use(self) -> None:
        """The pepper is on record, which is what the very first request for a session does."""
        self.people.standing(Caller(ISSUER, "somebody"), "identity", None)

    @property
    def advance_execution(self) -> AdvanceExecution:
        return AdvanceExecution(
            self.journeys, self.outcomes, self.jumio, clock=self.clock, sleep=self.sleep
        )

    @property
    def create_session(self) -> CreateSession:
        opening = OpenExecution(
            self.store,
            Limiter(self.table, self.limits),
            Breaker(self.table),
            self.jumio,
            self.advance_execution,
            lambda: SIGNING_KEY,
            clock=self.clock,
            sleep=self.sleep,
        )
        supplying = SupplyData(
            self.store,
            self.outcomes,
            self.advance_execution,
            self.jumio,
            clock=self.clock,
            sleep=self.sleep,
        )
        return CreateSession(
            self.journeys,
            self.people,
            self.store,
            opening,
            supplying,
            clock=self.clock,
            sleep=self.sleep,
            attestor=self.attestor,
        )

    @property
    def settle_execution(self) -> SettleExecution:
        return SettleExecution(
            self.outcomes, self.erasures, self.advance_execution, self.bus, clock=self.clock
        )

    def ask(
        self,
        channel: str = "sdk",
        *,
        user: str = "ada",
        key: str | None = None,
        claims: dict[str, str] | None = None,
        seconds: float = 15,
        **body: object,
    ) -> Reply:
        """POST /sessions as that user."""
        request = SessionRequest.model_validate({"channel": channel, **body})
        asked = Asked(
            caller=Caller(ISSUER, user),
            channel=request.channel,
            journey=request.journey,
            locale=request.locale,
            renew=request.renew,
            consent=request.consent.consent if request.consent else None,
            applicant=request.applicant,
            claims=claims or {},
            source_ip="203.0.113.7",
            callback_base="https://bff.example",
            request_id=f"request-of-{user}",
            key=key_use(key, request),
        )
        return Reply.of(session_response(self.create_session(asked, Deadline(seconds))))

    def told(
        self, user: str = "ada", journey: str | None = None, *, returned: bool = False
    ) -> Reply:
        """GET /verification as that user, perhaps back from Jumio."""
        get = GetVerification(
            self.journeys, self.people, self.outcomes, self.hints, clock=self.clock
        )
        verification = get(Caller(ISSUER, user), journey, returned=returned)
        return Reply.of(verification_response(verification, Request(event("get_verification"))))

    def status(self, user: str = "ada", journey: str | None = None) -> dict[str, Any]:
        """What GET /verification says to that user."""
        body: dict[str, Any] = self.told(user, journey).body
        return body

    def settle(self, execution: dict[str, Any], seconds: float = 20) -> None:
        """The worker takes the hint that a callback about a simulated execution leaves."""
        self.settle_execution(self.hint(execution), Deadline(seconds))

    def hint(self, execution: dict[str, Any]) -> Hint:
        return Hint(
            user_key=execution["userReference"],
            reference=execution["customerInternalReference"],
            account_id=execution["accountId"],
            workflow_execution_id=execution["id"],
        )

    def executions(self) -> list[dict[str, Any]]:
        """What the simulator has opened, oldest first."""
        return self.simulator.admin.executions()[::-1]

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table, in DynamoDB's own notation."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table_name)
        return [item for page in pages for item in page["Items"]]

    def plain_items(self) -> list[dict[str, Any]]:
        """Everything in the table, as plain values."""
        return [plain(item) for item in self.items()]

    def item(self, user: str, sk: str) -> dict[str, Any] | None:
        """One item of a user, as plain values."""
        key = Key(f"USER#{PEPPER.user_key(Caller(ISSUER, user))}", sk)
        return self.table.read(key).get(key)

    def delete_account(self, account_id: str) -> None:
        """Somebody else deletes an account at Jumio."""
        token = self.jumio._tokens.get(Deadline(5))
        url = f"{self.simulator.url}/api/v1/accounts/{account_id}"
        headers = {"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT}
        requests.delete(url, headers=headers, timeout=5).raise_for_status()

    def capability(self, execution: dict[str, Any]) -> str:
        return sign(SIGNING_KEY, execution["userReference"], execution["customerInternalReference"])
