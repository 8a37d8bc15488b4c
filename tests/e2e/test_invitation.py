"""The commands that a stack invites people to try."""

import json
import shutil
import subprocess

import pytest

from local.demo import invitation
from local.stack import ROOT
from tests.support.stack import RunningStack
from tests.support.waiting import FAILSAFE


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
