"""Faults: what the caller sees, and what took effect all the same."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import pytest
import requests

from jumio_simulator.testing import running_simulator
from simulator_driver import Driver

CREATE = "accounts.create"


def _accounts(jumio: Driver) -> int:
    return len({one["accountId"] for one in jumio.sim.admin.executions()})


@pytest.fixture
def ready(jumio: Driver) -> Driver:
    """A driver that has its bearer and no connection that a fault could spoil for others."""
    jumio.bearer = jumio.fetch_token().json()["access_token"]
    jumio.session.close()
    return jumio


def test_a_status_for_a_number_of_requests(ready: Driver) -> None:
    ready.sim.admin.add_fault(CREATE, "status", count=2, status=503, headers={"Retry-After": "3"})
    first = ready.open()
    assert (first.status_code, first.headers["Retry-After"]) == (503, "3")
    assert [ready.open().status_code for _ in range(2)] == [503, 200]
    assert _accounts(ready) == 1


def test_a_status_with_a_body_of_its_own_after_taking_effect(ready: Driver) -> None:
    ready.sim.admin.add_fault(CREATE, "status", status=504, body={"oops": 1}, after_commit=True)
    answer = ready.open()
    assert (answer.status_code, answer.json()) == (504, {"oops": 1})
    assert _accounts(ready) == 1


def test_faults_hit_the_endpoint_they_name(ready: Driver) -> None:
    execution = ready.opened()
    ready.sim.admin.add_fault("retrieval.*", "status", status=500)
    ready.sim.admin.add_fault("/api/v1/accounts/*/status", "status", status=502)
    ready.sim.admin.add_fault("*", "status", status=501, method="DELETE")
    assert ready.open().status_code == 200
    assert ready.call("GET", execution.path).status_code == 500
    assert ready.call("GET", f"{execution.path}/status").status_code == 502
    assert ready.call("DELETE", execution.path).status_code == 501
    assert [fault["fired"] for fault in ready.sim.admin.faults()] == [1, 1, 1]


def test_a_fault_can_let_requests_through_first(ready: Driver) -> None:
    ready.sim.admin.add_fault(CREATE, "status", skip=1)
    assert [ready.open().status_code for _ in range(3)] == [200, 500, 200]


@pytest.mark.parametrize(("retry_after", "shown"), [(None, None), ("5", "5")])
def test_rate_limited(ready: Driver, retry_after: str | None, shown: str | None) -> None:
    ready.sim.admin.add_fault(CREATE, "rate_limited", retry_after=retry_after)
    answer = ready.open()
    assert answer.status_code == 429
    assert answer.json()["detail"] == "Request limit exceeded"
    assert answer.headers.get("Retry-After") == shown


def test_a_bearer_rejected_in_mid_life(ready: Driver) -> None:
    ready.sim.admin.add_fault("*", "token_rejected")
    assert ready.open().status_code == 401
    assert ready.open().status_code == 200


@pytest.mark.parametrize("mode", ["rst", "close"])
@pytest.mark.parametrize(("kind", "accounts"), [("reset", 0), ("reset_after_commit", 1)])
def test_a_reset_before_any_byte(ready: Driver, kind: str, accounts: int, mode: str) -> None:
    ready.sim.admin.add_fault(CREATE, kind, mode=mode)
    with pytest.raises(requests.ConnectionError):
        ready.open()
    assert _accounts(ready) == accounts
    (entry,) = ready.sim.admin.journal(endpoint=CREATE)
    assert (entry["status"], entry["fault"]) == (None, kind)
    assert ready.open().status_code == 200


@pytest.mark.parametrize("kind", ["reset", "reset_after_commit"])
def test_a_connection_is_reset_or_closed(ready: Driver, kind: str) -> None:
    address = urlsplit(ready.sim.url)
    for mode in ("rst", "close"):
        ready.sim.admin.add_fault("health", kind, mode=mode)
        with socket.create_connection((address.hostname, address.port), timeout=10) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if mode == "rst":
                with pytest.raises(ConnectionResetError):
                    raw.recv(1)
            else:
                assert raw.recv(1) == b""


def _received(ready: Driver) -> bytes:
    """What arrives of the body before the connection breaks."""
    received = b""
    headers = {"Authorization": f"Bearer {ready.bearer}", "User-Agent": "Example Tests/1.0"}
    body = {"customerInternalReference": "a", "workflowDefinition": {"key": 10011}}
    with requests.post(
        f"{ready.sim.url}/api/v1/accounts", headers=headers, json=body, stream=True, timeout=10
    ) as response:
        assert response.status_code == 200
        announced = int(response.headers["Content-Length"])
        with suppress(requests.exceptions.ChunkedEncodingError, requests.ConnectionError):
            for chunk in response.iter_content(1):
                received += chunk
    assert len(received) < announced
    return received


def test_a_reset_before_the_body(ready: Driver) -> None:
    ready.sim.admin.add_fault(CREATE, "reset_before_body", mode="close")
    assert _received(ready) == b""
    assert _accounts(ready) == 1


def test_a_truncated_body(ready: Driver) -> None:
    ready.sim.admin.add_fault(CREATE, "truncated", mode="close")
    assert _received(ready).startswith(b'{"timestamp"')
    assert _accounts(ready) == 1


@pytest.mark.parametrize("kind", ["truncated_json", "malformed_json"])
def test_complete_answers_that_are_not_json(ready: Driver, kind: str) -> None:
    ready.sim.admin.add_fault(CREATE, kind)
    answer = ready.open()
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.content)
    assert _accounts(ready) == 1


def test_a_slow_drip_arrives_in_small_pieces(ready: Driver) -> None:
    ready.sim.admin.add_fault(CREATE, "slow_drip", chunk_bytes=700, seconds=0.01)
    assert ready.opened().status() == "INITIATED"
    assert ready.sim.admin.faults()[0]["fired"] == 1


@pytest.mark.parametrize(("after_commit", "accounts"), [(False, 0), (True, 1)])
def test_latency_before_or_after_taking_effect(
    ready: Driver, after_commit: bool, accounts: int
) -> None:
    ready.sim.admin.add_fault(CREATE, "latency", seconds=1, after_commit=after_commit)
    url = f"{ready.sim.url}/api/v1/accounts"
    headers = {"Authorization": f"Bearer {ready.bearer}", "User-Agent": "Example Tests/1.0"}
    body = {"customerInternalReference": "a", "workflowDefinition": {"key": 10011}}
    with pytest.raises(requests.ReadTimeout):
        requests.post(url, headers=headers, json=body, timeout=0.1)
    assert _accounts(ready) == accounts
    # Whoever gave up waiting has an account all the same: the request is served to its end.
    while ready.sim.admin.journal(endpoint=CREATE)[0]["status"] is None:
        pass
    assert _accounts(ready) == 1


def test_a_request_that_is_held_back_takes_no_effect_after_a_reset(ready: Driver) -> None:
    ready.sim.admin.add_fault(CREATE, "latency", seconds=0.5)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(ready.open)
        while not ready.sim.admin.journal(endpoint=CREATE):
            pass
        ready.sim.admin.reset()
        assert late.result().status_code == 503
    assert ready.sim.admin.executions() == []


@pytest.fixture
def alone() -> Iterator[Driver]:
    """A driver with a simulator of its own, whose port nobody else needs."""
    with running_simulator() as sim:
        driver = Driver(sim)
        yield driver
        driver.session.close()


def test_connections_are_refused_after_the_request_that_the_fault_names(alone: Driver) -> None:
    alone.sim.admin.add_fault("token", "connection_refused", seconds=600)
    assert alone.fetch_token().status_code == 200
    for _ in range(2):
        with pytest.raises(requests.ConnectionError, match="Connection refused"):
            alone.fetch_token()


def test_every_connection_is_refused_in_an_outage(alone: Driver) -> None:
    alone.sim.admin.outage(600)
    with pytest.raises(requests.ConnectionError, match="Connection refused"):
        alone.fetch_token()


def test_connections_are_accepted_again_in_the_end(alone: Driver) -> None:
    alone.sim.admin.add_fault("token", "connection_refused", seconds=0.1)
    bearer = alone.fetch_token().json()["access_token"]
    for _ in range(2):
        _until_it_answers(alone)
        assert alone.fetch_token().json()["access_token"] == bearer
        alone.sim.admin.outage(0.1)
    _until_it_answers(alone)


def test_two_requests_under_way_shut_the_port_once(alone: Driver) -> None:
    alone.sim.admin.add_fault("/slow", "connection_refused", seconds=0.1, count=2)
    address = urlsplit(alone.sim.url)
    with ExitStack() as connections:
        clients = [
            connections.enter_context(
                socket.create_connection((address.hostname, address.port), timeout=10)
            )
            for _ in range(2)
        ]
        for client in clients:
            client.sendall(
                b"POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                b"Expect: 100-continue\r\n\r\n"
            )
        for client in clients:
            assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        for client in clients:
            client.sendall(b"x")
            assert client.recv(12) == b"HTTP/1.1 404"
    _until_it_answers(alone)


def _until_it_answers(jumio: Driver) -> None:
    for _ in range(600):
        with suppress(requests.ConnectionError):
            jumio.sim.admin.clock()
            return
        time.sleep(0.05)
    pytest.fail("the simulator stayed away")


def test_faults_can_be_cleared_and_unknown_ones_are_refused(ready: Driver) -> None:
    ready.sim.admin.add_fault(CREATE, "reset")
    ready.sim.admin.clear_faults()
    assert ready.open().status_code == 200
    with pytest.raises(requests.HTTPError):
        ready.sim.admin.add_fault(CREATE, "explode")
