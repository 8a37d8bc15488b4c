"""The API's description in the demo: to be read and to be tried, under the page's own policy."""

from local.demo.frontend import Frontend
from tests.support.visitor import SHOTS, Visitor


def test_the_api_can_be_read_and_tried(visitor: Visitor) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 1200, "height": 1400})
    strangers: list[str] = []
    own = (visitor.facts["page"], visitor.facts["api"], "data:")
    page.on("request", lambda asked: asked.url.startswith(own) or strangers.append(asked.url))
    with Frontend(visitor.facts) as app:
        user = visitor.facts["users"][1]
        token = app.sign_in(user["email"], user["password"])

    page.goto(visitor.facts["contract"])
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_label("auth-bearer-value").fill(token)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").click()
    page.locator("#operations-people-getVerification .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator(".live-responses-table")
    answer.get_by_text('"retry"').wait_for()

    assert "200" in answer.locator(".response-col_status").all_inner_texts()[1]
    assert strangers == []
    page.screenshot(path=SHOTS / "contract.png")
