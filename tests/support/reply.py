"""What a client gets: a response of the gateway, read as HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Reply:
    """A status, a body (None for none), and the headers that are not on every response."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @classmethod
    def of(cls, response: Mapping[str, Any]) -> Self:
        always = {"Cache-Control", "X-Content-Type-Options", "Content-Type", "X-Request-Id"}
        headers = {k: v for k, v in response["headers"].items() if k not in always}
        body = json.loads(response["body"]) if response["body"] else None
        return cls(response["statusCode"], body, headers)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]

    @property
    def retry_after(self) -> int | None:
        advice = self.headers.get("Retry-After")
        return None if advice is None else int(advice)
