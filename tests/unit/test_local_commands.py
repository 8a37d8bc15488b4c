"""What `python -m local` says when it cannot do what it is asked: one line, and no traceback."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local import commands, stack
from local.__main__ import main
from local.console import Console
from local.errors import StackError

FACTS = {
    "aws_endpoint": "http://127.0.0.1:1",  # nothing listens there
    "outputs": {"UserPoolClientId": "app"},
    "users": [{"username": "ada.demo", "password": "invented"}],
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
    nothing = stack.running(Console(quiet=True), tmp_path / "stack", {})
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
    assert printed == "there is no down: it is one of up, demo, sdk, token\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_every_command(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert all(f"python -m local {name} " in printed for name in ("up", "demo", "sdk", "token"))
