"""Importing does nothing: nothing is read, connected or started. The rest is import-linter's."""

import os
import subprocess
import sys

from tests.support.template import ROOT

SOURCE = ROOT / "layers" / "verification"
MODULES = [
    ".".join(part for part in path.relative_to(SOURCE).with_suffix("").parts if part != "__init__")
    for path in sorted((SOURCE / "verification").rglob("*.py"))
]

IMPORT_EVERYTHING = """
import socket, sys
def refuse(*_):
    raise AssertionError("the network was used")
socket.socket.connect = socket.getaddrinfo = refuse
import importlib, boto3, requests
def counted(kind):
    def refuse_to_build(*_, **__):
        raise AssertionError(f"{kind} was built while importing")
    return refuse_to_build
boto3.client = boto3.resource = counted("a client")
boto3.session.Session.__init__ = counted("a session")
requests.Session.__init__ = counted("a session")
for name in sys.argv[1:]:
    importlib.import_module(name)
print(len(sys.argv) - 1)
"""


def test_importing_every_module_needs_no_environment_and_builds_no_client() -> None:
    done = subprocess.run(  # noqa: S603 our own interpreter and modules
        [sys.executable, "-W", "error", "-c", IMPORT_EVERYTHING, *MODULES],
        env={"PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=os.sep,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == f"{len(MODULES)}\n"
