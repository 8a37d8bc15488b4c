"""The embedded stack, from nothing to ready, and back to nothing."""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from local import jumio
from local.cloud import deployment, ministack, sam_local
from local.cloud.aws import LocalAws
from local.cloud.deployment import Deployment
from local.cloud.door import Door
from local.cloud.logs import LogStream
from local.console import Console
from local.errors import StackError
from local.processes.group import ProcessGroup
from local.processes.server import ThreadedServer

ROOT = Path(__file__).resolve().parent.parent
DIRECTORY = ROOT / ".local"
NAME = "jumio-bff"
SERVERS = ("page", "api", "simulator", "aws")
"""Who listens, in the order of their ports."""
AT_ONCE = 8
"""Requests of one route that are worked on side by side. More would only start more processes."""


@dataclass(frozen=True)
class Chosen:
    """What differs from the usual embedded stack.

    `parameters` are the template's; `layers` are folders that stand for those of the build; `port`
    is the first of four in a row (0: any that are free); `at_once` requests of one route are
    worked on side by side.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, Path] = field(default_factory=dict)
    port: int = 0
    at_once: int = AT_ONCE

    def port_of(self, server: str) -> int:
        """Where one of SERVERS is to listen."""
        return self.port and self.port + SERVERS.index(server)


@dataclass(frozen=True)
class Stack:
    """A running stack: what is known about it, and the processes behind it."""

    directory: Path
    facts: dict[str, Any]
    group: ProcessGroup = field(repr=False)

    @cached_property
    def aws(self) -> LocalAws:
        """The AWS of this stack."""
        return LocalAws(self.facts["aws_endpoint"], self.facts["region"])

    def announce(self, **more: Any) -> "Stack":  # noqa: ANN401 - whatever JSON can say
        """This stack, with more facts; from now on `stack.json` has them all.

        Scripts wait for the file, so it is there whole or not at all.
        """
        announced = replace(self, facts=self.facts | more)
        path = _facts_file(self.directory)
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(announced.facts, indent=2) + "\n")
        unfinished.chmod(0o600)
        unfinished.rename(path)
        return announced


def facts_of(directory: Path) -> dict[str, Any]:
    """What a running stack has announced; StackError when none is up in that directory."""
    try:
        facts: dict[str, Any] = json.loads(_facts_file(directory).read_text())
    except (OSError, ValueError):
        raise StackError(
            f"no stack is up in {directory}: start one with `make demo` or `python -m local up`"
        ) from None
    return facts


@contextlib.contextmanager
def running(console: Console, directory: Path, chosen: Chosen) -> Iterator[Stack]:
    """A stack that is up inside the context and gone after it, however the context is left.

    Raises StackError when it cannot be started, or another one holds the directory.
    """
    with contextlib.ExitStack() as cleanup:
        cleanup.enter_context(_sole_user_of(directory))
        build = _build()
        scratch, logs, cache = _folders(directory)
        group = cleanup.enter_context(ProcessGroup([scratch, _facts_file(directory)]))

        console.step("starting MiniStack and the Jumio simulator")
        cloud = ministack.start(group, scratch, logs, chosen.port_of("aws"))
        child, simulator = jumio.start(group, logs, chosen.port_of("simulator"))
        door = Door(chosen.at_once)
        server = ThreadedServer(door.application, chosen.port_of("api"))
        api = cleanup.enter_context(server).url
        cloud.wait_until_ready()
        jumio.wait_until_ready(child, simulator)

        aws = cloud.aws
        parameters = _usual(simulator.url, api) | dict(chosen.parameters)
        plan = Deployment(NAME, build, parameters, chosen.layers)
        outputs = deployment.deploy(aws, plan, cache, console.step)
        door.lead_to(aws.endpoint, outputs["ApiId"])
        aws.secrets.put_secret_value(
            SecretId=outputs["JumioSecretArn"], SecretString=json.dumps(simulator.credentials)
        )
        sam_local.write(directory / sam_local.FOLDER, build, chosen.layers, aws)
        cleanup.enter_context(LogStream(aws, logs, console))
        facts = {
            "api": api,
            "simulator": simulator.url,
            "aws_endpoint": aws.endpoint,
            "region": aws.region,
            "outputs": outputs,
            "pids": group.pids | {"stack": os.getpid()},
        }
        yield Stack(directory, facts, group)


def _usual(simulator: str, api: str) -> dict[str, str]:
    return {
        "Environment": "local",
        "JumioBaseUrl": simulator,
        "PublicBaseUrl": api,
        "AccountCallsPerSecond": "20",
        "AccountCallsBurst": "50",
        "CallbackSourceMode": "off",
    }


def _build() -> Path:
    build = ROOT / ".aws-sam" / "build"
    if not (build / "template.yaml").is_file():
        raise StackError("nothing is built yet: run `make build` first")
    return build


def _facts_file(directory: Path) -> Path:
    return directory / "stack.json"


def _folders(directory: Path) -> tuple[Path, Path, Path]:
    """For what runs and for logs, both empty, and for what is kept until the next start."""
    _facts_file(directory).unlink(missing_ok=True)
    scratch, logs, cache = directory / "run", directory / "logs", directory / "artefacts"
    for folder in (scratch, logs):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    cache.mkdir(exist_ok=True)
    return scratch, logs, cache


@contextlib.contextmanager
def _sole_user_of(directory: Path) -> Iterator[None]:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        opened = (directory / "lock").open("w")
    except OSError as error:
        raise StackError(f"no stack can be kept in {directory}: {error.strerror}") from None
    with opened as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(
                f"a stack is already up in {directory} (see stack.json there): end it first, "
                "or start this one with --directory and another folder"
            ) from None
        yield
