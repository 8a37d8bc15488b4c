"""A plain loopback address for the deployed HTTP API.

MiniStack tells one API from another by the host name, `<api id>.execute-api.localhost`. Browsers
and curl resolve such a name, most other programs do not; and a deployment may need the address as a
parameter, before there is an API with an id. So: an address that is known first, and passes on
every request as it is, in its turn. docs/decisions.md says what else was tried.
"""

import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import request_response

from local.cloud.turns import Turns

_GATEWAY_SECONDS = 30  # API Gateway's own limit for an integration
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "te"})


class Door:
    """Passes requests to an API, once told to which; of one route, so many at once."""

    def __init__(self, at_once: int) -> None:
        self._turns = defaultdict[str, Turns](lambda: Turns(at_once))
        self._base = httpx.URL("http://127.0.0.1")
        self._host = ""
        self._client = httpx.AsyncClient(
            timeout=_GATEWAY_SECONDS, limits=httpx.Limits(max_connections=200), trust_env=False
        )
        self.application = Starlette(lifespan=self._lifespan)
        # No route: none takes a path with a line feed in it.
        self.application.router.default = request_response(self._in_turn)

    def lead_to(self, endpoint: str, api_id: str) -> None:
        """Choose the API behind the door."""
        self._base = httpx.URL(endpoint)
        self._host = f"{api_id}.execute-api.localhost:{urlsplit(endpoint).port}"

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with self._client:
            yield

    async def _in_turn(self, request: Request) -> Response:
        """Routes wait for themselves only, as functions do that share no workers."""
        first, _, _ = request.scope["path"][1:].partition("/")
        async with self._turns[f"{request.method} {first}"].turn():
            return await self._pass_on(request)

    async def _pass_on(self, request: Request) -> Response:
        if not self._host:
            return JSONResponse({"message": "Service Unavailable"}, status_code=503)
        query = request.scope["query_string"]
        target = request.scope["raw_path"] + (b"?" + query if query else b"")
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name.decode("latin-1") not in _HOP_BY_HOP | {"host"}
        ]
        onward = self._client.build_request(
            request.method,
            self._base.copy_with(raw_path=target),
            headers=[(b"host", self._host.encode()), *headers],
            content=await request.body(),
        )
        try:
            answer = await self._client.send(onward, stream=True)
            # The bytes as they came: decoded ones would not fit their Content-Encoding.
            content = b"".join([part async for part in answer.aiter_raw()])
            await answer.aclose()
        except httpx.HTTPError:
            return JSONResponse({"message": "Service Unavailable"}, status_code=503)
        response = Response(content, answer.status_code)
        response.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.decode("latin-1").lower() not in _HOP_BY_HOP
        ]
        return response
