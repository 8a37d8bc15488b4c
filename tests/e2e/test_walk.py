"""`make demo`: the walk."""

from pathlib import Path

from tests.support.stack import processes_of, start
from tests.support.waiting import FAILSAFE


def test_the_walk_is_as_expected_and_tells_no_secrets(own_directory: Path) -> None:
    demo = start(own_directory, "demo", "--exit")
    printed = demo.communicate(timeout=FAILSAFE)[0]
    assert demo.returncode == 0, printed
    assert "Every step was as expected." in printed
    longest = max((word.strip('"') for word in printed.split()), key=len)
    assert "authorizationToken" not in printed
    assert len(longest) < 200, longest  # a token has more than 300 characters
    assert not processes_of(own_directory)


def test_a_walk_that_is_not_as_expected_fails(own_directory: Path) -> None:
    """Nobody may call the account service often enough for a second attempt."""
    demo = start(own_directory, "demo", "--exit", "--parameter", "DailyCeiling=1")
    printed = demo.communicate(timeout=FAILSAFE)[0]
    assert demo.returncode == 1
    assert "not fulfilled" in printed
    assert not processes_of(own_directory)
