"""docs/jumio.md is whole, and names the same fields of a request as the code."""

import re
from collections import Counter
from datetime import date
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from jumio_simulator.api.account_request import AccountRequest
from jumio_simulator.world.options import CallbackOptions, Options
from simulator_driver import Driver
from tests.support.words import ROWS, changed, paths, rows, words
from verification.domain.consent import Consent
from verification.domain.steps import CredentialPreset, Step
from verification.edge.http.sessions import ConsentBody
from verification.jumio import account_request

SURE = {"documented", "captured", "inferred", "unknown"}
CARRIED = {"sends", "reads", "refuses", "passes on", "not needed", "gap"}
DESCRIBED = [row for row in ROWS if row.heading != "Pages"]

OURS = {"name", "kind", "inputs", "passes", "otherwise", "validity", "attempts", "consent"}
"""What a step says to us, and not to Jumio."""

EVERYTHING: dict[str, Any] = {
    "workflowKey": "10164",
    "credentials": [
        {
            "category": "ID",
            "label": "document",
            "country": {"predefinedType": "DEFINED", "values": ["AUT"]},
            "type": {"predefinedType": "RECOMMENDED", "values": ["PASSPORT"]},
        },
        {"category": "SELFIE", "id": "6a1d5e3c-0000-4000-8000-3d8a1b2c4e5f"},
    ],
    "capabilities": {
        "watchlistScreening": {
            "searchProfile": "all",
            "additionalProperties": "a,b",
            "searchType": "STANDALONE",
        },
        "workflowDecision": {
            "decisionLabelRulesetId": "rules-1",
            "riskScoreRulesetId": "rules-2",
            "additionalRiskScoreRulesetId": "rules-3",
        },
        "ekycCheck": {"searchType": "exact"},
        "documentVerification": {"enableExtraction": True},
    },
    "reportingCriteria": "campaign-7",
    "overrideSettings": {"explicitUploadEnabled": "true", "forceCrossDevice": "false"},
    "tokenLifetime": "15m",
    "successUrl": "https://app.example.com/done",
    "errorUrl": "https://app.example.com/failed",
    "locale": "pt-BR",
    "callback": True,
}
OPEN = ("workflowDefinition.capabilities", "overrideSettings")
"""Members of the request in which the simulator takes any word."""

LENGTHS = [
    (row.words[0], int(found[1]))
    for row in rows("Account request")
    if (found := re.match(r"1\D(\d+)", row.cells["Limits"]))
]
CONFIGURED = {
    "workflowDefinition.key": "workflowKey",
    "reportingCriteria": "reportingCriteria",
    "web.successUrl": "successUrl",
    "web.errorUrl": "errorUrl",
}


def step(**members: object) -> Step:
    return Step.model_validate({"name": "identity", **members})


def request() -> dict[str, Any]:
    """What the product sends for a step, and a person, that say everything."""
    return account_request(
        step(**EVERYTHING),
        user_key="1-key",
        reference="a" * 32,
        callback_url="https://bff.example.com/callbacks/x",
        locale=None,
        consent=Consent("USA", "IL", "yes", "2026-11-23T08:15:00.000Z"),
        source_ip="203.0.113.7",
    )


def fields(model: type[BaseModel], path: str = "") -> set[str]:
    """Paths of all that a model of the simulator's knows."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        inner = models_in(field.annotation)
        listed = "[]" if inner and "list[" in str(field.annotation) else ""
        here = f"{path}.{name}{listed}".strip(".")
        found |= set().union(*(fields(one, here) for one in inner)) if inner else {here}
    return found


def models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return set().union(*(models_in(one) for one in get_args(annotation)))


def test_every_row_says_where_when_how_sure_and_for_whom() -> None:
    assert len(DESCRIBED) > 200
    for row in DESCRIBED:
        assert row.cells["Sure"] in SURE, row
        assert row.product in CARRIED or re.fullmatch(r"sends as `\w+`", row.product), row
        assert re.fullmatch(r"(yes|no)(, `\w+`)?", row.cells["Simulator"]), row
        assert date(2026, 11, 23) <= date.fromisoformat(row.cells["Read"]) <= date(2026, 11, 25)


def test_every_page_is_one_of_jumios_and_is_needed() -> None:
    named = {mark for row in DESCRIBED for mark in row.cells["Page"].split(", ")}
    assert named == {row.cells["Mark"] for row in rows("Pages")}
    assert {row.cells["Sure"] for row in DESCRIBED if row.cells["Page"] == "PUBLIC"} == {
        "captured",
        "unknown",
    }


def test_every_switch_is_an_option_of_the_simulator() -> None:
    switches = {word for row in DESCRIBED for word in row.named("Simulator")}
    assert len(switches) > 25
    assert switches <= Options.model_fields.keys() | CallbackOptions.model_fields.keys()


def test_no_word_is_named_twice_in_a_table() -> None:
    several = {"Capabilities", "Labels", "Closed lists"}
    named = Counter(
        (row.heading, row.column, word)
        for row in DESCRIBED
        if row.heading not in several
        for word in row.words
    )
    assert [which for which, times in named.items() if times > 1] == []


def test_the_request_of_a_step_that_says_everything_has_every_field() -> None:
    settable = {field.alias or name for name, field in Step.model_fields.items()}
    assert settable == OURS | EVERYTHING.keys()
    preset = {name for credential in EVERYTHING["credentials"] for name in credential}
    assert preset == CredentialPreset.model_fields.keys()
    assert paths(request()) == words("Account request", product="sends")
    assert words("Account request") == words("Account request", product="sends")


def test_the_simulator_takes_that_request_and_understands_every_field(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(unknown_fields="refuse")
    first = jumio.opened(key=10164)
    jumio.sim.admin.play(first.id, "approved")
    url, selfie = f"/api/v1/accounts/{first.account}", first.credential("SELFIE")["id"]
    sent = changed(request(), "workflowDefinition.credentials[].id", lambda _: selfie)
    assert jumio.call("PUT", url, json=sent).status_code == 200
    for field in words("Account request", simulated=True):
        if not field.startswith(OPEN[0]):
            wrong = changed(sent, field, lambda _: {"of": "another type"})
            refused = jumio.call("PUT", url, json=wrong)
            assert (refused.status_code, field.split(".")[-1] in refused.text) == (400, True), field


def test_every_field_that_the_simulator_understands_is_named() -> None:
    named = {
        next((one for one in OPEN if word.startswith(f"{one}.")), word)
        for word in words("Account request", simulated=True)
    }
    assert fields(AccountRequest) == named


def test_the_lengths_are_documented() -> None:
    assert len(LENGTHS) == 8
    assert CONFIGURED.keys() < dict(LENGTHS).keys()


@pytest.mark.parametrize(("field", "longest"), LENGTHS)
def test_a_length_is_the_longest_that_is_taken(jumio: Driver, field: str, longest: int) -> None:
    keys = {"10164", "x" * longest}
    jumio.sim.admin.patch_options(workflows={key: {"credentials": ["ID"]} for key in keys})
    sent = changed(request(), "workflowDefinition.credentials", lambda _: [])
    for length, status in ((longest, 200), (longest + 1, 400)):
        text = ("https://a.example.com/" if field.endswith("Url") else "").ljust(length, "x")
        tried = changed(sent, field, lambda _, text=text: text)
        assert jumio.call("POST", "/api/v1/accounts", json=tried).status_code == status
        if name := CONFIGURED.get(field):
            assert accepted(lambda text=text, name=name: step(**{name: text})) is (status == 200)
        if field.endswith(".state"):
            person = {"country": "US", "state": text}
            assert accepted(lambda it=person: ConsentBody.model_validate(it)) is (status == 200)


def accepted(make: Any) -> bool:
    try:
        make()
    except ValidationError:
        return False
    return True
