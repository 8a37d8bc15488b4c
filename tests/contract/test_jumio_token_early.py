"""Jumio's access token is asked for beside other work, and that changes nothing but the time.

Whatever comes back is the answer to the first try; without a block, it is in ``test_jumio_oauth``.
"""

import time
from types import SimpleNamespace

import pytest

from jumio_simulator.testing import RunningSimulator
from tests.support.jumio import (
    CREDENTIALS,
    LONG,
    REQUEST,
    SHORT,
    TRIES,
    client,
    in_time,
    token_source,
)
from tests.support.servers import Behaviour, answer_json, hang, say_nothing, socket_server
from tests.support.waiting import eventually
from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured, Problem, ProviderUnavailable
from verification.jumio import Credentials

TOKEN = answer_json(200, {"access_token": "t", "expires_in": 3600})
REFUSED, BROKEN = answer_json(401, {}), answer_json(500, {})


def test_a_token_is_there_when_it_is_needed_and_asked_for_once() -> None:
    with socket_server(TOKEN) as server:
        tokens = token_source(server.url)
        tokens.get_soon(Deadline(LONG))
        assert eventually(lambda: server.requests, len)  # nobody has needed it so far
        for _ in range(2):
            tokens.get_soon(Deadline(LONG))
            assert tokens.get(Deadline(LONG)) == "t"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("behaviour", "problem", "tries"),
    [
        (REFUSED, Misconfigured, 1),
        (BROKEN, ProviderUnavailable, TRIES),
        (say_nothing, ProviderUnavailable, TRIES),
        (answer_json(200, {}), ProviderUnavailable, TRIES),
    ],
    ids=range(4),
)
def test_what_comes_of_it_is_what_would_have_come_of_a_late_one(
    waits: list[float], behaviour: Behaviour, problem: type[Problem], tries: int
) -> None:
    with socket_server(behaviour) as server:
        jumio = client(server.url)
        jumio.call_soon(Deadline(LONG))
        with pytest.raises(Problem) as refusal:
            jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(LONG))
    assert type(refusal.value) is problem
    assert len(server.requests) == tries
    assert len(waits) == tries - 1


def test_a_failure_is_tried_again_as_often_as_a_late_one(waits: list[float]) -> None:
    with socket_server(*[BROKEN] * (TRIES - 1), TOKEN) as server:
        tokens = token_source(server.url)
        tokens.get_soon(Deadline(LONG))
        assert tokens.get(Deadline(LONG)) == "t"
    assert (len(server.requests), len(waits)) == (TRIES, TRIES - 1)


def test_refused_credentials_are_followed_by_the_next_ones() -> None:
    with socket_server(REFUSED, TOKEN) as server:
        tokens = token_source(server.url, Credentials("demo-client", "before"), CREDENTIALS)
        tokens.get_soon(Deadline(LONG))
        assert tokens.get(Deadline(LONG)) == "t"
    assert len(server.requests) == 2


def test_it_is_not_waited_for_longer_than_who_needs_it_has_time() -> None:
    with socket_server(hang) as server:
        tokens = token_source(server.url)
        tokens.get_soon(Deadline(LONG))
        with pytest.raises(ProviderUnavailable):
            in_time(lambda: tokens.get(Deadline(SHORT)))
    assert len(server.requests) == 1


@pytest.mark.parametrize("again", [False, True])
def test_what_was_not_needed_then_is_not_used_when_the_function_was_frozen_since(
    monkeypatch: pytest.MonkeyPatch, *, again: bool
) -> None:
    clock = SimpleNamespace(now=time.time())
    monkeypatch.setattr("verification.jumio.oauth.time", SimpleNamespace(time=lambda: clock.now))
    with socket_server(hang, TOKEN) as server:
        tokens = token_source(server.url)
        tokens.get_soon(Deadline(LONG))
        eventually(lambda: server.requests, len)
        clock.now += 3600
        if again:
            tokens.get_soon(Deadline(LONG))
        assert tokens.get(Deadline(LONG)) == "t"
    assert len(server.requests) == 2


def test_who_looks_again_meanwhile_does_not_ask_again() -> None:
    with socket_server(TOKEN) as server:
        tokens = token_source(server.url)
        for _ in range(3):
            tokens.get_soon(Deadline(LONG))
        assert tokens.get(Deadline(LONG)) == "t"
    assert len(server.requests) == 1


def test_without_time_nothing_is_asked(simulator: RunningSimulator) -> None:
    tokens = token_source(simulator.url)
    tokens.get_soon(Deadline(0))
    with pytest.raises(ProviderUnavailable):
        tokens.get(Deadline(0))
    assert simulator.admin.journal(endpoint="token") == []


def test_a_token_that_was_refused_is_replaced_early(simulator: RunningSimulator) -> None:
    jumio = client(simulator.url)
    jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(LONG))
    simulator.admin.revoke_tokens()
    jumio.call_soon(Deadline(LONG))
    assert jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(LONG)).token
    assert len(simulator.admin.journal(endpoint="token")) == 2
