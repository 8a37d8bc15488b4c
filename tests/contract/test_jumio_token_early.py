"""Jumio's access token is asked for beside other work, and that changes nothing but the time.

Whatever comes back is the answer to the first try; without a block, it is in ``test_jumio_oauth``.
"""

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
        with tokens.early(Deadline(LONG)):
            assert eventually(lambda: server.requests, len)  # nobody has needed it so far
            assert tokens.get(Deadline(LONG)) == "t"
        with tokens.early(Deadline(LONG)):
            assert tokens.get(Deadline(LONG)) == "t"
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
        with pytest.raises(Problem) as refusal, jumio.called_soon(Deadline(LONG)):
            jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(LONG))
    assert type(refusal.value) is problem
    assert len(server.requests) == tries
    assert len(waits) == tries - 1


def test_a_failure_is_tried_again_as_often_as_a_late_one(waits: list[float]) -> None:
    with socket_server(*[BROKEN] * (TRIES - 1), TOKEN) as server:
        tokens = token_source(server.url)
        with tokens.early(Deadline(LONG)):
            assert tokens.get(Deadline(LONG)) == "t"
    assert (len(server.requests), len(waits)) == (TRIES, TRIES - 1)


def test_refused_credentials_are_followed_by_the_next_ones() -> None:
    with socket_server(REFUSED, TOKEN) as server:
        tokens = token_source(server.url, Credentials("demo-client", "before"), CREDENTIALS)
        with tokens.early(Deadline(LONG)):
            assert tokens.get(Deadline(LONG)) == "t"
    assert len(server.requests) == 2


def test_it_is_not_waited_for_longer_than_who_needs_it_has_time() -> None:
    with socket_server(hang) as server:
        tokens = token_source(server.url)
        with pytest.raises(ProviderUnavailable), tokens.early(Deadline(LONG)):
            in_time(lambda: tokens.get(Deadline(SHORT)))
    assert len(server.requests) == 1


def test_who_does_not_need_it_after_all_is_not_kept_and_leaves_nothing_behind() -> None:
    """The function may be frozen for an hour, with a bad answer on its way."""
    with socket_server(hang, TOKEN) as server:
        tokens = token_source(server.url)
        with tokens.early(Deadline(LONG)):
            eventually(lambda: server.requests, len)
        assert tokens.get(Deadline(LONG)) == "t"
    assert len(server.requests) == 2


def test_without_time_nothing_is_asked(simulator: RunningSimulator) -> None:
    tokens = token_source(simulator.url)
    with pytest.raises(ProviderUnavailable), tokens.early(Deadline(0)):
        tokens.get(Deadline(0))
    assert simulator.admin.journal(endpoint="token") == []


def test_a_token_that_was_refused_is_replaced_early(simulator: RunningSimulator) -> None:
    jumio = client(simulator.url)
    jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(LONG))
    simulator.admin.revoke_tokens()
    with jumio.called_soon(Deadline(LONG)):
        assert jumio.open_execution(REQUEST, account_id=None, deadline=Deadline(LONG)).token
    assert len(simulator.admin.journal(endpoint="token")) == 2
