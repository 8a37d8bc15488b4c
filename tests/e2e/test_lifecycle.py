"""The embedded stack from start to end: whatever happens, it leaves nothing behind."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import ROOT
from tests.support.stack import end, processes_of, running_stack, start
from tests.support.waiting import FAILSAFE, eventually


def _gone(directory: Path) -> set[int]:
    """The processes of a stack, after as long as its watchdog may take."""
    return eventually(lambda: processes_of(directory), lambda left: not left)


@contextlib.contextmanager
def _hangups_heard() -> Iterator[None]:
    """Whoever runs the tests with nohup must not make the stacks that they start deaf."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def _read_until(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if text in line:
            return
    raise AssertionError(f"the stack ended before it said {text!r}:\n{printed}")


@pytest.mark.parametrize(
    ("parameter", "reason"),
    [
        ("Unknown=1", "the template has no parameter Unknown"),
        ("AccountCallsPerSecond=many", "'many' is not a valid Number"),
    ],
)
def test_parameters_that_cannot_be_are_refused_in_a_line(
    own_directory: Path, parameter: str, reason: str
) -> None:
    process = start(own_directory, "up", "--quiet", "--parameter", parameter)
    printed = process.communicate(timeout=FAILSAFE)[0]
    assert process.returncode == 1
    assert reason in printed
    assert len(printed.splitlines()) == 1
    assert _gone(own_directory) == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("moment", ["starting", "uploading", "deploying", "ready"])
def test_an_interrupted_stack_leaves_nothing_behind(
    own_directory: Path, moment: str, number: signal.Signals
) -> None:
    with _hangups_heard():
        process = start(own_directory, "up")
    _read_until(process, moment)
    end(process, number)
    assert process.returncode == (-number if number == signal.SIGKILL else 130)
    assert _gone(own_directory) == set()
    assert not (own_directory / "run").exists()
    assert not (own_directory / "stack.json").exists()


def test_a_stack_whose_part_fails_ends_and_says_why(own_directory: Path) -> None:
    with running_stack(own_directory) as running:
        os.kill(running.facts["pids"]["simulator"], signal.SIGKILL)
        printed = running.process.communicate(timeout=FAILSAFE)[0]
        assert running.process.returncode == 1
        assert "simulator ended" in printed
    assert _gone(own_directory) == set()


def test_a_stack_ends_with_what_started_it(own_directory: Path) -> None:
    """As `make demo` does: make may be killed in a way that it cannot pass on."""
    starter = (
        "import subprocess, sys; "
        "subprocess.run([sys.executable, '-m', 'local', 'up', '--with-parent', *sys.argv[1:]])"
    )
    parent = subprocess.Popen(  # noqa: S603 - no foreign input
        [sys.executable, "-c", starter, "--directory", own_directory],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    _read_until(parent, "ready")
    parent.kill()
    parent.communicate(timeout=FAILSAFE)
    assert _gone(own_directory) == set()
