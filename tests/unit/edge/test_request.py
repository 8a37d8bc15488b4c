"""What a request of the gateway says, and who it is from."""

import base64
import json
from typing import Any

import pytest

from tests.support.events import event
from verification.domain.errors import InvalidRequest, RequestTooLarge
from verification.edge.http import Request
from verification.edge.http.request import LARGEST_BODY
from verification.edge.http.sessions import SessionRequest
from verification.edge.validation import validated

JSON = {"content-type": "application/json"}


def request(**members: object) -> Request:
    return Request(event("create_session", **members))


def encoded(body: bytes) -> dict[str, Any]:
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def text_of(size: int, character: str = "x") -> str:
    """A JSON string of exactly so many bytes."""
    padding, rest = divmod(size - 2, len(character.encode()))
    return f'"{character * padding}{"x" * rest}"'


def test_the_ready_event_is_understood() -> None:
    asked = request()
    assert asked.json_body() == {"channel": "sdk"}
    assert asked.request_id == "event-create-session"
    assert asked.source_ip == "203.0.113.7"
    assert asked.base_url == "https://abc123.execute-api.eu-central-1.amazonaws.com"
    assert asked.claims["token_use"] == "access"


def test_query_path_and_headers_are_found_or_absent() -> None:
    read = Request(event("get_verification"))
    assert (read.query("journey"), read.query("other")) == ("identity", None)
    called = Request(event("receive_callback.forged"))
    assert called.path("capability").startswith("1.1-")
    assert (called.path("other"), called.query("journey")) == ("", None)
    assert called.header("content-type") == "application/json"
    assert called.header("idempotency-key") is None


def test_what_the_client_claims_about_its_address_is_not_believed() -> None:
    claimed = {
        "x-forwarded-for": "198.51.100.1",
        "host": "evil.example",
        "forwarded": "for=1.1.1.1",
    }
    asked = request(headers={**JSON, **claimed})
    assert asked.source_ip == "203.0.113.7"
    assert "evil" not in asked.base_url


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": ""},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json-seq"},
        {"accept": "application/json"},
    ],
)
def test_a_body_of_another_type_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest, match="Content-Type"):
        request(headers=headers).json_body()


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=utf-8"],
)
def test_json_is_recognised_however_it_is_announced(content_type: str) -> None:
    assert request(headers={"Content-Type": content_type}).json_body() == {"channel": "sdk"}


@pytest.mark.parametrize(
    "members",
    [
        {"body": None},
        {"body": ""},
        {"body": "channel=sdk"},
        {"body": '{"channel":"sdk"'},
        {"body": '{"channel":"sdk"} trailing'},
        {"body": "\ud800"},
        {"body": "1" * 5000},
        {"body": "[" * 5000},
        {"body": "not base64 at all", "isBase64Encoded": True},
        encoded(b"\xff\xfe\xfd"),
        encoded(b""),
    ],
    ids=range(11),
)
def test_a_body_that_is_not_json_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        request(**members).json_body()
    assert type(refusal.value) is InvalidRequest
    assert refusal.value.detail == "The body is not JSON."


@pytest.mark.parametrize("body", ["[" * 5000 + "]" * 5000, '{"a":' * 1700 + "1" + "}" * 1700])
def test_deep_nesting_ends_as_an_ordinary_refusal(body: str) -> None:
    with pytest.raises(InvalidRequest):
        validated(SessionRequest, request(body=f'{{"channel":{body}}}').json_body())


def test_an_event_without_a_body_is_refused() -> None:
    whole = event("create_session")
    del whole["body"]
    with pytest.raises(InvalidRequest):
        Request(whole).json_body()


@pytest.mark.parametrize("character", ["x", "é", "€", "😀"])
def test_ten_kilobytes_are_read_and_one_byte_more_is_too_large(character: str) -> None:
    fits, too_large = text_of(LARGEST_BODY, character), text_of(LARGEST_BODY + 1, character)
    assert len(fits.encode()) == 10_240
    for members in ({"body": fits}, encoded(fits.encode())):
        assert request(**members).json_body() == json.loads(fits)
    for members in ({"body": too_large}, encoded(too_large.encode())):
        with pytest.raises(RequestTooLarge):
            request(**members).json_body()


def test_a_large_body_is_measured_before_it_is_parsed() -> None:
    with pytest.raises(RequestTooLarge):
        request(body="[" * (LARGEST_BODY + 1)).json_body()


def test_a_base64_body_counts_as_what_it_holds_and_not_as_it_travels() -> None:
    body = encoded(text_of(LARGEST_BODY - 1000).encode())
    assert len(body["body"]) > LARGEST_BODY
    assert isinstance(request(**body).json_body(), str)


@pytest.mark.parametrize(
    ("seen", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:41234", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:41234", "2001:db8::1"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:443", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("", ""),
        ("unknown", ""),
        ("203.0.113.7, 198.51.100.1", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_an_address_is_understood_however_the_gateway_spells_it(seen: object, address: str) -> None:
    whole = event("create_session")
    whole["requestContext"]["http"]["sourceIp"] = seen
    assert Request(whole).source_ip == address


@pytest.mark.parametrize(
    ("domain", "path", "route", "base"),
    [
        ("api.example.com", "/sessions", "POST /sessions", "https://api.example.com"),
        ("api.example.com", "/kyc/sessions", "POST /sessions", "https://api.example.com/kyc"),
        ("api.example.com", "/a/b/sessions", "POST /sessions", "https://api.example.com/a/b"),
        ("abc.execute-api.x.example", "/prod/sessions", "POST /sessions",
         "https://abc.execute-api.x.example/prod"),
        ("api.example.com", "/kyc/sessions", "$default", "https://api.example.com"),
        ("api.example.com", "/other", "POST /sessions", "https://api.example.com"),
    ],
)  # fmt: skip
def test_callbacks_come_by_the_way_that_the_request_came(
    domain: str, path: str, route: str, base: str
) -> None:
    whole = event("create_session", rawPath=path, routeKey=route)
    whole["requestContext"]["domainName"] = domain
    assert Request(whole).base_url == base


@pytest.mark.parametrize(
    "foreign",
    [{}, {"source": "serverless-plugin-warmup"}, [], None, "ping", 5, {"requestContext": None},
     {"requestContext": {"http": "GET"}}, {"Records": []}, {"httpMethod": "GET", "path": "/"}],
    ids=range(10),
)  # fmt: skip
def test_an_event_of_somebody_else_is_a_refusal_and_no_exception(foreign: object) -> None:
    request = Request(foreign)
    with pytest.raises(InvalidRequest):
        request.require_gateway()
    with pytest.raises(InvalidRequest):
        request.json_body()
    assert (request.request_id, request.source_ip, request.claims) == ("", "", {})
    assert (request.header("a"), request.query("a"), request.path("a")) == (None, None, "")
