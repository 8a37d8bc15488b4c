"""A deployment with a wrong setting: operators read which, frontends do not."""

import json
from typing import Any

import httpx
import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import log_lines
from tests.support.problems import problem
from tests.support.reconfigured import reconfigured
from tests.support.stack import RunningStack

_SECRET = "invented-and-never-to-be-shown"


def _setting_logged(stack: RunningStack, answer: httpx.Response) -> str:
    """What the log says is wrong, for the request that was answered."""
    request_id = answer.headers["X-Request-Id"]
    records: list[dict[str, Any]] = [
        json.loads(line) for line in log_lines(stack.aws) if request_id in line and line[:1] == "{"
    ]
    (found,) = [one for one in records if one["message"] == "misconfigured"]
    assert found["level"] == "ERROR"
    return str(found["setting"])


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TABLE_NAME", None),
        ("JOURNEYS", "forgotten"),
        ("SUCCESS_URL", "http://app.example.com/done"),
        ("JUMIO_DATA_CENTER", "mars-1"),
        ("ACCOUNT_CALLS_PER_SECOND", "fast"),
    ],
)
def test_a_wrong_setting_is_named_in_the_log_and_nowhere_else(
    stack: RunningStack,
    frontend: Frontend,
    simulator: AdminClient,
    setting: str,
    value: str | None,
) -> None:
    with reconfigured(stack, "create_session", **{setting: value}):
        answer = frontend.create_session(channel="sdk")
    assert problem(stack, answer) == (500, "misconfigured")
    assert setting.lower() not in answer.text.lower()
    assert set(answer.json()) == {"type", "title", "status", "code"}
    assert setting in _setting_logged(stack, answer)
    assert simulator.journal(endpoint="accounts.*") == []


def test_an_address_for_jumio_is_refused_in_production(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    with reconfigured(stack, "create_session", ENVIRONMENT="production", PUBLIC_BASE_URL=""):
        answer = frontend.create_session(channel="sdk")
    assert problem(stack, answer) == (500, "misconfigured")
    assert "JUMIO_BASE_URL" in _setting_logged(stack, answer)
    assert simulator.journal() == []


@pytest.mark.parametrize(
    "value",
    [
        json.dumps({"client_id": "demo-client", "client_secret": ""}),
        json.dumps({"client_id": "demo-client", "client_secret": _SECRET}),
    ],
)
def test_wrong_credentials_for_jumio_are_a_setting_too(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient, value: str
) -> None:
    secrets, arn = stack.aws.secrets, stack.outputs["JumioSecretArn"]
    right = secrets.get_secret_value(SecretId=arn)["SecretString"]
    for _ in range(2):  # the value before is tried, too
        secrets.put_secret_value(SecretId=arn, SecretString=value)
    try:
        with reconfigured(stack, "create_session", POWERTOOLS_DEV="0"):  # workers without a cache
            answer = frontend.create_session(channel="sdk")
    finally:
        secrets.put_secret_value(SecretId=arn, SecretString=right)
    assert problem(stack, answer) == (500, "misconfigured")
    assert "JUMIO_SECRET_ID" in _setting_logged(stack, answer)
    assert _SECRET not in "\n".join(log_lines(stack.aws))

    with reconfigured(stack, "create_session", POWERTOOLS_DEV="0"):
        assert frontend.create_session(channel="sdk").status_code == httpx.codes.CREATED


def test_the_other_functions_name_their_settings_too(
    stack: RunningStack, frontend: Frontend
) -> None:
    with reconfigured(stack, "get_verification", TABLE_NAME=None):
        answer = frontend.verification()
    assert problem(stack, answer) == (500, "misconfigured")
    assert _setting_logged(stack, answer).startswith("TABLE_NAME")
    assert frontend.verification().status_code == httpx.codes.OK
