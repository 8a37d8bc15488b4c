"""What `python -m local` says when it cannot do what it is asked: one line, and no traceback."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local import commands, stack
from local.__main__ import main
from local.console import Console
from local.demo import own_journeys
from local.errors import StackError
from scripts import ready_events, smoke
from scripts.deployment import Deployment, DeploymentError

COMMANDS = ("up", "demo", "sdk", "token", "trigger", "listen", "reset")
FACTS = {
    "aws_endpoint": "http://127.0.0.1:1",  # nothing listens there
    "simulator": "http://127.0.0.1:1",
    "page": "http://127.0.0.1:1",
    "region": "eu-central-1",
    "outputs": {"UserPoolClientId": "app"},
    "users": [{"username": "ada.demo", "email": "ada.demo@example.com", "password": "invented"}],
}


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command that must end with status 1, and returns the line that it printed."""

    def run(*arguments: str) -> str:
        assert main(list(arguments)) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        (line,) = printed.err.splitlines()
        return line

    return run


def test_a_token_needs_a_stack_that_is_up(refused: Callable[..., str], tmp_path: Path) -> None:
    assert refused("token", "ada.demo", str(tmp_path)).startswith(f"no stack is up in {tmp_path}")


@pytest.mark.parametrize("left", ["", "{", "\0"])
def test_what_a_broken_start_left_is_no_stack(
    refused: Callable[..., str], tmp_path: Path, left: str
) -> None:
    (tmp_path / "stack.json").write_text(left)
    assert "no stack is up" in refused("token", "ada.demo", str(tmp_path))


def test_a_token_is_for_a_demo_user(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text(json.dumps(FACTS))
    assert refused("token", "eve", str(tmp_path)) == "no demo user eve: there are ada.demo"


def test_a_stack_that_is_gone_is_said_not_to_answer(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "stack.json").write_text(json.dumps(FACTS))
    assert "does not answer" in refused("token", "ada.demo", str(tmp_path))


def test_the_sdk_needs_a_stack_or_an_address(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "DIRECTORY", tmp_path)
    assert "no stack is up" in refused("sdk", "a-token")


def test_the_stack_needs_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stack, "ROOT", tmp_path)
    nothing = stack.running(Console(quiet=True), tmp_path / "stack", stack.Chosen())
    with pytest.raises(StackError, match="make build"), nothing:
        pass


def test_the_stack_needs_a_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "local", "up", "--directory", tmp_path / "file"]
    ended = subprocess.run(command, cwd=stack.ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"no stack can be kept in {tmp_path / 'file'}")
    assert len(ended.stderr.splitlines()) == 1


def test_a_command_that_does_not_exist_is_answered_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["down"]) == 2
    printed = capsys.readouterr().err
    assert printed == f"there is no down: it is one of {', '.join(COMMANDS)}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_every_command(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert all(f"python -m local {name} " in printed for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], name: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: ")


@pytest.mark.parametrize("command", [["trigger", "approved"], ["listen"], ["reset"]])
def test_what_needs_a_stack_says_that_none_is_up_and_that_one_is_gone(
    refused: Callable[..., str], tmp_path: Path, command: list[str]
) -> None:
    assert "no stack is up" in refused(*command, "--directory", str(tmp_path))
    (tmp_path / "stack.json").write_text(json.dumps(FACTS))
    assert "does not answer" in refused(*command, "--directory", str(tmp_path))


@pytest.mark.parametrize(
    "wish",
    [
        ["--origin", "http://localhost:5173/path"],
        ["--origin", "*"],
        ["--origin", "http://a.test,http://b.test"],
        ["--port", "80"],
        ["--port", "65533"],
        ["--people", "0"],
        ["--people", "many"],
    ],
)
def test_wishes_that_cannot_be_fulfilled_are_refused_at_once(
    capsys: pytest.CaptureFixture[str], wish: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", *wish])
    assert ended.value.code == 2
    assert wish[1] in capsys.readouterr().err


def test_a_port_that_somebody_has_is_said_to_be_taken(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        line = refused("up", "--quiet", "--directory", str(tmp_path), "--port", str(taken))
    assert line.startswith(f"port {taken} cannot be had")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read"),
        ("[]", "document"),
        ('{"version": 1, "journeys": [{"name": "mine", "steps": []}]}', "steps"),
    ],
)
def test_a_journey_document_that_is_wrong_is_refused_by_its_name(
    refused: Callable[..., str], tmp_path: Path, text: str, said: str
) -> None:
    mine = tmp_path / "mine.json"
    mine.write_text(text)
    line = refused("up", "--quiet", "--directory", str(tmp_path), "--journeys", str(mine))
    assert line.startswith(str(mine))
    assert said in line


def test_a_document_that_is_tried_leads_people_back_to_the_page(tmp_path: Path) -> None:
    own, elsewhere = "http://localhost:5173/done", "https://app.example.com/done"
    step = {"name": "identity", "workflowKey": 10011, "successUrl": elsewhere, "errorUrl": own}
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps({"version": 1, "journeys": [{"name": "mine", "steps": [step]}]}))
    with own_journeys.layer(mine) as tried:
        folder = tried.layers["JourneysLayer"] / "python" / "journeys"
        written = json.loads((folder / f"{tried.parameters['Journeys']}.json").read_text())
    (left,) = written["journeys"][0]["steps"]
    assert left == {"name": "identity", "workflowKey": 10011, "errorUrl": own}
    assert tried.names == ["mine"]
    assert tried.remarks == ["left out: successUrl of mine.identity"]


def test_a_smoke_test_says_what_it_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOKEN", raising=False)
    for api in ("", "api.example.com"):
        assert smoke.main([api]) == 2
        assert capsys.readouterr().err == "the API's address is needed: API=https://…\n"
    assert smoke.main(["https://api.example.com"]) == 2
    assert capsys.readouterr().err == "a person's access token is needed: TOKEN=…\n"


@pytest.mark.parametrize("event", ["", "create_session", "events"])
def test_an_event_is_a_file_and_an_example_is_named(event: str) -> None:
    here = Deployment("jumio-bff", "eu-central-1", "http://127.0.0.1:1")
    with pytest.raises(DeploymentError, match=f"^EVENT={event} is no file like events/") as refusal:
        ready_events.invoke(here, Path(event))
    assert (stack.ROOT / str(refusal.value).rpartition(" ")[2]).is_file()


def test_the_sdks_usage_is_that_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["sdk", "--help"])
    assert capsys.readouterr().out.startswith("usage: python -m local sdk ")
