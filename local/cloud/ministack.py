"""MiniStack as a process of the stack."""

import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from local.cloud.aws import CREDENTIALS, REGION, LocalAws
from local.processes.group import Child, ProcessGroup, StackError, free_port

_START_SECONDS = 60


def clean_environment(directory: Path) -> dict[str, str]:
    """What the stack's processes see of this machine's environment.

    A short list on purpose: the functions inherit it, and must not find credentials, proxies or
    Python settings that they would not have in Lambda.
    """
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "LOCAL_STACK": str(directory),  # tells whose a process is
    }


def start(group: ProcessGroup, scratch: Path, logs: Path) -> tuple[Child, LocalAws, str]:
    """Start MiniStack; returns at once, with the mark by which it can be told from others."""
    mark = f"local-{secrets.token_hex(8)}"
    port = free_port()
    environment = clean_environment(scratch.parent) | {
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "AUTH": "true",  # a function may do what its role allows, and nothing else
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "MINISTACK_VERSION": mark,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        **CREDENTIALS,
    }
    command = [sys.executable, "-m", "ministack"]
    child = group.start("ministack", command, environment, logs / "ministack.log")
    return child, LocalAws(f"http://127.0.0.1:{port}"), mark


def wait_until_ready(child: Child, aws: LocalAws, mark: str) -> None:
    """Return when MiniStack answers, and the one that answers is the one that was started."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        child.require_running()
        if (version := _version(aws.endpoint)) is None:
            time.sleep(0.1)
        elif version == mark:
            return
        else:
            raise StackError(f"another program answers at {aws.endpoint}: start again")
    raise StackError(f"MiniStack did not answer in {_START_SECONDS} s:\n{child.last_lines()}")


def _version(endpoint: str) -> str | None:
    try:
        with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2) as response:
            return str(json.load(response).get("version"))
    except (OSError, ValueError):
        return None
