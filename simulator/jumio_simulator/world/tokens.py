"""The two kinds of token: the OAuth2 bearer and the transaction token that clients get."""

import base64
import gzip
import hashlib
import hmac
import json
import secrets

from jumio_simulator.world.model import Json


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _compact(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class TokenMint:
    """Signs tokens with a key of its own; nobody but this process can check them."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(64)

    def transaction_token(self, claims: Json) -> str:
        """A JWS whose payload is gzipped JSON, as Jumio's samples and web component have it."""
        header = _encode(_compact({"alg": "HS512", "zip": "GZIP"}))
        return self._signed(header, _encode(gzip.compress(_compact(claims), mtime=0)))

    def bearer(self, claims: Json) -> str:
        """An ordinary JWT with `iat` and `exp`."""
        header = _encode(_compact({"alg": "HS512", "typ": "JWT"}))
        return self._signed(header, _encode(_compact(claims)))

    def _signed(self, header: str, payload: str) -> str:
        text = f"{header}.{payload}"
        return f"{text}.{_encode(hmac.digest(self._key, text.encode(), hashlib.sha512))}"
