"""Our client against servers that no simulator can be: they answer with bytes, or not at all."""

import contextlib
import gzip
import json
import logging
import socket

import pytest

from jumio_simulator.testing import RunningSimulator
from tests.support.jumio import AGENT, LONG, REQUEST, SHORT, client, in_time, token_source
from tests.support.servers import (
    Behaviour,
    SocketServer,
    answer,
    answer_json,
    flood,
    hang,
    http,
    say_nothing,
    socket_server,
)
from verification.domain.deadline import Deadline
from verification.domain.errors import (
    NotAtProvider,
    OutcomeUnknown,
    Problem,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
)
from verification.jumio import JumioClient, Reading

ACCOUNT, EXECUTION = "0b6ad1f4-3a52-4a5e-9d57-0d7b0b6c1a11", "9c2f4a6e-7d31-4b8a-8c1e-5e6f7a8b9c0d"
OPENED = {
    "account": {"id": ACCOUNT},
    "workflowExecution": {"id": EXECUTION},
    "sdk": {"token": "the-token"},
}
STATUS = {"workflowExecution": {"id": EXECUTION, "status": "INITIATED"}}
SECRET = "what-jumio-said"


def chunked(body: bytes) -> bytes:
    return http(200, body, Content_Length="", Transfer_Encoding="chunked")


UNREADABLE: dict[str, Behaviour] = {
    "closes without answering": say_nothing,
    "never answers": hang,
    "speaks no HTTP": answer(b"220 mail.example ESMTP\r\n"),
    "ends within the status line": answer(b"HTTP/1.1 2"),
    "ends within the headers": answer(b"HTTP/1.1 200 OK\r\nContent-Type: appl"),
    "an impossible status": answer(b"HTTP/1.1 twohundred OK\r\n\r\n"),
    "too many headers": answer(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500 + b"\r\n"),
    "an endless header": answer(b"HTTP/1.1 200 OK\r\na: " + b"x" * 200_000 + b"\r\n\r\n"),
    "no body": answer(http(204)),
    "an empty body": answer(http(200)),
    "HTML": answer(http(200, b"<html>maintenance</html>", Content_Type="text/html")),
    "another object": answer_json(200, {"error": SECRET}),
    "no object": answer_json(200, [OPENED]),
    "null": answer_json(200, None),
    "no text": answer(http(200, b"\xff\xfe\xfd\x00")),
    "a body shorter than announced": answer(http(200, b"{}", Content_Length="3")),
    "gzip that is none": answer(http(200, b"{}", Content_Encoding="gzip")),
    "broken chunks": answer(chunked(b"zz\r\n{}\r\n0\r\n\r\n")),
    "chunks without an end": answer(chunked(b"2\r\n{}\r\n")),
    "a gigantic body": flood(http(200, Content_Length=""), b" " * 65_536, 200),
    "a gigantic body in a small one": answer(
        http(200, gzip.compress(b" " * 20_000_000), Content_Encoding="gzip")
    ),
}


def ready(simulator: RunningSimulator, server: SocketServer) -> JumioClient:
    """A client that has its token already: the time is for the call itself."""
    tokens = token_source(simulator.url)
    tokens.get(Deadline(LONG))
    return client(simulator.url, server.url, tokens)


def opening(simulator: RunningSimulator, server: SocketServer, seconds: float = 5) -> object:
    jumio = ready(simulator, server)
    return in_time(
        lambda: jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(seconds))
    )


def reading(simulator: RunningSimulator, server: SocketServer, seconds: float = 5) -> object:
    jumio = ready(simulator, server)
    return in_time(
        lambda: jumio.read_execution(
            ACCOUNT, EXECUTION, with_details=False, deadline=Deadline(seconds)
        )
    )


@pytest.mark.parametrize("behaviour", UNREADABLE.values(), ids=UNREADABLE)
def test_whatever_cannot_be_read_is_an_unknown_outcome_and_asked_only_once(
    simulator: RunningSimulator, caplog: pytest.LogCaptureFixture, behaviour: Behaviour
) -> None:
    with (
        caplog.at_level(logging.DEBUG, "verification"),
        socket_server(behaviour) as server,
        pytest.raises(Problem) as refusal,
    ):
        opening(simulator, server, SHORT if behaviour is hang else 5)
    assert type(refusal.value) is OutcomeUnknown
    assert len(server.sent("POST")) == 1
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert SECRET not in logged + str(refusal.value)


@pytest.mark.parametrize("behaviour", UNREADABLE.values(), ids=UNREADABLE)
def test_whatever_cannot_be_read_is_no_reading(
    simulator: RunningSimulator, waits: list[float], behaviour: Behaviour
) -> None:
    assert waits == []
    with socket_server(behaviour) as server, pytest.raises(Problem) as refusal:
        reading(simulator, server, SHORT if behaviour is hang else 5)
    assert type(refusal.value) is ProviderUnavailable


@pytest.mark.parametrize(
    "odd",
    [b'"M\xfcller"', b'"line\nline"', b"9" * 5000, b"NaN", b'"\xff\xfe"', b'"\\ud800"'],
    ids=["another encoding", "a raw line", "a long number", "no number", "no text", "half a pair"],
)
def test_no_odd_letter_or_number_makes_all_of_an_answer_unreadable(
    simulator: RunningSimulator, odd: bytes
) -> None:
    body = json.dumps({**STATUS, "odd": "ODD"}).encode().replace(b'"ODD"', odd)
    with socket_server(answer(http(200, b"\xef\xbb\xbf" + body))) as server:
        assert reading(simulator, server) == Reading("INITIATED")


def test_a_flood_is_not_drunk_up(simulator: RunningSimulator) -> None:
    drunk = []

    def behave(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        connection.sendall(http(200, Content_Length=""))
        for _ in range(2000):
            connection.sendall(b" " * 65_536)
            drunk.append(65_536)

    with socket_server(behave) as server, pytest.raises(OutcomeUnknown):
        opening(simulator, server)
    assert sum(drunk) < 16 * 1024 * 1024


def test_a_drip_of_chunks_ends_by_the_deadline(simulator: RunningSimulator) -> None:
    with (
        socket_server(flood(chunked(b""), b"1\r\n \r\n", 10**9)) as server,
        pytest.raises(OutcomeUnknown),
    ):
        opening(simulator, server, SHORT)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(simulator: RunningSimulator, status: int) -> None:
    with socket_server(answer_json(200, OPENED)) as elsewhere:
        redirect = answer(http(status, Location=f"{elsewhere.url}/api/v1/accounts"))
        with socket_server(redirect) as server:
            with pytest.raises(OutcomeUnknown):
                opening(simulator, server)
            with pytest.raises(ProviderRejected):
                reading(simulator, server)
            assert len(server.requests) == 2
    assert elsewhere.requests == []


@pytest.mark.parametrize("advice", ["Mon, 23 Nov 2026 09:00:00 GMT", "soon", "-5", "", "1.5"])
def test_advice_that_is_not_a_number_of_seconds_is_ignored(
    simulator: RunningSimulator, waits: list[float], advice: str
) -> None:
    busy = answer(http(429, b"{}", Retry_After=advice))
    with socket_server(busy, answer_json(200, OPENED)) as server:
        opening(simulator, server)
    (waited,) = waits
    assert 0.5 <= waited < 1


def test_a_refused_connection_is_tried_again_and_nothing_was_done(
    simulator: RunningSimulator, waits: list[float]
) -> None:
    with contextlib.closing(SocketServer()) as closed:
        for work in (opening, reading):
            waits.clear()
            with pytest.raises(Problem) as refusal:
                work(simulator, closed)
            assert type(refusal.value) is ProviderUnavailable
            assert len(waits) >= 3


@pytest.mark.parametrize("found_shut", [1, 3])
def test_a_door_that_opens_while_there_is_time_is_entered_once(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch, found_shut: int
) -> None:
    waits = []

    def pause(seconds: float, _: Deadline) -> bool:
        waits.append(seconds)
        if len(waits) == found_shut:
            server.open()
        return True

    monkeypatch.setattr("verification.jumio.client.pause", pause)
    with contextlib.closing(SocketServer(answer_json(200, OPENED))) as server:
        opening(simulator, server)
        assert len(server.sent("POST")) == 1
    assert len(waits) == found_shut


def test_a_create_never_travels_on_a_connection_that_may_have_died(
    simulator: RunningSimulator,
) -> None:
    def answer_and_die_later(connection: socket.socket) -> None:
        connection.sendall(http(200, json.dumps(STATUS).encode(), Connection="keep-alive"))
        connection.recv(65_536)

    with socket_server(answer_and_die_later, answer_json(200, OPENED)) as server:
        jumio = client(simulator.url, server.url)
        jumio.read_execution(ACCOUNT, EXECUTION, with_details=False, deadline=Deadline(5))
        opened = jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(5))
    assert opened.token == "the-token"
    assert len(server.sent("POST")) == 1


@pytest.mark.parametrize("account_id", [None, ACCOUNT])
def test_what_travels_is_what_jumio_documents(
    simulator: RunningSimulator, account_id: str | None
) -> None:
    with socket_server(answer_json(200, OPENED)) as server:
        jumio = client(simulator.url, server.url)
        jumio.open_execution(REQUEST, account_id=account_id, deadline=Deadline(5))
    (request,) = server.requests
    head, _, body = request.partition("\r\n\r\n")
    line, *headers = head.split("\r\n")
    sent = {name.lower(): value for name, _, value in (one.partition(": ") for one in headers)}
    update = f"PUT /api/v1/accounts/{account_id} HTTP/1.1"
    assert line == (update if account_id else "POST /api/v1/accounts HTTP/1.1")
    assert json.loads(body) == REQUEST
    assert sent["user-agent"] == AGENT
    assert (sent["accept"], sent["content-type"]) == ("application/json", "application/json")
    assert sent["authorization"].startswith("Bearer ")
    assert simulator.client_secret not in request


@pytest.mark.parametrize(("status", "problem"), [(404, NotAtProvider), (429, ProviderBusy)])
def test_a_status_counts_whatever_the_body(
    simulator: RunningSimulator, waits: list[float], status: int, problem: type[Problem]
) -> None:
    assert waits == []
    with socket_server(answer(http(status, b"<html/>"))) as server:
        for work in (opening, reading):
            with pytest.raises(problem):
                work(simulator, server)
