"""TLS with Jumio: who is believed, what was surely not sent, and one context for everything."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dependencies.authorities import add

from jumio_simulator.testing import RunningSimulator
from tests.support.jumio import AGENT, REQUEST, SHORT, TRIES, client, in_time
from tests.support.observed import Observed, observing
from tests.support.servers import (
    Behaviour,
    answer,
    answer_json,
    hang,
    http,
    say_nothing,
    socket_server,
)
from tests.support.tls import Authority
from verification.domain.deadline import Deadline
from verification.domain.errors import ProviderUnavailable
from verification.jumio import Transport, connection
from verification.jumio.transport import NoAnswer, NotSent, Reply

ELSEWHERE = "127.0.0.2"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(autouse=True)
def _contexts_are_made_anew() -> Iterator[None]:
    connection._tls.cache_clear()
    yield
    connection._tls.cache_clear()


@pytest.fixture
def observed() -> Iterator[Observed]:
    with observing() as found:
        yield found


@pytest.fixture(params=["bundle", "one by one"])
def trusted(
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Authority:
    """The authority, among those that clients trust: in a file of all, or as the layer has them."""
    bundle = authority.bundle
    if request.param == "one by one":
        (tmp_path / "hashed").mkdir()
        bundle = tmp_path / "never-read.pem"
        add(bundle.with_name("hashed"), authority.bundle.read_text())
    monkeypatch.setattr(connection, "DEFAULT_CA_BUNDLE_PATH", str(bundle))
    return authority


def exchange(
    url: str, *, fresh: bool = True, seconds: float = 10, transport: Transport | None = None
) -> Reply:
    sender = transport or Transport(AGENT)
    return in_time(
        lambda: sender.send(
            "POST",
            url,
            call="open",
            deadline=Deadline(seconds),
            json_body={},
            fresh_connection=fresh,
        )
    )


@pytest.mark.parametrize("fresh", [True, False])
def test_a_server_of_an_unknown_authority_gets_nothing(authority: Authority, fresh: bool) -> None:
    with (
        socket_server(answer(http(200)), tls=authority.server()) as server,
        pytest.raises(NotSent, match="SSLCertVerificationError"),
    ):
        exchange(server.url, fresh=fresh)
    assert server.requests == []


@pytest.mark.parametrize("fresh", [True, False])
def test_a_server_with_a_certificate_for_another_address_gets_nothing(
    trusted: Authority, fresh: bool
) -> None:
    with (
        socket_server(answer(http(200)), tls=trusted.server(ELSEWHERE)) as server,
        pytest.raises(NotSent, match="SSLCertVerificationError"),
    ):
        exchange(server.url, fresh=fresh)
    assert server.requests == []


def test_an_execution_was_surely_not_opened_by_a_server_that_is_not_believed(
    simulator: RunningSimulator, authority: Authority, waits: list[float], observed: Observed
) -> None:
    with socket_server(answer(http(200)), tls=authority.server()) as server:
        jumio = client(simulator.url, server.url)
        with pytest.raises(ProviderUnavailable) as refusal:
            jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(30))
    assert type(refusal.value) is ProviderUnavailable  # and not OutcomeUnknown
    reasons = {one["reason"] for one in observed.with_code("jumio_not_reached")}
    assert reasons == {"no connection: SSLCertVerificationError"}
    assert len(waits) == TRIES - 1


def test_a_refused_handshake_is_not_sent(trusted: Authority) -> None:
    demanding = trusted.server()
    demanding.maximum_version = ssl.TLSVersion.TLSv1_2
    demanding.set_ciphers("DHE-RSA-AES128-GCM-SHA256")  # this server's key cannot do that
    with socket_server(answer(http(200)), tls=demanding) as server, pytest.raises(NotSent):
        exchange(server.url)
    assert server.requests == []


@pytest.mark.parametrize(
    "behaviour", [say_nothing, answer(http(400)), answer(b"SSH-2.0-invented\r\n")]
)
def test_a_server_that_speaks_no_tls_gets_nothing(trusted: Authority, behaviour: Behaviour) -> None:
    with socket_server(behaviour, listens=False) as server, pytest.raises(NotSent):
        exchange(server.url.replace("http:", "https:"))


@pytest.mark.parametrize("seconds", [SHORT, 10])
def test_a_handshake_without_an_end_is_not_sent(trusted: Authority, seconds: float) -> None:
    with socket_server(hang, listens=False) as server, pytest.raises(NotSent):
        exchange(server.url.replace("http:", "https:"), seconds=seconds)


def test_what_breaks_after_the_request_went_out_may_have_been_done(trusted: Authority) -> None:
    def garble(encrypted: Any) -> None:
        with socket.socket(fileno=encrypted.detach()) as bare:
            bare.sendall(b"bytes, but no record of TLS")

    with socket_server(garble, tls=trusted.server()) as server:
        with pytest.raises(NoAnswer, match="SSLError"):
            exchange(server.url)
        assert len(server.requests) == 1


def test_one_context_serves_all_connections_and_reads_the_authorities_once(
    trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[Any] = []
    shaken: list[ssl.SSLContext] = []
    load, wrap = ssl.SSLContext.load_verify_locations, ssl.SSLContext.wrap_socket

    def loading(context: ssl.SSLContext, *what: Any, **named: Any) -> None:
        loaded.append(what)
        load(context, *what, **named)

    def wrapping(context: ssl.SSLContext, *what: Any, **named: Any) -> ssl.SSLSocket:
        if not named.get("server_side"):
            shaken.append(context)
        return wrap(context, *what, **named)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", loading)
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrapping)
    with socket_server(answer_json(200, {}), tls=trusted.server()) as server:
        first, second = Transport(AGENT), Transport(AGENT)
        for transport in (first, second):
            for fresh in (True, True, False):
                assert exchange(server.url, fresh=fresh, transport=transport).ok
        assert len(server.requests) == 6
    assert len(loaded) == 1
    assert len(shaken) == 6
    assert len(set(map(id, shaken))) == 1
