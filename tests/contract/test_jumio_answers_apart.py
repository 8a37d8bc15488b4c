"""Jumio's answers taken apart member by member: only what proves something can stop them.

Each member of each documented answer is left out, and replaced by values of every other
kind. What is read then is as before, except for that member.
"""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from jumio_simulator.testing import RunningSimulator
from tests.support.answers import ACCOUNT, DETAILS, EXECUTION, created
from tests.support.jumio import AGENT, REQUEST, Jumio, token_source, told
from verification.domain.deadline import Deadline
from verification.domain.errors import OutcomeUnknown, ProviderUnavailable
from verification.jumio import OpenedExecution, Reading

Path = tuple[str | int, ...]
WORD = "two\nlines of text, and a blank"
ODD: list[Any] = [
    *(None, "", [], {}, 0, -1.5, True, float("nan"), float("inf"), 10**400),
    *(["text"], {"member": 1}, "x" * 500_000, "\ud800", WORD),
]
"""Of every kind that JSON knows, and none of them an id or a number between 0 and 100."""

IDENTITY: set[Path] = {
    (),
    ("account",),
    ("account", "id"),
    ("workflowExecution",),
    ("workflowExecution", "id"),
}
STATUS = {
    "account": {"id": ACCOUNT, "href": f"https://retrieval.example/api/v1/accounts/{ACCOUNT}"},
    "workflowExecution": {
        "id": EXECUTION,
        "href": f"https://retrieval.example/api/v1/workflow-executions/{EXECUTION}",
        "definitionKey": "10011",
        "status": "PROCESSED",
    },
}
STANDS: set[Path] = {(), ("workflowExecution",), ("workflowExecution", "status")}
DECIDES: set[Path] = {(), ("workflow",), ("workflow", "status"), ("decision", "type")}
WHOLE_DETAILS = {
    **DETAILS,
    "createdAt": "2026-11-23T08:15:00.000Z",
    "startedAt": "2026-11-23T08:16:00.000Z",
    "completedAt": "2026-11-23T08:17:00.000Z",
    "wipedOutAt": "2026-11-23T08:18:00.000Z",
    "credentials": [{"id": "id", "category": "ID", "parts": [{"classifier": "FRONT"}]}],
    "steps": {"href": "https://retrieval.example/steps"},
    "rules": {"href": "https://retrieval.example/rules"},
    "feedback": {"status": "FRAUD", "reason": "FIRST_PARTY_FRAUD"},
    "consent": {"obtained": "yes", "obtainedAt": "2026-11-23T08:15:00.000Z"},
}


def members(value: Any, at: Path = ()) -> Iterator[Path]:
    """The way to each member of a document, and to the document itself."""
    yield at
    inside = value.items() if isinstance(value, dict) else ()
    for name, member in enumerate(value) if isinstance(value, list) else inside:
        yield from members(member, (*at, name))


def taken_apart(document: Any) -> Iterator[tuple[Path, Any, Any]]:
    """Way, odd value and document for each member left out (Ellipsis) or replaced."""
    for way in members(document):
        for odd in (..., *ODD):
            if not way:
                yield way, odd, None if odd is ... else odd
                continue
            changed = copy.deepcopy(document)
            place = changed
            for name in way[:-1]:
                place = place[name]
            if odd is ...:
                del place[way[-1]]
            else:
                place[way[-1]] = odd
            yield way, odd, changed


def opened(answer: object) -> OpenedExecution:
    return told((200, answer)).open_execution(REQUEST, account_id=None, deadline=Deadline(60))


def read(status: object, details: object, *, with_details: bool = False) -> Reading:
    return told((200, status), (200, details)).read_execution(
        ACCOUNT, EXECUTION, with_details=with_details, deadline=Deadline(60)
    )


def check_opening(answer: Any) -> int:
    """Only the ids of account and execution make the outcome of an opening unknown."""
    whole, checked = opened(answer), 0
    for way, odd, changed in taken_apart(answer):
        if way in IDENTITY:
            with pytest.raises(OutcomeUnknown):
                opened(changed)
        else:
            found = opened(changed)
            channel = {"sdk": {"token": None}, "web": {"href": None}}.get(str(way[0]), {})
            usual = way[-1] not in ("sdk", "token", "web", "href")
            expected = whole if usual else replace(whole, **channel)
            if way[0] == "workflowExecution":
                expected = replace(
                    expected, credential_id=found.credential_id, upload_token=found.upload_token
                )
            assert found == expected, (way, odd)
        checked += 1
    return checked


def check_status(answer: Any) -> None:
    """Only the status itself makes a status unreadable."""
    for way, odd, changed in taken_apart(answer):
        if way not in STANDS:
            assert read(changed, WHOLE_DETAILS).status == "PROCESSED", (way, odd)
        elif odd == WORD and len(way) == 2:
            assert read(changed, None) == Reading(odd)  # a word that we do not know
        else:
            with pytest.raises(ProviderUnavailable):
                read(changed, WHOLE_DETAILS)


def check_details(answer: Any) -> None:
    """Only the status and the type of the decision make a result unreadable."""
    whole = read(STATUS, answer)
    assert whole.decision
    for way, odd, changed in taken_apart(answer):
        unheard = odd == WORD and len(way) == 2  # a status or a type that we do not know
        undecided = way == ("decision",) and odd in (..., None)
        if (way in DECIDES or way == ("decision",)) and not (unheard or undecided):
            with pytest.raises(ProviderUnavailable):
                read(STATUS, changed)
        elif undecided:
            assert read(STATUS, changed) == replace(whole, decision=None)
        elif unheard:
            read(STATUS, changed)
        else:
            found = read(STATUS, changed)
            assert found.status == whole.status, (way, odd)
            assert found.decision, (way, odd)
            assert found.decision.type == whole.decision.type, (way, odd)
            for name in ("user_reference", "internal_reference", "account_id"):
                assert getattr(found, name) in (getattr(whole, name), None, WORD), (way, odd)
            assert found.decision.score in (whole.decision.score, None, 0.0), (way, odd)
            assert len(found.decision.label or "") <= 100


@pytest.mark.parametrize("answer", [created("ID", "FACEMAP", "SELFIE"), created("DATA")])
def test_only_ids_make_an_opening_unknown(answer: Any) -> None:
    assert check_opening(answer) > 200


def test_only_the_status_makes_a_status_unreadable() -> None:
    check_status(STATUS)


def test_only_status_and_type_of_decision_make_a_result_unreadable() -> None:
    check_details(WHOLE_DETAILS)


def test_what_an_expired_execution_was_decided_stops_nothing() -> None:
    status = {"workflowExecution": {"status": "TOKEN_EXPIRED"}}
    for odd in ODD:
        details = {**DETAILS, "workflow": {**DETAILS["workflow"], "status": "TOKEN_EXPIRED"}}
        found = read(status, {**details, "decision": odd}, with_details=True)
        assert (found.status, found.decision) == ("TOKEN_EXPIRED", None)
        assert found.user_reference == "1-user_key"


@pytest.mark.parametrize("workflow", [10011, 10066])
def test_so_it_is_with_the_simulators_answers(
    jumio: Jumio, simulator: RunningSimulator, workflow: int
) -> None:
    headers = {
        "Authorization": f"Bearer {token_source(simulator.url).get(Deadline(5))}",
        "User-Agent": AGENT,
    }
    accounts = f"{simulator.url}/api/v1/accounts"
    body = {**REQUEST, "workflowDefinition": {"key": workflow}}
    answer = requests.post(accounts, json=body, headers=headers, timeout=5).json()
    # Another address of the simulator's would be one that leads nowhere.
    answer.get("web", {}).pop("href", None)
    check_opening(answer)

    execution = answer["workflowExecution"]["id"]
    simulator.admin.play(execution, "needs review")
    url = f"{accounts}/{answer['account']['id']}/workflow-executions/{execution}"
    check_status(requests.get(f"{url}/status", headers=headers, timeout=5).json())
    check_details(requests.get(url, headers=headers, timeout=5).json())
