"""What is taken from Jumio's answers, and what is left in them."""

import itertools
import json
import logging

import pytest

from tests.support.answers import ACCOUNT, DETAILS, EXECUTION, HREF, PROCESSED, TOKEN, created
from tests.support.jumio import REQUEST, Jumio, told
from verification.domain.deadline import Deadline
from verification.domain.errors import OutcomeUnknown, ProviderUnavailable
from verification.domain.execution import Decision
from verification.jumio import OpenedExecution, Reading


def taken(value: object, status: int = 200, account_id: str | None = None) -> OpenedExecution:
    return told((status, value)).open_execution(
        REQUEST, account_id=account_id, deadline=Deadline(5)
    )


def read(status: object, details: object = None) -> Reading:
    return told((200, status), (200, details)).read_execution(
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
    caplog: pytest.LogCaptureFixture, categories: tuple[str, ...]
) -> None:
    with caplog.at_level(logging.DEBUG, "verification"):
        opened = taken(created(*categories))
    data = ("id-of-DATA", "upload-token-of-DATA") if "DATA" in categories else (None, None)
    assert opened == OpenedExecution(ACCOUNT, EXECUTION, TOKEN, HREF, *data)
    told = repr(opened) + " ".join(str(record.__dict__) for record in caplog.records)
    assert not any(secret in told for secret in (TOKEN, HREF, "upload-token", "parts"))


@pytest.mark.parametrize("account_id", [None, ACCOUNT])
@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 299])
def test_any_success_is_one(status: int, account_id: str | None) -> None:
    opened = taken(created("ID"), status, account_id)
    assert opened.workflow_execution_id == EXECUTION


@pytest.mark.parametrize(
    ("without", "token", "href"),
    [(["sdk"], None, HREF), (["web"], TOKEN, None), (["sdk", "web"], None, None)],
)
def test_a_channel_that_is_not_offered_is_none(
    without: list[str], token: str | None, href: str | None
) -> None:
    left_out = {name: value for name, value in created("ID").items() if name not in without}
    for value in (left_out, created("ID", **dict.fromkeys(without))):
        opened = taken(value)
        assert (opened.token, opened.href) == (token, href)


def test_what_we_do_not_know_is_let_through() -> None:
    value = created("ID", "SOMETHING_NEW", news={"deep": [None]}, timestamp=None)
    value["account"]["tier"] = "gold"
    value["sdk"]["region"] = 5
    value["web"]["successUrl"] = "https://app.example/done"
    value["workflowExecution"] |= {"definitionKey": 10011, "credentials": "none"}
    assert taken(value) == OpenedExecution(ACCOUNT, EXECUTION, token=TOKEN, href=HREF)


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
    ],
    ids=json.dumps,
)
def test_an_answer_that_cannot_be_trusted_later_is_an_unknown_outcome(
    members: dict[str, object],
) -> None:
    with pytest.raises(OutcomeUnknown):
        taken(created("ID", **members))


def test_the_decision_is_taken_and_everything_personal_is_left() -> None:
    reading = read(PROCESSED, DETAILS)
    assert reading == Reading(
        "PROCESSED",
        Decision("REJECTED", "REJECTED", 100.0, ("imageChecks", "somethingNew", "usability")),
        "1-user_key",
        "0123456789abcdef0123456789abcdef",
        ACCOUNT,
        has_details=True,
    )
    assert "PERSONAL" not in repr(reading)


def test_no_more_names_of_capabilities_are_taken_than_can_be_stored() -> None:
    many = {f"capability{number}": None for number in range(100_000)}
    decision = read(PROCESSED, {**DETAILS, "capabilities": many}).decision
    assert decision is not None
    assert decision.failed == tuple(sorted(many)[:50])


@pytest.mark.parametrize("status", ["INITIATED", "ACQUIRED", "TOKEN_EXPIRED", "SOMETHING_NEW"])
def test_details_are_not_read_before_there_are_any(status: str) -> None:
    value = {"workflowExecution": {"id": EXECUTION, "status": status, "more": 1}, "extra": []}
    assert read(value) == Reading(status)


def test_a_result_without_a_decision_is_read_as_that() -> None:
    assert read(PROCESSED, {"workflow": {"status": "PROCESSED"}}) == Reading(
        "PROCESSED", has_details=True
    )


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
def test_a_reading_that_makes_no_sense_is_none(status: object, details: object) -> None:
    with pytest.raises(ProviderUnavailable):
        read(status, details)


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
