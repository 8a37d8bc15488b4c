"""When something does not work the page says what, once, in words, and what to do about it."""

import base64
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.support.visitor import Visitor

ELSE, APP = "Choose something else", "Use our mobile app"
CODES = re.compile(r"[a-z]+-[a-z]+-?[a-z]*\)|\b[45]\d\d\b|urn:|undefined|null|NaN|\[object")


@pytest.mark.parametrize(
    ("status", "code", "wait", "view", "says", "action"),
    [
        (409, "session-busy", 40, "trouble-busy", "in about 40 seconds", "Try again"),
        (503, "provider-busy", 120, "trouble-busy", "in about 2 minutes", "Try again"),
        (503, "provider-unavailable", 60, "trouble-unavailable", "Nothing is lost", "Try again"),
        (429, "attempts-exhausted", 7200, "trouble-exhausted", "in about 2 hours, at ", ELSE),
        (403, "not-eligible", 0, "trouble-not-eligible", "not open to you", ELSE),
        (422, "channel-unavailable", 0, "trouble-other-channel", "not offered that way", APP),
        (500, "internal", 0, "trouble-broken", "req-4711", "Try again"),
        (502, "provider-rejected", 0, "trouble-broken", "req-4711", "Try again"),
        (404, "unknown-journey", 0, "trouble-broken", "req-4711", "Try again"),
        (403, "forbidden", 0, "trouble-signed-out", "sign in again", "Sign in again"),
    ],
)
def test_every_refusal_has_words_and_a_way_on(
    anybody: Visitor, status: int, code: str, wait: int, view: str, says: str, action: str
) -> None:
    anybody.stands("none")
    anybody.refused(status, code, wait)
    anybody.open("/verify/identity")
    anybody.press("Continue on this device")
    anybody.sees(view)
    assert says.lower() in anybody.words.lower()
    assert code not in anybody.words
    assert not CODES.search(anybody.words.replace("req-4711", ""))
    sentences = [part for part in re.split(r"[.\n]\s*", anybody.words) if len(part) > 20]
    assert len(sentences) == len(set(sentences))
    assert anybody.page.get_by_role("button", name=action, exact=True).is_visible()
    assert anybody.focused == "headline"


def test_who_has_to_wait_is_told_before_they_try(anybody: Visitor) -> None:
    anybody.stands("none", allowed=False, after=45)
    anybody.open("/verify/identity")
    anybody.sees("status-none")
    assert "You can try again in about 50 seconds." in anybody.words
    anybody.stands("none")
    anybody.press("Look again")
    anybody.page.get_by_role("button", name="Continue on this device").wait_for()


@pytest.mark.parametrize("status", ["processing", "review"])
def test_while_somebody_decides_nobody_is_led_to_try_again(anybody: Visitor, status: str) -> None:
    anybody.stands(status, allowed=True)
    anybody.open("/verify/identity")
    anybody.sees(f"status-{status}")
    labels = anybody.page.locator("#view button").all_inner_texts()
    assert not {"Try again", "Go on", "Use my phone"} & set(labels)


@pytest.mark.parametrize("code", ["verification-in-progress", "already-verified"])
def test_what_is_under_way_or_done_is_shown_instead(anybody: Visitor, code: str) -> None:
    anybody.stands("none")
    anybody.refused(409, code)
    anybody.open("/verify/identity")
    anybody.sees("status-none")
    status = "processing" if code == "verification-in-progress" else "approved"
    anybody.stands(status, allowed=False)
    anybody.press("Continue on this device")
    anybody.sees(f"status-{status}")


def test_an_answer_that_is_lost_is_asked_for_with_the_same_key(anybody: Visitor) -> None:
    keys = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.abort() if len(keys) < 3 else anybody.fulfil(route, 204)

    anybody.page.clock.install()
    anybody.stands("none")
    anybody.api_does("POST", lose)
    anybody.open("/verify/identity")
    anybody.press("Continue on this device")
    anybody.sees_in_time("status-none")
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_a_screening_that_runs_is_waited_for(anybody: Visitor) -> None:
    answers = [(202, {"Retry-After": "2"}), (204, {})]
    anybody.page.clock.install()
    anybody.stands("none")
    anybody.api_does(
        "POST",
        lambda route: anybody.fulfil(
            route, answers[0][0], {} if len(answers) == 2 else None, answers.pop(0)[1]
        ),
    )
    anybody.open("/verify/screening-only")
    anybody.press("Check my details")
    anybody.sees("starting-screening")
    anybody.stands("approved", allowed=False)
    anybody.sees_in_time("status-approved")
    assert "All is well" in anybody.words


def test_a_screening_asks_for_what_it_needs_and_shows_errors_at_the_fields(
    visitor: Visitor,
) -> None:
    visitor.open("/verify/onboarding-phone")
    visitor.press("Continue on this device")
    visitor.sees("details")
    phone = visitor.page.get_by_label("Phone number")
    visitor.press("Go on")
    expect(phone).to_have_accessible_description(re.compile("Please fill this in"))
    assert visitor.focused == "applicant-phoneNumber"
    phone.fill("0664 123")
    visitor.press("Go on")
    expect(phone).to_have_accessible_description(re.compile("the code of your country"))
    expect(phone).to_have_attribute("aria-invalid", "true")
    assert visitor.focused == "applicant-phoneNumber"
    phone.fill("+43 (1) 234-567")
    visitor.press("Go on")
    visitor.is_at_jumio()


def test_details_are_enough_where_no_pictures_are_wanted(visitor: Visitor) -> None:
    visitor.open("/verify/screening-only")
    visitor.press("Check my details")
    visitor.sees("details")
    visitor.page.get_by_label("First name").fill("Ada")
    visitor.page.get_by_label("Last name").fill("Byron")
    visitor.page.get_by_label("Country (if you like)").select_option("AT")
    visitor.press("Go on")
    visitor.sees("status-approved")
    assert "Byron" not in visitor.kept


def test_the_law_of_the_usa_is_asked_for(visitor: Visitor, simulator: Any) -> None:
    visitor.open("/verify/identity-usa")
    visitor.press("Continue on this device")
    visitor.sees("details")
    visitor.page.get_by_label("State").select_option("NY")
    visitor.press("Go on")
    assert "Without your consent we cannot go on" in visitor.words
    visitor.page.get_by_label("I agree").check()
    visitor.press("Go on")
    visitor.is_at_jumio()
    consent = next(
        one["consent"] for one in simulator.executions() if one["sdkToken"] in visitor.page.url
    )
    assert consent["userLocation"] == {"country": "USA", "state": "NY"}
    assert consent["consent"]["obtained"] == "yes"


def test_an_e_mail_address_comes_from_the_token_and_never_from_a_form(visitor: Visitor) -> None:
    visitor.open("/verify/onboarding")
    visitor.press("Continue on this device")
    visitor.is_at_jumio()


def test_offline_is_said_and_over_when_it_is_over(visitor: Visitor) -> None:
    visitor.begin()
    visitor.page.clock.install()
    visitor.open("/verify/identity")
    visitor.sees("status-pending")
    visitor.context.set_offline(True)
    notice = visitor.page.locator("#notice")
    while not notice.is_visible():
        visitor.page.clock.fast_forward(3_000)
    assert "You are offline" in notice.inner_text()
    assert "You are offline" in visitor.announced
    visitor.press("Go on")
    visitor.sees_in_time("trouble-offline")
    assert "by itself" not in visitor.words
    visitor.context.set_offline(False)
    visitor.press("Try again")
    visitor.is_at_jumio()


def test_what_was_said_about_the_network_goes_away_by_itself(visitor: Visitor) -> None:
    visitor.begin()
    visitor.page.clock.install()
    visitor.open("/verify/identity")
    visitor.sees("status-pending")
    visitor.context.set_offline(True)
    while not visitor.page.locator("#notice").is_visible():
        visitor.page.clock.fast_forward(3_000)
    visitor.context.set_offline(False)  # the browser says so, and nothing else is waited for
    expect(visitor.page.locator("#notice")).to_be_hidden()
    visitor.sees("status-pending")


@pytest.mark.parametrize("missing", ["/config.json", "/demo/session*"])
def test_a_page_that_did_not_arrive_whole_can_be_tried_again(
    anybody: Visitor, missing: str
) -> None:
    anybody.page.route(f"**{missing}", lambda route: route.fulfill(status=500, body="x"))
    anybody.stands("none")
    anybody.open("/verify/identity")
    anybody.sees("page-broken")
    anybody.page.unroute(f"**{missing}")
    anybody.press("Try again")
    anybody.sees("status-none")


def test_while_nothing_is_known_the_page_says_that_it_loads(anybody: Visitor) -> None:
    held: list[Route] = []
    anybody.api_does("GET", held.append)
    anybody.open("/verify/identity")
    anybody.sees("loading")
    assert "One moment" in anybody.words
    expect(anybody.page.locator("main")).to_have_attribute("aria-busy", "true")
    while not held:
        anybody.page.wait_for_timeout(20)
    anybody.fulfil(held[0], 500, {"code": "internal"}, {"X-Request-Id": "req-1"})
    anybody.sees("trouble-broken")
    anybody.stands("none")
    anybody.press("Try again")
    anybody.sees("status-none")


def test_a_token_that_is_refused_is_replaced_without_a_word(visitor: Visitor) -> None:
    spoiled = _spoil(visitor, times=1)
    visitor.open("/verify/identity")
    visitor.sees("status-none")
    assert spoiled == [1]


@pytest.mark.parametrize("how", ["spoiled", "over"])
def test_a_dead_token_leads_to_signing_in(visitor: Visitor, how: str) -> None:
    _spoil(visitor, over=how == "over")
    visitor.page.clock.install()
    visitor.open("/verify/identity")
    visitor.sees_in_time("trouble-signed-out")
    visitor.page.unroute("**/demo/session*")
    visitor.press("Sign in again")
    visitor.sees("welcome")
    visitor.press(f"Sign in as {visitor.name}")
    visitor.sees("home")


def _spoil(visitor: Visitor, *, times: int = 1000, over: bool = False) -> list[int]:
    """The identity provider gives tokens that the API does not take; how often it did."""
    spoiled = []

    def answer(route: Route) -> None:
        if route.request.method != "GET" or len(spoiled) == times:
            return route.continue_()
        told = route.fetch().json()
        head, payload, signature = told["token"].split(".")
        if over:
            claims = json.dumps({"exp": 1_000_000_000}).encode()
            payload = base64.urlsafe_b64encode(claims).decode().rstrip("=")
        told["token"] = f"{head}.{payload}.{signature[:-6]}AAAAAA"
        spoiled.append(1)
        return route.fulfill(json=told)

    visitor.page.route("**/demo/session*", answer)
    return spoiled
