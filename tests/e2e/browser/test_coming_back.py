"""However and whenever somebody comes to the page, it says what is so, and what to do next."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Request, Route

from tests.support.visitor import Visitor


def test_a_reload_changes_nothing_at_any_step(visitor: Visitor) -> None:
    def reloaded(view: str, then: str | None = None) -> None:
        visitor.sees(view)
        visitor.page.reload()
        visitor.sees(then or view)

    visitor.open()
    reloaded("home")
    visitor.page.get_by_role("button", name="Open a savings account").click()
    reloaded("status-none")
    visitor.press("Use my phone")
    reloaded("on-phone", "status-pending")
    visitor.press("Go on")
    visitor.is_at_jumio()
    visitor.page.reload()
    visitor.fail("9801")
    reloaded("interrupted-resume")
    visitor.stands("pending")
    visitor.comes_back("success", acquisitionStatus="SUCCESS")
    reloaded("returned")
    visitor.stands("approved", allowed=False)
    reloaded("returned", "status-approved")
    visitor.press("Sign out")
    reloaded("welcome")


def test_who_never_began_is_not_told_that_they_have_finished(visitor: Visitor) -> None:
    visitor.comes_back("success", acquisitionStatus="SUCCESS")
    visitor.sees("status-none")
    assert urlsplit(visitor.page.url).path == "/verify/identity"


def test_who_has_not_finished_can_always_say_so(visitor: Visitor) -> None:
    visitor.begin()
    visitor.comes_back("success", acquisitionStatus="SUCCESS")
    visitor.sees("returned")
    visitor.press("I have not finished")
    visitor.sees("status-pending")
    visitor.page.reload()
    visitor.sees("status-pending")


def test_the_wait_for_a_result_does_not_outlive_it(visitor: Visitor) -> None:
    visitor.page.clock.install()
    visitor.begin()
    visitor.stands("pending")
    visitor.comes_back("success", acquisitionStatus="SUCCESS")
    visitor.sees("returned")
    visitor.page.clock.fast_forward(21 * 60_000)
    visitor.page.reload()
    visitor.sees("status-pending")


RETURNS = [
    ("error", {"acquisitionStatus": "ERROR", "errorCode": "9210"}, "interrupted-renew"),
    ("error", {"acquisitionStatus": "ERROR", "errorCode": "9800"}, "interrupted-resume"),
    ("error", {"acquisitionStatus": "ERROR", "errorCode": "9822"}, "interrupted-other-device"),
    ("error", {"errorCode": "9801", "publicErrorCode": "H00000"}, "interrupted-resume"),
    ("error", {"publicErrorCode": "H00000"}, "interrupted-ask"),
    ("error", {"publicErrorCode": "N00000"}, "interrupted-configuration"),
    ("error", {"errorCode": "9999"}, "interrupted-give-up"),
    ("error", {"errorCode": "%3Cimg%20src=x%3E"}, "interrupted-resume"),
    ("error", {}, "interrupted-resume"),
    ("error", {"acquisitionStatus": "SUCCESS"}, "status-pending"),
    ("success", {"acquisitionStatus": "ERROR", "errorCode": "9210"}, "status-pending"),
    ("success", {"acquisitionStatus": "APPROVED"}, "returned"),
]


def test_what_a_return_address_says_decides_what_is_shown_and_no_more(anybody: Visitor) -> None:
    anybody.stands("pending")
    anybody.open()
    for path, parameters, view in RETURNS:
        anybody.page.evaluate("sessionStorage.clear()")
        anybody.comes_back(path, accountId="a", **parameters)
        anybody.sees(view)
        assert urlsplit(anybody.page.url)[2:] == ("/verify/identity", "", "")
        assert not [code for code in parameters.values() if code in anybody.words]


def test_a_return_address_never_makes_an_approval(anybody: Visitor) -> None:
    for status, view in (("declined", "status-declined"), ("none", "status-none")):
        anybody.stands(status)
        anybody.comes_back("success", acquisitionStatus="SUCCESS", decision="PASSED")
        anybody.sees(view)


def test_the_same_interruption_twice_is_met_with_a_new_session(anybody: Visitor) -> None:
    sent: list[Request] = []

    def lose(route: Route) -> None:
        sent.append(route.request)
        route.abort()

    anybody.page.clock.install()
    anybody.stands("pending")
    anybody.api_does("POST", lose)
    for view in ("interrupted-resume", "interrupted-renew"):
        anybody.comes_back("error", acquisitionStatus="ERROR", errorCode="9810")
        anybody.sees(view)
        anybody.press("Go on" if view == "interrupted-resume" else "Begin again")
        anybody.sees_in_time("trouble-unavailable")
    first, last = sent[0], sent[-1]
    assert "renew" not in first.post_data_json
    assert last.post_data_json["renew"] is True
    assert first.headers["idempotency-key"] != last.headers["idempotency-key"]


def test_the_browsers_back_button_leads_back(visitor: Visitor) -> None:
    visitor.open()
    visitor.page.get_by_role("button", name="Open a savings account").click()
    visitor.sees("status-none")
    visitor.page.go_back()
    visitor.sees("home")
    visitor.page.go_forward()
    visitor.sees("status-none")
    visitor.press("Continue on this device")
    visitor.is_at_jumio()
    visitor.page.go_back()
    visitor.sees("status-pending")


def test_two_tabs_are_one_person(visitor: Visitor) -> None:
    visitor.open("/verify/identity")
    visitor.sees("status-none")
    first, second = visitor.page, visitor.context.new_page()
    visitor.page = second
    visitor.begin()
    visitor.page = first
    visitor.press("Continue on this device")
    visitor.is_at_jumio()
    assert first.url == second.url
    visitor.open("/verify/identity")
    visitor.sees("status-pending")
    visitor.page = second
    visitor.open()
    visitor.press("Sign out")
    visitor.sees("welcome")
    visitor.page = first
    visitor.sees("welcome")


def test_signing_out_leaves_nothing_of_the_person(
    visitor: Visitor, new_visitor: Callable[..., Visitor]
) -> None:
    with visitor.page.expect_response("**/demo/session*") as recalled:
        visitor.open()
    visitor.page.get_by_role("button", name="Open a savings account").click()
    access = recalled.value.json()["token"]
    secrets = [access]
    assert visitor.remembers(access)
    for label, view in (("Use our mobile app", "in-app"), ("Stay on this page", "in-frame")):
        with visitor.page.expect_response(f"{visitor.facts['api']}/sessions") as answered:
            visitor.choose_way(label)
        visitor.sees(view)
        told = answered.value.json()
        secrets.append(told["sdk"]["token"] if "sdk" in told else told["web"]["href"])
        if view == "in-app":
            assert secrets[-1] in visitor.kept
            visitor.press("Back")
            visitor.sees("status-pending")
            assert secrets[-1] not in visitor.kept
    assert access not in visitor.kept
    visitor.press("Sign out")
    visitor.sees("welcome")
    assert not [secret for secret in secrets if secret in visitor.kept]
    assert visitor.forgets(*secrets)
    assert visitor.page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert visitor.page.locator("#frame").is_hidden()
    visitor.page.go_back()
    visitor.sees("welcome")
