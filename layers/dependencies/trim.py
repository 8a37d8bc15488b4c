"""Leave of botocore's data what this product asks for: a few operations of five services, without
what their models say to a reader. Authorities are split into what is looked for (`authorities.py`).

What was cut fails loudly (`UnknownServiceError`, `AttributeError`), and a test shows by recording
which files are read.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from authorities import split

OPERATIONS = {
    "dynamodb": {"BatchGetItem", "Query", "Scan", "TransactWriteItems", "UpdateItem"},
    "events": {"PutEvents"},
    "lambda": {"Invoke"},
    "secretsmanager": {"GetSecretValue"},
    "sqs": {"ChangeMessageVisibility", "SendMessage"},
}
_NOT_READ = ("examples-1.json", "waiters-2.json")


def trim(site: Path) -> None:
    """Trim the packages in a folder."""
    data = site / "botocore" / "data"
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in OPERATIONS:
            shutil.rmtree(folder)
    for name in _NOT_READ:
        for path in data.rglob(f"{name}*"):
            path.unlink()
    for path in data.rglob("*.json.gz"):
        document = json.loads(gzip.decompress(path.read_bytes()))
        if path.name == "service-2.json.gz":
            document = _of_use(document, OPERATIONS[path.parts[-3]])
        _write(path.with_suffix(""), document)
        path.unlink()
    endpoints = data / "endpoints.json"
    document = json.loads(endpoints.read_text())
    for partition in document["partitions"]:
        kept: dict[str, Any] = partition["services"]
        partition["services"] = {name: kept[name] for name in sorted(OPERATIONS) if name in kept}
    _write(endpoints, document)
    shutil.rmtree(site / "boto3" / "data", ignore_errors=True)
    shutil.rmtree(site / "boto3" / "examples", ignore_errors=True)
    trusted = site / "certifi" / "cacert.pem"
    split(trusted, trusted.with_name("hashed"), trusted.with_name("amazon.pem"))


def _of_use(model: dict[str, Any], operations: set[str]) -> dict[str, Any]:
    """A service's model with these operations, and the shapes that they lead to."""
    model = _undocumented(model)
    kept = {name: how for name, how in model["operations"].items() if name in operations}
    shapes: dict[str, Any] = {}
    wanted = [*_references(kept)]
    while wanted:
        name = wanted.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            wanted += _references(shapes[name])
    return {**model, "operations": kept, "shapes": shapes}


def _undocumented(value: Any) -> Any:  # noqa: ANN401 any JSON
    if isinstance(value, dict):
        return {
            name: _undocumented(member)
            for name, member in value.items()
            if name != "documentation" or not isinstance(member, str)
        }
    return [_undocumented(member) for member in value] if isinstance(value, list) else value


def _references(value: object) -> Iterator[str]:
    """The names of the shapes that a part of a model is made of."""
    if isinstance(value, dict):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        value = list(value.values())
    for member in value if isinstance(value, list) else ():
        yield from _references(member)


def _write(path: Path, document: object) -> None:
    path.write_text(json.dumps(document, separators=(",", ":")))


if __name__ == "__main__":
    trim(Path(sys.argv[1]))
