"""The demo page as it is served: a customer's page, on an origin of its own."""

import json
import re

import pytest
import requests

from local.stack import ROOT
from tests.support.journeys import EXAMPLES
from tests.support.stack import RunningStack


def _get(stack: RunningStack, path: str) -> requests.Response:
    answer = requests.get(stack.facts["page"] + path, timeout=30)
    answer.raise_for_status()
    return answer


def test_the_page_is_told_where_everything_is_and_nothing_secret(stack: RunningStack) -> None:
    assert _get(stack, "/config.json").json() == {
        "api": stack.facts["api"],
        "jumio": stack.facts["simulator"],
        "journeys": [journey["name"] for journey in json.loads(EXAMPLES.read_text())["journeys"]],
    }


def test_everything_that_the_page_names_is_there(stack: RunningStack) -> None:
    page = _get(stack, "/").text
    named = set(re.findall(r'(?:src|href)="(/[^"]+)"', page))
    assert named == {"/style.css", "/app.js"}
    seen: set[str] = set()
    while missing := named - seen:
        for path in missing:
            named |= set(re.findall(r'from "(/[^"]+)"', _get(stack, path).text))
        seen |= missing
    assert {"/client/verification-client.js", "/vendor/lean-qr.mjs"} < seen


@pytest.mark.parametrize(
    "path", ["/", "/verify/identity", "/return/success", "/return/error?errorCode=9800"]
)
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
    assert policy["style-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {stack.facts['api']}"
    assert policy["frame-src"] == stack.facts["simulator"]
    assert policy["form-action"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"


def test_nothing_in_the_page_would_need_another_policy() -> None:
    markup = (ROOT / "web" / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! type=\"module\" src=)", markup)


def test_a_session_of_the_page_is_a_cookie_that_no_script_and_no_other_site_has(
    stack: RunningStack,
) -> None:
    with requests.Session() as app:
        page = stack.facts["page"] + "/demo/session"
        assert app.get(page, timeout=30).json() == {"person": None, "token": None}
        form = app.post(page, data={"username": "ada.demo"}, timeout=30)
        assert form.status_code == requests.codes.unsupported_media_type
        signed_in = app.post(page, json={"username": "ada.demo"}, timeout=30)
        assert {"HttpOnly", "Path=/demo", "SameSite=strict"} <= set(
            signed_in.headers["Set-Cookie"].split("; ")
        )
        assert app.get(page, timeout=30).json()["person"]["name"] == "Ada Demo"
        app.delete(page, timeout=30)
        assert app.get(page, timeout=30).json()["person"] is None


def test_people_are_sent_back_to_the_page(stack: RunningStack) -> None:
    variables = next(
        function["Environment"]["Variables"]
        for function in stack.aws.functions.list_functions()["Functions"]
        if "-CreateSession-" in function["FunctionName"]
    )
    assert variables["SUCCESS_URL"] == f"{stack.facts['page']}/return/success"
    assert variables["ERROR_URL"] == f"{stack.facts['page']}/return/error"
