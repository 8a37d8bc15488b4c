"""The simulator is a product of its own: it needs nothing of what is tested against it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

import jumio_simulator
from simulator_driver import AGENT

SOURCE = Path(jumio_simulator.__file__).parents[1]
IMPORT_EVERYTHING = """
import importlib, pathlib, pkgutil, sys
import jumio_simulator
home = pathlib.Path(jumio_simulator.__file__).parents[1]
names = [one.name for one in pkgutil.walk_packages(jumio_simulator.__path__, "jumio_simulator.")]
for name in names:
    importlib.import_module(name)
strangers = {"functions", "local", "tests", "verification"} & set(sys.modules)
print(home, len(names) > 40, sorted(strangers))
"""
FOREIGN_SUITE = """
def test_first(jumio_simulator):
    jumio_simulator.admin.set_scenario("approved", default=True)
    assert jumio_simulator.admin.options()["account_burst"] == 77

def test_second(jumio_simulator):
    assert jumio_simulator.admin.scenarios()["default"] == "interactive"
"""
FOREIGN_OPTIONS = """
import pytest

@pytest.fixture(scope="session")
def jumio_simulator_options():
    return {"account_burst": 77}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package was installed to, alone, from a copy of its source."""
    copy = tmp_path_factory.mktemp("source") / "simulator"
    left_out = shutil.ignore_patterns("tests", "build", "*.egg-info", "__pycache__")
    shutil.copytree(SOURCE, copy, ignore=left_out)
    target = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--no-compile"]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(copy)],
        check=True,
        timeout=120,
    )
    return target


def _environment(installed: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}


def test_every_module_can_be_imported_where_the_product_is_not(
    installed: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_EVERYTHING],
        env=_environment(installed),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"{installed} True []\n", "")


def test_what_is_installed_serves_jumio_and_its_pages(installed: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(installed / "bin" / "jumio-simulator"), "--port", "0"]
    with subprocess.Popen(
        command, env=_environment(installed), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[2]
            token = requests.post(
                f"{url}/oauth2/token",
                auth=("demo-client", "demo-secret"),
                data={"grant_type": "client_credentials"},
                headers={"User-Agent": AGENT},
                timeout=10,
            )
            page = requests.get(url, headers={"Accept": "text/html"}, timeout=10)
        finally:
            process.terminate()
    assert token.json()["token_type"] == "Bearer"
    assert page.status_code == 200
    assert "Executions" in page.text


def test_a_foreign_suite_finds_the_fixture(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "test_foreign.py").write_text(FOREIGN_SUITE)
    (tmp_path / "conftest.py").write_text(FOREIGN_OPTIONS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        env=_environment(installed),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout
