"""What a request says, and what the gateway vouches for."""

import ipaddress
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verification.domain.errors import InvalidRequest, RequestTooLarge

LARGEST_BODY = 10 * 1024


@dataclass(frozen=True)
class Request:
    """One request (HTTP API, payload format 2.0); what is missing in the event is empty.

    Everything except ``claims`` comes from whoever sent it, or from the network.
    """

    event: object

    def require_gateway(self) -> None:
        """Raises InvalidRequest for an event that is not the gateway's, as of a console's test."""
        if not self.source_ip and not self._text("requestContext", "http", "method"):
            raise InvalidRequest("Not a request of the gateway.")

    @property
    def request_id(self) -> str:
        return self._text("requestContext", "requestId")

    @property
    def source_ip(self) -> str:
        """The address that the gateway saw, never one that the client claims; empty if none."""
        return _address(self._text("requestContext", "http", "sourceIp"))

    @property
    def base_url(self) -> str:
        """Scheme, host and base path under which the gateway was reached.

        A custom domain can map a path to the API, and a stage other than $default is one.
        """
        path, route = self._text("rawPath"), self._text("routeKey").partition(" ")[2]
        base = path.removesuffix(route) if route else ""
        return f"https://{self._text('requestContext', 'domainName')}{'' if base == path else base}"

    @property
    def claims(self) -> Mapping[str, Any]:
        """The claims of the token that the gateway has verified."""
        return self._mapping("requestContext", "authorizer", "jwt", "claims")

    def header(self, name: str) -> str | None:
        """The value of a header by its name in small letters, however the event spells it."""
        found = (
            str(value) for key, value in self._mapping("headers").items() if key.lower() == name
        )
        return next(found, None)

    def query(self, name: str) -> str | None:
        return self._text("queryStringParameters", name) or None

    def path(self, name: str) -> str:
        return self._text("pathParameters", name)

    def json_body(self, largest: int = LARGEST_BODY) -> object:
        """The parsed body; raises InvalidRequest or RequestTooLarge."""
        media_type = (self.header("content-type") or "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise InvalidRequest("Content-Type must be application/json.")
        try:
            body = self._text("body").encode()
            if self._at("isBase64Encoded") is True:
                body = b64decode(body)
        except ValueError:
            raise InvalidRequest("The body is not JSON.") from None
        if len(body) > largest:
            raise RequestTooLarge(f"The body is larger than {largest} bytes.")
        try:
            return json.loads(body.decode())
        except (ValueError, RecursionError):
            raise InvalidRequest("The body is not JSON.") from None

    def _at(self, *path: str) -> object:
        found = self.event
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def _text(self, *path: str) -> str:
        found = self._at(*path)
        return found if isinstance(found, str) else ""

    def _mapping(self, *path: str) -> Mapping[str, Any]:
        found = self._at(*path)
        return found if isinstance(found, Mapping) else {}


def _address(text: str) -> str:
    """The address alone: a port may follow it, and IPv4 may be written as IPv6."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
