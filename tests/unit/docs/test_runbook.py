"""The runbook explains what operators are warned of, and nothing that does not exist."""

import ast
import re
from collections.abc import Iterator

from scripts import erase_again, pause, put_back, redrive, rotate_pepper, story
from tests.support.deployed import translated
from tests.support.template import ROOT, template
from verification.observability import LogCode

RUNBOOK = (ROOT / "docs/runbook.md").read_text()
SECTIONS = dict(re.findall(r"^### (\S+)\n\n(.*?)(?=\n##|\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
WARNED = {"warning", "error"}


def warned_of() -> Iterator[LogCode]:
    """The codes with which the package logs at level warning or error."""
    for path in (ROOT / "layers/verification").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="_logger"), attr=level),
                    args=[ast.Attribute(value=ast.Name(id="LogCode"), attr=name), *_],
                ) if level in WARNED:
                    yield LogCode[name]
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="_logger"), attr="log"),
                    args=[_, ast.Attribute(value=ast.Name(id="LogCode"), attr=name), *_],
                ):  # at this level or another
                    yield LogCode[name]


def test_every_warning_and_error_is_explained_and_no_other_code() -> None:
    codes = {f"`{code}`" for code in warned_of()}
    assert len(codes) > 20
    assert {title for title in SECTIONS if title.startswith("`")} == codes


def test_every_alarm_is_explained_and_no_other() -> None:
    resources = template()["Resources"]
    alarms = {name for name, one in resources.items() if "AlarmActions" in one["Properties"]}
    assert {title for title in SECTIONS if not title.startswith("`")} == alarms


def test_every_explanation_says_something() -> None:
    assert all(len(text.split()) > 8 for text in SECTIONS.values())


def test_what_the_runbook_mentions_exists() -> None:
    words = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", RUNBOOK))
    others = {
        "account_id",
        "correlation_id",
        "erased_at",
        "integration_error",
        "looked_at",
        "looked_in_vain",
        "next_look",
        "not_on_record",
        "on_record",
        "unknown_word",
    }
    assert words - others <= set(LogCode)
    names = set(re.findall(r"`([A-Z][A-Za-z]+)`", RUNBOOK))
    aws = {
        *("ACTIVE", "DISABLE", "DISABLED", "Disabled", "ENABLED", "Enabled", "EveryMinute"),
        *("InvalidRequestException", "Throttles", "Throttling", "Throughput"),
    }
    assert names - aws <= {*template()["Parameters"], *translated()["Resources"]}


def test_the_make_targets_are_those_that_the_runbook_names() -> None:
    commands = {
        "pause": pause,
        "resume": pause,
        "put-back": put_back,
        "erase-again": erase_again,
        "redrive": redrive,
        "rotate-pepper": rotate_pepper,
        "story": story,
    }
    for target, command in commands.items():
        assert f"make {target} STACK=jumio-bff" in RUNBOOK
        recipe = (ROOT / "Makefile").read_text().partition(f"\n{target}:")[2].partition("\n\n")[0]
        assert command.__name__ in recipe
        assert "$(DEPLOYMENT)" in recipe
