"""The application: Jumio's endpoints, the hosted client, the admin API, on one port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from jumio_simulator.admin import admin_executions_routes as admin_executions
from jumio_simulator.admin import admin_routes as admin
from jumio_simulator.admin import index_routes as index
from jumio_simulator.api import accounts_routes as accounts
from jumio_simulator.api import api_channel_routes as api_channel
from jumio_simulator.api import retrieval_routes as retrieval
from jumio_simulator.api import token_routes as token
from jumio_simulator.api.problems import AnsweredError, ProblemError, problem
from jumio_simulator.person import hosted_routes as hosted
from jumio_simulator.person import sdk_backend_routes as sdk_backend
from jumio_simulator.wire.witness import Witness
from jumio_simulator.world.world import World

LOCAL_ORIGINS = r"https?://(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9.-]+\.localhost)(:\d+)?"


def build_app(world: World) -> Starlette:
    """The ASGI application around a world; its lifespan runs the world's ticker."""
    jumio: list[BaseRoute] = [
        *token.ROUTES,
        *accounts.ROUTES,
        *api_channel.ROUTES,
        *retrieval.ROUTES,
        *hosted.ROUTES,
        *index.ROUTES,
    ]
    own = Mount(
        "/_simulator",
        routes=[*admin.ROUTES, *admin_executions.ROUTES, *sdk_backend.ROUTES],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origin_regex=LOCAL_ORIGINS,
                allow_methods=["*"],
                allow_headers=["*"],
            )
        ],
    )
    app = Starlette(
        routes=[*jumio, own],
        middleware=[Middleware(Witness, world=world, routes=jumio)],
        exception_handlers={AnsweredError: _refuse, ProblemError: _refuse, HTTPException: _refuse},
        lifespan=_lifespan,
    )
    app.state.world = world
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    world: World = app.state.world
    ticker = asyncio.create_task(world.ticker.run())
    yield
    ticker.cancel()
    world.sender.abandon()


async def _refuse(request: Request, error: Exception) -> Response:
    if isinstance(error, AnsweredError):
        return error.response
    if isinstance(error, ProblemError):
        return problem(error.status, error.detail, error.headers)
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        detail = f"Request method '{request.method}' is not supported"
        return problem(405, detail, {"Allow": ", ".join(sorted(_allowed_methods(request)))})
    return problem(status, getattr(error, "detail", "Unexpected error"))


def _allowed_methods(request: Request) -> set[str]:
    """Of all routes with this path: several of Jumio's hosts share it here."""
    return {
        method
        for route in request.app.routes
        if isinstance(route, Route) and route.path_regex.match(request.url.path)
        for method in route.methods or ()
    }
