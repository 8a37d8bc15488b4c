"""What `sam build` puts into the layers: bytecode, and of the packages what is used."""

import importlib.util
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.template import ROOT, template

BUILD = ROOT / ".aws-sam" / "build"
LAYERS = [BUILD / "DependenciesLayer" / "python", BUILD / "VerificationLayer" / "python"]
SOURCES = [*(ROOT / "functions").rglob("app.py"), *(ROOT / "layers/verification").rglob("*.py")]
CALLS = re.findall(r"\b(?:aws|started)\((.+)\)", "".join(path.read_text() for path in SOURCES))
USED = set(re.findall(r'"(\w+)"', "".join(CALLS)))
METHODS = set(re.findall(r"self\._client\.([a-z_]+)\b", "".join(map(Path.read_text, SOURCES))))
UNCHECKED_HASH = 0b01

CREATE_CLIENTS = """
import json, os, sys
read = set()
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and "/botocore/data/" in arguments[0]:
        read.add(arguments[0].partition("/botocore/data/")[2])
sys.addaudithook(note)
import botocore.session
session = botocore.session.get_session()
for service in sys.argv[1:]:
    client = session.create_client(service, region_name="eu-central-1")
    for operation in client.meta.method_to_api_mapping:
        client.can_paginate(operation)
json.dump(sorted({path.removesuffix(".gz") for path in read if not path.endswith("/")}), sys.stdout)
"""
LIST_OPERATIONS = """
import json, sys
import botocore.session
session = botocore.session.get_session()
methods = []
for service in sys.argv[1:]:
    client = session.create_client(service, region_name="eu-central-1")
    methods += client.meta.method_to_api_mapping
json.dump(sorted(methods), sys.stdout)
"""


def run(script: str, *arguments: str, layers: bool) -> subprocess.CompletedProcess[str]:
    """A script on the built layers alone, or on this environment's packages."""
    how = ["-S", "-c"] if layers else ["-c"]
    return subprocess.run(  # noqa: S603 our own words
        [sys.executable, *how, script, *arguments],
        env={"PYTHONPATH": ":".join(map(str, LAYERS))} if layers else {},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("layer", LAYERS, ids=lambda path: path.parent.name)
def test_every_module_has_bytecode_that_no_clock_can_outdate(layer: Path) -> None:
    modules = sorted(layer.rglob("*.py"))
    assert modules
    for module in modules:
        compiled = Path(importlib.util.cache_from_source(str(module)))
        assert compiled.is_file(), module
        assert int.from_bytes(compiled.read_bytes()[4:8], "little") == UNCHECKED_HASH


def test_bytecode_names_the_place_where_it_will_run() -> None:
    compiled = importlib.util.cache_from_source(str(LAYERS[1] / "verification" / "cloud.py"))
    content = Path(compiled).read_bytes()
    assert b"/opt/python/verification/cloud.py" in content
    assert str(ROOT).encode() not in content


def test_nothing_that_botocore_reads_was_cut() -> None:
    assert {"dynamodb", "events", "lambda", "secretsmanager", "sqs"} == USED
    whole = run(CREATE_CLIENTS, *sorted(USED), layers=False)
    trimmed = run(CREATE_CLIENTS, *sorted(USED), layers=True)
    assert (whole.stderr, trimmed.stderr) == ("", "")
    assert json.loads(trimmed.stdout) == json.loads(whole.stdout) != []


def test_a_service_that_was_cut_fails_loudly() -> None:
    ended = run(CREATE_CLIENTS, "s3", layers=True)
    assert ended.returncode != 0
    assert "UnknownServiceError" in ended.stderr


def test_the_operations_that_are_left_are_those_that_the_product_asks_for() -> None:
    left = run(LIST_OPERATIONS, *sorted(USED), layers=True)
    assert left.stderr == ""
    assert set(json.loads(left.stdout)) == METHODS - {"exceptions"}


def test_aws_is_trusted_by_amazons_authorities_alone() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(LAYERS[0] / "certifi" / "amazon.pem")
    known: Any = context.get_ca_certs()
    names = {dict(part[0] for part in one["subject"])["commonName"] for one in known}
    amazons = {f"Amazon Root CA {number}" for number in (1, 2, 3, 4)}
    assert names == {*amazons, "Starfield Services Root Certificate Authority - G2"}
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    files = variables["AWS_CA_BUNDLE"]["Fn::If"][1:]
    assert [LAYERS[0] / file.removeprefix("/opt/python/") for file in files] == [
        LAYERS[0] / "certifi" / "amazon.pem",
        LAYERS[0] / "certifi" / "cacert.pem",
    ]


def test_every_authority_is_there_by_itself() -> None:
    folder = LAYERS[0] / "certifi"
    whole, found = (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) for _ in range(2))
    whole.load_verify_locations(folder / "cacert.pem")
    files = sorted((folder / "hashed").iterdir())
    for file in files:
        found.load_verify_locations(file)
    assert found.cert_store_stats() == whole.cert_store_stats()
    assert len(files) == whole.cert_store_stats()["x509_ca"]


def test_an_address_in_every_partition_is_still_known() -> None:
    script = (
        "import boto3, sys\n"
        "for region in ('eu-central-1', 'us-gov-west-1', 'cn-north-1'):\n"
        "    for service in sys.argv[1:]:\n"
        "        client = boto3.client(service, region_name=region)\n"
        "        print(client.meta.endpoint_url)\n"
    )
    whole, trimmed = (run(script, *sorted(USED), layers=layers) for layers in (False, True))
    assert trimmed.stdout == whole.stdout != ""


def layer_for(
    architecture: str, folder: Path, requirements: str, *how: str
) -> "subprocess.CompletedProcess[str]":
    """The dependencies' layer as `sam build` makes it, of these requirements."""
    source = folder / "layers"
    shutil.copytree(ROOT / "layers/dependencies", source / "dependencies")
    shutil.copy(ROOT / "layers/layer.mk", source)
    (source / "dependencies/requirements.txt").write_text(requirements)
    return subprocess.run(  # noqa: S603 our own words
        ["make", "--silent", f"PYTHON={sys.executable}", "build-DependenciesLayer", *how],  # noqa: S607 found as SAM finds it
        cwd=source / "dependencies",
        env={**os.environ, "ARTIFACTS_DIR": str(folder), "ARCHITECTURE": architecture},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


REQUIREMENTS = (ROOT / "layers/dependencies/requirements.txt").read_text()
ONE_OF_THEM = re.findall(r"^pydantic-core==.*\n(?:    --hash.*\n)+", REQUIREMENTS, re.MULTILINE)


@pytest.mark.parametrize(("architecture", "machine"), [("x86_64", 0x3E), ("arm64", 0xB7)])
def test_a_layer_has_machine_code_for_the_processors_that_it_is_built_for(
    tmp_path: Path, architecture: str, machine: int
) -> None:
    made = layer_for(architecture, tmp_path, REQUIREMENTS)
    assert made.returncode == 0, made.stderr
    libraries = list((tmp_path / "python").rglob("*.so"))
    assert libraries
    for library in libraries:  # the field e_machine of an ELF header
        assert int.from_bytes(library.read_bytes()[18:20], "little") == machine


def test_pip_makes_the_same_layer_where_there_is_no_uv(tmp_path: Path) -> None:
    made = [tmp_path / "by_uv", tmp_path / "by_pip"]
    for folder, uv in zip(made, ["uv", "false"], strict=True):
        assert layer_for("x86_64", folder, REQUIREMENTS, f"UV={uv}").returncode == 0
    by_uv, by_pip = ({p.relative_to(one): p for p in (one / "python").rglob("*")} for one in made)
    assert by_uv.keys() == by_pip.keys()
    for name, path in by_uv.items():
        assert path.is_dir() or path.read_bytes() == by_pip[name].read_bytes(), name
        assert path.is_dir() or path.stat().st_nlink == 1  # what is trimmed is not uv's own


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_a_package_that_is_not_the_pinned_one_gets_into_no_layer(
    tmp_path: Path, architecture: str
) -> None:
    (requirement,) = ONE_OF_THEM
    other = re.sub(r"sha256:(\w+)", lambda found: f"sha256:{found[1][::-1]}", requirement)
    made = layer_for(architecture, tmp_path, other)
    assert made.returncode != 0
    assert "HASH" in made.stderr.upper()
    assert list(tmp_path.rglob("*.so")) == []
