"""``make mutants``: break the product in named ways, one at a time, and see each one noticed.

Each mutation is made in a copy of the package. Tests must fail by it, those that it names, or the
explorer must come to a violation. ``ARGS=erasure`` runs those whose name or file has the word.
"""

import argparse
import contextlib
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.exploration.mutations import EQUIVALENT, MUTATIONS, PACKAGE, Mutation

ROOT = Path(__file__).parents[2]
_PATIENCE = 300  # seconds; whatever hangs is noticed, too
_HEAVY = ("boto3.dynamodb.types", "moto", "greenlet", "requests", "pydantic")
_USUAL = "exploration/test_guards.py"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("word", nargs="?", default="")
    word = parser.parse_args().word
    chosen = [one for one in MUTATIONS if word in one.name or word in one.file]
    for module in _HEAVY:
        importlib.import_module(module)  # once, and not in each process
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / PACKAGE, Path(folder) / "verification")
        if _fails(Path(folder), _USUAL):
            raise SystemExit(f"{_USUAL} fails although nothing is broken")
        survivors = [one for one in chosen if not _noticed(Path(folder), one)]
    counted = len([one for one in chosen if one.name not in EQUIVALENT])
    left = [one for one in survivors if one.name not in EQUIVALENT]
    print(f"{counted - len(left)} of {counted} killed")
    return bool(left)


def _noticed(folder: Path, one: Mutation) -> bool:
    """Whether what should notice a mutation does."""
    path, begun = folder / "verification" / one.file, time.monotonic()
    before = path.read_text()
    if before.count(one.old) != 1:
        raise SystemExit(f"{one.file}: {one.name}: is not there once any more: mend the list")
    path.write_text(before.replace(one.old, one.new))
    ways = dict.fromkeys((*([one.by] if one.by else []), _USUAL, ""))  # each once, in this order
    noticed = any(_fails(folder, how) for how in ways)
    path.write_text(before)
    survived = "equivalent" if one.name in EQUIVALENT else "SURVIVED"
    took = time.monotonic() - begun
    print(
        f"{'killed' if noticed else survived:10} {took:5.1f} s  {one.file}: {one.name}", flush=True
    )
    return noticed


def _fails(folder: Path, by: str) -> bool:
    """Run tests, or the explorer, in a process that knows the broken package only."""
    child = os.fork()
    if child:
        return bool(os.waitpid(child, 0)[1])
    code = 70
    try:
        signal.alarm(_PATIENCE)
        os.chdir(ROOT)
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
            code = _tested(folder, by.split()) if by else _explored(folder)
    finally:
        os._exit(code)


def _tested(folder: Path, paths: list[str]) -> int:
    places = " ".join([str(folder), ".", "layers", "simulator", "simulator/tests"])
    options = ["-qx", "-p", "no:cacheprovider", "-o", f"pythonpath={places}"]
    return int(pytest.main([*options, *(f"tests/{path}" for path in paths)]))


def _explored(folder: Path) -> int:
    sys.path.insert(0, str(folder))
    explorer = importlib.import_module("tests.exploration.__main__")
    sys.argv = ["explorer", "--first"]
    return int(explorer.main())


if __name__ == "__main__":
    sys.exit(main())
