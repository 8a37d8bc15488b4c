"""The processes of a stack: started together, ended together."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from local.errors import StackError
from local.processes import watchdog

_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Child:
    """A process of the stack, and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def require_running(self) -> None:
        """Raise StackError, with the end of its output, when the process has ended."""
        if self.process.poll() is not None:
            raise StackError(
                f"{self.name} ended with status {self.process.returncode}:\n{self.last_lines()}"
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Return when the process is ready; StackError if it ends before, or takes longer."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.require_running()
            if time.monotonic() > deadline:
                raise StackError(
                    f"{self.name} was not ready in {seconds:.0f} s:\n{self.last_lines()}"
                )
            time.sleep(_POLL_SECONDS)

    def last_lines(self, count: int = 15) -> str:
        """The end of what the process wrote."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-count:])


class ProcessGroup:
    """Processes in one group that end with the process that made them.

    A child joins the group before it runs its first instruction, so there is no moment at which
    an interrupted start leaves one behind; what a child starts itself is in the group as well.
    """

    def __init__(self, leftovers: list[Path]) -> None:
        """Name the files and folders to be removed once the processes are gone."""
        self.children: list[Child] = []
        self._watchdog = subprocess.Popen(
            [sys.executable, "-S", "-E", watchdog.__file__, *map(str, leftovers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )

    def start(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> Child:
        """Start a process whose output goes to a file."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                process_group=self._watchdog.pid,
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def require_running(self) -> None:
        """Raise StackError when any of the processes has ended."""
        for child in self.children:
            child.require_running()

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name."""
        return {child.name: child.process.pid for child in self.children} | {
            "watchdog": self._watchdog.pid
        }

    def stop(self) -> None:
        """End every process of the group; return when they are gone."""
        if self._watchdog.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._watchdog.stdin.close()
        self._watchdog.wait(timeout=10)
        for child in self.children:
            child.process.kill()
            child.process.wait(timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def clean_environment(directory: Path) -> dict[str, str]:
    """What the processes of a directory's stack see of this machine's environment.

    A short list on purpose: the functions inherit it, and must not find credentials, proxies or
    Python settings that they would not have in Lambda.
    """
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "LOCAL_STACK": str(directory),  # tells whose a process is
    }


def free_port(wanted: int = 0) -> int:
    """A loopback port that nothing listens on at this moment: the wanted one, or any for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was just left
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise StackError(f"port {wanted} cannot be had: {error.strerror}") from None
        return int(probe.getsockname()[1])
