"""Each function as Lambda runs it, with an AWS that cannot be reached: 503, in time.

Addresses of single services are closed ports or ports where nobody answers; the rest is moto's.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from tests.support.callbacks import call, cold_start, create_secret
from tests.support.events import event
from tests.support.functions import Function, running
from tests.support.judge import ARN
from tests.support.pipeline import Hints
from tests.support.template import table_definition

Json = dict[str, Any]


@pytest.fixture
def closed() -> Iterator[str]:
    """An address that refuses connections."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes connections and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def secrets(aws: None) -> None:
    manager = boto3.client("secretsmanager")
    manager.create_secret(
        Name="user-key", SecretString=json.dumps({"version": "1", "key": "k" * 64})
    )
    manager.create_secret(
        Name="jumio", SecretString=json.dumps({"client_id": "a", "client_secret": "b"})
    )
    create_secret()


@contextmanager
def started(name: str, **environment: str) -> Iterator[Function]:
    usual = {
        "TABLE_NAME": "verification",
        "JUMIO_DATA_CENTER": "emea-1",
        "JUMIO_USER_AGENT": "Example JumioBff/1.0",
        "JUMIO_SECRET_ID": "jumio",
        "USER_KEY_SECRET_ID": "user-key",
        "CALLBACK_SECRET_ID": "callback",
        "QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/hints",
        "BUS_NAME": "verification",
        "POWERTOOLS_SERVICE_NAME": name,
    }
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in {**usual, **environment}.items():
            patch.setenv(variable, value)
        with running(name) as function:
            yield function


def told(answer: Json) -> tuple[int, str, bool]:
    body = json.loads(answer["body"])
    return answer["statusCode"], body["code"], "Retry-After" in answer["headers"]


UNAVAILABLE = (503, "temporarily-unavailable", True)


@pytest.mark.parametrize("name", ["create_session", "get_verification"])
def test_without_the_table_people_are_told_to_come_back(
    secrets: None, closed: str, name: str
) -> None:
    with started(name, AWS_ENDPOINT_URL_DYNAMODB=closed) as function:
        answer = function(event(name))

    assert told(answer) == UNAVAILABLE
    assert [one["reason"] for one in function.logged("aws_unavailable")]
    assert function.logged("unexpected_error") == []


def test_a_table_that_says_nothing_is_not_waited_for(secrets: None, silent: str) -> None:
    with started("get_verification", AWS_ENDPOINT_URL_DYNAMODB=silent) as function:
        assert told(function(event("get_verification"))) == UNAVAILABLE


@pytest.mark.parametrize("place", ["closed", "silent"])
def test_a_judge_of_attestations_who_says_nothing_lets_nobody_pass(
    secrets: None, request: pytest.FixtureRequest, place: str
) -> None:
    address = request.getfixturevalue(place)
    with started("create_session", ATTESTATION_FUNCTION=ARN, AWS_ENDPOINT_URL_LAMBDA=address) as it:
        assert told(it(event("create_session"))) == UNAVAILABLE
    (reason,) = {one["reason"] for one in it.logged("aws_unavailable")}
    assert reason == {"closed": "EndpointConnectionError", "silent": "ReadTimeoutError"}[place]
    assert it.logged("misconfigured") == []  # the table is not even there: it was not read


def test_without_the_queue_jumio_is_told_to_call_back_again(
    secrets: None, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = Hints()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", closed)
    with cold_start(hints) as function:
        answer = function(call())
    assert told(answer) == UNAVAILABLE
    assert function.logged("callback_queued") == []


def test_without_the_table_the_worker_retains_its_hints(secrets: None, closed: str) -> None:
    with started("settle_execution", AWS_ENDPOINT_URL_DYNAMODB=closed) as function:
        answer = function(event("settle_execution"), seconds=30)
    assert len(answer["batchItemFailures"]) == len(event("settle_execution")["Records"])
    assert function.logged("unexpected_error") == []


@pytest.mark.parametrize("name", ["create_session", "get_verification"])
def test_a_table_that_is_not_there_is_ours_to_set_up(secrets: None, name: str) -> None:
    with started(name) as function:
        answer = function(event(name))
    assert told(answer) == (500, "misconfigured", False)
    (logged,) = function.logged("misconfigured")
    assert logged["setting"] == "TABLE_NAME: ResourceNotFoundException"


def test_with_everything_there_it_is_another_answer(secrets: None) -> None:
    boto3.client("dynamodb").create_table(**table_definition("verification"))
    with started("get_verification") as function:
        assert function(event("get_verification"))["statusCode"] == 200
