"""Connections to Jumio: what surely was not sent, and one TLS context for all of them."""

import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util import create_urllib3_context

from verification.domain.deadline import Deadline


@cache
def _tls() -> ssl.SSLContext:
    """The one context of this process: reading the trusted authorities takes longer than a call.

    Where the layer has them one by one, only the one that is asked for is ever read.
    """
    context, bundle = create_urllib3_context(), Path(DEFAULT_CA_BUNDLE_PATH)
    if (one_by_one := bundle.with_name("hashed")).is_dir():
        context.load_verify_locations(capath=one_by_one)
    else:
        context.load_verify_locations(bundle)
    return context


class Asker:
    """Whoever waits for an exchange; it gives up, or the request goes out: one of them is first."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._lock = Lock()
        self._gone = self._sent = False

    def lets_go(self) -> bool:
        """Whether the request may go out now."""
        with self._lock:
            self._sent = not self._gone and self._deadline.remaining() > 0
            return self._sent

    def gives_up(self) -> bool:
        """Whether the request went out; if not, it never will."""
        with self._lock:
            self._gone = True
            return self._sent


class NotConnected(NewConnectionError):
    """The request was not sent; ``why`` names the error, not the address."""

    def __init__(self, connection: HTTPConnection, why: str) -> None:
        super().__init__(connection, why)
        self.why = why


class _Adapter(HTTPAdapter):
    """Connects with the shared context, and tells a failed connection from a lost answer.

    With an ``asker``, a connection sends nothing once nobody waits any more: a thread that
    was left behind in name resolution could otherwise send a request long after its caller
    has answered, even after the function was frozen and thawed.
    """

    def __init__(self, asker: Asker | None) -> None:
        class Plain(HTTPConnection):
            def connect(self) -> None:
                _connect(self, super().connect, asker)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                _connect(self, super().connect, asker)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        super().__init__()
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def init_poolmanager(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 requests' own
        super().init_poolmanager(*args, ssl_context=_tls(), **named)

    def cert_verify(self, *_: object) -> None:
        """Left to the context, which knows the authorities: requests would read them again."""


def _connect(connection: HTTPConnection, connect: Callable[[], None], asker: Asker | None) -> None:
    """Connect, or say that nothing was sent: whatever fails up to the end of the handshake."""
    try:
        connect()
    except (OSError, HTTPError, ValueError) as error:
        failed = f"no connection: {type(error).__name__}"
    else:
        if asker is None or asker.lets_go():
            return
        failed = "nobody waits any more"
    connection.close()
    raise NotConnected(connection, failed) from None


class Session(requests.Session):
    """A session that leaves redirects alone, without so much as reading where they lead."""

    def __init__(self, asker: Asker | None = None) -> None:
        super().__init__()
        self.trust_env = False  # a .netrc would replace our Authorization
        adapter = _Adapter(asker)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 not asked
        return None
