"""Where the browser of the browser tests comes from."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support import chromium


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine without any browser; `asked` is what was tried to get one, as root."""
    asked: list[str] = []

    def tried(*command: str) -> bool:
        asked.append(" ".join(command[-2:]))
        return False

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "PLACES", ())
    monkeypatch.setattr(chromium, "_installed", tried)
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    own = tmp_path / "playwright" / "chrome"
    playwright = SimpleNamespace(chromium=SimpleNamespace(executable_path=str(own)))
    return SimpleNamespace(playwright=playwright, path=tmp_path, own=own, asked=asked)


def _put(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.touch()
    path.chmod(0o755)
    return path


def test_the_browser_that_is_there_is_taken(machine: Any) -> None:
    _put(machine.own)
    there = _put(machine.path / "chromium")
    assert chromium.get(machine.playwright) == there
    assert machine.asked == []


def test_the_one_that_is_named_comes_first(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(machine.path / "chromium")
    monkeypatch.setenv("CHROMIUM", "/opt/of/mine")
    assert chromium.get(machine.playwright) == Path("/opt/of/mine")


def test_playwrights_own_is_better_than_none(machine: Any) -> None:
    assert chromium.get(machine.playwright) is None
    _put(machine.own)
    assert chromium.get(machine.playwright) == machine.own


def test_what_is_missing_is_got_and_else_said_in_a_line(
    machine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chromium.get(machine.playwright) is None
    assert machine.asked == [
        "install chromium",
        "apt-get update",
        "--no-install-recommends chromium",
    ]
    assert capsys.readouterr().out.count("\n") == 1
    assert "\n" not in chromium.MISSING


def test_who_may_not_install_packages_does_not_try(
    machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)
    chromium.get(machine.playwright)
    assert machine.asked == ["install chromium"]
