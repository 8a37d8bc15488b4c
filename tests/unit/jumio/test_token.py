import gzip
import json
from base64 import urlsafe_b64encode

import pytest

from verification.jumio.token import start_by


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def token(payload: object) -> str:
    header = json.dumps({"alg": "HS512", "zip": "GZIP"}).encode()
    packed = gzip.compress(json.dumps(payload).encode(), mtime=0)  # names of tests show it
    return ".".join([encoded(header), encoded(packed), encoded(b"signature")])


BEGUN, LIFETIME = 1795420000, 1800


def end(text: str) -> float | None:
    """What is believed of a token that was asked for then, and for so long."""
    return start_by(text, begun_at=BEGUN, lifetime=LIFETIME)


def test_the_end_is_read_from_the_compressed_payload() -> None:
    assert end(token({"exAt": "1795421700250"})) == 1795421700.25
    assert end(token({"exAt": 1795421700250})) == 1795421700.25


@pytest.mark.parametrize("after", [1, 600, 1800, 2100])
def test_an_end_that_can_be_is_believed(after: int) -> None:
    assert end(token({"exAt": (BEGUN + after) * 1000})) == BEGUN + after


@pytest.mark.parametrize(
    "said",
    [
        BEGUN + 1800,  # seconds
        (BEGUN + 1800) * 1_000_000,  # microseconds
        (BEGUN + 1800) * 1_000_000_000,
        -(BEGUN + 1800) * 1000,
        1800,  # how long instead of until when
        1_800_000,
        0,
        BEGUN * 1000,  # over as soon as it begins
        (BEGUN - 1) * 1000,
        (BEGUN + 2101) * 1000,
        (BEGUN + 60 * 86_400) * 1000,  # handed out for months
        True,
        None,
    ],
)
def test_an_end_that_cannot_be_is_not_believed(said: object) -> None:
    for value in (said, str(said)):
        assert end(token({"exAt": value})) is None


def test_how_long_was_asked_for_decides_what_can_be() -> None:
    text = token({"exAt": (BEGUN + 86_400) * 1000})
    assert end(text) is None
    assert start_by(text, begun_at=BEGUN, lifetime=86_400) == BEGUN + 86_400


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
        "x." + encoded(gzip.compress(b"{}", mtime=0)[:-9]) + ".y",
        "x.é.y",
    ],
)
def test_anything_else_has_no_readable_end(text: str) -> None:
    assert end(text) is None
