"""A Jumio that answers what it is told to, over HTTP, and keeps what it was asked.

The simulator says what Jumio says. This one says what Jumio might say one day, or what some
proxy in between makes of it.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.answers import DETAILS, EXECUTION, HREF, PROCESSED, created

ENDPOINTS = {
    "token": r"POST /oauth2/token",
    "create": r"POST /api/v1/accounts",
    "update": r"PUT /api/v1/accounts/[^/]+",
    "upload": r"(POST|PUT) /api/v1/accounts/.+/parts/[^/]+",
    "finalize": r"PUT /api/v1/accounts/[^/]+/workflow-executions/[^/]+",
    "status": r"GET /api/v1/accounts/[^/]+/workflow-executions/[^/]+/status",
    "details": r"GET /api/v1/accounts/[^/]+/workflow-executions/[^/]+",
}
WEB_CLIENT = HREF.partition("/web/")[0]
"""Where answers send people: served from here, as all of Jumio's hosts are then one address."""

OAUTH_TOKEN = "the.oauth.token"


@dataclass(frozen=True)
class Canned:
    """An answer as it travels: the text is sent as it is."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: object, status: int = 200) -> "Canned":
        return cls(status, json.dumps(value))


USUAL = {
    "token": Canned.json({"access_token": OAUTH_TOKEN, "expires_in": 3600}),
    "create": Canned.json(created("ID", "DATA")),
    "update": Canned.json(created("ID", "DATA")),
    "upload": Canned.json({}),
    "finalize": Canned.json({}),
    "status": Canned.json(PROCESSED),
    "details": Canned.json(
        {
            **DETAILS,
            "workflow": {"id": EXECUTION, "status": "PROCESSED"},
            "decision": {"type": "PASSED"},
        }
    ),
}


class CannedJumio(ThreadingHTTPServer):
    """Serves on a free loopback port; ``answers`` are by endpoint, the usual ones if not given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.begin()

    def begin(self, **answers: Canned) -> None:
        """Answer like this from now on; nothing was asked yet."""
        self.answers = {**USUAL, **answers}
        self.asked: list[tuple[str, Any]] = []

    def bodies(self, *endpoints: str) -> list[Any]:
        """What these endpoints were sent, oldest first."""
        return [body for endpoint, body in self.asked if endpoint in endpoints]

    def here(self, text: str) -> str:
        """The text with the web client's address as it is here."""
        return text.replace(WEB_CLIENT, self.url)


class _Handler(BaseHTTPRequestHandler):
    server: CannedJumio

    def _answer(self) -> None:
        line = f"{self.command} {self.path}"
        endpoint = next(name for name, way in ENDPOINTS.items() if re.fullmatch(way, line))
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        is_json = self.headers.get("Content-Type") == "application/json"
        self.server.asked.append((endpoint, json.loads(sent) if is_json else sent))
        canned = self.server.answers[endpoint]
        body = self.server.here(canned.text).encode()
        self.send_response(canned.status)
        for name, value in {"Content-Type": "application/json", **canned.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def canned_jumio() -> Iterator[CannedJumio]:
    """A server in a thread until the block ends."""
    server = CannedJumio()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
