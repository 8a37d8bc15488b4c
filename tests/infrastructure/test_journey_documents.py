"""The documents in layers/journeys: read when the layer is built, and by editors."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.journeys import FOLDER
from tests.support.template import ROOT, template
from verification.domain.errors import Misconfigured
from verification.domain.journeys import Journeys
from verification.settings import JourneySettings
from verification.wiring.journeys import configured_journeys

PROGRAMS = Path(sys.executable).parent  # of this environment
SCHEMA = FOLDER / "journeys.schema.json"
DOCUMENTS = sorted(set(FOLDER.glob("*.json")) - {SCHEMA})


def build(tmp_path: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    """`sam build` of nothing but the layer of journeys, with one more document."""
    shutil.copytree(ROOT / "layers", tmp_path / "layers")
    (tmp_path / "layers/journeys" / name).write_text(text)
    layer = template()["Resources"]["JourneysLayer"]
    alone = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"JourneysLayer": layer}}
    (tmp_path / "template.json").write_text(json.dumps(alone))
    return subprocess.run(  # noqa: S603 our own words
        [PROGRAMS / "sam", "build", "--template", "template.json"],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}", "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def journey(**step: object) -> str:
    one = {"name": "identity", "steps": [{"name": "identity", **step}]}
    return json.dumps({"version": 1, "journeys": [one]})


def test_a_good_document_becomes_part_of_the_layer(tmp_path: Path) -> None:
    built = build(tmp_path, "mine.json", journey())
    assert built.returncode == 0, built.stderr
    layer = tmp_path / ".aws-sam/build/JourneysLayer"
    found = {str(path.relative_to(layer)) for path in layer.rglob("*") if path.is_file()}
    assert found == {f"python/journeys/{one.name}" for one in DOCUMENTS} | {
        "python/journeys/mine.json"
    }


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "mine.json",
            journey(tokenLifetime="1m"),
            "journeys.identity.steps.identity.tokenLifetime: ",
        ),
        (
            "mine.json",
            journey(tokenLifetime="1m", locale=""),
            "journeys.identity.steps.identity.locale: ",
        ),
        ("mine.json", "{", "not a JSON document"),
        ("My journeys.json", journey(), "a name is small letters"),
    ],
)
def test_a_broken_document_ends_the_build_with_its_path_and_the_reason(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    built = build(tmp_path, name, text)
    assert built.returncode != 0
    assert f"{name}: {told}" in built.stderr


def test_a_document_in_another_encoding_is_told_like_any_other_mistake(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_bytes('{"journeys": "ü"}'.encode("latin-1"))
    checked = subprocess.run(  # noqa: S603 - no foreign input
        [sys.executable, ROOT / "layers/journeys/check.py", tmp_path],
        env={"PYTHONPATH": str(ROOT / "layers/verification")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (1, "journeys: mine.json: not UTF-8\n")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_editors_agree_with_the_shipped_documents(path: Path) -> None:
    document = json.loads(path.read_text())
    assert (
        path.parent / document.get("$schema", SCHEMA.name) == SCHEMA
    )  # an adopter's may have none
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))


@pytest.mark.parametrize(
    "step",
    [
        {"tokenLifetime": "soon"},
        {"workflow_key": 10011},
        {"inputs": {"shoeSize": {"from": "claim:x"}}},
    ],
)
def test_editors_mark_what_the_build_would_refuse(step: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(journey(**step)), json.loads(SCHEMA.read_text()))


def checked() -> dict[str, Any]:
    """What check.py offers, which is no module of a package."""
    scope: dict[str, Any] = {"__file__": str(FOLDER / "check.py"), "__name__": "check"}
    exec((FOLDER / "check.py").read_text(), scope)  # noqa: S102 our own file
    return scope


def test_the_schema_is_the_models() -> None:
    assert SCHEMA.read_text() == checked()["schema"](), "run make schema"


def test_a_word_that_jumio_may_have_by_now_is_no_mistake_but_a_doubt(tmp_path: Path) -> None:
    presets = [
        {"category": "ID", "type": {"values": ["PASSPORT", "RESIDENCE_PERMIT"]}},
        {"category": "DOCUMENT", "type": {"values": ["CC"]}},
    ]
    (tmp_path / "mine.json").write_text(journey(credentials=presets, locale="uk"))
    assert checked()["complaints"](tmp_path) == []
    assert checked()["doubts"](tmp_path) == [
        "mine.json: identity.identity: locale uk is none that Jumio lists",
        "mine.json: identity.identity: type RESIDENCE_PERMIT is none that Jumio lists",
    ]
    assert checked()["doubts"]() == []


def test_a_deployment_reads_the_document_that_it_names() -> None:
    def named(**settings: str) -> Journeys:
        return configured_journeys(JourneySettings.model_validate(settings))

    assert [one.name for one in named().journeys] == ["identity"]
    assert len(named(journeys="examples").journeys) == 5
    with pytest.raises(Misconfigured) as refusal:
        named(journeys="forgotten")
    assert refusal.value.setting == "JOURNEYS: there is no document forgotten"


def test_no_document_needs_to_fit_into_a_variable() -> None:
    variables = template()["Resources"]["CreateSession"]["Properties"]["Environment"]["Variables"]
    assert variables["JOURNEYS"] == {"Ref": "Journeys"}
    assert template()["Parameters"]["Journeys"]["AllowedPattern"] == "^[a-z][a-z0-9-]{0,39}$"
