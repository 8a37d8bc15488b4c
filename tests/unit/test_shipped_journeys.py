"""The journeys that the documentation shows are the ones that the tests run."""

from tests.support.journeys import EXAMPLES, shipped


def test_the_page_shows_the_document_that_is_tested() -> None:
    page = (EXAMPLES.parents[1] / "journeys.md").read_text()
    assert page.count("```json\n") == 1
    assert page.partition("```json\n")[2].partition("```")[0] == EXAMPLES.read_text()


def test_the_examples_are_those_that_are_promised() -> None:
    names = [journey.name for journey in shipped().journeys]
    assert names == ["identity", "onboarding", "onboarding-phone", "reverify", "screening-only"]
