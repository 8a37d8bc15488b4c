"""The operators' functions as Lambda runs them, one after the other, about one person."""

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest

from scripts import story
from tests.integration.test_functions_in_trouble import started
from tests.support.bff import ISSUER, PEPPER
from tests.support.events import event
from tests.support.functions import Function
from tests.support.pipeline import Pipeline
from verification.edge.failures import Failed

Json = dict[str, Any]
STACK = ["--stack", "deployed", "--region", "eu-central-1"]
NAMES = ["decide_review", "erase_subject", "read_facts", "tell_story"]


@pytest.fixture
def functions(pipeline: Pipeline) -> Iterator[dict[str, Function]]:
    secrets = boto3.client("secretsmanager")
    pepper = {"version": PEPPER.version, "key": PEPPER.key}
    simulator = pipeline.bff.simulator
    jumio = {"client_id": simulator.client_id, "client_secret": simulator.client_secret}
    for name, value in {"user-key": pepper, "jumio": jumio}.items():
        secrets.create_secret(Name=name, SecretString=json.dumps(value))
    environment = {
        "ENVIRONMENT": "local",
        "JUMIO_BASE_URL": simulator.url,
        "JOURNEYS": "examples",
        "QUEUE_URL": pipeline.hints.url,
    }
    with ExitStack() as stack:
        yield {name: stack.enter_context(started(name, **environment)) for name in NAMES}


def about(name: str, **members: Any) -> Json:
    return event(name, issuer=ISSUER, subject="ada", **members)


def reviewed(pipeline: Pipeline) -> str:
    execution = pipeline.open()
    pipeline.play(execution, "needs review: watchlist hit")
    pipeline.call_back(execution)
    pipeline.work_off()
    return str(execution["customerInternalReference"])


def test_a_review_is_decided_the_facts_are_read_and_the_story_is_told(
    pipeline: Pipeline, functions: dict[str, Function]
) -> None:
    reference = reviewed(pipeline)

    receipt = functions["decide_review"](about("decide_review", execution=reference))
    pipeline.work_off()
    facts = functions["read_facts"](about("read_facts"))
    told = functions["tell_story"](about("tell_story"))

    assert receipt["status"] == pipeline.status() == "approved"
    assert pipeline.consumer.outcomes()[-1] == (reference, "approved")
    assert facts == {
        "execution": reference,
        "facts": {"firstName": "ROBIN", "lastName": "SAMPLE", "dateOfBirth": "1991-04-17"},
    }
    assert [one["what"] for one in told["timeline"]] == ["begun", "ended", "decided"]
    assert told["jumio"] == {reference: "PROCESSED WARNING"}
    (asked,) = functions["read_facts"].logged("facts_asked")
    assert asked["by"] == "operator-7"
    lines = "".join(line for one in functions.values() for line in one.lines)
    assert not any(word in lines for word in (*facts["facts"].values(), ISSUER))


def test_a_tombstone_names_a_person_to_erase(
    pipeline: Pipeline, functions: dict[str, Function]
) -> None:
    execution = pipeline.open()
    earlier = {"user_key": execution["userReference"], "erased_at": int(pipeline.clock()) - 60}
    now = {**earlier, "erased_at": int(pipeline.clock())}
    erase = functions["erase_subject"]
    assert erase(earlier)["result"] == "came-back"
    assert erase(now)["result"] == "erased"
    assert erase({"issuer": ISSUER, "subject": "ada"})["result"] == "erased-before"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_wrongly_is_refused_with_a_code(
    functions: dict[str, Function], name: str
) -> None:
    with pytest.raises(Failed, match=r"^invalid-request$"):
        functions[name]({"issuer": ISSUER, "subject": "ada", "name": "Ada"})


def test_the_command_tells_the_story_line_by_line(
    pipeline: Pipeline,
    functions: dict[str, Function],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reference = reviewed(pipeline)

    class Aws:
        """CloudFormation and Lambda, for one stack."""

        def describe_stacks(self, StackName: str) -> Json:  # noqa: N803 as boto3 spells it
            output = {"OutputKey": "TellStoryFunction", "OutputValue": "the-function"}
            return {"Stacks": [{"StackName": StackName, "Outputs": [output]}]}

        def invoke(self, FunctionName: str, Payload: str) -> Json:  # noqa: N803
            assert FunctionName == "the-function"
            try:
                answer, error = functions["tell_story"](json.loads(Payload)), {}
            except Failed as failed:
                answer, error = {"errorMessage": str(failed)}, {"FunctionError": "Unhandled"}
            return {"Payload": io.BytesIO(json.dumps(answer).encode()), **error}

    capsys.readouterr()
    monkeypatch.setattr("scripts.deployment.boto3.client", lambda *_, **__: Aws())
    assert story.main([*STACK, "--person", ISSUER, "ada", "--ask-jumio"]) == 0
    begun, ended, *_ = capsys.readouterr().out.splitlines()
    assert f"begun  reference={reference}  journey=identity" in begun
    assert "ended" in ended
    assert "verdict=review  told=True" in ended

    with pytest.raises(SystemExit):
        story.main([*STACK, "--reference", "0" * 32])
    assert capsys.readouterr().err == "no story: not-found\n"
