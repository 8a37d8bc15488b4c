"""What `sam build` made starts under the real Lambda runtime, and answers the ready events."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local.cloud.runtime_emulator import RuntimeEmulator
from local.stack import ROOT
from scripts.ready_events import function_of
from tests.support.stack import RunningStack

_BUILD = ROOT / ".aws-sam" / "build"
_EVENTS = sorted((ROOT / "events").glob("*.json"))
_LIST = (ROOT / "events" / "README.md").read_text()
_HTTP = [path for path in _EVENTS if "requestContext" in json.loads(path.read_text())]

Emulate = Callable[[str], RuntimeEmulator]


@pytest.fixture(scope="module")
def emulate(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulate]:
    """Gives a built function by its logical id, set up like the deployed one."""
    scratch = tmp_path_factory.mktemp("emulator")
    deployed = stack.aws.functions.list_functions()["Functions"]
    with ExitStack() as started:

        @cache
        def start(logical_id: str) -> RuntimeEmulator:
            (variables,) = [
                function["Environment"]["Variables"]
                for function in deployed
                if f"-{logical_id}-" in function["FunctionName"]
            ]
            emulator = RuntimeEmulator(
                _BUILD,
                logical_id,
                variables,
                stack.facts["aws_endpoint"],
                stack.facts["region"],
                scratch,
            )
            return started.enter_context(emulator)

        yield start


def _event(path: Path) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(path.read_text())
    return event


@pytest.mark.parametrize("path", _EVENTS, ids=lambda path: path.stem)
def test_the_built_function_answers_its_event(emulate: Emulate, path: Path) -> None:
    function = emulate(function_of(path))
    answer = function.invoke(_event(path))
    refusal = re.search(rf"`{path.name}` \| fails with `([a-z-]+)`", _LIST)  # of who is not there
    refused = refusal and answer.error and answer.payload["errorMessage"] == refusal[1]
    assert refused or answer.error is None, f"{answer.payload}\n{function.log}"
    assert function.init_milliseconds is not None


@pytest.mark.parametrize("path", _HTTP, ids=lambda path: path.stem)
def test_the_built_function_answers_http(emulate: Emulate, path: Path) -> None:
    answer = emulate(function_of(path)).invoke(_event(path)).payload
    assert answer["statusCode"] < 500, answer
    assert answer["statusCode"] == 204 or isinstance(json.loads(answer["body"]), dict)


def test_the_built_function_opens_a_session(emulate: Emulate) -> None:
    answer = emulate("CreateSession").invoke(_event(ROOT / "events" / "create_session.json"))
    assert answer.payload["statusCode"] in {200, 201}
    body = json.loads(answer.payload["body"])
    assert set(body) == {"sdk"}
    assert set(body["sdk"]) == {"token"}


def test_a_handler_that_raises_is_not_taken_for_an_answer(emulate: Emulate) -> None:
    """The emulator answers 200 all the same; the check above must not be fooled by it."""
    answer = emulate("SettleExecution").invoke({"Records": "not a list"})
    assert answer.error is not None
