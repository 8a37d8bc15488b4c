"""What cannot be settled is set aside, and `make redrive` brings it back."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import log_lines, queue_depth
from tests.support.end_to_end import decided, make
from tests.support.stack import RunningStack
from tests.support.waiting import eventually


@pytest.fixture
def one_try(stack: RunningStack) -> Iterator[None]:
    """The queue sets aside at the second try instead of the last: delays add up to hours."""
    sqs, url = stack.aws.sqs, stack.outputs["CallbackQueueUrl"]
    names: list[Any] = ["RedrivePolicy"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    policy = attributes["RedrivePolicy"]
    assert int(json.loads(policy)["maxReceiveCount"]) > 1
    hasty = json.dumps({**json.loads(policy), "maxReceiveCount": 1})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": hasty})
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})


def set_aside(stack: RunningStack) -> int:
    return queue_depth(stack.aws, stack.outputs["CallbackDeadLettersUrl"])


@pytest.mark.usefixtures("one_try")
def test_a_hint_that_was_set_aside_is_settled_after_a_redrive(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    frontend.create_session(channel="sdk")
    execution = simulator.executions()[0]
    simulator.add_fault("retrieval.*", "status", status=403, count=100)
    simulator.play(execution["id"], "approved")
    assert eventually(lambda: set_aside(stack) == 1, bool)
    assert frontend.verification().json()["status"] == "pending"

    simulator.clear_faults()
    assert "1 messages are on the queue again" in make(stack, "redrive")

    assert set_aside(stack) == 0
    assert decided(frontend)["status"] == "approved"


@pytest.mark.usefixtures("one_try")
def test_poison_is_set_aside_told_of_and_set_aside_again(stack: RunningStack) -> None:
    poison = '{"from": "somebody else", "text": "Grace Brewster, Invented Lane 7"}'
    stack.aws.sqs.send_message(QueueUrl=stack.outputs["CallbackQueueUrl"], MessageBody=poison)
    assert eventually(lambda: set_aside(stack) == 1, bool)

    assert "1 messages are on the queue again" in make(stack, "redrive")

    assert eventually(lambda: set_aside(stack) == 1, bool)
    lines = [line for line in log_lines(stack.aws) if "message_poisonous" in line]
    assert len(lines) >= 2
    assert not any("Grace" in line for line in log_lines(stack.aws))
    stack.aws.sqs.purge_queue(QueueUrl=stack.outputs["CallbackDeadLettersUrl"])
