"""What was set aside is put back, whole, once, and whatever interrupts it."""

import json
from typing import Any

import boto3
import pytest

from scripts.redrive import main, redrive
from tests.support.interruptions import killed
from tests.support.operators import Deployed


@pytest.fixture
def urls(aws: None) -> tuple[str, str]:
    sqs = boto3.client("sqs")
    queue, dead_letters = (
        sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("queue", "dead-letters")
    )
    return queue, dead_letters


def fill(url: str, number: int) -> list[str]:
    bodies = [json.dumps({"reference": f"{index:032}"}) for index in range(number)]
    for body in bodies:
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody=body)
    return bodies


def bodies_in(url: str) -> list[str]:
    sqs, found = boto3.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in messages]
    return sorted(found)


@pytest.mark.parametrize("number", [0, 1, 23])
def test_everything_is_moved_as_it_is(
    urls: tuple[str, str],
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    queue, dead_letters = urls
    bodies = fill(dead_letters, number)
    clients: dict[str, Any] = {
        "cloudformation": Deployed(CallbackQueueUrl=queue, CallbackDeadLettersUrl=dead_letters),
        "sqs": boto3.client("sqs"),
    }
    monkeypatch.setattr("scripts.deployment.boto3.client", lambda service, **_: clients[service])

    assert main(["--stack", "deployed", "--region", "eu-central-1"]) == 0

    assert capsys.readouterr().out == f"{number} messages are on the queue again\n"
    assert bodies_in(queue) == bodies
    assert bodies_in(dead_letters) == []


def test_interrupted_between_send_and_delete_it_loses_nothing(
    urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, dead_letters = urls
    bodies = fill(dead_letters, 5)
    sqs = boto3.client("sqs")
    monkeypatch.setattr("scripts.redrive._HOLD", 0)

    with killed("before", sqs, "delete_message"):
        redrive(sqs, queue, dead_letters)
    redrive(sqs, queue, dead_letters)

    assert set(bodies_in(queue)) == set(bodies)
    assert bodies_in(dead_letters) == []


def test_what_is_set_aside_again_meanwhile_does_not_keep_it_going(
    urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, dead_letters = urls
    fill(dead_letters, 3)
    sqs = boto3.client("sqs")
    send = sqs.send_message

    def poison(**message: Any) -> None:
        send(**{**message, "QueueUrl": dead_letters})

    monkeypatch.setattr(sqs, "send_message", poison)

    assert redrive(sqs, queue, dead_letters) == 3
