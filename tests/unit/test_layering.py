"""Imports point one way, and importing does nothing."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.template import ROOT

SOURCE = ROOT / "layers" / "verification"
PACKAGE = "verification"
MODULES = sorted((SOURCE / PACKAGE).rglob("*.py"))

DOMAIN = {
    "errors",
    "identity",
    "capability",
    "deadline",
    "execution",
    "standing",
    "journeys",
    "formats",
    "limits",
    "prepared_data",
    "schedule",
    "sources",
}
ADAPTERS = {"store", "jumio", "bus", "queue"}
EDGES = {"gateway", "batch", "edge"}
MAY_NOT_IMPORT = {
    **{name: ADAPTERS | EDGES | {"use_cases", "wiring", "settings"} for name in DOMAIN},
    **{name: EDGES | {"use_cases", "wiring", "settings"} for name in ADAPTERS},
    "gateway": ADAPTERS | {"batch", "use_cases", "wiring", "settings"},
    "use_cases": {"batch", "wiring", "settings"},
    "batch": {"wiring"},
    "settings": ADAPTERS | EDGES | {"use_cases", "wiring"},
    "wiring": EDGES | {"use_cases"},
}
NOT_FOR_THE_DOMAIN = {"boto3", "botocore", "requests", "urllib3", "aws_lambda_powertools"}
NOT_FOR_THE_LAYER = {"functions", "local", "tests", "app", "moto", "pytest"}


def named(path: Path) -> str:
    """verification/store/table.py as store.table, and a package's __init__ as the package."""
    parts = path.relative_to(SOURCE / PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[str]:
    """Full names of everything that a module imports when it runs, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(path: Path) -> set[str]:
    """First names, below our package, of what a module imports of it."""
    names = (name.split(".") for name in imports(path))
    return {name[1] for name in names if name[0] == PACKAGE and len(name) > 1}


def part_of(path: Path) -> str:
    return named(path).split(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_layer_knows_nothing_above_it(path: Path) -> None:
    assert not own_imports(path) & MAY_NOT_IMPORT.get(part_of(path), set())
    assert not {name.split(".")[0] for name in imports(path)} & NOT_FOR_THE_LAYER


@pytest.mark.parametrize("name", sorted(DOMAIN))
def test_the_domain_knows_no_network_and_no_cloud(name: str) -> None:
    path = SOURCE / PACKAGE / f"{name}.py"
    assert own_imports(path) <= DOMAIN
    assert not {one.split(".")[0] for one in imports(path)} & NOT_FOR_THE_DOMAIN


@pytest.mark.parametrize("name", sorted(ADAPTERS - {"queue"}))
def test_adapters_do_not_know_each_other(name: str) -> None:
    for path in MODULES:
        if part_of(path) == name:
            assert not own_imports(path) & (ADAPTERS - {name})


def test_no_module_imports_in_a_circle() -> None:
    known = {named(path): path for path in MODULES}
    edges = {
        name: {
            target
            for full in imports(path)
            for target in (full.partition(".")[2], full.partition(".")[2].rpartition(".")[0])
            if full.startswith(f"{PACKAGE}.") and target in known and target != name
        }
        for name, path in known.items()
    }
    edges = {name: {one for one in ends if one} for name, ends in edges.items()}
    done: set[str] = set()
    while free := {name for name in edges if name not in done and not edges[name] - done}:
        done |= free
    assert not set(edges) - done


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_the_environment_is_read_by_functions_only(path: Path) -> None:
    used = {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
    assert not used & {"environ", "environb", "getenv", "getenvb"}
    assert not {"os.environ", "os.getenv"} & set(imports(path))


IMPORT_EVERYTHING = """
import socket, sys
def refuse(*_):
    raise AssertionError("the network was used")
socket.socket.connect = socket.getaddrinfo = refuse
import importlib, boto3, requests
def counted(kind):
    def refuse_to_build(*_, **__):
        raise AssertionError(f"{kind} was built while importing")
    return refuse_to_build
boto3.client = boto3.resource = counted("a client")
boto3.session.Session.__init__ = counted("a session")
requests.Session.__init__ = counted("a session")
for name in sys.argv[1:]:
    importlib.import_module(name)
print(len(sys.argv) - 1)
"""


def test_importing_every_module_needs_no_environment_and_builds_no_client() -> None:
    names = [f"{PACKAGE}.{named(path)}".rstrip(".") for path in MODULES]
    done = subprocess.run(  # noqa: S603 our own interpreter and modules
        [sys.executable, "-W", "error", "-c", IMPORT_EVERYTHING, *names],
        env={"PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=os.sep,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == f"{len(MODULES)}\n"
