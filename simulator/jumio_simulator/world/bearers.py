"""OAuth2 bearers: handed out again while fresh, revocable at any time."""

from dataclasses import dataclass

from jumio_simulator.world.model import new_id
from jumio_simulator.world.options import Client, Options
from jumio_simulator.world.tokens import TokenMint


@dataclass
class Bearer:
    token: str
    client_id: str
    issued_at: float
    expires_at: float
    revoked: bool = False


class Bearers:
    """All bearers ever handed out; expired and revoked ones stay known, and are refused."""

    def __init__(self, mint: TokenMint) -> None:
        self._mint = mint
        self._by_token: dict[str, Bearer] = {}
        self._current: dict[str, Bearer] = {}

    def issue(self, client: Client, options: Options, now: float) -> Bearer:
        """The client's current bearer, or a new one when that is too old or was revoked."""
        current = self._current.get(client.id)
        if (
            current is not None
            and not current.revoked
            and now < min(current.expires_at, current.issued_at + options.oauth_reuse_seconds)
        ):
            return current
        expires_at = now + options.oauth_lifetime_seconds
        claims = {"jti": new_id(), "client_id": client.id, "iat": int(now), "exp": int(expires_at)}
        bearer = Bearer(self._mint.bearer(claims), client.id, now, expires_at)
        self._by_token[bearer.token] = bearer
        self._current[client.id] = bearer
        return bearer

    def valid(self, token: str, now: float) -> Bearer | None:
        bearer = self._by_token.get(token)
        if bearer is None or bearer.revoked or now >= bearer.expires_at:
            return None
        return bearer

    def revoke(self, client_id: str | None = None) -> int:
        """Revoke every valid bearer, or one client's; returns how many."""
        hit = [
            bearer
            for bearer in self._by_token.values()
            if not bearer.revoked and client_id in (None, bearer.client_id)
        ]
        for bearer in hit:
            bearer.revoked = True
        return len(hit)
