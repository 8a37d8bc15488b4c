"""The embedded stack while it is up: what it promises to scripts."""

import json
import os
import stat
from pathlib import Path

from tests.support.stack import RunningStack, processes_of, running_stack, start
from tests.support.waiting import FAILSAFE


def test_stack_json_says_what_scripts_need(stack: RunningStack) -> None:
    facts = stack.facts
    assert {"api", "simulator", "page", "aws_endpoint", "region", "outputs", "users"} <= set(facts)
    assert {"TableName", "BusName", "CallbackQueueUrl", "UserPoolClientId"} <= set(facts["outputs"])
    for user in facts["users"]:
        assert set(user) == {"name", "username", "email", "password", "access_token"}
    assert len(facts["users"]) == 2


def test_stack_json_is_for_its_owner_only(stack: RunningStack) -> None:
    assert stat.S_IMODE((stack.directory / "stack.json").stat().st_mode) == 0o600


def test_every_process_named_is_running(stack: RunningStack) -> None:
    for pid in stack.facts["pids"].values():
        os.kill(pid, 0)


def test_everything_listens_on_loopback_only(stack: RunningStack) -> None:
    for name in ("api", "simulator", "page", "aws_endpoint"):
        assert stack.facts[name].startswith("http://127.0.0.1:")


def test_a_second_stack_in_the_same_directory_is_refused(stack: RunningStack) -> None:
    second = start(stack.directory, "up")
    printed = second.communicate(timeout=FAILSAFE)[0]
    assert second.returncode == 1
    assert "already up" in printed
    assert json.loads((stack.directory / "stack.json").read_text()) == stack.facts


def test_a_second_stack_elsewhere_works(stack: RunningStack, own_directory: Path) -> None:
    with running_stack(own_directory) as second:
        assert second.facts["api"] != stack.facts["api"]
        assert second.outputs["UserPoolId"] != stack.outputs["UserPoolId"]
    assert not processes_of(own_directory)
    assert not (own_directory / "stack.json").exists()
