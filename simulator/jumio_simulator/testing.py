"""A simulator inside the test process: `with running_simulator(...) as sim`."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jumio_simulator.admin.client import AdminClient
from jumio_simulator.app import make_server
from jumio_simulator.wire.server import listening_socket, url_of
from jumio_simulator.world.options import Options


@dataclass
class RunningSimulator:
    """`url` serves all of Jumio's hosts; the credentials are those of the first client."""

    url: str
    client_id: str
    client_secret: str
    admin: AdminClient


@contextmanager
def running_simulator(**options: Any) -> Iterator[RunningSimulator]:  # noqa: ANN401 - any option
    """Serve on a free loopback port, in a thread, until the block ends.

    Keywords are options (`jumio_simulator.world.options.Options`); `callbacks` is a dict.
    """
    chosen = Options().patched(options)
    ready = threading.Event()
    listener = listening_socket("127.0.0.1", 0)
    url = url_of(listener)
    server = make_server(chosen, listener, ready.set)
    thread = threading.Thread(target=server.run_until_stopped, name="simulator", daemon=True)
    thread.start()
    try:
        if not ready.wait(timeout=10):
            raise RuntimeError("the simulator did not start")
        client = chosen.clients[0]
        with AdminClient(url) as admin:
            yield RunningSimulator(url, client.id, client.secret, admin)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
