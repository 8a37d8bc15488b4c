"""The API's description to read and to try, beside the demo page and under its policy."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from local.stack import ROOT

PATH = "/contract"
_HERE = Path(__file__).parent
_VIEWER = ROOT / ".venv" / "node_modules" / "swagger-ui-dist"


class Contract:
    """docs/openapi.yaml in a viewer, whose requests go to the running stack."""

    def __init__(self) -> None:
        self._document: dict[str, Any] = {}

    @property
    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route(PATH, self._page),
            Route(f"{PATH}/start.js", self._script),
            Route(f"{PATH}/openapi.json", self._read),
            Mount(f"{PATH}/viewer", StaticFiles(directory=_VIEWER)),
        ]

    def open(self, api: str) -> None:
        """From now on there is an API to try."""
        document = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
        self._document = {**document, "servers": [{"url": api, "description": "This stack."}]}

    async def _page(self, _: Request) -> Response:
        return FileResponse(_HERE / "index.html")

    async def _script(self, _: Request) -> Response:
        return FileResponse(_HERE / "start.js")

    async def _read(self, _: Request) -> Response:
        return JSONResponse(self._document)
