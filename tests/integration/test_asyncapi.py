"""docs/asyncapi.yaml: well-formed, and true to what goes to the bus and what comes from Jumio."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.support.callbacks import BODY
from tests.support.contract import DOCUMENT as OPENAPI
from tests.support.pipeline import Pipeline
from tests.support.template import ROOT
from verification.aws import bus
from verification.domain.journeys import load_journeys

Json = dict[str, Any]
DAY = 86400
_BASE = "https://docs.example/"
_META = ROOT / ".venv/node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"
DOCUMENT: Json = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
MESSAGES: dict[str, Json] = DOCUMENT["components"]["messages"]


def faults_of(document: Json) -> list[str]:
    """Where a document is not AsyncAPI 3.0."""
    validator = Draft7Validator(json.loads(_META.read_text()))
    return [error.message for error in validator.iter_errors(document)]


def _file(uri: str) -> Resource[Any]:
    text = (ROOT / "docs" / uri.removeprefix(_BASE)).read_text()
    return Resource.from_contents(yaml.safe_load(text), default_specification=DRAFT202012)


def violations(message: str, payload: object) -> list[str]:
    """What is wrong with a message of that name."""
    schema = {"$ref": f"{_BASE}asyncapi.yaml#/components/messages/{message}/payload"}
    validator = Draft202012Validator(schema, registry=Registry(retrieve=_file))  # type: ignore[call-arg]
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(payload)]


def test_it_is_asyncapi() -> None:
    assert faults_of(DOCUMENT) == []


BROKEN: dict[str, Callable[[Json], object]] = {
    "an operation without an action": lambda one: one["operations"]["publishOutcome"].pop("action"),
    "a message that is none": lambda one: one["components"]["messages"].update(outcome=7),
    "an unknown member": lambda one: one.update(topics={}),
}


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN)
def test_what_is_not_asyncapi_is_found(damage: Callable[[Json], object]) -> None:
    document = copy.deepcopy(DOCUMENT)
    damage(document)
    assert faults_of(document) != []


@pytest.mark.parametrize("name", MESSAGES)
def test_every_example_is_a_message_of_its_name_and_of_no_other(name: str) -> None:
    for example in MESSAGES[name]["examples"]:
        fitting = [one for one in MESSAGES if violations(one, example["payload"]) == []]
        assert fitting == [name]


def test_everything_that_goes_to_the_bus_is_described_and_nothing_else(pipeline: Pipeline) -> None:
    pipeline.tell_progress = True
    step = {"name": "identity", "validity": DAY}
    journeys = {"journeys": [{"name": "identity", "steps": [step]}]}
    pipeline.bff.journeys = load_journeys(json.dumps(journeys))
    execution = pipeline.open()
    for scenario, to_end in (("abandons", False), ("approved", False), ("approved", True)):
        pipeline.play(execution, scenario, to_end=to_end)
        pipeline.call_back(execution)
        pipeline.work_off()
    pipeline.let_pass(DAY + 60)
    pipeline.sweep()
    pipeline.work_off()
    by_name = {one["name"]: name for name, one in MESSAGES.items()}

    sent = set()
    for entry in pipeline.consumer.entries:
        message = by_name[entry["DetailType"]]
        assert violations(message, json.loads(entry["Detail"])) == []
        sent.add(message)

    channel = DOCUMENT["channels"]["verification"]["messages"]
    assert sent == channel.keys()
    assert {MESSAGES[name]["name"] for name in channel} == {bus.OUTCOME, bus.PROGRESS, bus.LAPSE}


def test_a_callback_is_described_as_in_the_other_document_and_at_the_same_address() -> None:
    assert violations("callback", BODY) == []
    assert violations("callback", {**BODY, "account": {"id": "no/id"}}) != []
    assert f"/{DOCUMENT['channels']['callback']['address']}" in OPENAPI["paths"]
