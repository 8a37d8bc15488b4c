"""Our Jumio client, and what it is asked to do in tests."""

import base64
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from jumio_simulator.testing import RunningSimulator
from verification.domain.deadline import Deadline
from verification.domain.errors import Problem
from verification.jumio import (
    Credentials,
    Hosts,
    JumioClient,
    OpenedExecution,
    TokenSource,
    Transport,
)
from verification.jumio.transport import Reply, _parse

AGENT = "Example JumioBff/1.0"
CREDENTIALS = Credentials("demo-client", "demo-secret")
REQUEST: dict[str, Any] = {
    "customerInternalReference": "0123456789abcdef0123456789abcdef",
    "userReference": "1-user_key",
    "workflowDefinition": {"key": 10011},
    "callbackUrl": "https://bff.example/callbacks/1.a.b.c",
    "tokenLifetime": "30m",
}
TRIES = 4
SHORT, LONG = 0.7, 30.0
GENEROUS = 60.0
"""Seconds after which a call that should have ended long ago is given up."""
OPENING = ["accounts.create", "accounts.update"]
READING = ["retrieval.status", "retrieval.details"]


def token_source(auth: str, *credentials: Credentials) -> TokenSource:
    """Tokens for a client, or for the first of several that is accepted."""
    return TokenSource(Transport(AGENT), auth, lambda _: credentials or (CREDENTIALS,))


def client(auth: str, api: str | None = None, tokens: TokenSource | None = None) -> JumioClient:
    """The client, with its tokens from one address and everything else at another."""
    api = api or auth
    return JumioClient(Hosts(auth, api, api, api), Transport(AGENT), tokens or token_source(auth))


class _Told(Transport):
    """Whoever is asked, these are the answers, as they come off the wire; the last one stays."""

    def __init__(self, answers: Sequence[tuple[int, object]]) -> None:
        super().__init__(AGENT)
        self._answers = list(answers)

    def begin(self, *asked: Any, **_: Any) -> Callable[[Deadline], Reply]:
        if asked[1].endswith("/oauth2/token"):
            return lambda _: Reply(200, {"access_token": "t", "expires_in": 3600.0}, None)
        status, value = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return lambda _: Reply(status, _parse(json.dumps(value).encode()), None)


def told(*answers: tuple[int, object], data_center: str = "emea-1") -> JumioClient:
    """The client at a real data centre, told these statuses and bodies one after the other."""
    hosts, transport = Hosts.of(data_center), _Told(answers)
    return JumioClient(
        hosts, transport, TokenSource(transport, hosts.auth, lambda _: [CREDENTIALS])
    )


def in_time[Result](work: Callable[[], Result]) -> Result:
    """The work's result; a failsafe for work that would never end by itself."""
    executor = ThreadPoolExecutor(1)
    try:
        return executor.submit(work).result(GENEROUS)
    finally:
        executor.shutdown(wait=False)


def bearer(**claims: object) -> str:
    """An access token of Jumio's form, signed by nobody."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS512"}, claims, "signature")]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@dataclass
class Jumio:
    """The client under test, with an execution that it opened, and the witness."""

    simulator: RunningSimulator
    client: JumioClient
    opened: OpenedExecution

    def create(self, seconds: float) -> OpenedExecution:
        return self._open(None, seconds)

    def update(self, seconds: float) -> OpenedExecution:
        return self._open(self.opened.account_id, seconds)

    def _open(self, account_id: str | None, seconds: float) -> OpenedExecution:
        return self.client.open_execution(
            REQUEST, account_id=account_id, deadline=Deadline(seconds)
        )

    def status(self, seconds: float) -> object:
        return self._read(seconds, with_details=False)

    def details(self, seconds: float) -> object:
        return self._read(seconds, with_details=True)

    def _read(self, seconds: float, *, with_details: bool) -> object:
        return self.client.read_execution(
            self.opened.account_id,
            self.opened.workflow_execution_id,
            with_details=with_details,
            deadline=Deadline(seconds),
        )

    def call(self, endpoint: str, seconds: float = LONG) -> object:
        """Call the endpoint of that name in the simulator's journal."""
        return _CALLS[endpoint](self, seconds)

    def ending(self, endpoint: str, seconds: float = LONG) -> type[Problem]:
        """The kind of problem in which a call of the endpoint ends."""
        with pytest.raises(Problem) as refusal:
            in_time(lambda: self.call(endpoint, seconds))
        return type(refusal.value)

    def sent(self, endpoint: str) -> int:
        """How often the endpoint was called since the test began."""
        return len(self.simulator.admin.journal(endpoint=endpoint))


_CALLS: dict[str, Callable[[Jumio, float], object]] = {
    "accounts.create": Jumio.create,
    "accounts.update": Jumio.update,
    "retrieval.status": Jumio.status,
    "retrieval.details": Jumio.details,
}
