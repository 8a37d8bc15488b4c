"""A secret that cannot be read: the log must name the setting, as for every other one."""

import json

import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import log_lines
from tests.support.problems import problem
from tests.support.reconfigured import reconfigured
from tests.support.stack import RunningStack


@pytest.mark.parametrize("setting", ["USER_KEY_SECRET_ID", "JUMIO_SECRET_ID"])
def test_a_secret_that_cannot_be_read_is_named_by_its_setting(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient, setting: str
) -> None:
    with reconfigured(stack, "create_session", **{setting: "no-such-secret"}):
        answer = frontend.create_session(channel="sdk")
    assert problem(stack, answer) == (500, "misconfigured")
    request_id = answer.headers["X-Request-Id"]
    records = [
        json.loads(line) for line in log_lines(stack.aws) if request_id in line and line[:1] == "{"
    ]
    (found,) = [one for one in records if one["message"] == "misconfigured"]
    assert setting in found["setting"]
