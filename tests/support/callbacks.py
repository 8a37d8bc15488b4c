"""Callbacks for receive_callback, and the function with keys of its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from tests.support.events import event
from tests.support.functions import Function, running
from tests.support.pipeline import Hints
from verification.domain.capability import SigningKey, sign

Json = dict[str, Any]
KEYS = {version: SigningKey(version, version * 64) for version in "0123"}
USER, REFERENCE = "1-" + "A" * 43, "0123456789abcdef" * 2
PUBLISHED = "34.253.41.236"
IDS = {"account": {"id": "account-1"}, "workflowExecution": {"id": "workflow-1"}}
BODY = {
    "callbackSentAt": "2026-11-23T08:19:44.117Z",
    "userReference": USER,
    "workflowExecution": {
        "id": "workflow-1",
        "href": "https://retrieval.emea-1.jumio.ai/api/v1/workflow-executions/workflow-1",
        "definitionKey": "10011",
        "status": "PROCESSED",
    },
    "account": {"id": "account-1", "href": "https://retrieval.emea-1.jumio.ai/api/v1/accounts/a"},
}
HINT = {
    "user_key": USER,
    "reference": REFERENCE,
    "account_id": "account-1",
    "workflow_execution_id": "workflow-1",
}
_SECRET = "callback"


def _secret_of(version: str) -> str:
    return json.dumps({"version": version, "key": KEYS[version].key})


def create_secret() -> None:
    boto3.client("secretsmanager").create_secret(Name=_SECRET, SecretString=_secret_of("1"))


def rotate(version: str) -> None:
    boto3.client("secretsmanager").put_secret_value(
        SecretId=_SECRET, SecretString=_secret_of(version)
    )


@contextmanager
def cold_start(hints: Hints, **settings: str) -> Iterator[Function]:
    """The function, with settings that differ from the usual."""
    environment = {
        "JUMIO_DATA_CENTER": "emea-1",
        "CALLBACK_SECRET_ID": _SECRET,
        "QUEUE_URL": hints.url,
        "POWERTOOLS_SERVICE_NAME": "receive_callback",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**environment, **settings}.items():
            patch.setenv(name, value)
        with running("receive_callback") as function:
            yield function


def call(
    capability: str | None = None,
    body: object = BODY,
    source: str = PUBLISHED,
    key: str = "1",
    **members: object,
) -> Json:
    """The gateway's event for a callback that is genuine, but for what is given."""
    made = sign(KEYS[key], USER, REFERENCE) if capability is None else capability
    called = event(
        "receive_callback",
        pathParameters={"capability": made},
        body=body if isinstance(body, str) or body is None else json.dumps(body),
        **members,
    )
    called["requestContext"]["http"]["sourceIp"] = source
    return called


def queued(hints: Hints) -> list[Json]:
    return [json.loads(record["body"]) for record in hints.receive()["Records"]]
