"""A walk through the product on a running stack: every step is shown, and checked."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

from jumio_simulator.admin.client import AdminClient
from local.console import Console
from local.demo import people
from local.demo.frontend import Frontend
from local.demo.observer import BusListener, table_items
from local.demo.people import Person
from local.demo.person import HostedPage
from local.errors import StackError
from local.stack import Stack

_SHOWN = 24
_UNDECIDED = {"none", "pending", "processing"}
_SECONDS = 120
_PERSON = Person("Walter Walk", "walter.walk", "Invented-Password-4")


class UnexpectedError(StackError):
    """A step of the walk did not go as it should; the text says which and how."""


class Walk:
    """Somebody is declined, comes back, and is approved on the same account.

    Not one of the people who can sign in at the page: those are left as they were.
    """

    def __init__(self, stack: Stack, console: Console) -> None:
        self._stack = stack
        self._console = console
        self._simulator = AdminClient(stack.facts["simulator"])
        self._bus = BusListener(stack.aws, stack.facts["outputs"])
        self._steps = 0

    def run(self) -> None:
        """Walk; raises UnexpectedError at the first step that is not as expected."""
        try:
            with Frontend(self._stack.facts) as app, self._simulator:
                self._walk(app)
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise UnexpectedError(f"{type(error).__name__}: {error}") from error

    def _walk(self, app: Frontend) -> None:
        self._sign_in(app)
        self._session_for_sdk(app)
        href = self._session_for_web(app)
        self._person_finishes(href, "declined: fake document")
        first = self._callback()
        self._outcome(app, "declined")
        self._comes_back(app, first)
        self._callback()
        self._outcome(app, "approved")
        self._company_knows(["declined", "approved"])
        self._one_account(first["accountId"])

    def _sign_in(self, app: Frontend) -> None:
        self._step(f"{_PERSON.name} signs in to the app")
        people.add(self._stack.aws.cognito, self._stack.facts["outputs"]["UserPoolId"], _PERSON)
        token = app.sign_in(_PERSON.email, _PERSON.password)
        self._show(f"access token of the app's identity provider: {_shortened(token)}")
        answer = app.verification()
        self._show(f"GET /verification  {answer.status_code} {answer.text}")
        self._check("the token is accepted", answer.status_code == httpx.codes.OK)

    def _session_for_sdk(self, app: Frontend) -> None:
        self._step("The app asks for a session for Jumio's SDK")
        answer = self._ask(app, channel="sdk")
        body = answer.json()
        self._check("a new session: 201", answer.status_code == httpx.codes.CREATED)
        self._check("only the token came back", _shape(body) == {"sdk": {"token": "str"}})

    def _session_for_web(self, app: Frontend) -> str:
        self._step("The person changes to a browser: a session for the web")
        answer = self._ask(app, channel="web")
        body = answer.json()
        self._check("the same session, resumed: 200", answer.status_code == httpx.codes.OK)
        self._check("only the href came back", _shape(body) == {"web": {"href": "str"}})
        return str(body["web"]["href"])

    def _person_finishes(self, href: str, scenario: str) -> None:
        self._step("The person goes through Jumio's hosted page")
        with HostedPage(href) as page:
            steps = page.go_through()
            self._show(f"{' → '.join(steps)} → {scenario}")
            target = page.finish(scenario)
        self._show(f"the browser is sent to {target.partition('?')[0]}")
        here = urlsplit(self._stack.facts["page"]).netloc
        self._check("back at the app", urlsplit(target).netloc == here)

    def _callback(self) -> dict[str, Any]:
        self._step("Jumio processes, and calls back")
        execution = self._await(
            "the callback was answered 200",
            lambda: self._simulator.executions()[0],
            lambda found: any(one["answered"] == httpx.codes.OK for one in found["callbacks"]),
        )
        self._show("POST /callbacks/… is queued; a worker reads the result back from Jumio")
        return execution

    def _outcome(self, app: Frontend, expected: str) -> None:
        self._step("The app asks how it went")
        standing = app.await_outcome(unlike=_UNDECIDED)
        self._show(f"GET /verification  {json.dumps(standing)}")
        self._check(f"the outcome is {expected}", standing["status"] == expected)

    def _comes_back(self, app: Frontend, first: dict[str, Any]) -> None:
        self._step("The person comes back and tries again")
        seen = max((entry["number"] for entry in self._simulator.journal()), default=0)
        answer = self._ask(app, channel="web")
        self._check("a new session: 201", answer.status_code == httpx.codes.CREATED)
        paths = [
            (entry["method"], entry["path"])
            for entry in self._simulator.journal(since=seen)
            if "/accounts" in entry["path"]
        ]
        self._show(f"what Jumio saw: {', '.join(f'{method} {path}' for method, path in paths)}")
        updated = [method == "PUT" and path.endswith(first["accountId"]) for method, path in paths]
        self._check("the account of the first attempt was updated", updated == [True])
        self._person_finishes(str(answer.json()["web"]["href"]), "approved")

    def _company_knows(self, expected: list[str]) -> None:
        self._step("What the rest of the company has heard")
        events = self._await(
            "every outcome reached the bus", self._bus.heard, lambda heard: len(heard) >= 2
        )
        for event in events:
            self._show(f"{event['detail-type']}  {json.dumps(event['detail']['data'])}")
        statuses = [event["detail"]["data"]["status"] for event in events]
        self._check(" and ".join(expected), sorted(statuses) == sorted(expected))

    def _one_account(self, account_id: str) -> None:
        self._step("What the table keeps")
        items = table_items(self._stack.aws, self._stack.facts["outputs"])
        kept = [item["account_id"] for item in items if "account_id" in item]
        self._show(f"{len(items)} items; account {account_id} in {kept.count(account_id)} of them")
        self._check("one person, one account", set(kept) == {account_id})

    def _ask(self, app: Frontend, **body: str) -> httpx.Response:
        self._show(f"POST /sessions      {json.dumps(body)}")
        answer = app.create_session(**body)
        shown = json.dumps(_shown(answer.json()), ensure_ascii=False)
        self._show(f"{answer.status_code}                 {shown}")
        return answer

    def _await[T](self, what: str, look: Callable[[], T], enough: Callable[[T], bool]) -> T:
        deadline = time.monotonic() + _SECONDS
        while not enough(found := look()) and time.monotonic() < deadline:
            time.sleep(0.2)
        self._check(what, enough(found))
        return found

    def _step(self, text: str) -> None:
        self._steps += 1
        self._console.line(f"\n{self._console.paint(f'{self._steps:2}  {text}', 'bold')}")

    def _show(self, text: str) -> None:
        self._console.line(f"      {text}")

    def _check(self, text: str, fulfilled: bool) -> None:
        if not fulfilled:
            raise UnexpectedError(f"step {self._steps}, not fulfilled: {text}")
        self._console.line(f"    {self._console.paint('✓', 'green')} {text}")


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shape(member) for key, member in value.items()}
    return type(value).__name__


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shown(member) for key, member in value.items()}
    return _shortened(value) if isinstance(value, str) and len(value) > 4 * _SHOWN else value


def _shortened(text: str) -> str:
    return f"{text[:_SHOWN]}… ({len(text)} characters)"
