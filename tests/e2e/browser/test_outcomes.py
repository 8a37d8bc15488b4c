"""From the page to Jumio's page and back: every end is shown as what it is."""

from collections.abc import Callable

import pytest

from jumio_simulator.admin.client import AdminClient
from tests.support.visitor import Visitor


@pytest.mark.parametrize(
    ("scenario", "view", "words"),
    [
        ("approved", "status-approved", "Your identity is verified"),
        ("declined: fake document", "status-declined", "You have 4 tries left."),
        ("declined: unreadable", "status-declined", "The photo could not be read."),
        ("unsupported document", "status-declined", "We cannot accept this kind of document."),
        ("needs review", "status-review", "nothing that you have to do"),
    ],
)
def test_what_jumio_decides_is_what_the_person_sees(
    visitor: Visitor, scenario: str, view: str, words: str
) -> None:
    visitor.page.clock.install()
    visitor.begin()
    visitor.finish(scenario)
    visitor.sees_in_time(view)
    assert words in visitor.words
    assert visitor.page.url == f"{visitor.facts['page']}/verify/identity"
    visitor.shot(f"real-{view}")


def test_who_leaves_can_go_on_where_they_left_off(visitor: Visitor, simulator: AdminClient) -> None:
    visitor.begin()
    visitor.press("Start")
    before = len(simulator.executions())
    visitor.open("/verify/identity")
    visitor.sees("status-pending")
    visitor.press("Go on")
    visitor.is_at_jumio()
    assert visitor.page.get_by_text("Choose your document").is_visible()
    assert len(simulator.executions()) == before


def test_who_lets_the_time_run_out_begins_again(visitor: Visitor, simulator: AdminClient) -> None:
    visitor.begin()
    visitor.page.get_by_text("Leave without finishing").click()
    visitor.press("Leave, and let it expire now")
    visitor.page.clock.install()
    visitor.open("/verify/identity")
    visitor.sees_in_time("status-expired")
    before = len(simulator.executions())
    visitor.press("Try again")
    visitor.is_at_jumio()
    assert len(simulator.executions()) == before + 1


def test_a_session_that_died_unheard_is_renewed(visitor: Visitor, simulator: AdminClient) -> None:
    """Its callback is lost, so that nobody but Jumio's page knows that it is over."""
    visitor.begin()
    simulator.patch_options(callbacks={"drop": True})
    dead = next(one for one in simulator.executions() if _at(visitor, one))
    simulator.expire(dead["id"])
    visitor.open("/verify/identity")
    visitor.press("Go on")
    visitor.sees("interrupted-renew")
    visitor.press("Begin again")
    visitor.is_at_jumio()
    assert not _at(visitor, dead)
    assert visitor.page.get_by_text("Let's verify your identity").is_visible()


def _at(visitor: Visitor, execution: dict[str, str]) -> bool:
    return execution["sdkToken"] in visitor.page.url


def test_a_returning_person_meets_what_they_left(
    visitor: Visitor, new_visitor: Callable[..., Visitor]
) -> None:
    visitor.page.clock.install()
    visitor.begin()
    visitor.finish("declined: unreadable")
    visitor.sees_in_time("status-declined")
    visitor.press("Sign out")
    visitor.sees("welcome")
    visitor.press(f"Sign in as {visitor.name}")
    visitor.page.get_by_role("button", name="Open a savings account").click()
    visitor.sees("status-declined")
    visitor.press("Try again")
    visitor.is_at_jumio()
    visitor.finish("approved")
    visitor.sees_in_time("status-approved")
    visitor.press("Go on")
    visitor.page.get_by_role("button", name="Show that it is you").click()
    visitor.press("Continue on this device")
    visitor.is_at_jumio()
    visitor.finish("approved")
    visitor.sees_in_time("status-approved")
    assert visitor.page.get_by_role("button", name="Do it again").is_visible()


def test_in_a_frame_it_ends_where_it_began(visitor: Visitor) -> None:
    visitor.page.clock.install()
    visitor.open("/verify/identity")
    visitor.choose_way("Stay on this page")
    visitor.sees("in-frame")
    visitor.shot("real-in-frame")
    frame = visitor.page.frame_locator("#frame iframe")
    frame.get_by_text("Finish now with any result").click()
    frame.get_by_role("button", name="Finish", exact=True).click()
    visitor.sees_in_time("status-approved")
    assert visitor.page.locator("#frame").is_hidden()
    assert visitor.page.frames[-1].url in {"about:blank", visitor.page.url}


def test_a_new_tab_does_the_work_and_both_tabs_know(visitor: Visitor) -> None:
    visitor.page.clock.install()
    visitor.open("/verify/identity")
    first = visitor.page
    with visitor.context.expect_page() as opened:
        visitor.choose_way("Open in a new tab")
    visitor.sees("in-tab")
    visitor.page = opened.value
    visitor.is_at_jumio()
    assert visitor.page.evaluate("window.opener") is None
    visitor.finish()
    visitor.page.wait_for_url(f"{visitor.facts['page']}/verify/identity")
    visitor.page = first
    visitor.sees_in_time("status-approved")


def test_the_phone_gets_the_same_session(
    visitor: Visitor, new_visitor: Callable[..., Visitor]
) -> None:
    """The code cannot be read here; that its address is the one that the API gave is known."""
    visitor.page.clock.install()
    with visitor.page.expect_response(f"{visitor.facts['api']}/sessions") as answered:
        visitor.open("/verify/identity")
        visitor.press("Use my phone")
    visitor.sees("on-phone")
    assert visitor.page.get_by_role("img", name="Code for your phone's camera").is_visible()
    href = answered.value.json()["web"]["href"]
    phone = new_visitor(signed_in=False)
    phone.page.goto(href)
    phone.finish()
    phone.sees("elsewhere")
    assert "goes on there by itself" in phone.words
    visitor.sees_in_time("status-approved")


def test_the_app_gets_a_token_that_works(visitor: Visitor, simulator: AdminClient) -> None:
    visitor.page.clock.install()
    visitor.open("/verify/identity")
    visitor.choose_way("Use our mobile app")
    visitor.sees("in-app")
    token = visitor.page.locator("#token").inner_text()
    execution = next(one for one in simulator.executions() if one["sdkToken"] == token)
    simulator.play(execution["id"], "approved")
    visitor.sees_in_time("status-approved")
    assert token not in visitor.kept


@pytest.mark.parametrize("clipboard", ["undefined", "{writeText: () => Promise.reject(Error())}"])
def test_who_cannot_copy_the_token_is_told_so(visitor: Visitor, clipboard: str) -> None:
    there = f"Object.defineProperty(navigator, 'clipboard', {{value: {clipboard}}})"
    visitor.page.add_init_script(there)
    visitor.open("/verify/identity")
    visitor.choose_way("Use our mobile app")
    visitor.press("Copy the token")
    visitor.page.get_by_role("button", name="Copying is not allowed here").wait_for()
