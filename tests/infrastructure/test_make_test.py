"""`make test` is red when any part of it is."""

import subprocess
from pathlib import Path

import pytest

from tests.support.template import ROOT

PARTS = ["lint", "check", "build", "browser", "compiled", "types", "template", "scan"]
STAND_IN = """#!/usr/bin/env bash
echo "$@" >>"${0%/*}/asked"
[[ " $* " != *" $FAILING "* ]] || { echo "$FAILING has failed"; exit 1; }
"""


def make_test(folder: Path, failing: str) -> tuple[int, list[str], str]:
    """How the recipe ends with stand-ins for its parts, what it asked of them, and its words."""
    part = folder / "part"
    part.write_text(STAND_IN)
    part.chmod(0o700)
    words = [f"ALONGSIDE={part}", f"PYTEST={part} pytest", f"FOUND={folder / 'found'}"]
    ended = subprocess.run(  # noqa: S603 our own
        ["make", "--no-print-directory", "test", *words],  # noqa: S607 whichever there is
        cwd=ROOT,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "FAILING": failing},
        capture_output=True,
        text=True,
        check=False,
    )
    asked = (folder / "asked").read_text().split()
    return ended.returncode, asked, ended.stdout


def test_it_does_all_there_is_to_do(tmp_path: Path) -> None:
    code, asked, _ = make_test(tmp_path, "nothing")
    assert code == 0
    assert {*PARTS, "pytest", ".local/scanners/installed"} <= set(asked)


@pytest.mark.parametrize("part", [*PARTS, "pytest"])
def test_it_fails_with_any_of_its_parts_and_says_with_which(tmp_path: Path, part: str) -> None:
    code, _, said = make_test(tmp_path, part)
    assert code != 0
    assert f"{part} has failed" in said


def test_what_fails_beside_the_tests_does_not_hide_what_the_tests_say(tmp_path: Path) -> None:
    _, asked, _ = make_test(tmp_path, "types")
    assert "pytest" in asked
