"""One HTTP exchange with Jumio that ends by its deadline and tells what it may have done."""

import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import Any

import requests
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError, MaxRetryError

from verification.domain.deadline import Deadline
from verification.jumio.connection import Asker, NotConnected, Session
from verification.observability import LogCode

_logger = logging.getLogger(__name__)
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


class Transport:
    """Sends requests; knows nothing of what they mean."""

    def __init__(self, user_agent: str) -> None:
        self._headers = {"Accept": "application/json", "User-Agent": user_agent}
        self._session = Session()

    def send(self, method: str, url: str, *, deadline: Deadline, **how: Any) -> Reply:  # noqa: ANN401 what ``begin`` takes
        """Exchange one request; raises NotSent or NoAnswer."""
        return self.begin(method, url, deadline=deadline, **how)(deadline)

    def begin(
        self,
        method: str,
        url: str,
        *,
        call: str,
        deadline: Deadline,
        headers: Mapping[str, str] | None = None,
        json_body: object = None,
        form: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        fresh_connection: bool = False,
    ) -> Callable[[Deadline], Reply]:
        """Send a request; what is returned waits for the answer. Both raise like ``send``.

        ``call`` is what it is named in the log, where latency and errors are counted; the
        status is 0 there if no answer came.
        ``fresh_connection`` is for requests that must not be repeated: on a kept
        connection that died while the function slept, a lost request looks like a
        lost answer.
        """
        if deadline.remaining() <= 0:
            raise NotSent("no time left")
        asker = Asker(deadline)
        session = Session(asker) if fresh_connection else self._session
        everywhere = {**self._headers, **(headers or {})}
        request = session.prepare_request(
            requests.Request(method, url, everywhere, json=json_body, data=form, auth=auth)
        )
        answer: Future[Reply] = Future()
        began, ended = time.monotonic(), 0.0

        def exchange() -> None:
            nonlocal ended
            try:
                reply = _exchange(session, request, deadline)
            except BaseException as error:  # noqa: BLE001 handed to whoever waits
                ended = time.monotonic()
                answer.set_exception(error)
            else:
                ended = time.monotonic()
                answer.set_result(reply)
            finally:
                if fresh_connection:
                    session.close()

        def reply(by: Deadline) -> Reply:
            status = 0
            try:
                reply = by.wait_for(answer)
                status = reply.status
            except TimeoutError:
                if asker.gives_up() or not fresh_connection:
                    raise NoAnswer("no answer in time") from None
                raise NotSent("no connection in time") from None
            finally:
                took = round(1000 * ((ended or time.monotonic()) - began))
                told = {"call": call, "status": status, "milliseconds": took}
                _logger.info(LogCode.JUMIO_CALLED, extra=told)
            return reply

        # Timeouts of sockets end neither name resolution nor an answer that drips.
        Thread(target=exchange, name="jumio-exchange", daemon=True).start()
        return reply


def _exchange(
    session: requests.Session, request: requests.PreparedRequest, deadline: Deadline
) -> Reply:
    remaining = max(deadline.remaining(), 0.001)
    timeout = (min(_CONNECT_SECONDS, remaining), min(_READ_SECONDS, remaining))
    try:
        with session.send(request, timeout=timeout, stream=True, allow_redirects=False) as response:
            body = _read(response, deadline)
            return Reply(response.status_code, _parse(body), _seconds(response.headers))
    except RequestsConnectionError as error:
        reason = error.args[0] if error.args else None
        if isinstance(reason, MaxRetryError) and isinstance(reason.reason, NotConnected):
            raise NotSent(reason.reason.why) from None
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
    """The JSON value, so that no odd text or number in it makes all of it unreadable."""
    try:
        return json.loads(body.decode("utf-8-sig", "replace"), strict=False, parse_int=float)
    except (ValueError, RecursionError):
        return None


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Advice in seconds; a moment, or a number so large that it is none of seconds, is none."""
    value = headers.get("Retry-After", "")
    advice = float(value) if value.isascii() and value.isdecimal() else math.inf
    return advice if advice <= _LONGEST_ADVICE else None


def pause(seconds: float, deadline: Deadline) -> bool:
    """Wait, if that leaves time to act afterwards; False without waiting if it does not."""
    if seconds + _CONNECT_SECONDS / 3 >= deadline.remaining():
        return False
    time.sleep(seconds)
    return True
