"""The embedded stack, from nothing to ready, and back to nothing."""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import jumio
from local.cloud import deployment, ministack
from local.cloud.aws import LocalAws
from local.cloud.door import Door
from local.cloud.logs import LogStream
from local.cloud.servers import ThreadedServer
from local.console import Console
from local.demo import people
from local.demo.page import Page
from local.processes.group import ProcessGroup, StackError

ROOT = Path(__file__).resolve().parent.parent
DIRECTORY = ROOT / ".local"


@dataclass(frozen=True)
class Stack:
    """A running stack: what `stack.json` says, and the processes behind it."""

    directory: Path
    facts: dict[str, Any]
    group: ProcessGroup = field(repr=False)

    @property
    def aws(self) -> LocalAws:
        """The AWS of this stack."""
        return LocalAws(self.facts["aws_endpoint"], self.facts["region"])


@contextlib.contextmanager
def running(
    console: Console, directory: Path = DIRECTORY, extra_parameters: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """A stack that is up inside the context and gone after it, however the context is left.

    Raises StackError when it cannot be started, or another one holds the directory.
    """
    with contextlib.ExitStack() as cleanup:
        cleanup.enter_context(_sole_user_of(directory))
        scratch, logs, facts_file = directory / "run", directory / "logs", directory / "stack.json"
        for folder in (scratch, logs):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        cache = directory / "artefacts"
        cache.mkdir(exist_ok=True)
        facts_file.unlink(missing_ok=True)

        group = cleanup.enter_context(ProcessGroup(leftovers=[scratch, facts_file]))
        console.step("starting MiniStack and the Jumio simulator")
        cloud, aws, mark = ministack.start(group, scratch, logs)
        provider, simulator = jumio.start(group, logs)

        page, door = Page(ROOT / "web"), Door()
        page_url = cleanup.enter_context(ThreadedServer(page.application)).url
        door_url = cleanup.enter_context(ThreadedServer(door.application)).url
        ministack.wait_until_ready(cloud, aws, mark)
        jumio.wait_until_ready(provider, simulator)

        parameters = _parameters(simulator.url, door_url, page_url) | dict(extra_parameters or {})
        outputs = deployment.deploy(aws, _build(), cache, parameters, console.step)
        aws.secrets.put_secret_value(
            SecretId=outputs["JumioSecretArn"], SecretString=json.dumps(simulator.credentials)
        )
        door.lead_to(aws.endpoint, outputs["ApiId"])
        console.step("signing in two demo users")
        facts = {
            "api": door_url,
            "simulator": simulator.url,
            "page": page_url,
            "aws_endpoint": aws.endpoint,
            "region": aws.region,
            "outputs": outputs,
            "users": people.enrol(aws, outputs),
            "pids": group.pids | {"stack": os.getpid()},
        }
        page.configure(_page_config(facts))
        cleanup.enter_context(LogStream(aws, logs, console))
        _write(facts_file, facts)
        console.step("ready")
        yield Stack(directory, facts, group)


def _build() -> Path:
    build = ROOT / ".aws-sam" / "build"
    if not (build / "template.yaml").is_file():
        raise StackError("nothing is built yet: run sam build first")
    return build


def _parameters(simulator: str, api: str, page: str) -> dict[str, str]:
    return {
        "Environment": "local",
        "JumioBaseUrl": simulator,
        "PublicBaseUrl": api,
        "AllowedOrigins": page,
        "SuccessUrl": f"{page}/return/success",
        "ErrorUrl": f"{page}/return/error",
        "AccountCallsPerSecond": "20",
        "AccountCallsBurst": "50",
        "CallbackSourceMode": "off",
    }


def _page_config(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "api": facts["api"],
        "identity": facts["aws_endpoint"],
        "clientId": facts["outputs"]["UserPoolClientId"],
        "users": [
            {key: user[key] for key in ("name", "username", "password")} for user in facts["users"]
        ],
    }


def _write(path: Path, facts: dict[str, Any]) -> None:
    """Whole or not at all: scripts wait for this file."""
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(facts, indent=2) + "\n")
    unfinished.chmod(0o600)
    unfinished.rename(path)


@contextlib.contextmanager
def _sole_user_of(directory: Path) -> Iterator[None]:
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(
                f"a stack is already up in {directory} (see stack.json there): end it first, "
                "or start this one with --directory and another folder"
            ) from None
        yield
