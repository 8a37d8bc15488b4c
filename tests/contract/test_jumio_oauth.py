"""Jumio's access token: one at a time, kept while fresh, never longer than it lives."""

import threading
import time
from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from jumio_simulator.testing import RunningSimulator
from tests.support.jumio import AGENT, REQUEST, SHORT, TRIES, Jumio, bearer, client, token_source
from tests.support.servers import answer, answer_json, hang, http, say_nothing, socket_server
from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured, Problem, ProviderUnavailable
from verification.jumio import Credentials, TokenSource, Transport

THREADS = 20


def at_once[Result](work: Callable[[], Result]) -> list[Result]:
    """The work's results in many threads that begin together."""
    barrier = threading.Barrier(THREADS)

    def begin() -> Result:
        barrier.wait(timeout=30)
        return work()

    with ThreadPoolExecutor(THREADS) as pool:
        return [future.result(30) for future in [pool.submit(begin) for _ in range(THREADS)]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Time as the token source sees it; it stands still until it is moved."""
    stands = SimpleNamespace(now=float(int(time.time())))
    stands.time = lambda: stands.now
    monkeypatch.setattr("verification.jumio.oauth.time", stands)
    return stands


def token_requests(simulator: RunningSimulator) -> int:
    return len(simulator.admin.journal(endpoint="token"))


def test_a_token_is_fetched_once_for_many_calls(simulator: RunningSimulator) -> None:
    jumio = client(simulator.url)
    for _ in range(3):
        jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(5))
    assert token_requests(simulator) == 1


def test_many_threads_fetch_one_token(simulator: RunningSimulator) -> None:
    simulator.admin.add_fault("token", "latency", 100, seconds=0.2)
    tokens = token_source(simulator.url)
    assert len(set(at_once(lambda: tokens.get(Deadline(20))))) == 1
    assert token_requests(simulator) == 1


def test_many_threads_replace_a_refused_token_once(jumio: Jumio) -> None:
    jumio.simulator.admin.revoke_tokens()
    jumio.simulator.admin.add_fault("token", "latency", 100, seconds=0.2)
    at_once(lambda: jumio.call("retrieval.status"))
    assert jumio.sent("token") == 1


def test_a_token_that_was_replaced_already_is_not_dropped_again(
    simulator: RunningSimulator,
) -> None:
    tokens = token_source(simulator.url)
    old = tokens.get(Deadline(5))
    simulator.admin.revoke_tokens()
    tokens.drop(old)
    new = tokens.get(Deadline(5))
    tokens.drop(old)
    assert tokens.get(Deadline(5)) == new != old
    assert token_requests(simulator) == 2


@pytest.mark.parametrize(
    ("expires_in", "lives_for", "fresh_for"),
    [
        (3600, 3600, 3300),  # a new one, five minutes kept back
        (3600, 900, 600),  # an aged one, handed out as if it were new
        (900, 3600, 600),
        (3600, None, 3300),  # one that says nothing about itself
        (600, 600, 300),
        (100, 100, 50),  # too short for the margin: half of it
        ("3600", 3600, 3300),
        (None, 3600, 3300),  # what makes no sense is not believed
        ("soon", None, 3300),
        (0, None, 3300),
        (-3600, None, 3300),
        (True, None, 3300),
        (float("nan"), None, 3300),
        (3_600_000, None, 3300),  # milliseconds
        (3600, -3600, 3300),  # another clock
        (3600, 10**12, 3300),  # another unit
        (3600, -(10**9), 3300),
    ],
)
def test_a_token_is_kept_until_the_sooner_of_its_two_ends(
    clock: SimpleNamespace, expires_in: object, lives_for: float | None, fresh_for: float
) -> None:
    def token(name: str) -> str:
        return bearer(jti=name, exp=clock.now + lives_for) if lives_for else f"opaque-{name}"

    first, second = token("first"), token("second")
    answers = [
        answer_json(200, {"access_token": one, "expires_in": expires_in}) for one in (first, second)
    ]
    with socket_server(*answers) as server:
        tokens = token_source(server.url)
        assert tokens.get(Deadline(5)) == first
        clock.now += fresh_for - 1
        assert tokens.get(Deadline(5)) == first
        clock.now += 1
        assert tokens.get(Deadline(5)) == second
        assert len(server.requests) == 2


def test_the_simulators_aged_token_is_replaced_before_it_ends(
    simulator: RunningSimulator, clock: SimpleNamespace
) -> None:
    simulator.admin.patch_options(aged_token_expires_in="full", oauth_reuse_seconds=3500)
    simulator.admin.freeze()
    token_source(simulator.url).get(Deadline(5))  # somebody else's process
    simulator.admin.advance(2700)
    clock.now += 2700
    tokens = token_source(simulator.url)
    aged = tokens.get(Deadline(5))
    clock.now += 610
    simulator.admin.advance(850)
    assert tokens.get(Deadline(5)) != aged
    assert token_requests(simulator) == 3


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials_are_a_misconfiguration(
    jumio: Jumio, waits: list[float], status: int
) -> None:
    jumio.simulator.admin.revoke_tokens()
    jumio.simulator.admin.add_fault("token", "status", 10, status=status)
    assert jumio.ending("accounts.create") is Misconfigured
    assert (jumio.sent("token"), waits) == (1, [])


def test_wrong_credentials_are_a_misconfiguration_until_they_are_right(
    simulator: RunningSimulator,
) -> None:
    known = [Credentials(simulator.client_id, "wrong")]
    tokens = TokenSource(Transport(AGENT), simulator.url, lambda _: known)
    jumio = client(simulator.url, tokens=tokens)
    with pytest.raises(Misconfigured) as refusal:
        jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(5))
    assert "wrong" not in refusal.value.setting
    known[:] = [Credentials("demo-client", "demo-secret")]
    jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(5))
    assert len(simulator.admin.journal(endpoint="accounts.create")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 302},
        {"kind": "rate_limited"},
        {"kind": "reset"},
        {"kind": "reset_after_commit", "mode": "close"},
        {"kind": "truncated"},
        {"kind": "truncated_json"},
        {"kind": "malformed_json"},
    ],
)
def test_a_token_is_asked_for_again_and_without_one_nothing_is_sent(
    simulator: RunningSimulator, waits: list[float], fault: dict[str, object]
) -> None:
    jumio = client(simulator.url)
    simulator.admin.add_fault("token", **fault, count=10)  # type: ignore[arg-type]  # its kind
    with pytest.raises(Problem) as refusal:
        jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(30))
    assert type(refusal.value) is ProviderUnavailable
    assert token_requests(simulator) == TRIES
    assert simulator.admin.journal(path="/api/*") == []

    simulator.admin.clear_faults()
    simulator.admin.add_fault("token", **fault, count=TRIES - 1)  # type: ignore[arg-type]  # same
    waits.clear()
    jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(30))
    assert len(waits) == TRIES - 1


@pytest.mark.parametrize(("advice", "at_least"), [(None, 1.0), ("3", 3.0)])
def test_too_many_requests_for_tokens_wait_for_jumios_next_second(
    simulator: RunningSimulator, waits: list[float], advice: str | None, at_least: float
) -> None:
    simulator.admin.add_fault("token", kind="rate_limited", retry_after=advice, count=TRIES - 1)
    client(simulator.url).open_execution(REQUEST, account_id=None, deadline=Deadline(30))
    assert len(waits) == TRIES - 1
    assert min(waits) >= at_least


@pytest.mark.parametrize(
    "behaviour",
    [
        say_nothing,
        answer(http(200, b"<html>maintenance</html>")),
        answer(http(204)),
        answer_json(200, []),
        answer_json(200, {}),
        answer_json(200, {"expires_in": 3600}),
        answer_json(200, {"access_token": "", "expires_in": 3600}),
        answer_json(200, {"access_token": 5, "expires_in": 3600}),
        answer_json(200, {"access_token": "two\nlines", "expires_in": 3600}),
    ],
    ids=range(9),
)
def test_an_answer_that_makes_no_sense_is_no_token(waits: list[float], behaviour: object) -> None:
    with socket_server(behaviour) as server, pytest.raises(ProviderUnavailable):  # type: ignore[arg-type]
        token_source(server.url).get(Deadline(30))
    assert waits
    assert len(server.requests) == TRIES


def test_a_token_is_not_waited_for_longer_than_there_is_time() -> None:
    with socket_server(hang) as server, pytest.raises(ProviderUnavailable):
        token_source(server.url).get(Deadline(SHORT))


def test_a_token_is_asked_for_as_jumio_documents() -> None:
    with socket_server(answer_json(200, {"access_token": "t", "expires_in": 3600})) as server:
        token_source(server.url, Credentials("id", "s:ecret")).get(Deadline(5))
    (request,) = server.requests
    head, _, body = request.partition("\r\n\r\n")
    line, *headers = head.split("\r\n")
    sent = {name.lower(): value for name, _, value in (one.partition(": ") for one in headers)}
    assert line == "POST /oauth2/token HTTP/1.1"
    assert body == "grant_type=client_credentials"
    assert sent["content-type"] == "application/x-www-form-urlencoded"
    assert sent["user-agent"] == AGENT
    assert b64decode(sent["authorization"].removeprefix("Basic ")) == b"id:s:ecret"
