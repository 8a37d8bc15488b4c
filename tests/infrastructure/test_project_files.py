"""The files around the template: what is installed, and how it is deployed."""

import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest

from tests.support.template import ROOT

LOCKED = [ROOT / "layers/dependencies/requirements.txt", ROOT / "requirements/dev.txt"]
SCANNERS = ROOT / "requirements/scan.txt"
WRITTEN = [*sorted((ROOT / "requirements").glob("*.in")), ROOT / "requirements/constraints.txt"]
ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-[if]\b", re.MULTILINE)
APPS = sorted((ROOT / "functions").glob("*/app.py"))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def pins(path: Path) -> dict[str, str]:
    """Name and version of everything that a locked file installs."""
    text = path.read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines:
        match = re.match(r"([a-z0-9._-]+)(?:\[[a-z,-]+\])?==(\S+)", line)
        assert match, line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line
        found[match[1]] = match[2]
    return found


@pytest.mark.parametrize("path", [*LOCKED, SCANNERS], ids=short)
def test_what_is_installed_is_pinned_and_hashed(path: Path) -> None:
    assert pins(path)


@pytest.mark.parametrize("path", [*LOCKED, SCANNERS, *WRITTEN], ids=short)
def test_no_requirement_names_an_address(path: Path) -> None:
    assert not ADDRESS.search(path.read_text())


def test_what_is_tested_is_what_is_deployed() -> None:
    deployed, tested = (pins(path) for path in LOCKED)
    assert deployed.items() <= tested.items()


def test_what_is_deployed_is_what_was_asked_for_and_nothing_for_developers() -> None:
    deployed = pins(LOCKED[0])
    asked_for = (ROOT / "requirements/runtime.in").read_text().splitlines()
    names = {line for line in asked_for if line and not line.startswith("#")}
    assert names <= set(deployed)
    assert not set(deployed) & {"pytest", "moto", "mypy", "ruff", "aws-sam-cli", "ministack"}


def test_the_notice_names_what_is_deployed_and_under_which_licence() -> None:
    told = dict(
        re.findall(r"^    ([a-z0-9-]+)  +(\S.*)$", (ROOT / "NOTICE").read_text(), re.MULTILINE)
    )
    assert set(told) == set(pins(LOCKED[0]))
    for name, licence in told.items():
        about = metadata(name)
        said = " ".join([*(about.get_all("Classifier") or []), *map(str, about.values())])
        words = {"Apache-2.0": "Apache", "MPL-2.0": "MPL", "MIT-0": "MIT-0"}
        families = re.split(" OR |-[0-9]", licence)
        assert any(words.get(one, one) in said for one in (licence, *families)), name


@pytest.mark.parametrize("path", APPS, ids=short)
def test_a_function_needs_nothing_beside_the_layers(path: Path) -> None:
    assert [other.name for other in path.parent.iterdir() if other.is_file()] == ["app.py"]


def test_sam_users_find_what_they_expect() -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    default = config["default"]
    assert config["version"] == 0.1
    assert default["global"]["parameters"]["stack_name"]
    assert default["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"
    assert default["deploy"]["parameters"]["confirm_changeset"] is True
    assert default["deploy"]["parameters"]["resolve_s3"] is True
    assert default["validate"]["parameters"]["lint"] is True


def test_no_account_and_no_region_is_written_down() -> None:
    text = (ROOT / "samconfig.toml").read_text() + (ROOT / "template.yaml").read_text()
    assert not re.search(r"\b\d{12}\b", text)
    assert not re.search(r"\b(eu|us|ap)-[a-z]+-\d\b", text)


def test_whatever_a_scanner_is_not_to_say_has_a_reason() -> None:
    text = (ROOT / ".checkov.yaml").read_text()
    lines = re.findall(r"^  - .*$", text, re.MULTILINE)
    assert lines
    for line in lines:
        assert re.fullmatch(r"  - CKV2?_AWS_\d+ # (\S+ ){5,}\S+", line), line
