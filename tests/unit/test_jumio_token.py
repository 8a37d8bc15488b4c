import gzip
import json
from base64 import urlsafe_b64encode

import pytest

from verification.jumio.token import start_by


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def compressed(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)  # a test's name must not depend on when it was collected


def token(payload: object) -> str:
    header = json.dumps({"alg": "HS512", "zip": "GZIP"}).encode()
    packed = compressed(json.dumps(payload).encode())
    return ".".join([encoded(header), encoded(packed), encoded(b"signature")])


def test_the_end_is_read_from_the_compressed_payload() -> None:
    assert start_by(token({"exAt": "1795421700250"})) == 1795421700.25


@pytest.mark.parametrize(
    "text",
    [
        "",
        "opaque",
        "a.b.c",
        token({}),
        token({"exAt": "soon"}),
        token([1]),
        "x." + encoded(b"{}") + ".y",
        "x." + encoded(compressed(b"{}")[:-9]) + ".y",
        "x.é.y",
    ],
)
def test_anything_else_has_no_readable_end(text: str) -> None:
    assert start_by(text) is None
