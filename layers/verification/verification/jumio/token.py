"""Jumio's transaction token: a JWS whose payload is compressed with gzip."""

import gzip
import json
import zlib
from base64 import urlsafe_b64decode

from verification.jumio.messages import number

_SLACK = 300  # seconds by which Jumio's clock may differ from ours
_UNREADABLE = (
    *(IndexError, KeyError, TypeError, ValueError, RecursionError),
    *(EOFError, OSError, zlib.error),
)


def start_by(token: str, *, begun_at: int, lifetime: int) -> float | None:
    """Until when a session must be started (``exAt``), in seconds since 1970, if that is credible.

    ``lifetime`` is what was asked for, in seconds. Nobody promises this format, so that None
    must always be a good answer; a moment before the beginning or long after the end that was
    asked for is one in another unit. The signature is Jumio's own: the value is a hint about
    time and proves nothing.
    """
    try:
        payload = token.split(".")[1]
        packed = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        said = number(json.loads(gzip.decompress(packed))["exAt"])
    except _UNREADABLE:
        return None
    ends_at = said / 1000 if said is not None else 0
    return ends_at if begun_at < ends_at <= begun_at + lifetime + _SLACK else None
