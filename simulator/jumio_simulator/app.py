"""Puts a simulator together: its world, what makes things happen in it, and what is served."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable

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
from jumio_simulator.api import deletion_routes as deletion
from jumio_simulator.api import feedback_routes as feedback
from jumio_simulator.api import retrieval_routes as retrieval
from jumio_simulator.api import token_routes as token
from jumio_simulator.api.documents import callback_document
from jumio_simulator.person import hosted_routes as hosted
from jumio_simulator.person import sdk_backend_routes as sdk_backend
from jumio_simulator.wire.callback_sender import CallbackSender
from jumio_simulator.wire.problems import AnsweredError, ProblemError, problem
from jumio_simulator.wire.server import SimulatorServer, url_of
from jumio_simulator.wire.simulation import Simulation
from jumio_simulator.wire.witness import Witness
from jumio_simulator.world.options import Options
from jumio_simulator.world.scenarios import UnknownScenarioError
from jumio_simulator.world.ticker import Ticker
from jumio_simulator.world.world import World

LOCAL_ORIGINS = r"https?://(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9.-]+\.localhost)(:\d+)?"


def make_server(
    options: Options, listener: socket.socket, on_ready: Callable[[], None]
) -> SimulatorServer:
    """A simulator on a bound socket; `on_ready` is called when connections are accepted."""
    simulation = compose(options, url_of(listener))
    server = SimulatorServer(build_app(simulation), listener, on_ready)
    simulation.shut = server.shut
    return server


def compose(options: Options, base_url: str) -> Simulation:
    """A world whose changes of status are called back, and whose time passes."""
    world = World(options, base_url)
    sender = CallbackSender(world, callback_document)
    ticker = Ticker(world, sender.settle)
    world.on_status = sender.announce
    world.agenda.on_change = ticker.wake
    return Simulation(world, sender, ticker)


def build_app(simulation: Simulation) -> Starlette:
    """The ASGI application: Jumio's endpoints, the hosted client and the admin API."""
    jumio: list[BaseRoute] = [
        *token.ROUTES,
        *accounts.ROUTES,
        *api_channel.ROUTES,
        *retrieval.ROUTES,
        *feedback.ROUTES,
        *deletion.ROUTES,
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
        middleware=[Middleware(Witness, simulation=simulation, routes=jumio)],
        exception_handlers=dict.fromkeys(_REFUSALS, _refuse),
        lifespan=_lifespan,
    )
    app.state.simulation = simulation
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    simulation: Simulation = app.state.simulation
    ticking = asyncio.create_task(simulation.ticker.run())
    yield
    ticking.cancel()
    simulation.sender.abandon()


_REFUSALS = (AnsweredError, ProblemError, UnknownScenarioError, HTTPException)


async def _refuse(request: Request, error: Exception) -> Response:
    if isinstance(error, AnsweredError):
        return error.response
    if isinstance(error, ProblemError):
        return problem(error.status, error.detail, error.headers)
    if isinstance(error, UnknownScenarioError):
        return problem(404, str(error))
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
