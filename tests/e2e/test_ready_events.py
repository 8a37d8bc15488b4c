"""Each ready event is answered by the deployed function as events/README.md says."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from jumio_simulator.admin.client import AdminClient
from local.stack import NAME, ROOT
from scripts.deployment import Deployment
from scripts.ready_events import EVENTS, invoke, main
from tests.support.stack import RunningStack

Json = dict[str, Any]
ROWS = dict(
    re.findall(
        r"^\| `([\w.]+\.json)` \| (.*) \|$", (EVENTS / "README.md").read_text(), re.MULTILINE
    )
)
_SUBJECT = json.loads((EVENTS / "erase_subject.json").read_text())["subject"]


@pytest.fixture
def deployment(stack: RunningStack) -> Deployment:
    return Deployment(NAME, stack.facts["region"], stack.facts["aws_endpoint"])


def somebody_new(name: str, folder: Path) -> Path:
    """The event, about a person who has done nothing before."""
    path = folder / name
    path.write_text((EVENTS / name).read_text().replace(_SUBJECT, str(uuid4())))
    return path


def test_every_event_is_listed() -> None:
    assert set(ROWS) == {path.name for path in EVENTS.glob("*.json")}


@pytest.mark.usefixtures("simulator")
@pytest.mark.parametrize("name", sorted(ROWS))
def test_an_event_is_answered_as_its_line_says(
    deployment: Deployment, tmp_path: Path, name: str
) -> None:
    ended, answer = invoke(deployment, somebody_new(name, tmp_path))

    told = ROWS[name]
    if code := re.fullmatch(r"fails with `([a-z-]+)`", told):
        assert answer["errorMessage"] == code[1]
        return
    assert ended, answer
    if status := re.match(r"(\d{3})(?: `([a-z-]+)`)?(?:, or (\d{3}))?", told):
        assert str(answer["statusCode"]) in {status[1], status[3]}
        code = json.loads(answer["body"] or "{}").get("code")
        assert code == status[2]
    elif shown := re.match(r"`(\{.*\})`", told):
        assert answer == json.loads(shown[1])
    elif member := re.search(r'`"(\w+)": "([a-z-]+)"`', told):
        assert answer[member[1]] == member[2]
    else:
        assert set(answer) == {"looked_at", "left"}


def test_a_key_brings_the_same_session_again(
    deployment: Deployment, simulator: AdminClient, tmp_path: Path
) -> None:
    path = somebody_new("create_session.key.json", tmp_path)
    first, second = (invoke(deployment, path)[1] for _ in range(2))
    assert (first["statusCode"], second["statusCode"]) == (201, 201)
    assert first["body"] == second["body"]
    assert len(simulator.executions()) == 1


def test_events_and_environment_are_written_for_a_deployment(
    stack: RunningStack, deployment: Deployment, tmp_path: Path
) -> None:
    place = ["--stack", NAME, "--region", stack.facts["region"]]
    endpoint = ["--endpoint", stack.facts["aws_endpoint"]]
    assert main([*place, *endpoint, "write", "--to", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.glob("*.json")} == {*ROWS, "deployed.json"}
    assert not [path for path in tmp_path.glob("*.json") if "<capability>" in path.read_text()]
    shown = json.loads((tmp_path / "deployed.json").read_text())["Parameters"]
    assert shown["TABLE_NAME"] == stack.outputs["TableName"]
    assert all(value in stack.outputs.values() for value in shown.values())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--stack", "x", "--region", "eu-central-1", "invoke", "README.md"], "credentials"),
        (["invoke", "no-such-file.json"], ""),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    stack: RunningStack, arguments: list[str], told: str
) -> None:
    done = subprocess.run(  # noqa: S603 a command of this project
        [sys.executable, "-m", "scripts.ready_events", *arguments],
        cwd=ROOT,
        env={
            "PATH": "",
            "PYTHONPATH": "layers/verification",
            "AWS_ENDPOINT_URL": stack.aws.endpoint,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
