"""The server: uvicorn, with connections that faults can break and a door they can shut."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol


class BreakableProtocol(H11Protocol):
    """Hands its transport to the application, in `scope["state"]["transport"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound TCP socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small packets at once only on sockets that name their protocol; without it
    # every answer waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError):
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """Where a bound socket will answer."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class SimulatorServer(uvicorn.Server):
    """Serves an application on one socket; `on_ready` is called when connections are accepted."""

    def __init__(self, app: ASGIApp, listener: socket.socket, on_ready: Callable[[], None]) -> None:
        self._address = listener.getsockname()[:2]
        self._listener = listener
        self._on_ready = on_ready
        self._reopening: asyncio.Task[None] | None = None
        super().__init__(
            uvicorn.Config(
                app,
                http=BreakableProtocol,
                ws="none",
                lifespan="on",
                log_level="warning",
                access_log=False,
                server_header=False,
                # Longer than clients keep idle connections: no resets that nobody switched on.
                timeout_keep_alive=120,
                timeout_graceful_shutdown=2,
            )
        )

    def run_until_stopped(self) -> None:
        """Serve until `should_exit` is set or a signal arrives."""
        self.run(sockets=[self._listener])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._reopening is not None:
            self._reopening.cancel()
        await super().shutdown(sockets)
        self._listener.close()

    def shut(self, seconds: float) -> None:
        """Refuse connections for that long: stop listening, and close what is connected."""
        if self._reopening is None or self._reopening.done():
            for server in self.servers:
                server.close()
            # The port stays bound, or an outgoing connection could be given its number meanwhile.
            self._listener = listening_socket(*self._address)
        else:
            self._reopening.cancel()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        self._reopening = asyncio.get_running_loop().create_task(self._reopen(seconds))

    async def _reopen(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        loop = asyncio.get_running_loop()

        def protocol() -> asyncio.Protocol:
            arguments: dict[str, Any] = {
                "config": self.config,
                "server_state": self.server_state,
                "app_state": self.lifespan.state,
            }
            return BreakableProtocol(**arguments)

        self.servers = [await loop.create_server(protocol, sock=self._listener)]
