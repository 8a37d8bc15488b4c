"""Requests that are wrong: each is refused with its code, and with the name of the field."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import table_items
from tests.support.problems import problem
from tests.support.stack import RunningStack

_INVALID = (400, "invalid-request")
_JSON = {"Content-Type": "application/json"}
_MARK = "invented-by-whoever-asked"


def _ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat()


@pytest.fixture
def send(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> Callable[..., httpx.Response]:
    """Sends bytes as they are; whatever they are, Jumio must not hear of them."""

    def post(content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        answer = httpx.post(
            f"{stack.facts['api']}/sessions",
            content=content,
            headers={"Authorization": f"Bearer {frontend._token}", **(headers or _JSON)},
            timeout=35,
            trust_env=False,
        )
        assert simulator.journal(endpoint="accounts.*") == []
        return answer

    return post


def _fields(answer: httpx.Response) -> list[str]:
    return [one["field"] for one in answer.json().get("errors", ())]


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"", _JSON),
        (b"not json", _JSON),
        (b'{"channel": "sdk"', _JSON),
        (b"\xff\xfe", _JSON),
        (b"\x00" * 100, _JSON),
        (b"[" * 10_000, _JSON),
        (b'{"channel": "sdk"}', {"Content-Type": "text/plain"}),
        (b'{"channel": "sdk"}', {"Content-Type": ""}),
        (b"channel=sdk", {"Content-Type": "application/x-www-form-urlencoded"}),
        (b'"sdk"', _JSON),
        (b"null", _JSON),
        (b"[]", _JSON),
    ],
)
def test_what_is_no_json_object_is_refused(
    stack: RunningStack,
    send: Callable[..., httpx.Response],
    content: bytes,
    headers: dict[str, str],
) -> None:
    assert problem(stack, send(content, headers)) == _INVALID


def test_a_body_without_a_type_is_refused(
    stack: RunningStack, send: Callable[..., httpx.Response]
) -> None:
    answer = send(b'{"channel": "sdk"}', {"Accept": "*/*"})
    assert problem(stack, answer) == _INVALID
    assert "Content-Type" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "channel"),
        ({"channel": "fax"}, "channel"),
        ({"channel": None}, "channel"),
        ({"channel": ["sdk"]}, "channel"),
        ({"channel": "SDK"}, "channel"),
        ({"channel": "sdk", "locale": "de"}, "locale"),
        ({"channel": "web", "locale": "no language"}, "locale"),
        ({"channel": "web", "locale": 7}, "locale"),
        ({"channel": "sdk", "renew": "true"}, "renew"),
        ({"channel": "sdk", "renew": 1}, "renew"),
        ({"channel": "sdk", "journey": 1}, "journey"),
        ({"channel": "sdk", "journey": "UPPER"}, "journey"),
        ({"channel": "sdk", "journey": "a" * 41}, "journey"),
        ({"channel": "sdk", "successUrl": "https://evil.example"}, "successUrl"),
        ({"channel": "sdk", "userReference": _MARK}, "userReference"),
        ({"channel": "sdk", "accountId": _MARK}, "accountId"),
        ({"channel": "sdk", "consent": {}}, "consent.country"),
        ({"channel": "sdk", "consent": []}, "consent"),
        ({"channel": "sdk", "consent": {"country": "XX"}}, "consent.country"),
        ({"channel": "sdk", "consent": {"country": "AT", "userIp": "1.2.3.4"}}, "consent.userIp"),
        ({"channel": "sdk", "consent": {"country": "AT", "state": ""}}, "consent.state"),
        ({"channel": "sdk", "consent": {"country": "US", "obtained": True}}, "consent.obtained"),
    ],
)
def test_the_field_that_is_wrong_is_named(
    stack: RunningStack, send: Callable[..., httpx.Response], body: dict[str, Any], field: str
) -> None:
    answer = send(json.dumps(body).encode())
    assert problem(stack, answer) == _INVALID
    assert field in _fields(answer)
    assert _MARK not in answer.text


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(_ago(days=3 * 366), id="three years ago"),
        pytest.param(_ago(days=-2), id="the day after tomorrow"),
        "yesterday",
        "2026-11-23T08:15:00",
        1795426992,
    ],
)
def test_consent_that_was_obtained_at_no_believable_moment_is_refused(
    stack: RunningStack, send: Callable[..., httpx.Response], moment: object
) -> None:
    consent = {"country": "US", "obtained": "yes", "obtainedAt": moment}
    answer = send(json.dumps({"channel": "sdk", "consent": consent}).encode())
    assert problem(stack, answer) == _INVALID
    assert _fields(answer) == ["consent.obtainedAt"]


@pytest.mark.parametrize(
    ("consent", "field"),
    [
        ({"country": "US", "state": "IL"}, "consent.obtained"),
        ({"country": "US", "state": "IL", "obtained": "yes"}, "consent.obtainedAt"),
        ({"country": "AT", "obtained": "yes"}, "consent.obtainedAt"),
    ],
)
def test_what_jumio_would_want_to_know_of_a_person_is_asked_for(
    stack: RunningStack,
    send: Callable[..., httpx.Response],
    consent: dict[str, str],
    field: str,
) -> None:
    answer = send(json.dumps({"channel": "sdk", "consent": consent}).encode())
    assert problem(stack, answer) == (422, "consent-required")
    assert _fields(answer) == [field]


def test_consent_goes_to_jumio_with_the_address_that_the_gateway_saw(
    frontend: Frontend, simulator: AdminClient
) -> None:
    obtained = _ago(hours=1)
    consent = {"country": "US", "state": "IL", "obtained": "yes", "obtainedAt": obtained}
    answer = frontend.request(
        "POST", "/sessions", {"channel": "sdk", "consent": consent}, {"X-Forwarded-For": "9.9.9.9"}
    )
    assert answer.status_code == httpx.codes.CREATED
    (call,) = simulator.journal(endpoint="accounts.create")
    told = call["body"]["userConsent"]
    assert told["userIp"] == "127.0.0.1"
    assert told["userLocation"] == {"country": "USA", "state": "IL"}
    assert told["consent"]["obtained"] == "yes"
    moment = datetime.fromisoformat(told["consent"]["obtainedAt"])
    assert abs(moment - datetime.fromisoformat(obtained)) < timedelta(seconds=1)


@pytest.mark.parametrize(("spaces", "status"), [(10_240, 201), (10_241, 413), (200_000, 413)])
def test_a_body_may_have_ten_kilobytes_and_not_one_byte_more(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient, spaces: int, status: int
) -> None:
    answer = httpx.post(
        f"{stack.facts['api']}/sessions",
        content=b'{"channel": "sdk"}'.ljust(spaces),
        headers={"Authorization": f"Bearer {frontend._token}", **_JSON},
        timeout=35,
        trust_env=False,
    )
    assert answer.status_code == status
    assert len(simulator.journal(endpoint="accounts.create")) == (status == httpx.codes.CREATED)
    if status != httpx.codes.CREATED:
        assert problem(stack, answer) == (413, "request-too-large")


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_journey_that_is_not_configured_is_unknown(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient, method: str
) -> None:
    if method == "POST":
        answer = frontend.create_session(channel="sdk", journey=_MARK)
    else:
        answer = frontend.request("GET", f"/verification?journey={_MARK}")
    assert problem(stack, answer) == (404, "unknown-journey")
    assert _MARK not in answer.text
    assert simulator.journal(endpoint="accounts.*") == []


@pytest.mark.parametrize("key", ["", '"', '""', '"a b"', '"open', "a" * 256, '"\\""'])
def test_a_broken_idempotency_key_is_refused(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient, key: str
) -> None:
    answer = frontend.request("POST", "/sessions", {"channel": "sdk"}, {"Idempotency-Key": key})
    assert problem(stack, answer) == _INVALID
    assert _fields(answer) == ["Idempotency-Key"]
    assert simulator.journal(endpoint="accounts.*") == []


def test_a_key_that_was_used_for_another_body_is_refused(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    key = {"Idempotency-Key": '"2d1c6d48-2f7c-49a5-a3d9-6ae36b8f64a1"'}
    assert frontend.request("POST", "/sessions", {"channel": "sdk"}, key).status_code == 201
    answer = frontend.request("POST", "/sessions", {"channel": "sdk", "renew": True}, key)
    assert problem(stack, answer) == (422, "idempotency-key-reused")
    assert len(simulator.journal(endpoint="accounts.*")) == 1


def test_requests_that_are_refused_leave_nothing_in_the_table(
    stack: RunningStack, send: Callable[..., httpx.Response]
) -> None:
    before = table_items(stack.aws, stack.outputs)
    for body in (b"", b'{"channel": "fax"}', b'{"channel": "sdk", "consent": {"country": "US"}}'):
        assert send(body).status_code in {400, 422}
    assert table_items(stack.aws, stack.outputs) == before
