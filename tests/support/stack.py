"""The embedded stack as a process, as a developer starts it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from local.cloud.aws import LocalAws
from local.stack import DIRECTORY, ROOT
from tests.support.waiting import FAILSAFE, eventually
from verification.store.items import LIMITER_KEY

TESTS = DIRECTORY / "tests"
"""Where the stacks of tests keep what they may share, and what they leave to be looked at."""


@dataclass(frozen=True)
class RunningStack:
    """What stack.json says, and clients for what is behind it."""

    directory: Path
    facts: dict[str, Any]
    process: subprocess.Popen[str]

    @cached_property
    def aws(self) -> LocalAws:
        return LocalAws(self.facts["aws_endpoint"], self.facts["region"])

    @property
    def outputs(self) -> dict[str, str]:
        outputs: dict[str, str] = self.facts["outputs"]
        return outputs


def start(directory: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a command of `python -m local` for a directory; its output can be read."""
    return subprocess.Popen(  # noqa: S603 - no foreign input
        [sys.executable, "-m", "local", *arguments, "--with-parent", "--directory", directory],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def end(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> str:
    """Send a signal, wait for the end, and return what was printed meanwhile."""
    process.send_signal(number)
    try:
        return process.communicate(timeout=FAILSAFE)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise


def sharing(directory: Path, artefacts: Path) -> Path:
    """A stack's directory; what another stack compiled already it need not compile again."""
    directory.mkdir(parents=True, exist_ok=True)
    link = directory / "artefacts"
    if not link.is_symlink():
        link.symlink_to(artefacts)
    return directory


@contextlib.contextmanager
def running_stack(directory: Path, *arguments: str) -> Iterator[RunningStack]:
    """A stack of its own, ready, until the block ends."""
    process = start(directory, "up", "--quiet", *arguments)
    try:
        yield RunningStack(directory, _facts(process, directory / "stack.json"), process)
    finally:
        end(process)


def forget_earlier_tests(stack: RunningStack) -> None:
    """Their failures, after which nobody is let through to Jumio, and hints that still wait."""
    stack.aws.sqs.purge_queue(QueueUrl=stack.outputs["CallbackQueueUrl"])
    stack.aws.dynamodb.update_item(
        TableName=stack.outputs["TableName"],
        Key=LIMITER_KEY.typed,
        UpdateExpression="REMOVE failing, probe_at",
    )


def _facts(process: subprocess.Popen[str], path: Path) -> dict[str, Any]:
    def announced() -> dict[str, Any]:
        if process.poll() is not None:
            raise AssertionError(f"the stack did not start:\n{process.communicate()[0]}")
        facts: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return facts if facts.get("pids", {}).get("stack") == process.pid else {}

    facts = eventually(announced, bool)
    assert facts, "the stack did not get ready"
    return facts


def processes_of(directory: Path) -> set[int]:
    """The processes that belong to the stack of a directory, however they were started."""
    mark = f"LOCAL_STACK={directory}".encode()
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            of_stack = mark in (entry / "environ").read_bytes().split(b"\0")
            if of_stack or os.fsencode(directory) in (entry / "cmdline").read_bytes():
                found.add(int(entry.name))
    return found
