"""Jumio's transaction token: a JWS whose payload is compressed with gzip."""

import gzip
import json
import math
import zlib
from base64 import urlsafe_b64decode

_UNREADABLE = (
    *(IndexError, KeyError, TypeError, ValueError, OverflowError, RecursionError),
    *(EOFError, OSError, zlib.error),
)


def start_by(token: str) -> float | None:
    """Until when a session must be started (``exAt``), in seconds since 1970, if it is readable.

    Nobody promises this format, so that None must always be a good answer. The signature
    is Jumio's own: the value is a hint about time and proves nothing.
    """
    try:
        payload = token.split(".")[1]
        packed = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        ends_at = float(json.loads(gzip.decompress(packed))["exAt"]) / 1000
    except _UNREADABLE:
        return None
    return ends_at if math.isfinite(ends_at) else None
