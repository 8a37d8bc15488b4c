"""One HTTP exchange with Jumio that ends by its deadline and tells what it may have done."""

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ConnectTimeout, RequestException
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from verification.domain.deadline import Deadline

_CONNECT_SECONDS = 3.0
_READ_SECONDS = 10.0
_LARGEST_BODY = 4 * 1024 * 1024
_CHUNK = 16 * 1024
_LONGEST_ADVICE = 3600.0


class NotSent(Exception):
    """No connection: Jumio has surely not seen the request."""


class NoAnswer(Exception):
    """The request went out and no usable answer came back: Jumio may have acted on it."""


@dataclass(frozen=True)
class Reply:
    """Jumio's answer; ``body`` is the parsed JSON, or None if it is not JSON."""

    status: int
    body: Any
    retry_after: float | None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class _Session(requests.Session):
    """A session that leaves redirects alone, without so much as reading where they lead."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # a .netrc would replace our Authorization

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002 not asked
        return None


def _one_time_session(given_up: Callable[[], bool]) -> requests.Session:
    """A session whose connection, once made, sends nothing if nobody waits any more.

    A thread that was left behind in name resolution could otherwise send a request long
    after its caller has answered, even after the function was frozen and thawed.
    """

    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            _require_waiting(self, given_up)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            _require_waiting(self, given_up)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    session = _Session()
    for scheme in ("http", "https"):
        adapter = HTTPAdapter()
        pools = {"http": PlainPool, "https": SecurePool}
        adapter.poolmanager.pool_classes_by_scheme = pools
        session.mount(f"{scheme}://", adapter)
    return session


def _require_waiting(connection: HTTPConnection, given_up: Callable[[], bool]) -> None:
    if given_up():
        connection.close()
        raise NewConnectionError(connection, "nobody waits any more")


class Transport:
    """Sends requests; knows nothing of what they mean."""

    def __init__(self, user_agent: str) -> None:
        self._headers = {"Accept": "application/json", "User-Agent": user_agent}
        self._session = _Session()

    def send(
        self,
        method: str,
        url: str,
        *,
        deadline: Deadline,
        headers: Mapping[str, str] | None = None,
        json_body: object = None,
        form: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        fresh_connection: bool = False,
    ) -> Reply:
        """Exchange one request; raises NotSent or NoAnswer.

        ``fresh_connection`` is for requests that must not be repeated: on a kept
        connection that died while the function slept, a lost request looks like a
        lost answer.
        """
        if deadline.remaining() <= 0:
            raise NotSent("no time left")
        prepared = {
            "headers": {**self._headers, **(headers or {})},
            "json": json_body,
            "data": form,
            "auth": auth,
        }
        abandoned = Event()

        def given_up() -> bool:
            return abandoned.is_set() or deadline.remaining() <= 0

        session = _one_time_session(given_up) if fresh_connection else self._session
        answer: Future[Reply] = Future()

        def exchange() -> None:
            try:
                answer.set_result(_exchange(session, method, url, deadline, prepared))
            except BaseException as error:  # noqa: BLE001 handed to whoever waits
                answer.set_exception(error)
            finally:
                if fresh_connection:
                    session.close()

        # Timeouts of sockets end neither name resolution nor an answer that drips.
        Thread(target=exchange, name="jumio-exchange", daemon=True).start()
        try:
            return answer.result(timeout=deadline.remaining())
        except TimeoutError:
            abandoned.set()
            raise NoAnswer("no answer in time") from None


def _exchange(
    session: requests.Session, method: str, url: str, deadline: Deadline, prepared: dict[str, Any]
) -> Reply:
    remaining = max(deadline.remaining(), 0.001)
    timeout = (min(_CONNECT_SECONDS, remaining), min(_READ_SECONDS, remaining))
    try:
        with session.request(
            method, url, timeout=timeout, stream=True, allow_redirects=False, **prepared
        ) as response:
            body = _read(response, deadline)
            return Reply(response.status_code, _parse(body), _seconds(response.headers))
    except ConnectTimeout:
        raise NotSent("no connection in time") from None
    except RequestsConnectionError as error:
        reason = error.args[0] if error.args else None
        if isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError):
            raise NotSent("connection refused") from None
        raise NoAnswer(type(error).__name__) from None
    except (RequestException, HTTPError, ValueError) as error:
        raise NoAnswer(type(error).__name__) from None


def _read(response: requests.Response, deadline: Deadline) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if deadline.remaining() <= 0 or len(body) > _LARGEST_BODY:
            raise NoAnswer("body too slow or too large")
    return bytes(body)


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _seconds(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    return min(float(value), _LONGEST_ADVICE) if value.isdecimal() else None


def pause(seconds: float, deadline: Deadline) -> bool:
    """Wait, if that leaves time to act afterwards; False without waiting if it does not."""
    if seconds + _CONNECT_SECONDS / 3 >= deadline.remaining():
        return False
    time.sleep(seconds)
    return True
