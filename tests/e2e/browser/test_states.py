"""Every state of the page can be read, heard and reached, in light and dark, small and large."""

from collections.abc import Callable
from typing import Any

import pytest

from local.stack import ROOT
from tests.support.visitor import Visitor

AXE = (ROOT / ".venv" / "node_modules" / "axe-core" / "axe.min.js").read_text()
HREF = "http://127.0.0.1:9/web/client?authorizationToken=" + 350 * "t"
TOKEN = 350 * "t"
DESKTOP = {"width": 1280, "height": 800}
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"]}
# The one thing that differs between light and dark.
COLOURS = EVERYTHING | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
Make = Callable[[Visitor], None]


def _standing(status: str, **retry: Any) -> Make:
    def make(visitor: Visitor) -> None:
        visitor.stands(status, **retry)
        visitor.open("/verify/identity")

    return make


def _returned(path: str, code: str = "") -> Make:
    def make(visitor: Visitor) -> None:
        visitor.stands("pending")
        parameters = {"errorCode": code} if code else {}
        visitor.comes_back(path, **parameters)

    return make


def _refused(status: int, code: str, wait: int = 0, **more: Any) -> Make:
    def make(visitor: Visitor) -> None:
        visitor.stands("none")
        visitor.refused(status, code, wait, **more)
        visitor.open("/verify/identity")
        visitor.press("Continue on this device")

    return make


def _begun(way: str, answer: dict[str, Any]) -> Make:
    def make(visitor: Visitor) -> None:
        visitor.stands("pending")
        visitor.api_answers("POST", 200, answer)
        visitor.open("/verify/identity")
        if way == "Use my phone":
            visitor.press(way)
        else:
            visitor.choose_way(way)

    return make


def _never(method: str, offer: str = "identity") -> Make:
    def make(visitor: Visitor) -> None:
        visitor.stands("none")
        visitor.api_does(method, lambda _: None)
        visitor.open(f"/verify/{offer}")
        if method == "POST":
            visitor.press("Continue on this device")

    return make


def _gone(what: str) -> Make:
    def make(visitor: Visitor) -> None:
        visitor.page.route(what, lambda route: route.abort())
        visitor.open("/verify/identity")

    return make


def _home(visitor: Visitor) -> None:
    visitor.open()


def _screening(visitor: Visitor) -> None:
    visitor.stands("none")
    visitor.api_answers("POST", 202, {}, {"Retry-After": "60"})
    visitor.open("/verify/screening-only")
    visitor.press("Check my details")


def _nobody(view: str) -> Make:
    def make(visitor: Visitor) -> None:
        nobody = {"person": None, "token": None}
        visitor.page.route("**/demo/session*", lambda route: route.fulfill(json=nobody))
        visitor.open("/" if view == "welcome" else "/return/success")

    return make


FIELDS = [
    {"field": "applicant.phoneNumber", "reason": "not a phone number"},
    {"field": "applicant.address.country", "reason": "needed"},
    {"field": "consent.obtained", "reason": "needed"},
]
STATES: dict[str, Make] = {
    "welcome": _nobody("welcome"),
    "elsewhere": _nobody("elsewhere"),
    "home": _home,
    "loading": _never("GET"),
    "page-broken": _gone("**/config.json"),
    "status-none": _standing("none"),
    "status-pending": _standing("pending"),
    "status-processing": _standing("processing"),
    "status-approved": _standing("approved", allowed=False),
    "status-review": _standing("review", allowed=False),
    "status-declined": _standing("declined", remaining=1),
    "status-expired": _standing("expired", allowed=False, after=86_000),
    "status-lapsed": _standing("lapsed"),
    "status-of-tomorrow": _standing("of-tomorrow"),
    "returned": _returned("success"),
    "interrupted-resume": _returned("error", "9800"),
    "interrupted-renew": _returned("error", "9200"),
    "interrupted-ask": _returned("error", "H00000"),
    "interrupted-other-device": _returned("error", "9821"),
    "interrupted-configuration": _returned("error", "A10404"),
    "interrupted-give-up": _returned("error", "M00000"),
    "starting-start": _never("POST"),
    "starting-screening": _screening,
    "details": _refused(422, "applicant-required", errors=FIELDS),
    "on-phone": _begun("Use my phone", {"web": {"href": HREF}}),
    "in-app": _begun("Use our mobile app", {"sdk": {"token": TOKEN}}),
    "in-tab": _begun("Open in a new tab", {"web": {"href": HREF}}),
    "trouble-busy": _refused(503, "provider-busy", 60),
    "trouble-unavailable": _refused(503, "provider-unavailable", 60),
    "trouble-exhausted": _refused(429, "attempts-exhausted", 50_000),
    "trouble-not-eligible": _refused(403, "not-eligible"),
    "trouble-other-channel": _refused(422, "channel-unavailable"),
    "trouble-broken": _refused(500, "internal"),
    "trouble-signed-out": _refused(403, "forbidden"),
    "trouble-offline": _gone("http://127.0.0.1:*/verification*"),
}


@pytest.mark.parametrize("view", STATES)
def test_a_state_is_open_to_everybody(anybody: Visitor, view: str) -> None:
    STATES[view](anybody)
    anybody.sees(view)
    page = anybody.page
    heading = page.locator("h1")
    assert heading.count() == 1
    assert page.title() == f"{heading.inner_text()} | Harbour Savings" or view == "loading"
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert _violations(anybody, EVERYTHING) == []
    anybody.shot(f"{view}-phone-light")
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="dark")
    assert _violations(anybody, COLOURS) == []
    anybody.shot(f"{view}-desktop-dark")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def _violations(visitor: Visitor, options: dict[str, Any]) -> list[str]:
    if not visitor.page.evaluate("'axe' in window"):
        visitor.page.evaluate(AXE)
    result = visitor.page.evaluate("(options) => axe.run(options)", options)
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in result["violations"]
        for node in one["nodes"]
    ]


def test_what_the_person_did_takes_the_focus_along(visitor: Visitor) -> None:
    visitor.open()
    visitor.sees("home")
    assert visitor.focused == "BODY"
    visitor.page.get_by_role("button", name="Open a savings account").press("Enter")
    visitor.sees("status-none")
    assert visitor.focused == "headline"
    visitor.page.get_by_text("Other ways").press("Enter")
    visitor.page.get_by_role("button", name="Use our mobile app").press("Enter")
    visitor.sees("in-app")
    assert visitor.focused == "headline"
    visitor.page.get_by_role("button", name="Back").press("Enter")
    visitor.sees("status-pending")
    assert visitor.focused == "headline"


def test_what_happens_by_itself_is_announced_and_moves_nobody(anybody: Visitor) -> None:
    anybody.page.clock.install()
    anybody.stands("processing")
    anybody.open("/verify/identity")
    anybody.sees("status-processing")
    anybody.page.locator("#sign-out").focus()
    anybody.stands("approved", allowed=False)
    anybody.sees_in_time("status-approved")
    assert (
        anybody.announced
        == "Welcome aboard. Your identity is verified. There is nothing more to do."
    )
    assert anybody.focused == "sign-out"
    assert anybody.page.title() == "Welcome aboard | Harbour Savings"
    region = anybody.page.locator("#announce")
    assert region.get_attribute("role") == "status"


def test_who_held_something_that_went_away_is_led_to_what_came(anybody: Visitor) -> None:
    anybody.page.clock.install()
    anybody.stands("pending")
    anybody.open("/verify/identity")
    anybody.page.get_by_text("Other ways").click()
    anybody.page.get_by_role("button", name="Use my phone").focus()
    anybody.stands("approved", allowed=False)
    anybody.sees_in_time("status-approved")
    assert anybody.focused == "headline"


def test_nothing_moves_for_those_who_do_not_want_it(anybody: Visitor) -> None:
    anybody.page.emulate_media(reduced_motion="reduce")
    anybody.stands("processing")
    anybody.open("/verify/identity")
    anybody.sees("status-processing")
    assert anybody.page.evaluate("document.getAnimations().length") == 0
    anybody.page.emulate_media(reduced_motion="no-preference")
    assert anybody.page.evaluate("document.getAnimations().length") > 0


def test_new_people_and_new_ends_are_a_click_away(visitor: Visitor, simulator: Any) -> None:
    visitor.page.clock.install()
    visitor.open("/verify/identity")
    visitor.page.get_by_text("Demonstration: people and results").click()
    visitor.page.get_by_label("What comes of the next check").select_option("declined: unreadable")
    while simulator.scenarios()["default"] != "declined: unreadable":
        visitor.page.wait_for_timeout(20)
    simulator.patch_options(person_starts_after_seconds=0, person_takes_seconds=0)
    visitor.press("Use my phone")
    visitor.sees_in_time("status-declined")
    visitor.press(f"Forget everything about {visitor.name}")
    visitor.sees("status-none")
    assert simulator.scenarios()["default"] == "interactive"
    visitor.press("Add a new person")
    visitor.page.get_by_text("is new, and can sign in").wait_for()
    visitor.press("Sign out")
    visitor.sees("welcome")
    assert "is new" not in visitor.kept
    with visitor.page.expect_response("**/demo/people") as made:
        visitor.press("Add a new person")
    visitor.press(f"Sign in as {made.value.json()['name']}")
    visitor.sees("home")
