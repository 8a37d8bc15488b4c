"""What the template and the functions say when something is set up wrongly."""

import re
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.deployed import functions
from tests.support.events import event
from tests.support.functions import running
from tests.support.template import ROOT
from verification.settings.public import PublicSettings

FUNCTIONS = functions()
APPS = sorted((ROOT / "functions").glob("*/app.py"))


@pytest.mark.parametrize("path", APPS, ids=lambda path: path.parent.name)
def test_a_function_is_wiring_and_nothing_else(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 60


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_missing_setting_is_logged_by_its_name(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in FUNCTIONS[name]["Environment"]["Variables"]:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", name)
    stem = FUNCTIONS[name]["CodeUri"].partition("/")[2]
    given = event(stem) if (ROOT / "events" / f"{stem}.json").exists() else {}
    given.setdefault("issuer", "https://issuer.example")
    given.setdefault("subject", "4711")
    with running(stem) as function:
        with suppress(Exception):  # whatever it raises, it has to say why first
            function(given)
        told = function.logged("misconfigured")
    assert told, function.lines
    assert re.match(r"[A-Z_]+: ", told[0]["setting"])


def test_plain_http_is_not_for_production() -> None:
    plain = {"public_base_url": "http://bff.example"}
    assert PublicSettings.model_validate({**plain, "environment": "local"})
    with pytest.raises(ValueError, match="PUBLIC_BASE_URL must be https"):
        PublicSettings.model_validate(plain)


def test_comments_point_to_files_that_exist() -> None:
    named = re.findall(r"\(?([\w/]+\.(?:py|md))", (ROOT / "template.yaml").read_text())
    for name in named:
        candidates = [ROOT / name, ROOT / "layers/verification" / name]
        assert any(path.exists() for path in candidates), name
