"""Calls while Jumio is busy, refuses our token or fails to be read: which error, how often."""

from typing import Any

import pytest

from tests.support.jumio import OPENING, READING, SHORT, TRIES, Jumio
from verification.domain.errors import (
    Misconfigured,
    NotAtProvider,
    Problem,
    ProviderBusy,
    ProviderRejected,
    ProviderUnavailable,
    ResultNotAtProvider,
)
from verification.jumio import Reading

reading = pytest.mark.parametrize("endpoint", READING)
every = pytest.mark.parametrize("endpoint", OPENING + READING)


@every
def test_too_many_requests_are_repeated_and_then_served(
    jumio: Jumio, waits: list[float], endpoint: str
) -> None:
    jumio.simulator.admin.add_fault(endpoint, "rate_limited", TRIES - 1)
    jumio.call(endpoint)
    assert jumio.sent(endpoint) == TRIES
    assert len(waits) == TRIES - 1


@every
def test_too_many_requests_all_the_time_is_a_busy_provider(
    jumio: Jumio, waits: list[float], endpoint: str
) -> None:
    jumio.simulator.admin.add_fault(endpoint, "rate_limited", 10)
    assert jumio.ending(endpoint) is ProviderBusy
    assert jumio.sent(endpoint) == TRIES
    assert waits


@every
def test_jumios_own_advice_on_when_to_come_back_is_followed(
    jumio: Jumio, waits: list[float], endpoint: str
) -> None:
    jumio.simulator.admin.add_fault(endpoint, "rate_limited", retry_after="4")
    jumio.call(endpoint)
    assert waits == [4.0]


@every
def test_nobody_waits_longer_than_there_is_time(
    jumio: Jumio, waits: list[float], endpoint: str
) -> None:
    jumio.simulator.admin.add_fault(endpoint, "rate_limited", 10, retry_after="4")
    assert jumio.ending(endpoint, 4) is ProviderBusy
    assert (jumio.sent(endpoint), waits) == (1, [4.0])


@every
@pytest.mark.parametrize("advice", [6, 40])
def test_nobody_waits_for_long_but_everybody_is_told_when_to_come_back(
    jumio: Jumio, waits: list[float], endpoint: str, advice: int
) -> None:
    jumio.simulator.admin.add_fault(endpoint, "rate_limited", 10, retry_after=str(advice))
    with pytest.raises(ProviderBusy) as refusal:
        jumio.call(endpoint)
    assert refusal.value.retry_after == advice + 1
    assert (jumio.sent(endpoint), waits) == (1, [])


@every
def test_a_refused_token_is_replaced_once(jumio: Jumio, waits: list[float], endpoint: str) -> None:
    jumio.simulator.admin.revoke_tokens()
    jumio.call(endpoint)
    answered = [entry["status"] for entry in jumio.simulator.admin.journal()]
    assert (answered.count(401), jumio.sent("token")) == (1, 1)
    assert waits == []


@every
def test_a_fresh_token_that_is_refused_too_is_a_misconfiguration(
    jumio: Jumio, waits: list[float], endpoint: str
) -> None:
    jumio.simulator.admin.add_fault(endpoint, "token_rejected", 10)
    assert jumio.ending(endpoint) is Misconfigured
    assert (jumio.sent(endpoint), jumio.sent("token")) == (2, 1)
    assert waits == []


@every
def test_a_client_recovers_from_having_been_refused(jumio: Jumio, endpoint: str) -> None:
    jumio.simulator.admin.add_fault(endpoint, "token_rejected", 2)
    assert jumio.ending(endpoint) is Misconfigured
    jumio.call(endpoint)
    assert jumio.sent("token") == 2


@reading
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset"},
        {"kind": "reset_before_body", "mode": "close"},
        {"kind": "truncated"},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503},
    ],
)
def test_a_read_is_repeated_until_it_succeeds(
    jumio: Jumio, waits: list[float], endpoint: str, fault: dict[str, Any]
) -> None:
    jumio.simulator.admin.add_fault(endpoint, **fault, count=TRIES - 1)
    jumio.call(endpoint)
    assert (jumio.sent(endpoint), len(waits)) == (TRIES, TRIES - 1)

    jumio.simulator.admin.clear_faults()
    jumio.simulator.admin.clear_journal()
    jumio.simulator.admin.add_fault(endpoint, **fault, count=10)
    assert jumio.ending(endpoint) is ProviderUnavailable
    assert jumio.sent(endpoint) == TRIES


@reading
@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"kind": "status", "status": 400}, ProviderRejected),
        ({"kind": "status", "status": 403}, ProviderRejected),
        ({"kind": "status", "status": 301}, ProviderRejected),
        ({"kind": "malformed_json"}, ProviderUnavailable),
        ({"kind": "truncated_json"}, ProviderUnavailable),
    ],
)
def test_a_read_that_repetition_cannot_help_ends_at_once(
    jumio: Jumio, waits: list[float], endpoint: str, fault: dict[str, Any], problem: type[Problem]
) -> None:
    jumio.simulator.admin.add_fault(endpoint, **fault, count=10)
    assert jumio.ending(endpoint) is problem
    assert (jumio.sent(endpoint), waits) == (1, [])


@pytest.mark.parametrize("gone", [404, 410])
@pytest.mark.parametrize(
    ("missing", "problem"),
    [("retrieval.details", ResultNotAtProvider), ("retrieval.status", NotAtProvider)],
)
def test_a_missing_result_is_told_from_a_missing_execution(
    jumio: Jumio, waits: list[float], missing: str, problem: type[Problem], gone: int
) -> None:
    jumio.simulator.admin.add_fault(missing, "status", 10, status=gone)
    assert jumio.ending("retrieval.details") is problem
    assert (jumio.sent(missing), waits) == (1, [])


@pytest.mark.parametrize("gone", [404, 410])
def test_an_expired_execution_has_a_status_if_no_details(jumio: Jumio, gone: int) -> None:
    """Jumio says that details of expired executions will not be available."""
    jumio.simulator.admin.expire(jumio.opened.workflow_execution_id)
    jumio.simulator.admin.add_fault("retrieval.details", "status", 10, status=gone)
    assert jumio.call("retrieval.details") == Reading(
        "TOKEN_EXPIRED", account_id=jumio.opened.account_id, has_details=False
    )


@reading
def test_a_read_without_an_answer_in_time_ends(jumio: Jumio, endpoint: str) -> None:
    jumio.simulator.admin.add_fault(endpoint, "latency", 10, seconds=2 * SHORT)
    assert jumio.ending(endpoint, SHORT) is ProviderUnavailable


@every
def test_without_any_time_nothing_is_sent(jumio: Jumio, waits: list[float], endpoint: str) -> None:
    assert jumio.ending(endpoint, 0) is ProviderUnavailable
    assert jumio.sent("*") == 0
    assert len(waits) == 1
