"""Jumio's answers are odd where it does not matter: sessions are handed out, outcomes recorded."""

import copy
import gzip
import json
from base64 import urlsafe_b64encode
from http import HTTPStatus
from typing import Any

import pytest

from tests.support.answers import DETAILS, EXECUTION, HREF, PROCESSED, TOKEN, created
from tests.support.bff import Bff, Clock
from tests.support.jumio import told
from tests.support.observed import Observed
from verification.domain.errors import ChannelUnavailable

LONG = "x" * 500_000
ODD: list[dict[tuple[str, ...], Any]] = [
    {("capabilities",): None},
    {("capabilities",): []},
    {("capabilities",): {LONG: [], "usability": LONG}},
    {("capabilities",): {f"new{number}": None for number in range(10_000)}},
    {("decision", "details", "label"): 5},
    {("decision", "details", "label"): LONG},
    {("decision", "details", "label"): "\ud800"},
    {("decision", "details"): ["PASSED"]},
    {("decision", "risk", "score"): float("nan")},
    {("decision", "risk", "score"): 10**300},
    {("decision", "risk", "score"): 1e-300},
    {("decision", "risk", "score"): {"value": 1}},
    {("decision", "risk", "score"): LONG},
    {("decision", "risk"): True},
    {("workflow", "userReference"): 5, ("workflow", "customerInternalReference"): LONG},
    {("account",): None, ("workflow", "definitionKey"): {"key": 10011}},
]


def odd(changes: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    """A result that passed, but for these members."""
    details = copy.deepcopy(DETAILS)
    details["decision"]["type"] = "PASSED"
    for way, value in changes.items():
        place: Any = details
        for name in way[:-1]:
            place = place[name]
        place[way[-1]] = value
    return details


@pytest.mark.parametrize("changes", ODD, ids=lambda one: " ".join(map(".".join, one)))
def test_a_decision_is_recorded_whatever_decorates_it(
    bff: Bff, changes: dict[tuple[str, ...], Any]
) -> None:
    bff.ask()
    (execution,) = bff.executions()
    bff.jumio = told((200, PROCESSED), (200, odd(changes)))
    bff.settle(execution)
    assert bff.status()["status"] == "approved"


@pytest.mark.parametrize("nothing", [{}, {"href": ""}, {"href": None}, [], "", 5, None])
@pytest.mark.parametrize("channel", ["sdk", "web"])
def test_what_is_usable_is_handed_out(bff: Bff, nothing: object, channel: str) -> None:
    other = {"sdk": "web", "web": "sdk"}[channel]
    bff.jumio = told((200, created("ID", **{other: nothing})))
    usable = {"sdk": {"token": TOKEN}, "web": {"href": HREF}}
    assert bff.ask(channel).body == {channel: usable[channel]}
    with pytest.raises(ChannelUnavailable):
        bff.ask(other)


def test_nobody_is_sent_to_an_address_that_is_not_jumios(bff: Bff, observed: Observed) -> None:
    bff.jumio = told((200, created("ID", web={"href": "https://elsewhere.example/?t=secret"})))
    with pytest.raises(ChannelUnavailable):
        bff.ask("web")
    (told_of,) = observed.with_code("jumio_address_refused")
    assert told_of["workflow_execution_id"] == EXECUTION
    assert bff.ask("sdk").body == {"sdk": {"token": TOKEN}}
    assert not [one for one in bff.items() if "elsewhere" in str(one)]


def ending(said: object) -> str:
    packed = gzip.compress(json.dumps({"exAt": said}).encode())
    return f"x.{urlsafe_b64encode(packed).rstrip(b'=').decode()}.y"


@pytest.mark.parametrize("unit", [1, -1000, 1_000_000], ids=["seconds", "negative", "microseconds"])
def test_a_session_lasts_as_long_as_was_asked_for_if_its_token_says_nothing_credible(
    bff: Bff, unit: int
) -> None:
    assert isinstance(bff.clock, Clock)
    answer = created("ID", sdk={"token": ending((int(bff.clock.now) + 1800) * unit)})
    bff.jumio = told((200, answer), (500, None))
    assert bff.ask().status == HTTPStatus.CREATED
    bff.clock.now += 1700
    assert bff.ask().status == HTTPStatus.OK
    bff.clock.now += 101
    begun = {"workflowExecution": {"status": "INITIATED"}}
    bff.jumio = told((200, begun), (200, created("ID")))
    assert bff.ask().status == HTTPStatus.CREATED
