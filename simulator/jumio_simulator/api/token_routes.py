"""POST /oauth2/token: client credentials, Basic authentication and a form body."""

import base64
import binascii
import hmac
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jumio_simulator.api.checks import require_rate
from jumio_simulator.wire.problems import UNAUTHORIZED, ProblemError
from jumio_simulator.wire.requests import world_of
from jumio_simulator.world.options import Client


async def issue_token(request: Request) -> Response:
    """200 with `access_token`, `expires_in` (seconds) and `token_type`."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    require_rate(request, "token")
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise ProblemError(400, "Content-Type must be application/x-www-form-urlencoded")
    client = _authenticated(request)
    if form.get("grant_type") != ["client_credentials"]:
        raise ProblemError(400, "grant_type must be client_credentials")
    world = world_of(request)
    now = world.clock.now()
    bearer = world.bearers.issue(client, world.options, now)
    lifetime = world.options.oauth_lifetime_seconds
    if world.options.aged_token_expires_in == "remaining":
        lifetime = int(bearer.expires_at - now)
    return JSONResponse(
        {"access_token": bearer.token, "expires_in": lifetime, "token_type": "Bearer"}
    )


def _authenticated(request: Request) -> Client:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise ProblemError(401, UNAUTHORIZED)
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ProblemError(401, UNAUTHORIZED) from error
    client_id, _, secret = text.partition(":")
    for client in world_of(request).options.clients:
        if client.id == client_id and hmac.compare_digest(client.secret.encode(), secret.encode()):
            return client
    raise ProblemError(401, UNAUTHORIZED)


ROUTES = [Route("/oauth2/token", issue_token, methods=["POST"], name="token")]
