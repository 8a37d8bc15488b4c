"""The demo page as it is served: a customer's page, on an origin of its own."""

import re

import pytest
import requests

from local.stack import ROOT
from tests.support.stack import RunningStack


def _get(stack: RunningStack, path: str) -> requests.Response:
    answer = requests.get(stack.facts["page"] + path, timeout=30)
    answer.raise_for_status()
    return answer


def test_the_page_is_told_where_everything_is(stack: RunningStack) -> None:
    config = _get(stack, "/config.json").json()
    assert config["api"] == stack.facts["api"]
    assert config["clientId"] == stack.outputs["UserPoolClientId"]
    assert [user["name"] for user in config["users"]] == ["Ada Demo", "Ben Demo"]
    assert "access_token" not in str(config)


def test_everything_that_the_page_names_is_there(stack: RunningStack) -> None:
    page = _get(stack, "/").text
    named = set(re.findall(r'(?:src|href)="(/[^"]+)"', page))
    assert named == {"/style.css", "/app.js"}
    scripts = "".join(_get(stack, path).text for path in ("/app.js", "/api.js"))
    for path in named | set(re.findall(r'from "(/[^"]+)"', scripts)):
        assert _get(stack, path).content


@pytest.mark.parametrize("path", ["/", "/return/success", "/return/error?errorCode=9800"])
def test_the_page_keeps_addresses_to_itself(stack: RunningStack, path: str) -> None:
    answer = _get(stack, path)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content == (ROOT / "web" / "index.html").read_bytes()


def test_the_page_runs_no_script_but_its_own(stack: RunningStack) -> None:
    policy = dict(
        part.strip().split(" ", 1)
        for part in _get(stack, "/").headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"].split() == [
        "'self'",
        stack.facts["api"],
        stack.facts["aws_endpoint"],
    ]


def test_people_are_sent_back_to_the_page(stack: RunningStack) -> None:
    variables = next(
        function["Environment"]["Variables"]
        for function in stack.aws.functions.list_functions()["Functions"]
        if "-CreateSession-" in function["FunctionName"]
    )
    assert variables["SUCCESS_URL"] == f"{stack.facts['page']}/return/success"
    assert variables["ERROR_URL"] == f"{stack.facts['page']}/return/error"
