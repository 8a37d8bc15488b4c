"""`make demo`: the walk, and the commands that it invites people to try."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.support.waiting import FAILSAFE

from local.demo import invitation
from local.stack import ROOT
from tests.support.stack import RunningStack, processes_of, start


def test_the_walk_is_as_expected_and_tells_no_secrets(own_directory: Path) -> None:
    demo = start(own_directory, "demo", "--exit")
    printed = demo.communicate(timeout=FAILSAFE)[0]
    assert demo.returncode == 0, printed
    assert "Every step was as expected." in printed
    longest = max((word.strip('"') for word in printed.split()), key=len)
    assert "authorizationToken" not in printed
    assert len(longest) < 200, longest  # a token has more than 300 characters
    assert not processes_of(own_directory)


def test_a_walk_that_is_not_as_expected_fails(own_directory: Path) -> None:
    """Nobody may call the account service often enough for a second attempt."""
    demo = start(own_directory, "demo", "--exit", "--parameter", "DailyCeiling=1")
    printed = demo.communicate(timeout=FAILSAFE)[0]
    assert demo.returncode == 1
    assert "not fulfilled" in printed
    assert not processes_of(own_directory)


@pytest.mark.parametrize(
    ("number", "status", "member"), [(1, 201, "sdk"), (2, 200, "web"), (3, 200, "status")]
)
def test_the_commands_work_as_printed(
    stack: RunningStack, number: int, status: int, member: str
) -> None:
    where = f" {stack.directory}"
    username = stack.facts["users"][1]["username"]
    commands = invitation.commands(stack.facts["api"], username, where)
    shell = shutil.which("bash")
    assert shell
    answered = subprocess.run(  # noqa: S603 - the commands are ours
        [shell, "-euc", "\n".join([commands[0], commands[number]])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=FAILSAFE,
        check=True,
    ).stdout
    head, _, body = answered.replace("\r", "").partition("\n\n")
    assert head.split()[1] == str(status)
    assert member in json.loads(body)
