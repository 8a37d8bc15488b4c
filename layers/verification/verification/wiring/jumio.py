"""The client of Jumio, for the functions that call it."""

import re
from collections.abc import Iterator
from functools import partial

from verification import wiring
from verification.domain.errors import Misconfigured
from verification.jumio import Credentials, Hosts, JumioClient, TokenSource, Transport
from verification.settings import JumioSettings

_VISIBLE = re.compile(r"[!-~]+")


def jumio_client(settings: JumioSettings) -> JumioClient:
    """Jumio, as the settings and the secret with our client credentials say."""
    hosts = Hosts.of(settings.jumio_data_center, settings.jumio_base_url)
    transport = Transport(settings.jumio_user_agent)
    credentials = partial(_credentials, settings.jumio_secret_id)
    return JumioClient(hosts, transport, TokenSource(transport, hosts.auth, credentials))


def _credentials(secret_id: str, refused: bool) -> Iterator[Credentials]:
    """What Jumio may accept: as known, unless that was refused, as it is now, and as it was.

    The value before the last rotation counts, too, as the new one may not be in force yet.
    """
    with wiring.named("JUMIO_SECRET_ID"):
        tried: list[Credentials] = []
        for fresh in (refused, True):
            known = _client(wiring.secrets().current(secret_id, fresh=fresh))
            if known and known not in tried:
                tried.append(known)
                yield known
        if not tried:
            raise Misconfigured("client_id and client_secret must be visible ASCII characters")
        before = _client(wiring.secrets().previous(secret_id, fresh=True) or {})
        if before and before not in tried:
            yield before


def _client(secret: dict[str, str]) -> Credentials | None:
    """None for what cannot travel in a header, such as an invisible character at the end."""
    members = [secret.get(name, "") for name in ("client_id", "client_secret")]
    return Credentials(*members) if all(map(_VISIBLE.fullmatch, members)) else None
