"""The journeys that the documentation shows are the ones that the tests run."""

import json
import re

from tests.support.journeys import EXAMPLES, shipped
from tests.support.template import ROOT
from verification.domain.formats import PREPARED_DATA
from verification.domain.steps import Step

PAGE = (ROOT / "docs" / "journeys.md").read_text()


def test_the_page_shows_the_document_that_is_tested() -> None:
    examples = PAGE.partition("## The shipped examples")[2]
    assert examples.partition("```json\n")[2].partition("```")[0] == EXAMPLES.read_text()


def test_the_examples_are_those_that_are_promised() -> None:
    names = [journey.name for journey in shipped().journeys]
    assert names == ["identity", "onboarding", "onboarding-phone", "reverify", "screening-only"]


def test_the_page_names_every_member_of_prepared_data_and_no_other() -> None:
    table = PAGE.partition("| Members | Format |")[2].partition("## ")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    lines = {f"address.line{number}" for number in range(2, 5)}  # "line1 to line5"
    assert named | lines == set(PREPARED_DATA)


def shown(member: str) -> Step:
    """A step with what the page shows of a member."""
    (text,) = re.findall(rf'```json\n({{\s+"{member}": .*?)```', PAGE, re.DOTALL)
    return Step.model_validate({"name": "identity", **json.loads(text)})


def test_the_inputs_that_the_page_shows_are_understood() -> None:
    inputs = shown("inputs").inputs
    assert [one.source for one in inputs.values()] == ["claim:email", "applicant", "source-ip"]
    assert [name for name, one in inputs.items() if one.optional] == ["ipAddress"]


def test_the_presets_that_the_page_shows_are_understood() -> None:
    (preset,) = shown("credentials").credentials
    assert preset.country is not None
    assert preset.type is not None
    assert (preset.country.predefined_type, preset.country.values) == ("DEFINED", ["AUT", "DEU"])
    assert (preset.type.predefined_type, preset.type.values) == (
        "RECOMMENDED",
        ["PASSPORT", "ID_CARD"],
    )
