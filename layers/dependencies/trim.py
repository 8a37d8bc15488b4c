"""Take out of botocore what this product never asks for: the models of 400 other services.

An unused service fails loudly (`UnknownServiceError`), and a test shows by recording which files
are read.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

SERVICES = {"dynamodb", "events", "lambda", "secretsmanager", "sqs"}
_NOT_READ = ("examples-1.json", "waiters-2.json")


def trim(site: Path) -> None:
    """Trim the packages in a folder."""
    data = site / "botocore" / "data"
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    for name in _NOT_READ:
        for path in data.rglob(f"{name}*"):
            path.unlink()
    endpoints = data / "endpoints.json"
    document = json.loads(endpoints.read_text())
    for partition in document["partitions"]:
        kept: dict[str, Any] = partition["services"]
        partition["services"] = {name: kept[name] for name in sorted(SERVICES) if name in kept}
    endpoints.write_text(json.dumps(document, separators=(",", ":"), sort_keys=True))
    shutil.rmtree(site / "boto3" / "data", ignore_errors=True)
    shutil.rmtree(site / "boto3" / "examples", ignore_errors=True)


if __name__ == "__main__":
    trim(Path(sys.argv[1]))
