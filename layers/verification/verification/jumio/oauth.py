"""Jumio's OAuth access token: fetched once, kept while fresh, replaced when refused.

Source: "API authorization": client credentials by HTTP Basic, 60 minutes, at most 10
requests a second, and Jumio may hand out a token that it has handed out before.
"""

import json
import logging
import random
import re
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured, ProviderUnavailable
from verification.jumio.messages import number
from verification.jumio.transport import NoAnswer, NotSent, Reply, Transport, pause
from verification.observability import LogCode

_logger = logging.getLogger(__name__)
_MARGIN = 300.0
_LIFETIME = 3600.0  # as documented
_LONGEST_LIFETIME = 24 * 3600.0
_TRIES = 4
_ITS_TURN = 1.0  # second: Jumio counts requests by the second, and cold containers come together
_SOON = 20.0  # seconds, as long as a request may take
_TOKEN = re.compile(r"[!-~]+")  # one line of visible characters


@dataclass(frozen=True)
class Credentials:
    """A client of Jumio's OAuth server."""

    client_id: str
    client_secret: str = field(repr=False)


class TokenSource:
    """The one access token of this process, safe to ask for from many threads.

    ``credentials`` gives what Jumio may accept, best first, as far as it is asked for more.
    Told that what is known was refused, it has to look for fresh ones first.
    """

    def __init__(
        self,
        transport: Transport,
        auth_host: str,
        credentials: Callable[[bool], Iterable[Credentials]],
    ) -> None:
        self._transport = transport
        self._url = f"{auth_host}/oauth2/token"
        self._credentials = credentials
        self._lock = threading.Lock()
        self._token = ""
        self._fresh_until = 0.0
        self._refused = False
        self._early: tuple[float, Credentials, Callable[[Deadline], Reply]] | None = None

    def get_soon(self, deadline: Deadline) -> None:
        """Ask for a token now, if there is none, and let nobody wait for it before ``get``.

        What comes back is the answer to the first try of ``get``, good or bad, unless that is so
        much later that the function may have been frozen in between.
        """
        with self._lock:
            if time.time() >= max(self._fresh_until, self._early[0] if self._early else 0):
                for credentials in self._credentials(self._refused):
                    with suppress(NotSent):
                        begun = self._begin(credentials, deadline)
                        self._early = time.time() + _SOON, credentials, begun
                    break

    def get(self, deadline: Deadline) -> str:
        """A token that is good for some minutes; raises Misconfigured or ProviderUnavailable."""
        with self._lock:  # single flight: whoever comes second finds the first one's token
            if time.time() >= self._fresh_until:
                self._token, self._fresh_until = self._fetch(deadline)
                self._refused = False
            return self._token

    def drop(self, token: str) -> None:
        """Forget a token that Jumio refused, unless it has been replaced already."""
        with self._lock:
            if token == self._token:
                self._fresh_until, self._refused = 0.0, True

    def _fetch(self, deadline: Deadline) -> tuple[str, float]:
        for credentials in self._credentials(self._refused):
            if token := self._ask(credentials, deadline):
                return token
        raise Misconfigured("JUMIO_SECRET_ID: Jumio refuses the client credentials")

    def _ask(self, credentials: Credentials, deadline: Deadline) -> tuple[str, float] | None:
        """A token and until when it counts as fresh; None if Jumio refuses the credentials."""
        for attempt in range(_TRIES):
            wait = random.uniform(0, 0.2 * 2**attempt)  # noqa: S311 jitter only
            try:
                reply = self._begin(credentials, deadline)(deadline)
            except (NotSent, NoAnswer) as error:
                _logger.warning(LogCode.JUMIO_TOKEN_UNANSWERED, extra={"reason": str(error)})
            else:
                if reply.ok and (token := _parse(reply)):
                    return token
                _logger.warning(LogCode.JUMIO_TOKEN_REFUSED, extra={"status": reply.status})
                if reply.status in (400, 401, 403):
                    return None
                if reply.status == 429:
                    wait += reply.retry_after or _ITS_TURN
            if attempt + 1 == _TRIES or not pause(wait, deadline):
                break
        raise ProviderUnavailable("The verification provider does not answer.")

    def _begin(self, credentials: Credentials, deadline: Deadline) -> Callable[[Deadline], Reply]:
        early, self._early = self._early, None
        if early and time.time() < early[0] and credentials == early[1]:
            return early[2]
        return self._transport.begin(
            "POST",
            self._url,
            call="token",
            deadline=deadline,
            form={"grant_type": "client_credentials"},
            auth=(credentials.client_id, credentials.client_secret),
        )


def _parse(reply: Reply) -> tuple[str, float] | None:
    """The token and until when it counts as fresh; None if there is none.

    What is said about its life is believed as far as that can be: a token that ends sooner
    is refused then, and replaced.
    """
    body = reply.body if isinstance(reply.body, dict) else {}
    token = body.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    now = time.time()
    life = number(body.get("expires_in"))
    if life is None or not 0 < life <= _LONGEST_LIFETIME:
        life = _LIFETIME
    # Jumio may hand out a token that has been running for a while: believe the sooner end.
    ends_at = number(_claims(token).get("exp"))
    if ends_at is not None and now < ends_at < now + life:
        life = ends_at - now
    return token, now + max(life - _MARGIN, life / 2)


def _claims(token: str) -> dict[str, object]:
    """What the token says about itself, unchecked; nothing if it is not readable."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
