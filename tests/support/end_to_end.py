"""What end-to-end tests do to the deployed stack, and what they see of it."""

import json
import os
import subprocess
from typing import Any

import httpx

from jumio_simulator.admin.client import AdminClient
from local.cloud.aws import CREDENTIALS
from local.demo.frontend import Frontend
from local.demo.observer import BusListener, queue_depth
from local.stack import NAME, ROOT
from tests.support.event_schema import violations
from tests.support.stack import RunningStack
from tests.support.waiting import FAILSAFE, eventually

Json = dict[str, Any]
_UNDECIDED = {"none", "pending", "processing"}


def decided(app: Frontend) -> Json:
    """What the person is told once there is an outcome."""
    return eventually(lambda: _told(app), lambda told: told["status"] not in _UNDECIDED)


def _told(app: Frontend) -> Json:
    answer = app.verification()
    answer.raise_for_status()
    return dict(answer.json())


def begun(app: Frontend, simulator: AdminClient) -> Json:
    """The person asks for a session; the execution that was opened for it."""
    before = {one["id"] for one in simulator.executions()}
    assert app.create_session(channel="sdk").status_code == httpx.codes.CREATED
    (execution,) = [one for one in simulator.executions() if one["id"] not in before]
    return execution


def outcomes(bus: BusListener, execution: Json) -> list[Json]:
    """The events that the bus delivered about an execution, each as promised."""
    heard = [one["detail"] for one in bus.heard()]
    assert [violations(one) for one in heard] == [[]] * len(heard)
    reference = execution["customerInternalReference"]
    return [one for one in heard if one["data"]["executionId"] == reference]


def one_outcome(bus: BusListener, execution: Json) -> str:
    """The status that was published, perhaps several times under one id."""
    events = eventually(lambda: outcomes(bus, execution), bool)
    assert len({one["id"] for one in events}) == 1
    assert len({json.dumps(one, sort_keys=True) for one in events}) == 1
    return str(events[0]["data"]["status"])


def answered(simulator: AdminClient, execution: Json) -> list[int | None]:
    return [one["answered"] for one in simulator.execution(execution["id"])["callbacks"]]


def settled_queue(stack: RunningStack) -> bool:
    """Whether the worker gets the queue empty in time."""
    url = stack.outputs["CallbackQueueUrl"]
    return eventually(lambda: queue_depth(stack.aws, url), lambda depth: depth == 0) == 0


def erase(stack: RunningStack, issuer: str, subject: str) -> Json:
    """An operator erases somebody; the receipt."""
    answer = stack.aws.functions.invoke(
        FunctionName=stack.outputs["EraseSubjectFunction"],
        Payload=json.dumps({"issuer": issuer, "subject": subject}).encode(),
    )
    receipt = json.load(answer["Payload"])
    assert "FunctionError" not in answer, receipt
    return dict(receipt)


def make(stack: RunningStack, target: str, *more: str) -> str:
    """A command of the runbook's, for the stack on this machine."""
    place = {"REGION": stack.facts["region"], "ENDPOINT": stack.facts["aws_endpoint"]}
    settings = [f"{name}={value}" for name, value in {"STACK": NAME, **place}.items()]
    done = subprocess.run(  # noqa: S603 a command of this project
        ["make", "--no-print-directory", target, *settings, *more],  # noqa: S607 found as operators find it
        cwd=ROOT,
        env={**os.environ, **CREDENTIALS},
        capture_output=True,
        text=True,
        timeout=FAILSAFE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
