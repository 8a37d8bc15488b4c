"""What is taken from Jumio's answers, and what is left in them."""

import itertools
import json
import logging
from typing import Any

import pytest

from jumio_simulator.testing import RunningSimulator
from tests.support.jumio import REQUEST, Jumio, client
from tests.support.servers import answer_json, socket_server
from verification.domain.deadline import Deadline
from verification.domain.errors import OutcomeUnknown, ProviderUnavailable
from verification.domain.execution import Decision
from verification.jumio import OpenedExecution, Reading

ACCOUNT, EXECUTION = "11111111-aaaa-4bbb-8ccc-222222222222", "33333333-dddd-4eee-8fff-444444444444"
TOKEN, HREF = (
    "the.sdk.token",
    "https://tenant.web.example/web/client?authorizationToken=the.web.token",
)


def credential(category: str) -> dict[str, Any]:
    """One of the credentials that a person is to present, with secrets of its own."""
    upload = f"https://api.example/api/v1/accounts/{ACCOUNT}/parts/{category}"
    return {
        "id": f"id-of-{category}",
        "category": category,
        "allowedChannels": ["WEB", "API", "SDK"],
        "api": {
            "token": f"upload-token-of-{category}",
            "parts": {"front": upload, "back": upload},
            "workflowExecution": upload,
        },
    }


def created(*categories: str, **members: object) -> dict[str, Any]:
    """An answer in the shape that Jumio documents, with invented values."""
    return {
        "timestamp": "2026-11-23T08:15:00.000Z",
        "account": {"id": ACCOUNT},
        "web": {"href": HREF},
        "sdk": {"token": TOKEN},
        "workflowExecution": {"id": EXECUTION, "credentials": [*map(credential, categories)]},
        **members,
    }


def taken(
    simulator: RunningSimulator, value: object, status: int = 200, account_id: str | None = None
) -> OpenedExecution:
    with socket_server(answer_json(status, value)) as server:
        return client(simulator.url, server.url).open_execution(
            REQUEST, account_id=account_id, deadline=Deadline(5)
        )


def read(simulator: RunningSimulator, status: object, details: object = None) -> Reading:
    with socket_server(answer_json(200, status), answer_json(200, details)) as server:
        return client(simulator.url, server.url).read_execution(
            ACCOUNT, EXECUTION, with_details=False, deadline=Deadline(5)
        )


@pytest.mark.parametrize(
    "categories",
    [
        *itertools.permutations(["ID", "FACEMAP", "SELFIE"]),
        (),
        ("DATA",),
        ("ID", "DATA"),
        ("ID",) * 9,
    ],
)
def test_ids_token_and_address_are_taken_in_whatever_order_credentials_come(
    simulator: RunningSimulator, caplog: pytest.LogCaptureFixture, categories: tuple[str, ...]
) -> None:
    with caplog.at_level(logging.DEBUG, "verification"):
        opened = taken(simulator, created(*categories))
    data = ("id-of-DATA", "upload-token-of-DATA") if "DATA" in categories else (None, None)
    assert opened == OpenedExecution(ACCOUNT, EXECUTION, TOKEN, HREF, *data)
    told = repr(opened) + " ".join(str(record.__dict__) for record in caplog.records)
    assert not any(secret in told for secret in (TOKEN, HREF, "upload-token", "parts"))


@pytest.mark.parametrize("account_id", [None, ACCOUNT])
@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 299])
def test_any_success_is_one(
    simulator: RunningSimulator, status: int, account_id: str | None
) -> None:
    opened = taken(simulator, created("ID"), status, account_id)
    assert opened.workflow_execution_id == EXECUTION


@pytest.mark.parametrize(
    ("without", "token", "href"),
    [(["sdk"], None, HREF), (["web"], TOKEN, None), (["sdk", "web"], None, None)],
)
def test_a_channel_that_is_not_offered_is_none(
    simulator: RunningSimulator, without: list[str], token: str | None, href: str | None
) -> None:
    left_out = {name: value for name, value in created("ID").items() if name not in without}
    for value in (left_out, created("ID", **dict.fromkeys(without))):
        opened = taken(simulator, value)
        assert (opened.token, opened.href) == (token, href)


def test_what_we_do_not_know_is_let_through(simulator: RunningSimulator) -> None:
    value = created("ID", "SOMETHING_NEW", news={"deep": [None]}, timestamp=None)
    value["account"]["tier"] = "gold"
    value["sdk"]["region"] = 5
    value["web"]["successUrl"] = "https://app.example/done"
    value["workflowExecution"] |= {"definitionKey": 10011, "credentials": "none"}
    assert taken(simulator, value) == OpenedExecution(ACCOUNT, EXECUTION, token=TOKEN, href=HREF)


@pytest.mark.parametrize(
    "members",
    [
        {"account": None},
        {"account": {}},
        {"account": {"id": ""}},
        {"account": {"id": 5}},
        {"account": {"id": "../../tenants"}},
        {"account": {"id": f"{ACCOUNT}\n"}},
        {"account": {"id": "x" * 65}},
        {"workflowExecution": {"id": "a/b"}},
        {"workflowExecution": {"id": "a?b"}},
        {"workflowExecution": None},
        {"sdk": {"token": ""}},
        {"sdk": {"token": 5}},
        {"web": {"href": ""}},
        {"web": "https://tenant.web.example"},
    ],
    ids=json.dumps,
)
def test_an_answer_that_cannot_be_trusted_later_is_an_unknown_outcome(
    simulator: RunningSimulator, members: dict[str, object]
) -> None:
    with pytest.raises(OutcomeUnknown):
        taken(simulator, created("ID", **members))


DETAILS: dict[str, Any] = {
    "workflow": {
        "id": EXECUTION,
        "status": "PROCESSED",
        "userReference": "1-user_key",
        "customerInternalReference": "0123456789abcdef0123456789abcdef",
    },
    "account": {"id": ACCOUNT},
    "decision": {
        "type": "REJECTED",
        "details": {"label": "REJECTED"},
        "risk": {"score": 100.0},
    },
    "capabilities": {
        "extraction": [
            {"decision": {"type": "PASSED"}, "data": {"firstName": "PERSONAL", "dateOfBirth": "X"}}
        ],
        "usability": [{"decision": {"type": "PASSED"}}, {"decision": {"type": "REJECTED"}}],
        "similarity": [],
        "imageChecks": [{"decision": {"type": "NOT_EXECUTED"}}],
        "somethingNew": {"shape": "unknown"},
    },
}
PROCESSED = {"workflowExecution": {"id": EXECUTION, "status": "PROCESSED"}}


def test_the_decision_is_taken_and_everything_personal_is_left(
    simulator: RunningSimulator,
) -> None:
    reading = read(simulator, PROCESSED, DETAILS)
    assert reading == Reading(
        "PROCESSED",
        Decision("REJECTED", "REJECTED", 100.0, ("imageChecks", "somethingNew", "usability")),
        "1-user_key",
        "0123456789abcdef0123456789abcdef",
        ACCOUNT,
    )
    assert "PERSONAL" not in repr(reading)


@pytest.mark.parametrize("status", ["INITIATED", "ACQUIRED", "TOKEN_EXPIRED", "SOMETHING_NEW"])
def test_details_are_not_read_before_there_are_any(
    simulator: RunningSimulator, status: str
) -> None:
    value = {"workflowExecution": {"id": EXECUTION, "status": status, "more": 1}, "extra": []}
    assert read(simulator, value) == Reading(status)


def test_a_result_without_a_decision_is_read_as_that(simulator: RunningSimulator) -> None:
    assert read(simulator, PROCESSED, {"workflow": {"status": "PROCESSED"}}) == Reading("PROCESSED")


@pytest.mark.parametrize(
    ("status", "details"),
    [
        ({}, DETAILS),
        ({"workflowExecution": {"status": None}}, DETAILS),
        (PROCESSED, {}),
        (PROCESSED, {**DETAILS, "workflow": None}),
        (PROCESSED, {**DETAILS, "decision": {}}),
        (PROCESSED, {**DETAILS, "decision": "PASSED"}),
    ],
    ids=range(6),
)
def test_a_reading_that_makes_no_sense_is_none(
    simulator: RunningSimulator, status: object, details: object
) -> None:
    with pytest.raises(ProviderUnavailable):
        read(simulator, status, details)


@pytest.mark.parametrize(
    ("scenario", "decision"),
    [("approved", "PASSED"), ("needs review", "WARNING"), ("expired", None)],
)
def test_the_simulators_outcomes_are_read(
    jumio: Jumio, scenario: str, decision: str | None
) -> None:
    execution = jumio.opened.workflow_execution_id
    if decision:
        jumio.simulator.admin.play(execution, scenario)
    else:
        jumio.simulator.admin.patch_options(expired_details="not_executed")
        jumio.simulator.admin.expire(execution)
    reading = jumio.call("retrieval.details")
    assert isinstance(reading, Reading)
    assert reading.status == ("PROCESSED" if decision else "TOKEN_EXPIRED")
    if decision:
        assert reading.decision is not None
        assert reading.decision.type == decision
    assert reading.internal_reference == REQUEST["customerInternalReference"]
    assert reading.user_reference == REQUEST["userReference"]
