"""The Jumio simulator as a process of the stack."""

import json
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from local.processes.group import Child, ProcessGroup, clean_environment, free_port

_START_SECONDS = 180
# Jumio's own pace (an account call a second, a minute to look at a document) would make people and
# tests wait.
_OPTIONS = {"account_rate": 50, "account_burst": 100, "processing_seconds": 2}


@dataclass(frozen=True)
class Simulator:
    """Where the simulator answers, and with which OAuth client."""

    url: str
    client_id: str
    client_secret: str

    @property
    def credentials(self) -> dict[str, str]:
        """The value of the secret that holds Jumio's client credentials."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}


def start(group: ProcessGroup, logs: Path, port: int = 0) -> tuple[Child, Simulator]:
    """Start the simulator with credentials of its own; returns at once."""
    port = free_port(port)
    simulator = Simulator(f"http://127.0.0.1:{port}", "demo-client", secrets.token_urlsafe(24))
    command = [
        sys.executable, "-m", "jumio_simulator",
        "--host", "127.0.0.1",
        "--port", str(port),
        "--client-id", simulator.client_id,
        f"--client-secret={simulator.client_secret}",  # it may begin with a dash
        "--options", json.dumps(_OPTIONS),
    ]  # fmt: skip
    child = group.start(
        "simulator", command, clean_environment(logs.parent), logs / "simulator.log"
    )
    return child, simulator


def wait_until_ready(child: Child, simulator: Simulator) -> None:
    """Return when this very process says that it listens."""
    announcement = f"simulator ready {simulator.url}"
    child.wait_until(lambda: announcement in child.log.read_text(errors="replace"), _START_SECONDS)
