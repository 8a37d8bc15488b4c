"""The witness: every request received, without secrets, with the status it was answered with."""

import json
import re
from collections import deque
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl, urlencode

from jumio_simulator.world.model import Json

REDACTED = "[redacted]"
_SECRET_FIELDS = {"client_secret", "authorizationToken"}
_KEEP = 5000


@dataclass
class Entry:
    """`status` is None while the request is served and when nothing was answered (a reset)."""

    number: int
    time: str
    method: str
    path: str
    query: str
    endpoint: str | None
    headers: dict[str, str]
    body: object
    status: int | None = None
    fault: str | None = None


class Journal:
    """The last 5,000 requests, oldest first, numbered from 1."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEEP)
        self._number = 0

    def open(self, time: str, method: str, path: str, query: str, endpoint: str | None) -> Entry:
        self._number += 1
        entry = Entry(self._number, time, method, path, _without_secrets(query), endpoint, {}, None)
        self._entries.append(entry)
        return entry

    def select(
        self,
        method: str | None = None,
        path: str | None = None,
        endpoint: str | None = None,
        since: int = 0,
    ) -> list[Json]:
        """Entries numbered above `since`; `path` and `endpoint` may hold `*`."""
        return [
            asdict(entry)
            for entry in self._entries
            if entry.number > since
            and (method is None or entry.method == method.upper())
            and (path is None or fnmatchcase(entry.path, path))
            and (endpoint is None or fnmatchcase(entry.endpoint or "", endpoint))
        ]

    def clear(self) -> None:
        """Forget the entries; the numbering goes on, so that `since` stays meaningful."""
        self._entries.clear()


def clean_headers(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header names in lower case; of Authorization only the scheme, of cookies nothing."""
    cleaned = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "authorization":
            value = f"{value.partition(' ')[0]} {REDACTED}"
        elif name == "cookie":
            value = REDACTED
        elif name == "referer":
            value = value.partition("?")[0]
        cleaned[name] = value
    return cleaned


def clean_body(content_type: str, body: bytes) -> object:
    """JSON as it is, forms as objects without secrets, anything else as its size."""
    if not body:
        return None
    if content_type.startswith("application/json"):
        try:
            return json.loads(body)
        except ValueError:
            return body.decode("utf-8", "replace")
    if content_type.startswith("application/x-www-form-urlencoded"):
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: REDACTED if name in _SECRET_FIELDS else value for name, value in fields}
    kind = re.split(r"[; ]", content_type or "unknown")[0]
    return f"{len(body)} bytes of {kind}"


def _without_secrets(query: str) -> str:
    fields = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, REDACTED if name in _SECRET_FIELDS else v) for name, v in fields])
