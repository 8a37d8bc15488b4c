"""A journey document of one's own, tried without putting it into the layer."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.errors import StackError
from local.stack import ROOT

_NAME = "tried"
_LAYER = "JourneysLayer"
_RETURNS = ("successUrl", "errorUrl")


@dataclass(frozen=True)
class Own:
    """What a stack with the document needs, the journeys' names, and what was changed in it."""

    parameters: dict[str, str] = field(default_factory=dict)
    layers: dict[str, Path] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@contextlib.contextmanager
def layer(file: Path | None) -> Iterator[Own]:
    """The layer with the document in it; nothing for None. StackError if the document is wrong.

    A step's return addresses at another host are left out: people come back to the page that the
    stack names.
    """
    if file is None:
        yield Own()
        return
    try:
        document: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise StackError(f"{file} cannot be read: {error}") from None
    with tempfile.TemporaryDirectory(prefix="journeys-") as folder:
        # Not the name of the build's folder: what is compiled from that one is kept for others.
        made = Path(folder) / "TriedJourneys"
        documents = made / "python" / "journeys"
        documents.mkdir(parents=True)
        (documents / f"{_NAME}.json").write_text(json.dumps(document))
        _check(documents, file)
        dropped = _without_foreign_returns(document)
        (documents / f"{_NAME}.json").write_text(json.dumps(document))
        names = [journey["name"] for journey in document["journeys"]]
        yield Own({"Journeys": _NAME}, {_LAYER: made}, names, dropped)


def _check(documents: Path, file: Path) -> None:
    """By the very script that checks the layer when it is built."""
    ended = subprocess.run(
        [sys.executable, ROOT / "layers" / "journeys" / "check.py", documents],
        env={**os.environ, "PYTHONPATH": str(ROOT / "layers" / "verification")},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        wrong = (line.removeprefix("journeys: ").removeprefix(f"{_NAME}.json: ") for line in said)
        raise StackError(f"{file}: {'; '.join(wrong)}")


def _without_foreign_returns(document: dict[str, Any]) -> list[str]:
    remarks = []
    for journey in document["journeys"]:
        for step in journey["steps"]:
            for name in _RETURNS:
                if urlsplit(step.get(name) or "").hostname not in {None, "localhost", "127.0.0.1"}:
                    del step[name]
                    remarks.append(f"left out: {name} of {journey['name']}.{step['name']}")
    return remarks
