"""What `sam build` made, in the form in which a cloud takes it: archives in a bucket."""

import compileall
import hashlib
import io
import py_compile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.aws import LocalAws
from local.processes import StackError

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE_PROPERTY = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}


def precompile(build: Path) -> None:
    """Write bytecode that stays valid wherever the files are unpacked, whatever their times."""
    compileall.compile_dir(
        build,
        quiet=2,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def local_code(template: dict[str, Any]) -> "Iterator[tuple[dict[str, Any], str]]":
    """The properties that name a folder of code, and under which key."""
    for resource in template["Resources"].values():
        key = _CODE_PROPERTY.get(resource["Type"])
        if key and isinstance(resource["Properties"].get(key), str):
            yield resource["Properties"], key


def upload(template: dict[str, Any], build: Path, aws: LocalAws, bucket: str) -> None:
    """Put every folder of code into the bucket, and its address into the template."""
    aws.create_bucket(bucket)
    for properties, key in local_code(template):
        folder = build / properties[key]
        if not folder.is_dir():
            raise StackError(f"{folder} is missing: run sam build first")
        archive = _archive(folder)
        name = hashlib.sha256(archive).hexdigest() + ".zip"
        aws.put_object(bucket, name, archive)
        properties[key] = f"s3://{bucket}/{name}"


def _archive(folder: Path) -> bytes:
    """A zip of the folder. Stored, not deflated: every cold start unpacks it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return buffer.getvalue()
