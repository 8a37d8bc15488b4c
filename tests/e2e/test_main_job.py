"""The main job, as a frontend, Jumio's journal and the table see it."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import table_items
from local.demo.people import Person
from tests.support.end_to_end import decided
from tests.support.jwt import claims
from tests.support.stack import RunningStack

_CALLS = "accounts.*"


def _calls(simulator: AdminClient) -> list[tuple[str, str]]:
    return [
        (call["method"], call["path"])
        for call in simulator.journal(endpoint=_CALLS)
        if call["status"] == httpx.codes.OK
    ]


def _items(stack: RunningStack, frontend: Frontend) -> dict[str, dict[str, Any]]:
    """What the table holds about a person, by sort key, and whose account their account is."""
    items = table_items(stack.aws, stack.outputs)
    subject = claims(frontend)["sub"]
    (account,) = [item for item in items if item.get("subject") == subject]
    own = {item["sk"]: item for item in items if item["pk"] == account["pk"]}
    lookups = [item for item in items if f"USER#{item.get('user_key')}" == account["pk"]]
    return own | {item["pk"]: item for item in lookups}


def _execution_of(items: dict[str, dict[str, Any]]) -> dict[str, Any]:
    (execution,) = [item for key, item in items.items() if key.startswith("EXECUTION#")]
    return execution


def test_the_sdk_gets_a_token_and_nothing_else(frontend: Frontend, simulator: AdminClient) -> None:
    answer = frontend.create_session(channel="sdk")
    (opened,) = simulator.executions()

    assert answer.status_code == httpx.codes.CREATED
    assert answer.json() == {"sdk": {"token": opened["sdkToken"]}}
    assert len(opened["sdkToken"]) > 100


def test_the_web_gets_an_address_and_nothing_else(
    frontend: Frontend, simulator: AdminClient
) -> None:
    answer = frontend.create_session(channel="web", locale="de")
    (opened,) = simulator.executions()

    assert answer.status_code == httpx.codes.CREATED
    assert answer.json() == {"web": {"href": opened["webHref"]}}
    query = parse_qs(urlsplit(opened["webHref"]).query)
    assert query["authorizationToken"] == [opened["sdkToken"]]
    assert query["locale"] == ["de"]


@pytest.mark.parametrize(("channel", "status"), [("sdk", 201), ("fax", 400)])
def test_every_answer_is_private_and_can_be_asked_about(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient, channel: str, status: int
) -> None:
    answer = frontend.create_session(channel=channel)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r"[\w-]{10,64}=?", answer.headers["X-Request-Id"])
    kind = "application/json" if status == httpx.codes.CREATED else "application/problem+json"
    assert answer.headers["Content-Type"] == kind


def test_jumio_is_told_a_pseudonym_an_opaque_reference_and_where_to_call_back(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    frontend.create_session(channel="web")
    (call,) = simulator.journal(endpoint="accounts.create")
    body, items = call["body"], _items(stack, frontend)

    assert body["workflowDefinition"]["key"] == 10011
    assert items["ACCOUNT"]["pk"] == f"USER#{body['userReference']}"
    assert _execution_of(items)["sk"] == f"EXECUTION#{body['customerInternalReference']}"
    assert body["callbackUrl"].startswith(f"{stack.facts['api']}/callbacks/")
    assert body["web"]["successUrl"].startswith(stack.facts["page"])
    subject = claims(frontend)["sub"]
    assert subject not in json.dumps(call)


def test_what_the_table_holds_after_a_session(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    request_id = frontend.create_session(channel="sdk").headers["X-Request-Id"]
    (opened,) = simulator.executions()
    items = _items(stack, frontend)
    execution, lookup = _execution_of(items), items[f"ACCOUNT#{opened['accountId']}"]

    assert set(items) == {
        "ACCOUNT", "JOURNEY#identity", "SESSION#identity", execution["sk"], lookup["pk"]
    }  # fmt: skip
    token = claims(frontend)
    assert items["ACCOUNT"] == {
        "pk": items["ACCOUNT"]["pk"],
        "sk": "ACCOUNT",
        "issuer": token["iss"],
        "subject": token["sub"],
        "account_id": opened["accountId"],
    }
    reference = execution["sk"].removeprefix("EXECUTION#")
    assert reference == opened["customerInternalReference"]
    assert items["JOURNEY#identity"]["reference"] == reference
    assert items["JOURNEY#identity"]["state"] == "pending"
    assert len(items["JOURNEY#identity"]["attempts"]) == 1
    session = items["SESSION#identity"]
    assert (session["token"], session["href"]) == (opened["sdkToken"], opened["webHref"])
    assert session["ttl"] == session["expires_at"]
    assert execution["request_id"] == request_id
    assert execution["workflow_execution_id"] == opened["id"]
    assert execution["account_id"] == opened["accountId"]
    assert lookup["sk"] == "ACCOUNT"


@pytest.mark.parametrize(
    ("scenario", "status", "again"),
    [
        ("approved", "approved", "already-verified"),
        ("declined: fake document", "declined", None),
        ("needs review", "review", "verification-in-progress"),
        ("abandons", "expired", None),
    ],
)
def test_the_outcome_is_shown_and_the_session_is_forgotten(
    stack: RunningStack,
    frontend: Frontend,
    simulator: AdminClient,
    scenario: str,
    status: str,
    again: str | None,
) -> None:
    assert frontend.verification().json()["status"] == "none"
    frontend.create_session(channel="web")
    assert frontend.verification().json()["status"] == "pending"

    (opened,) = simulator.executions()
    simulator.play(opened["id"], scenario)
    standing = decided(frontend)

    assert standing["status"] == status
    assert standing["retry"]["allowed"] == (again is None)
    assert not {key for key in _items(stack, frontend) if key.startswith("SESSION#")}
    answer = frontend.create_session(channel="sdk")
    assert answer.json().get("code") == again
    assert answer.status_code == (httpx.codes.CONFLICT if again else httpx.codes.CREATED)


def test_who_comes_back_continues_on_the_same_account(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    frontend.create_session(channel="web")
    (first,) = simulator.executions()
    simulator.play(first["id"], "declined: fake document")
    decided(frontend)

    answer = frontend.create_session(channel="sdk")
    second = next(one for one in simulator.executions() if one["id"] != first["id"])
    path = "/api/v1/accounts"
    assert _calls(simulator) == [("POST", path), ("PUT", f"{path}/{first['accountId']}")]
    assert answer.json() == {"sdk": {"token": second["sdkToken"]}}
    assert second["accountId"] == first["accountId"]
    items = _items(stack, frontend)
    assert items["ACCOUNT"]["account_id"] == first["accountId"]
    assert len([key for key in items if key.startswith("ACCOUNT#")]) == 1


def test_a_session_goes_on_upon_the_other_channel_until_it_is_to_be_renewed(
    frontend: Frontend, simulator: AdminClient
) -> None:
    frontend.create_session(channel="web")
    (opened,) = simulator.executions()
    phone = frontend.create_session(channel="sdk")
    assert (phone.status_code, phone.json()) == (200, {"sdk": {"token": opened["sdkToken"]}})

    renewed = frontend.create_session(channel="sdk", renew=True)
    newest = next(one for one in simulator.executions() if one["id"] != opened["id"])
    assert (renewed.status_code, renewed.json()) == (201, {"sdk": {"token": newest["sdkToken"]}})
    assert [method for method, _ in _calls(simulator)] == ["POST", "PUT"]


def test_an_idempotency_key_gets_the_same_answer_again(
    frontend: Frontend, simulator: AdminClient
) -> None:
    key = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
    answers = [
        frontend.request("POST", "/sessions", {"channel": "sdk", "renew": True}, key)
        for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.text for answer in answers}) == 1
    opened = simulator.executions()
    (mine,) = [one for one in opened if one["sdkToken"] in answers[0].text]
    assert [one["userReference"] for one in opened].count(mine["userReference"]) == 1


def test_nobody_sees_somebody_elses_session(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient, new_person: Any
) -> None:
    mine = frontend.create_session(channel="sdk").json()
    other: Person = new_person()
    with Frontend(stack.facts) as app:
        app.sign_in(other.email, other.password)
        assert app.verification().json()["status"] == "none"
        theirs = app.create_session(channel="sdk").json()
    assert theirs != mine
    accounts = {one["accountId"] for one in simulator.executions()}
    assert len(accounts) == 2
