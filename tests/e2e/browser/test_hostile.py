"""What others may do to the page, and what it does not let them."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from jumio_simulator.admin.client import AdminClient
from local.processes.server import ThreadedServer
from local.stack import ROOT
from tests.support.stack import RunningStack
from tests.support.visitor import Visitor

SUCCESS = json.dumps({"eventType": 510, "payload": {"value": "success"}})


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """A site of somebody else, who has taken the browser client."""
    application = Starlette(
        routes=[
            Route("/", lambda _: HTMLResponse("<!doctype html><title>elsewhere</title>")),
            Mount("/client", StaticFiles(directory=ROOT / "web" / "client")),
        ]
    )
    with ThreadedServer(application) as server:
        yield server.url


@pytest.fixture
def foreign(browser: Browser, elsewhere: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(elsewhere)
    yield page
    page.context.close()


# Messages arrive in the order in which they were posted: after this one, all have arrived.
ONE_MORE = """
() => new Promise((resolve) => {
  addEventListener("message", (event) => event.data === "one more" && resolve(true));
  postMessage("one more", "*");
})
"""
CLIENT = """
async ({api, token, work}) => {
  const { VerificationClient } = await import("/client/verification-client.js");
  const surroundings = { online: () => true, hidden: () => false, sleep: async () => {} };
  const client = new VerificationClient({ api, token: () => token, surroundings });
  try { return await client[work]({ channel: "sdk" }); } catch (error) { return error.kind; }
}
"""


def test_another_origin_gets_nothing_even_with_a_good_token(
    foreign: Page, stack: RunningStack, simulator: AdminClient
) -> None:
    asked = {"api": stack.facts["api"], "token": stack.facts["users"][1]["access_token"]}
    before = len(simulator.executions())
    for work in ("start", "verification"):
        assert foreign.evaluate(CLIENT, {**asked, "work": work}) == "signed-out"
    assert len(simulator.executions()) == before


def test_the_page_cannot_be_framed(foreign: Page, stack: RunningStack) -> None:
    violations = foreign.evaluate(
        """(address) => new Promise((resolve) => {
          const frame = document.createElement("iframe");
          frame.addEventListener("load", () => {
            try { resolve(frame.contentWindow.location.href); }
            catch (error) { resolve(error.name); }
          });
          frame.src = address;
          document.body.append(frame);
        })""",
        stack.facts["page"],
    )
    assert violations == "SecurityError"
    framed = foreign.frames[-1]
    assert framed.locator("#main").count() == 0


def test_messages_of_others_change_nothing(visitor: Visitor, elsewhere: str) -> None:
    """Of a window that opened the page, of the page itself, and of a frame at another origin."""
    visitor.page.goto(elsewhere)
    with visitor.context.expect_page() as opened:
        visitor.page.evaluate(
            f"window.victim = window.open('{visitor.facts['page']}/verify/identity')"
        )
    hostile, visitor.page = visitor.page, opened.value
    visitor.choose_way("Stay on this page")
    visitor.sees("in-frame")
    frame = visitor.page.frame_locator("#frame iframe")
    frame.get_by_role("button", name="Start").wait_for()
    hostile.evaluate("(said) => window.victim.postMessage(said, '*')", SUCCESS)
    visitor.page.evaluate("(said) => window.postMessage(said, '*')", SUCCESS)
    for said in ("{", json.dumps({"eventType": 510}), json.dumps({"payload": None})):
        visitor.page.frames[-1].evaluate("(said) => parent.postMessage(said, '*')", said)
    visitor.page.frames[-1].evaluate(
        """(address) => { location.replace(address); }""", elsewhere + "/?hostile"
    )
    visitor.page.evaluate(ONE_MORE)
    visitor.sees("in-frame")
    (blocked,) = visitor.complaints
    assert blocked.startswith(f"Framing '{elsewhere}/' violates")
    visitor.complaints.clear()
    assert visitor.page.evaluate("sessionStorage.getItem('return')") in {None, "null"}


def test_markup_in_what_somebody_says_is_only_text(anybody: Visitor) -> None:
    markup = "<img src=x onerror=alert(1)>"
    anybody.stands("none")
    errors = [{"field": f"applicant.{markup}", "reason": markup}]
    anybody.refused(422, "applicant-required", errors=errors)
    anybody.open("/verify/identity")
    anybody.press("Continue on this device")
    anybody.sees("details")
    assert anybody.page.locator("#view img").count() == 0


def test_an_address_that_is_none_is_not_followed(anybody: Visitor) -> None:
    anybody.stands("none")
    anybody.api_answers("POST", 201, {"web": {"href": "javascript:document.title='taken'"}})
    anybody.open("/verify/identity")
    anybody.press("Continue on this device")
    anybody.sees("trouble-broken")


def test_no_token_is_ever_stored_or_addressed(visitor: Visitor) -> None:
    with visitor.page.expect_response("**/demo/session*") as recalled:
        visitor.open("/verify/identity")
    access = recalled.value.json()["token"]
    with visitor.page.expect_response(f"{visitor.facts['api']}/sessions") as answered:
        visitor.press("Use my phone")
    visitor.sees("on-phone")
    href = answered.value.json()["web"]["href"]
    token = href.partition("authorizationToken=")[2].partition("&")[0]
    assert len(token) > 100
    for secret in (access, token):
        assert secret not in visitor.kept
    stored = visitor.page.evaluate("Object.keys({...sessionStorage})")
    assert set(stored) <= {"offer", "return", "tried"}
    cookies = visitor.context.cookies()
    assert all(one["httpOnly"] and one["sameSite"] == "Strict" for one in cookies)
