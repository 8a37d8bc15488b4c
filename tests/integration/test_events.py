"""What the rest of the company hears, against its published description."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator
from moto.events.models import EventPattern
from samcli.yamlhelper import yaml_parse

from tests.support.bff import ISSUER
from tests.support.event_schema import SCHEMA, violations
from tests.support.pipeline import Pipeline
from tests.support.template import ROOT, template

Json = dict[str, Any]
DOCUMENT = (ROOT / "docs/events.md").read_text()


def quoted(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    return str(found)


def example() -> Json:
    return dict(json.loads(quoted("json")))


def told_of(pipeline: Pipeline, scenario: str, user: str = "ada") -> Json:
    execution = pipeline.open(user=user)
    pipeline.play(execution, scenario)
    pipeline.call_back(execution)
    pipeline.work_off()
    return dict(pipeline.consumer.events()[-1])


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_an_outcome_says_who_and_how_and_nothing_else(pipeline: Pipeline) -> None:
    event = told_of(pipeline, "declined: selfie mismatch")
    (execution,) = pipeline.bff.executions()

    assert violations(event) == []
    assert event["data"] == {
        "issuer": ISSUER,
        "subject": "ada",
        "journey": "identity",
        "step": "identity",
        "status": "declined",
        "validUntil": None,
        "executionId": execution["customerInternalReference"],
    }
    (entry,) = pipeline.consumer.entries
    assert (entry["Source"], entry["DetailType"]) == (event["source"], event["type"])
    assert entry["EventBusName"] == "verification"


def test_ids_name_one_piece_of_news_each(pipeline: Pipeline) -> None:
    pipeline.tell_progress = True
    for user in ("ada", "bob"):
        execution = pipeline.open(user=user)
        for scenario, to_end in (("abandons", False), ("approved", False), ("approved", True)):
            pipeline.play(execution, scenario, to_end=to_end)
            pipeline.call_back(execution)
            pipeline.work_off()

    events = pipeline.consumer.events()

    assert [one["data"]["status"] for one in events] == ["pending", "processing", "approved"] * 2
    assert len({one["id"] for one in events}) == 6
    assert [violations(one) for one in events] == [[]] * 6


def without(name: str) -> Callable[[Json], object]:
    return lambda event: event.pop(name)


WRONG: dict[str, Callable[[Json], object]] = {
    **{f"without {name}": without(name) for name in SCHEMA["required"]},
    "with more": lambda event: event.update(firstName="Grace"),
    "with more data": lambda event: event["data"].update(score=100),
    "without a subject": lambda event: event["data"].update(subject=""),
    "without an issuer": lambda event: event["data"].pop("issuer"),
    "an unknown status": lambda event: event["data"].update(status="rejected"),
    "a status that is no outcome": lambda event: event["data"].update(status="processing"),
    "progress that is an outcome": lambda event: event.update(type="verification.progress"),
    "a lapse that is an outcome": lambda event: event.update(type="verification.lapsed"),
    "an unknown type": lambda event: event.update(type="verification.started"),
    "a local time": lambda event: event.update(time="2026-11-23T08:19:46+01:00"),
    "a random id": lambda event: event.update(id="0fb7cf2e-8c63-4a57-9d1c-3f5f0a5b7c21"),
    "an id of Jumio's": lambda event: event["data"].update(
        executionId="9c2f4a6e-7d31-4b8a-8c1e-5e6f7a8b9c0d"
    ),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_the_schema_refuses_what_is_not_promised(change: Callable[[Json], object]) -> None:
    event = copy.deepcopy(example())
    assert violations(event) == []
    change(event)
    assert violations(event) != []


@pytest.fixture
def rule() -> Json:
    """The rule that the documentation shows to consumers."""
    (function,) = yaml_parse(quoted("yaml"))["Resources"].values()
    (event,) = function["Properties"]["Events"].values()
    assert event["Type"] == "EventBridgeRule"
    return dict(event["Properties"])


def test_the_documented_rule_finds_approvals_and_nothing_else(
    pipeline: Pipeline, rule: Json
) -> None:
    for user, scenario in (("ada", "approved"), ("bob", "declined: selfie mismatch")):
        told_of(pipeline, scenario, user)
    pattern = EventPattern.load(json.dumps(rule["Pattern"]))

    matched = [
        envelope["detail"]["data"]["subject"]
        for envelope in pipeline.consumer.envelopes()
        if pattern.matches_event(cast("Any", envelope))
    ]

    assert matched == ["ada"]


def test_the_documented_bus_is_the_one_that_is_deployed(rule: Json) -> None:
    resources = template()["Resources"]
    assert resources["Bus"]["Properties"]["Name"] == {"Fn::Sub": "${AWS::StackName}-verification"}
    assert rule["EventBusName"].endswith("-verification")
