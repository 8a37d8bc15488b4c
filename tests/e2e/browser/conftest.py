"""A real browser, and people in front of the page."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from jumio_simulator.admin.client import AdminClient
from tests.support import chromium
from tests.support.stack import RunningStack
from tests.support.visitor import Visitor

# As few of Chromium's own errands as possible; without a sandbox, as containers have none to give.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a file, as Playwright's loop outlives no test; a missing one is an error."""
    with sync_playwright() as playwright:
        path = chromium.found(playwright)
        assert path, f"{chromium.MISSING} (make browser)"
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_visitor(
    stack: RunningStack, simulator: AdminClient, browser: Browser
) -> Iterator[Callable[..., Visitor]]:
    """Makes people in front of a browser of their own, signed in unless told otherwise."""
    simulator.patch_options(processing_seconds=0)
    visitors = []

    def make(*, signed_in: bool = True, width: int = 390, height: int = 844) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height})
        visitor = Visitor(stack, context)
        visitors.append(visitor)
        if signed_in:
            visitor.sign_in_quietly()
        return visitor

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert [one for visitor in visitors for one in visitor.complaints] == []


@pytest.fixture
def visitor(new_visitor: Callable[..., Visitor]) -> Visitor:
    """A new person, signed in, at a phone."""
    return new_visitor()


@pytest.fixture(scope="module")
def one_visitor(stack: RunningStack, browser: Browser) -> Iterator[Visitor]:
    visitor = Visitor(stack, browser.new_context(viewport={"width": 390, "height": 844}))
    visitor.sign_in_quietly()
    yield visitor
    visitor.context.close()


@pytest.fixture
def anybody(one_visitor: Visitor) -> Iterator[Visitor]:
    """Somebody signed in, for tests in which the API's answers are made up."""
    visitor = one_visitor
    yield visitor
    for other in set(visitor.context.pages) - {visitor.page}:
        other.close()  # a page behind another one is slow
    visitor.page.evaluate("sessionStorage.clear()")
    visitor.page.goto("about:blank")  # before requests that were held reach the API after all
    visitor.page.unroute_all(behavior="ignoreErrors")
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    complaints, visitor.complaints = visitor.complaints, []
    assert complaints == []
