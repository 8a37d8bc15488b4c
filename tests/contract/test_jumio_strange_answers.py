"""Answers of Jumio that make no sense, or never end."""

import contextlib
import socket

import pytest

from jumio_simulator.testing import RunningSimulator
from tests.support.jumio import REQUEST, SHORT, TRIES, Jumio, bearer, client, in_time, token_source
from tests.support.servers import (
    Behaviour,
    SocketServer,
    answer,
    answer_json,
    drip,
    http,
    socket_server,
)
from verification.domain.deadline import Deadline
from verification.domain.errors import OutcomeUnknown, ProviderBusy, ProviderUnavailable

SLOW = http(200, b" " * 3000)


def opening(simulator: RunningSimulator, server: SocketServer, seconds: float = 5) -> object:
    jumio = client(simulator.url, server.url)
    return in_time(
        lambda: jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(seconds))
    )


@pytest.mark.parametrize("at_once", [len(SLOW) - 2990, 0], ids=["body", "headers"])
def test_a_slow_drip_ends_by_the_deadline(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("tests.support.jumio.GENEROUS", 10.0)
    with socket_server(drip(SLOW, at_once)) as server, pytest.raises(OutcomeUnknown):
        opening(simulator, server, SHORT)


@pytest.mark.parametrize("endpoint", ["accounts.create", "accounts.update"])
def test_the_simulators_slow_drip_ends_by_the_deadline(
    jumio: Jumio, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setattr("tests.support.jumio.GENEROUS", 10.0)
    jumio.simulator.admin.add_fault(endpoint, "slow_drip", 10, chunk_bytes=4, seconds=0.1)
    assert jumio.ending(endpoint, SHORT) is OutcomeUnknown
    assert jumio.sent(endpoint) == 1


DEEP = b"[" * 200_000


@pytest.mark.parametrize(
    "behaviour",
    [
        answer(http(200, DEEP)),
        answer(http(302, Location="http://[::1")),
        answer(http(500, DEEP)),
    ],
    ids=["deeply nested JSON", "a redirect to nowhere", "an error with deeply nested JSON"],
)
def test_a_strange_answer_is_an_unknown_outcome(
    simulator: RunningSimulator, behaviour: Behaviour
) -> None:
    with socket_server(behaviour) as server, pytest.raises(OutcomeUnknown):
        opening(simulator, server)


def test_the_body_of_a_redirect_is_not_drunk_up(simulator: RunningSimulator) -> None:
    drunk = []

    def behave(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        connection.sendall(http(302, Content_Length="", Location="/elsewhere"))
        for _ in range(1000):
            connection.sendall(b" " * 65_536)
            drunk.append(65_536)

    with socket_server(behave) as server, pytest.raises(OutcomeUnknown):
        opening(simulator, server)
    assert sum(drunk) < 16 * 1024 * 1024


@pytest.mark.parametrize(
    "advice", ["9" * 400, "1795421700", "3601"], ids=["for ever", "a moment", "milliseconds"]
)
def test_advice_beyond_all_bounds_is_none(
    simulator: RunningSimulator, waits: list[float], advice: str
) -> None:
    busy = answer(http(429, Retry_After=advice))
    with socket_server(busy) as server, pytest.raises(ProviderBusy) as refusal:
        opening(simulator, server)
    assert len(waits) == TRIES - 1
    assert max(waits) < 5
    assert refusal.value.retry_after is not None
    assert refusal.value.retry_after < 5


@pytest.mark.parametrize("fault", ["rate_limited", "reset"])
def test_nobody_waits_after_the_last_try(jumio: Jumio, waits: list[float], fault: str) -> None:
    jumio.simulator.admin.add_fault("retrieval.status", fault, 10)
    jumio.ending("retrieval.status")
    assert (jumio.sent("retrieval.status"), len(waits)) == (TRIES, TRIES - 1)


def test_nobody_waits_after_the_last_refused_connection(
    simulator: RunningSimulator, waits: list[float]
) -> None:
    with contextlib.closing(SocketServer()) as closed, pytest.raises(ProviderUnavailable):
        opening(simulator, closed)
    assert len(waits) == TRIES - 1


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": None, "expires_in": 3600},
        {"access_token": {"token": "t"}, "expires_in": 3600},
        {"access_token": "t", "expires_in": 10**400},
        {"access_token": bearer(exp=10**400), "expires_in": 3600},
        {"access_token": "t\r\nX-More: 1", "expires_in": 3600},
    ],
    ids=["null", "an object", "for ever", "an end that is no time", "two lines"],
)
def test_a_strange_token_is_no_crash(waits: list[float], body: object) -> None:
    with socket_server(answer_json(200, body)) as server:
        tokens = token_source(server.url)
        with contextlib.suppress(ProviderUnavailable):
            token = tokens.get(Deadline(30))
            assert token in ("t", bearer(exp=10**400))
    assert len(waits) <= TRIES
