"""Jumio's OAuth access token: fetched once, kept while fresh, replaced when refused.

Source: "API authorization": client credentials by HTTP Basic, 60 minutes, at most 10
requests a second, and Jumio may hand out a token that it has handed out before.
"""

import json
import logging
import math
import random
import re
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass

from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured, ProviderUnavailable
from verification.jumio.transport import NoAnswer, NotSent, Reply, Transport, pause
from verification.observability import LogCode

_logger = logging.getLogger(__name__)
_MARGIN = 300.0
_TRIES = 4
_TOKEN = re.compile(r"[!-~]+")  # one line of visible characters


@dataclass(frozen=True)
class Credentials:
    """A client of Jumio's OAuth server."""

    client_id: str
    client_secret: str


class TokenSource:
    """The one access token of this process, safe to ask for from many threads."""

    def __init__(
        self, transport: Transport, auth_host: str, credentials: Callable[[], Credentials]
    ) -> None:
        self._transport = transport
        self._url = f"{auth_host}/oauth2/token"
        self._credentials = credentials
        self._lock = threading.Lock()
        self._token = ""
        self._fresh_until = 0.0

    def get(self, deadline: Deadline) -> str:
        """A token that is good for some minutes; raises Misconfigured or ProviderUnavailable."""
        with self._lock:  # single flight: whoever comes second finds the first one's token
            if time.time() >= self._fresh_until:
                self._token, self._fresh_until = self._fetch(deadline)
            return self._token

    def drop(self, token: str) -> None:
        """Forget a token that Jumio refused, unless it has been replaced already."""
        with self._lock:
            if token == self._token:
                self._fresh_until = 0.0

    def _fetch(self, deadline: Deadline) -> tuple[str, float]:
        credentials = self._credentials()
        for attempt in range(_TRIES):
            try:
                reply = self._transport.send(
                    "POST",
                    self._url,
                    deadline=deadline,
                    form={"grant_type": "client_credentials"},
                    auth=(credentials.client_id, credentials.client_secret),
                )
            except (NotSent, NoAnswer) as error:
                _logger.warning(LogCode.JUMIO_TOKEN_UNANSWERED, extra={"reason": str(error)})
            else:
                if reply.ok and (token := _parse(reply)):
                    return token
                _logger.warning(LogCode.JUMIO_TOKEN_REFUSED, extra={"status": reply.status})
                if reply.status in (400, 401, 403):
                    raise Misconfigured("JUMIO_SECRET_ID: Jumio refuses the client credentials")
            wait = random.uniform(0, 0.2 * 2**attempt)  # noqa: S311 jitter only
            if attempt + 1 == _TRIES or not pause(wait, deadline):
                break
        raise ProviderUnavailable("The verification provider does not answer.")


def _parse(reply: Reply) -> tuple[str, float] | None:
    """The token and until when it counts as fresh; None if the answer makes no sense."""
    try:
        token, seconds = reply.body["access_token"], float(reply.body["expires_in"])
        if not _TOKEN.fullmatch(token):
            return None
    except (TypeError, KeyError, ValueError, OverflowError):
        return None
    now = time.time()
    # Jumio may hand out a token that has been running for a while: believe the sooner end.
    life = min(seconds, _expiry_inside(token, now + seconds) - now)
    return (token, now + max(life - _MARGIN, life / 2)) if 0 < life < math.inf else None


def _expiry_inside(token: str, default: float) -> float:
    try:
        payload = token.split(".")[1]
        return float(json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
    except (IndexError, KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return default
