"""What a request of the gateway says, and who it is from."""

import base64
import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from tests.support.events import event
from verification.domain.errors import Forbidden, InvalidRequest, RequestTooLarge
from verification.domain.identity import Caller
from verification.edge.http import Request
from verification.edge.http.request import LARGEST_BODY, validated
from verification.edge.http.sessions import SessionRequest

JSON = {"content-type": "application/json"}


def request(**members: object) -> Request:
    return Request(APIGatewayProxyEventV2(event("create_session", **members)))


def with_claims(claims: object) -> Request:
    whole = event("create_session")
    whole["requestContext"]["authorizer"]["jwt"]["claims"] = claims
    return Request(APIGatewayProxyEventV2(whole))


def with_authorizer(authorizer: object) -> Request:
    whole = event("create_session")
    whole["requestContext"]["authorizer"] = authorizer
    return Request(APIGatewayProxyEventV2(whole))


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
    assert asked.caller == Caller(
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_EXAMPLE",
        "5f1d7c9e-0000-4000-8000-3d8a1b2c4e5f",
    )


def test_query_path_and_headers_are_found_or_absent() -> None:
    read = Request(APIGatewayProxyEventV2(event("get_verification")))
    assert (read.query("journey"), read.query("other")) == ("identity", None)
    called = Request(APIGatewayProxyEventV2(event("receive_callback")))
    assert called.path("capability").startswith("1.1-")
    assert (called.path("other"), called.query("journey")) == ("", None)
    assert called.header("Content-Type") == called.header("content-type") == "application/json"
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
        Request(APIGatewayProxyEventV2(whole)).json_body()


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
    "authorizer", [None, {}, {"jwt": None}, {"jwt": {}}, {"jwt": {"claims": None}}]
)
def test_a_request_that_no_authorizer_saw_has_no_caller(authorizer: object) -> None:
    with pytest.raises(Forbidden):
        _ = with_authorizer(authorizer).caller


def test_a_request_without_any_authorizer_has_no_caller() -> None:
    with pytest.raises(Forbidden):
        _ = Request(APIGatewayProxyEventV2(event("receive_callback"))).caller


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"iss": "https://issuer.example"},
        {"sub": "4711"},
        {"iss": "https://issuer.example", "sub": ""},
        {"iss": "", "sub": "4711"},
        {"iss": "https://issuer.example", "sub": "4711", "token_use": "id"},
        {"iss": "https://issuer.example", "client_id": "machine", "token_use": "access"},
    ],
)
def test_only_an_access_token_of_a_person_names_a_caller(claims: dict[str, str]) -> None:
    with pytest.raises(Forbidden):
        _ = with_claims(claims).caller


@pytest.mark.parametrize("more", [{}, {"token_use": "access"}, {"scope": "a b"}])
def test_token_use_is_cognitos_own_and_other_issuers_leave_it_out(more: dict[str, str]) -> None:
    caller = with_claims({"iss": "https://issuer.example", "sub": "4711", **more}).caller
    assert caller == Caller("https://issuer.example", "4711")
