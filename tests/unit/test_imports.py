"""Importing the package does nothing; a function's module makes clients, and connects nowhere.

Who may import whom is import-linter's.
"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

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
import importlib, boto3, botocore.session, requests
def counted(kind):
    def refuse_to_build(*_, **__):
        raise AssertionError(f"{kind} was built while importing")
    return refuse_to_build
boto3.client = boto3.resource = counted("a client")
boto3.session.Session.__init__ = botocore.session.Session.__init__ = counted("a session")
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


JOURNEYS = {
    "verification.domain.journeys",
    "verification.domain.steps",
    "verification.domain.formats",
    "iso3166",
}
JUMIO = {"verification.jumio", "requests", "charset_normalizer"}
DYNAMODB = {"verification.store", "boto3", "s3transfer", "multiprocessing"}
NEVER = {"aws_lambda_powertools.utilities.data_classes"}
LEFT_ALONE = {
    "create_session": set(),
    "get_verification": JUMIO,
    "receive_callback": JUMIO | JOURNEYS | DYNAMODB,
    "settle_execution": {"verification.edge.http", "verification.settings.public"},
    "sweep_overdue": JUMIO | JOURNEYS,
    "erase_subject": JOURNEYS,
    "decide_review": set(),
    "read_facts": set(),
    "tell_story": JOURNEYS,
}
CLIENTS = {
    "create_session": ["dynamodb", "secretsmanager"],
    "get_verification": ["dynamodb", "secretsmanager", "sqs"],
    "receive_callback": ["secretsmanager", "sqs"],
    "settle_execution": ["dynamodb", "events", "secretsmanager"],
    "sweep_overdue": ["dynamodb", "sqs"],
    "erase_subject": ["dynamodb", "secretsmanager"],
    "decide_review": ["dynamodb", "secretsmanager", "sqs"],
    "read_facts": ["dynamodb", "secretsmanager"],
    "tell_story": ["dynamodb", "secretsmanager"],
}

START_A_FUNCTION = """
import gc, json, socket, ssl, sys
def refuse(*_, **__):
    raise AssertionError("the network was used")
socket.socket.connect = socket.getaddrinfo = refuse
ssl.SSLContext.load_verify_locations = refuse
import botocore.session
made, create = [], botocore.session.Session.create_client
def noted(self, service, *more, **named):
    client = create(self, service, *more, **named)
    made.append(service)
    return client
botocore.session.Session.create_client = noted
import app
state = {"loaded": sorted(sys.modules), "made": made, "collecting": gc.isenabled()}
print(json.dumps({**state, "frozen": gc.get_freeze_count()}))
"""


def started(function: str, **environment: str) -> dict[str, Any]:
    """What there is after a function's module was imported, in a process of its own."""
    done = subprocess.run(  # noqa: S603 our own interpreter and modules
        [sys.executable, "-c", START_A_FUNCTION],
        env={
            "PYTHONPATH": f"{SOURCE}:{ROOT / 'functions' / function}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "POWERTOOLS_SERVICE_NAME": function,
            "AWS_ACCESS_KEY_ID": "as-lambda-sets-it",
            "AWS_SECRET_ACCESS_KEY": "as-lambda-sets-it",
            **environment,
        },
        cwd=os.sep,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("function", LEFT_ALONE)
def test_a_function_loads_what_it_needs_and_is_ready_for_its_first_request(function: str) -> None:
    state = started(function, AWS_DEFAULT_REGION="eu-central-1")
    assert (LEFT_ALONE[function] | NEVER).isdisjoint(state["loaded"])
    assert sorted(state["made"]) == CLIENTS[function]
    assert state["collecting"]
    assert state["frozen"] > 10_000


def test_there_is_a_line_for_every_function() -> None:
    assert {path.parent.name for path in (ROOT / "functions").glob("*/app.py")} == set(LEFT_ALONE)


def test_a_client_that_cannot_be_made_is_a_matter_of_requests() -> None:
    state = started("create_session")
    assert state["made"] == []
    assert state["collecting"]
