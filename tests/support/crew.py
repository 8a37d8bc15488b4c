"""Processes that run one deployed function side by side: when one is killed, the others live.

MiniStack ends all processes of a function as soon as one dies, so that nobody would be at work
beside the one that is killed, as there is in a cloud. These run the same code in the deployed
function's environment, against the same table, queue and simulator.
"""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from local.cloud.aws import CREDENTIALS
from tests.support.functions import running
from tests.support.reconfigured import name_of
from tests.support.stack import RunningStack
from tests.support.template import ROOT

Json = dict[str, Any]


class Member:
    """One process of a function: it does one thing at a time, like a Lambda environment."""

    def __init__(self, service: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - no foreign input
            [sys.executable, "-m", "tests.support.crew", service],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pool = ThreadPoolExecutor(1)

    def ask(self, event: Json) -> Future[Json | None]:
        """What the function answers; None if it was killed meanwhile."""
        return self._pool.submit(self._answer, event)

    def _answer(self, event: Json) -> Json | None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        return json.loads(line) if line else None

    def kill(self) -> None:
        """SIGKILL: whatever it was doing is not finished, and nothing is tidied up."""
        self._process.kill()
        self._process.wait()
        self._pool.shutdown()
        with contextlib.suppress(OSError):
            self._process.communicate()


@contextlib.contextmanager
def crew(stack: RunningStack, service: str, number: int) -> Iterator[list[Member]]:
    """So many processes of the function; whoever is added to the list ends with it, too."""
    name = name_of(stack, service)
    configuration = stack.aws.functions.get_function_configuration(FunctionName=name)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "AWS_ENDPOINT_URL": stack.aws.endpoint,
        "AWS_REGION": stack.aws.region,
        "AWS_DEFAULT_REGION": stack.aws.region,
        **CREDENTIALS,
        **configuration["Environment"]["Variables"],
    }
    members = [Member(service, environment) for _ in range(number)]
    try:
        yield members
    finally:
        for member in members:
            member.kill()


def _serve(service: str) -> None:
    """Answer the events that come, a line for each."""
    with contextlib.redirect_stdout(io.StringIO()):
        started = running(service)
        function = started.__enter__()
    for line in sys.stdin:
        print(json.dumps(function(json.loads(line), seconds=20)), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
