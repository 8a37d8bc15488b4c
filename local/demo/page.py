"""Serves the demo page, with the addresses that it needs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Page:
    """The files of a folder, /config.json, and the addresses at which the one page is."""

    def __init__(self, folder: Path, more: Sequence[BaseRoute] = ()) -> None:
        self._config: dict[str, Any] = {}
        self._folder = folder
        self.application = Starlette(
            routes=[
                Route("/config.json", self._config_json),
                Route("/return/{outcome}", self._index),
                Route("/verify/{offer}", self._index),
                *more,
                Mount("/", StaticFiles(directory=folder, html=True)),
            ],
            middleware=[Middleware(_SecurityHeaders, page=self)],
        )

    def configure(self, config: dict[str, Any]) -> None:
        """Set what /config.json says: the page may call its `api` and frame its `jumio`."""
        self._config = config

    @property
    def policy(self) -> str:
        """The page's Content-Security-Policy."""
        api, jumio = self._config.get("api", ""), self._config.get("jumio", "'none'")
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            f"connect-src 'self' {api}; frame-src {jumio}; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )

    async def _index(self, _: Request) -> Response:
        return FileResponse(self._folder / "index.html")

    async def _config_json(self, _: Request) -> Response:
        return JSONResponse(self._config)


class _SecurityHeaders:
    def __init__(self, app: ASGIApp, page: Page) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", self._page.policy.encode()),
                    (b"referrer-policy", b"no-referrer"),
                    (b"x-content-type-options", b"nosniff"),
                    (b"cache-control", b"no-store"),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)
