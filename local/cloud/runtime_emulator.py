"""A function as `sam build` made it, under AWS's own Lambda runtime, without a container.

The emulator comes with the SAM CLI, the runtime client from PyPI. Nothing of this machine's
environment can be imported but Python itself: what a function needs and its artefacts lack is
missing here as it would be in Lambda.
"""

import contextlib
import json
import platform
import re
import socket
import sys
import sysconfig
import threading
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import samcli

from local.cloud import adapter
from local.cloud.aws import CREDENTIALS
from local.processes.group import ProcessGroup, free_port

# The runtime client and what it imports, by their names in site-packages.
_RUNTIME_CLIENT = ("awslambdaric*", "runtime_client*", "simplejson", "snapshot_restore_py*")
_INVOCATIONS = "/2015-03-31/functions/function/invocations"
_START_SECONDS = 180


@dataclass(frozen=True)
class Invocation:
    """What an invocation returned. The emulator answers 200 also when the handler raised."""

    payload: Any

    @property
    def error(self) -> str | None:
        """The type of the error in which it ended."""
        ended = self.payload if isinstance(self.payload, dict) else {}
        return ended.get("errorType") or ("timeout" if ended.get("errorMessage") else None)


@dataclass
class RuntimeEmulator:
    """A built function that can be invoked, for as long as the context lasts.

    `variables` are the function's own; `endpoint` and `region` say where its AWS is. A folder is
    needed for the emulator's output. One invocation runs at a time: the emulator fails on two.
    """

    build: Path
    logical_id: str
    variables: dict[str, str]
    endpoint: str
    region: str
    scratch: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _cleanup: contextlib.ExitStack = field(default_factory=contextlib.ExitStack, init=False)

    def __enter__(self) -> Self:
        self.scratch.mkdir(parents=True, exist_ok=True)
        self._log = self.scratch / f"{self.logical_id}.log"
        self._port = free_port()
        with contextlib.ExitStack() as cleanup:
            group = cleanup.enter_context(ProcessGroup(leftovers=[]))
            child = group.start(self.logical_id, self._command(), self._environment(), self._log)
            child.wait_until(lambda: _listens(self._port), _START_SECONDS)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cleanup.close()

    def invoke(self, event: object) -> Invocation:
        """Invoke the function with an event, and wait for the result."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}{_INVOCATIONS}", data=json.dumps(event).encode()
        )
        timeout = int(self._properties()["Timeout"]) + 10
        with self._lock, urllib.request.urlopen(request, timeout=timeout) as response:
            return Invocation(json.loads(response.read() or b"null"))

    @property
    def log(self) -> str:
        """What the function and the emulator wrote so far."""
        return self._log.read_text(errors="replace")

    @property
    def init_milliseconds(self) -> float | None:
        """How long the function's module took to load, once it did."""
        found = re.search(r"INIT REPORT\(durationMs: ([\d.]+)\)", self.log)
        return float(found[1]) if found else None

    def _properties(self) -> dict[str, Any]:
        template = adapter.load(self.build / "template.yaml")
        own: dict[str, Any] = template["Resources"][self.logical_id]["Properties"]
        common: dict[str, Any] = template["Globals"]["Function"]
        # As SAM merges them: of the lists, only that of the layers is in both.
        return common | own | {"Layers": [*common.get("Layers", []), *own.get("Layers", [])]}

    def _command(self) -> list[str]:
        machine = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
        emulator = Path(samcli.__file__).parent / "local" / "rapid" / f"aws-lambda-rie-{machine}"
        code = self.build / self._properties()["CodeUri"]
        runtime = f'cd "$0" && exec "$1" -S -m awslambdaric {self._properties()["Handler"]}'
        return [
            str(emulator),
            # Two addresses: the usual ones are taken when two functions run.
            "--runtime-interface-emulator-address", f"127.0.0.1:{self._port}",
            "--runtime-api-address", f"127.0.0.1:{free_port()}",
            "/bin/sh", "-c", runtime, str(code), sys.executable,
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        properties = self._properties()
        layers = [str(self.build / layer["Ref"] / "python") for layer in properties["Layers"]]
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.scratch),
            "PYTHONPATH": ":".join([*layers, str(self._runtime_client())]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_LAMBDA_FUNCTION_NAME": self.logical_id,
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(properties["Timeout"]),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(properties["MemorySize"]),
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint,
            **CREDENTIALS,
            **self.variables,
        }

    def _runtime_client(self) -> Path:
        folder = self.scratch / "runtime"
        folder.mkdir(exist_ok=True)
        for pattern in _RUNTIME_CLIENT:
            for source in Path(sysconfig.get_path("purelib")).glob(pattern):
                with contextlib.suppress(FileExistsError):
                    (folder / source.name).symlink_to(source)
        return folder


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
