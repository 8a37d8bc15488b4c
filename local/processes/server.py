"""A small web server inside the stack's own process, in a thread."""

import socket
import threading
import time
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from local.errors import StackError

_START_SECONDS = 60


class ThreadedServer:
    """An ASGI application on a loopback port, any for 0, for as long as the context lasts."""

    def __init__(self, application: ASGIApp, port: int = 0) -> None:
        # Bound here, not by uvicorn: the port is known before anything is served, and nobody
        # else can take it in between.
        try:
            self._socket = socket.create_server(("127.0.0.1", port), backlog=512)
        except OSError as error:
            raise StackError(f"port {port} cannot be had: {error.strerror}") from None
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                log_level="warning",
                access_log=False,
                lifespan="on",
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise StackError(f"no server could be started at {self.url}")
            time.sleep(0.01)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()
