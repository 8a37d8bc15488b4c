"""MiniStack as a process of the stack."""

import json
import secrets
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from local.cloud.aws import CREDENTIALS, REGION, LocalAws
from local.errors import StackError
from local.processes.group import Child, ProcessGroup, clean_environment, free_port

_START_SECONDS = 180


@dataclass(frozen=True)
class MiniStack:
    """A MiniStack that was started, and the mark by which it can be told from others."""

    aws: LocalAws
    child: Child
    mark: str

    def wait_until_ready(self) -> None:
        """Return when it answers; StackError when something else does."""
        self.child.wait_until(self._answers, _START_SECONDS)

    def _answers(self) -> bool:
        try:
            address = f"{self.aws.endpoint}/_ministack/health"
            with urllib.request.urlopen(address, timeout=2) as response:
                version = json.load(response).get("version")
        except (OSError, ValueError):
            return False
        if version != self.mark:
            raise StackError(f"another program answers at {self.aws.endpoint}: start again")
        return True


def start(group: ProcessGroup, scratch: Path, logs: Path, port: int = 0) -> MiniStack:
    """Start MiniStack; returns at once."""
    mark = f"local-{secrets.token_hex(8)}"
    port = free_port(port)
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
    return MiniStack(LocalAws(f"http://127.0.0.1:{port}"), child, mark)
