"""Lambda's runtime prints what a function raises: none of our errors quotes what it is about."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.cloud.runtime_emulator import RuntimeEmulator
from scripts.ready_events import function_of
from tests.support.deployed import functions
from tests.support.template import ROOT, template

FUNCTIONS = functions()
_PATHS = sorted((ROOT / "events").glob("*.json"), reverse=True)
EVENTS = {function_of(path): path for path in _PATHS}
SECRET = "Grace-Hopper-4711"
# No address at all: what botocore raises for it quotes it, and nobody expects it.
ENDPOINT = SECRET
OF_NO_KIND = {"requestContext": SECRET, "issuer": [SECRET], "Records": [SECRET]}
DEFAULTS = {name: str(one["Default"]) for name, one in template()["Parameters"].items()}


def variables(name: str) -> dict[str, str]:
    """As in a deployment with the usual parameters; what is not a parameter has any name."""
    told = {}
    for variable, value in FUNCTIONS[name]["Environment"]["Variables"].items():
        reference = value.get("Ref") if isinstance(value, dict) else None
        told[variable] = DEFAULTS.get(reference, reference) if reference else str(value)
    return told


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_no_errors_message_gets_into_the_log_or_to_whoever_invoked(
    name: str, tmp_path: Path
) -> None:
    build, usual = ROOT / ".aws-sam/build", json.loads(EVENTS[name].read_text())
    with RuntimeEmulator(
        build, name, variables(name), ENDPOINT, "eu-central-1", tmp_path
    ) as function:
        answers = [function.invoke(usual), function.invoke(OF_NO_KIND)]
        log = function.log
    assert any(one.error or failed(one.payload) for one in answers)
    assert '"level":"' in log
    assert SECRET not in log
    assert SECRET not in json.dumps([one.payload for one in answers])


def failed(payload: Any) -> bool:
    return payload.get("statusCode", 200) >= 500 or bool(payload.get("batchItemFailures"))
