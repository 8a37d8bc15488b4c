"""docs/architecture.md names files that are there, and answers what newcomers ask."""

import re

from tests.support.template import ROOT

TEXT = (ROOT / "docs/architecture.md").read_text()
PLACES = (ROOT, ROOT / "layers/verification/verification")
NAMED = set(re.findall(r"`([\w./-]+(?:\.(?:py|md|json|yaml|toml)|/))`", TEXT))


def test_every_file_that_is_named_exists() -> None:
    assert len(NAMED) > 40
    missing = [name for name in NAMED if not any((place / name).exists() for place in PLACES)]
    assert missing == []


def test_every_use_case_is_on_somebodys_way() -> None:
    cases = (ROOT / "layers/verification/verification/use_cases").glob("[a-z]*.py")
    assert {f"use_cases/{path.name}" for path in cases} <= NAMED | {"use_cases/__init__.py"}


def test_twenty_questions_are_answered() -> None:
    rows = TEXT.partition("## Where would I change")[2].partition("\n## ")[0].splitlines()
    answers = [row for row in rows if row.startswith("| ") and row != "| | |"]
    assert len(answers) >= 20
    assert all("`" in row for row in answers)


def test_the_ways_are_short() -> None:
    ways = re.findall(r"^## The way of .*?\n\n((?:\d+\. .*\n(?:   .*\n)*)+)", TEXT, re.MULTILINE)
    assert len(ways) == 4
    assert all(len(re.findall(r"^\d+\. ", way, re.MULTILINE)) <= 10 for way in ways)
