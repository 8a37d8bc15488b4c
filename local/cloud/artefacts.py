"""What `sam build` made, in a form that MiniStack starts quickly."""

import contextlib
import fcntl
import hashlib
import io
import json
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.cloud.aws import REGION, LocalAws
from local.errors import StackError

_BUCKET, _TEMPLATE = "artefacts", "template.json"
_FUNCTION, _LAYER = "AWS::Serverless::Function", "AWS::Serverless::LayerVersion"
_CODE_PROPERTY = {_FUNCTION: "CodeUri", _LAYER: "ContentUri"}
_KEPT_SECONDS = 6 * 3600
# MiniStack treats this folder of a layer as a site directory, where .pth files count.
_SITE = "python/lib/python3/site-packages/layer.pth"


def copied(folder: Path, cache: Path) -> Path:
    """A copy of the folder: building again must not change the code under a running stack.

    It is kept from one start to the next for as long as nothing in the folder changes. Several
    stacks may share it. Bytecode is in the layers already, as it is in those that are deployed.
    """
    copy = cache / f"{folder.name}-{_state(folder)}"
    with _only_one_writer(cache):
        if not copy.is_dir():
            _copy(folder, copy)
    return copy


def _copy(folder: Path, copy: Path) -> None:
    for other in copy.parent.glob(f"{folder.name}-*"):
        if time.time() - other.stat().st_mtime > _KEPT_SECONDS:  # nobody is served by it any more
            shutil.rmtree(other)
    unfinished = copy.with_name(f"{folder.name}-unfinished")
    shutil.copytree(folder, unfinished)
    unfinished.rename(copy)


@contextlib.contextmanager
def _only_one_writer(cache: Path) -> Iterator[None]:
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _state(folder: Path) -> str:
    """Changes when a file of the folder does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        facts = path.stat()
        digest.update(
            f"{path.relative_to(folder)}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode()
        )
    return digest.hexdigest()[:16]


def upload(template: dict[str, Any], build: Path, cache: Path, aws: LocalAws) -> None:
    """Put the code of every function and layer into a bucket, and its address into the template."""
    with contextlib.suppress(aws.s3.exceptions.BucketAlreadyOwnedByYou):
        aws.s3.create_bucket(
            Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
    for kind, properties, key in _code_of(template):
        folder = build / properties[key]
        if not folder.is_dir():
            raise StackError(f"{folder} is missing: run sam build first")
        code = copied(folder, cache)
        archive = _archive(code) if kind == _FUNCTION else _link(code / "python")
        name = hashlib.sha256(archive).hexdigest() + ".zip"
        aws.s3.put_object(Bucket=_BUCKET, Key=name, Body=archive)
        properties[key] = f"s3://{_BUCKET}/{name}"


def keep(template: dict[str, Any], aws: LocalAws) -> str:
    """Put a template beside the code, as `sam deploy` does; returns its address.

    A request to CloudFormation has room for 51,200 bytes of a template, a bucket for a million.
    """
    aws.s3.put_object(Bucket=_BUCKET, Key=_TEMPLATE, Body=json.dumps(template).encode())
    return f"{aws.endpoint}/{_BUCKET}/{_TEMPLATE}"


def _code_of(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The properties that name a folder of code, and under which key."""
    for resource in template["Resources"].values():
        key = _CODE_PROPERTY.get(resource["Type"])
        if key and isinstance(resource["Properties"].get(key), str):
            yield resource["Type"], resource["Properties"], key


def _archive(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return buffer.getvalue()


def _link(folder: Path) -> bytes:
    """A layer that leads to the folder instead of holding it.

    MiniStack unpacks the layers anew for every worker, which takes seconds for a layer with a
    few thousand files; Lambda does it before anybody waits.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        always = zipfile.ZipInfo(_SITE)  # without the time: the same folder is the same layer
        archive.writestr(always, f"import sys; sys.path.insert(0, {str(folder)!r})\n")
    return buffer.getvalue()
