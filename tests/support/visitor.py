"""Somebody in front of the demo page: what they press, and what they see."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route
from playwright.sync_api import TimeoutError as NeverShownError

from local.stack import DIRECTORY
from tests.support.stack import RunningStack

SHOTS = DIRECTORY / "screenshots"
SECONDS = 20
_TEXTS = 1000  # characters; of a longer text a heap snapshot has 1024
Json = dict[str, Any]


class Visitor:
    """A person with a browser of their own. `complaints` is what the browser found wrong."""

    def __init__(self, stack: RunningStack, context: BrowserContext) -> None:
        self.facts = stack.facts
        self.context = context
        self.name = ""
        self.username = ""
        self.complaints: list[str] = []
        context.set_default_timeout(SECONDS * 1000)
        context.on("page", self._mind)
        self.page = context.new_page()

    def sign_in_quietly(self) -> None:
        """Become a new person, at the demo's identity provider and not by the page."""
        person = self._demo("post", "/demo/people", {})
        self.name, self.username = person["name"], person["username"]
        self._demo("post", "/demo/session", {"username": self.username})

    def _demo(self, method: str, path: str, body: Json) -> Json:
        answer = getattr(self.context.request, method)(self.facts["page"] + path, data=body)
        assert answer.ok, answer.status
        told: Json = answer.json()
        return told

    def _mind(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._mind_policy(message.text))

    def _mind_policy(self, text: str) -> None:
        """That Jumio's page cannot lead its frame to the return address is on purpose."""
        if "Content Security Policy" in text and "/return/" not in text:
            self.complaints.append(text)

    # What they do

    def open(self, path: str = "/") -> None:
        self.page.goto(self.facts["page"] + path)

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def choose_way(self, label: str) -> None:
        self.page.get_by_text("Other ways").click()
        self.press(label)

    def begin(self, offer: str = "identity", label: str = "Continue on this device") -> None:
        """From nothing to Jumio's page."""
        self.open(f"/verify/{offer}")
        self.press(label)
        self.is_at_jumio()

    def finish(self, scenario: str = "approved") -> None:
        """On Jumio's page: be done at once, with a result."""
        self.page.get_by_text("Finish now with any result").click()
        self.page.get_by_label("Result").select_option(scenario)
        self.press("Finish")

    def fail(self, code: str) -> None:
        """On Jumio's page: break with an error code."""
        self.page.get_by_text("Break with an error code").click()
        self.page.get_by_label("Error").select_option(code)
        self.press("Fail")

    def comes_back(self, path: str, **parameters: str) -> None:
        """At a return address, whoever made it up."""
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        self.open(f"/return/{path}?{query}")

    # What they see

    def sees(self, view: str) -> None:
        """Wait until the page shows this view."""
        try:
            self.page.locator(f"#view [data-view='{view}']").wait_for()
        except NeverShownError:
            raise AssertionError(f"not {view}, but:\n{self.words}") from None

    def sees_in_time(self, view: str) -> None:
        """The same, with a clock that runs faster: polling takes seconds."""
        shown = self.page.locator(f"#view [data-view='{view}']")
        deadline = time.monotonic() + SECONDS
        while not shown.count() and time.monotonic() < deadline:
            self.page.clock.fast_forward(3_000)
            self.page.wait_for_timeout(100)
        self.sees(view)

    def is_at_jumio(self) -> None:
        self.page.wait_for_url(re.compile(re.escape(self.facts["simulator"]) + "/web/"))

    @property
    def words(self) -> str:
        """All that the page says to a person."""
        return self.page.locator("main").inner_text()

    @property
    def kept(self) -> str:
        """All that the page holds: its elements with their values, and what it stored."""
        return str(
            self.page.evaluate(
                """() => document.documentElement.outerHTML
                  + [...document.querySelectorAll("input, textarea")].map((one) => one.value).join()
                  + JSON.stringify({...sessionStorage}) + JSON.stringify({...localStorage})
                  + document.cookie + location.href"""
            )
        )

    def remembers(self, secret: str) -> bool:
        """Whether it is in the page's memory, of which a snapshot has texts by their beginnings."""
        return secret[:_TEXTS] in self._memory

    @property
    def _memory(self) -> str:
        """What is in the page's memory, after its garbage was collected."""
        chunks: list[str] = []
        session = self.context.new_cdp_session(self.page)
        session.on("HeapProfiler.addHeapSnapshotChunk", lambda event: chunks.append(event["chunk"]))
        session.send("HeapProfiler.collectGarbage")
        session.send("HeapProfiler.takeHeapSnapshot")
        session.detach()
        return "".join(chunks)

    def forgets(self, *secrets: str) -> bool:
        """Whether none of these stays in memory; a frame takes a moment to be gone."""
        deadline = time.monotonic() + SECONDS
        while any(map(self.remembers, secrets)):
            if time.monotonic() > deadline:
                return False
        return True

    @property
    def focused(self) -> str:
        return str(
            self.page.evaluate("document.activeElement.id || document.activeElement.tagName")
        )

    @property
    def announced(self) -> str:
        return self.page.locator("#announce").inner_text()

    # What happens to them

    def api_answers(
        self,
        method: str,
        status: int,
        body: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """From now on the API answers this to requests of the method."""
        self.api_does(method, lambda route: self.fulfil(route, status, body, headers))

    def api_does(self, method: str, what: Callable[[Route], None]) -> None:
        def handle(route: Route) -> None:
            if route.request.method == method:
                what(route)
            else:
                route.fallback()

        self.page.route(f"{self.facts['api']}/**", handle)

    def fulfil(
        self,
        route: Route,
        status: int,
        body: Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer as a function behind the gateway does."""
        kind = "application/problem+json" if status >= 400 else "application/json"
        sent = {
            "Access-Control-Allow-Origin": self.facts["page"],
            "Access-Control-Expose-Headers": "etag,retry-after,x-request-id",
            "Content-Type": kind,
            **(headers or {}),
        }
        route.fulfill(status=status, headers=sent, body="" if body is None else json.dumps(body))

    def stands(
        self, status: str, *, allowed: bool = True, remaining: int = 4, after: int = 0
    ) -> None:
        """From now on the API says that it stands like this."""
        retry = {"allowed": allowed, "remaining": remaining, "after": after}
        body = {"journey": "identity", "status": status, "updatedAt": None, "next": None}
        waits = {"Retry-After": "5"} if status in {"pending", "processing"} else {}
        self.api_answers("GET", 200, {**body, "retry": retry}, waits)

    def refused(self, status: int, code: str, retry_after: int = 0, **more: Any) -> None:
        """From now on sessions are refused with a problem."""
        headers = {"X-Request-Id": "req-4711"}
        if retry_after:
            headers["Retry-After"] = str(retry_after)
        self.api_answers("POST", status, {"code": code, "status": status, **more}, headers)

    def shot(self, name: str) -> Path:
        """Keep what is seen, for people to look at."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=True)
        return path
