"""Jumio fails in every way that it can: a code, a time to come back, and nothing of Jumio's."""

import json
from typing import Any

import httpx
import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import log_lines, table_items
from tests.support.jwt import claims
from tests.support.problems import problem, wait_of
from tests.support.stack import RunningStack
from tests.support.waiting import eventually

_JUMIOS = {"title": "what-jumio-said", "detail": "what-jumio-said /srv/jumio.py"}
_CREATE = "accounts.create"
_BUSY = (503, "provider-busy")
_SURELY_NOT = (503, "provider-unavailable")
_PERHAPS = (502, "provider-unavailable")
_REJECTED = (502, "provider-rejected")
_MISCONFIGURED = (500, "misconfigured")

Fault = tuple[str, str, dict[str, Any]]


def _status(status: int, endpoint: str = _CREATE, **more: Any) -> Fault:
    return (endpoint, "status", {"status": status, "body": _JUMIOS, **more})


def _again(count: int = 1) -> Fault:
    """The access token is refused, so that a new one is fetched."""
    return (_CREATE, "token_rejected", {"count": count})


def _switch_on(simulator: AdminClient, faults: list[Fault]) -> None:
    for endpoint, kind, parameters in faults:
        simulator.add_fault(endpoint, kind, **parameters)


def _account(stack: RunningStack, frontend: Frontend) -> dict[str, Any]:
    subject = claims(frontend)["sub"]
    items = table_items(stack.aws, stack.outputs)
    (account,) = [item for item in items if item.get("subject") == subject]
    return account


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ([_status(400)], _REJECTED),
        ([_status(403)], _REJECTED),
        ([_status(404)], _REJECTED),
        ([_status(422)], _REJECTED),
        ([(_CREATE, "rate_limited", {"count": 9})], _BUSY),
        ([(_CREATE, "rate_limited", {"count": 9, "retry_after": "86400"})], _BUSY),
        ([_again(2)], _MISCONFIGURED),
        ([_again(), _status(401, "token")], _MISCONFIGURED),
        ([_again(), _status(400, "token")], _MISCONFIGURED),
        ([_again(), _status(500, "token", count=9)], _SURELY_NOT),
        ([_again(), ("token", "reset", {"count": 9})], _SURELY_NOT),
        ([_again(), ("token", "malformed_json", {"count": 9})], _SURELY_NOT),
    ],
)
def test_where_jumio_has_surely_done_nothing_the_person_may_come_at_once(
    stack: RunningStack,
    frontend: Frontend,
    simulator: AdminClient,
    faults: list[Fault],
    expected: tuple[int, str],
) -> None:
    _switch_on(simulator, faults)
    answer = frontend.create_session(channel="sdk")
    assert problem(stack, answer) == expected
    assert "what-jumio-said" not in answer.text
    assert (wait_of(answer) > 0) == (expected in {_BUSY, _SURELY_NOT})
    assert simulator.executions() == []
    assert not {"lease_owner", "account_id"} & set(_account(stack, frontend))

    simulator.clear_faults()
    assert frontend.create_session(channel="sdk").status_code == httpx.codes.CREATED
    assert len(simulator.executions()) == 1


@pytest.mark.parametrize(
    ("fault", "opened"),
    [
        (_status(500), 0),
        (_status(502, after_commit=True), 1),
        ((_CREATE, "reset", {}), 0),
        ((_CREATE, "reset_after_commit", {}), 1),
        ((_CREATE, "reset_before_body", {}), 1),
        ((_CREATE, "truncated_json", {}), 1),
        ((_CREATE, "status", {"status": 200, "body": {"account": "what-jumio-said"}}), 0),
        ((_CREATE, "status", {"status": 302, "headers": {"Location": "http://127.0.0.1:1"}}), 0),
    ],
)
def test_where_jumio_may_have_acted_nothing_is_repeated(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient, fault: Fault, opened: int
) -> None:
    _switch_on(simulator, [fault])
    answer = frontend.create_session(channel="sdk")
    assert problem(stack, answer) == _PERHAPS
    assert "what-jumio-said" not in answer.text
    assert 1 <= wait_of(answer) <= 30

    again = frontend.create_session(channel="sdk")
    assert problem(stack, again) == (409, "session-busy")
    assert 1 <= wait_of(again) <= 30
    assert len(simulator.journal(endpoint="accounts.*")) == 1
    assert len(simulator.executions()) == opened
    account = _account(stack, frontend)
    assert account["lease_owner"]
    assert "account_id" not in account


def test_a_jumio_that_says_nothing_is_not_waited_for_and_not_asked_again(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    simulator.add_fault(_CREATE, "latency", seconds=25)
    answer = frontend.create_session(channel="sdk")
    assert problem(stack, answer) == _PERHAPS
    assert 1 <= wait_of(answer) <= 30
    (call,) = simulator.journal(endpoint=_CREATE)
    assert call["status"] is None  # it has not answered yet


def test_a_jumio_that_cannot_be_reached_has_done_nothing(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    refused = frontend.create_session(channel="fax")
    assert refused.status_code == httpx.codes.BAD_REQUEST  # the function is up, and will be in time
    simulator.outage(5)
    answer = frontend.create_session(channel="sdk")
    assert problem(stack, answer) == _SURELY_NOT
    assert wait_of(answer) > 0
    eventually(lambda: frontend.create_session(channel="sdk"), lambda one: one.is_success)
    assert len(simulator.executions()) == 1


def test_a_person_who_has_an_account_is_told_the_same(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    frontend.create_session(channel="sdk")
    (first,) = simulator.executions()
    simulator.add_fault("accounts.update", "reset_after_commit")
    answer = frontend.create_session(channel="sdk", renew=True)
    assert problem(stack, answer) == _PERHAPS
    # What the person has is still good, and is theirs to go on with.
    resumed = frontend.create_session(channel="sdk")
    assert (resumed.status_code, resumed.json()) == (200, {"sdk": {"token": first["sdkToken"]}})
    assert len({one["accountId"] for one in simulator.executions()}) == 1


def test_what_the_tenant_does_not_offer_is_told(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    simulator.patch_options(tenant_channels=["SDK", "API"])
    assert problem(stack, frontend.create_session(channel="web")) == (422, "channel-unavailable")
    assert frontend.create_session(channel="sdk").json().keys() == {"sdk"}


def test_an_account_that_jumio_has_deleted_is_replaced(
    frontend: Frontend, simulator: AdminClient
) -> None:
    frontend.create_session(channel="sdk")
    simulator.reset()
    answer = frontend.create_session(channel="sdk", renew=True)
    assert answer.status_code == httpx.codes.CREATED
    calls = [(one["method"], one["status"]) for one in simulator.journal(endpoint="accounts.*")]
    assert calls == [("PUT", 404), ("POST", 200)]


def test_every_failure_is_logged_by_its_code_without_jumios_words(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    simulator.add_fault(_CREATE, "status", status=400, body=_JUMIOS)
    request_id = frontend.create_session(channel="sdk").headers["X-Request-Id"]
    lines = [line for line in log_lines(stack.aws) if request_id in line and line[:1] == "{"]
    codes = {json.loads(line)["message"] for line in lines}
    assert {"attempt_begun", "jumio_rejected", "attempt_released", "request_refused"} <= codes
    assert not [line for line in log_lines(stack.aws) if "what-jumio-said" in line]
