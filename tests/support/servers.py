"""Small servers for what no proper server does: they answer with bytes, or not at all."""

import contextlib
import itertools
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

Behaviour = Callable[[socket.socket], None]
"""What becomes of a connection once its request was read; it is closed afterwards."""


class SocketServer:
    """A server on a free loopback port, and the requests that it was sent, each as one text.

    Connections are refused until it is opened. The last behaviour stays for all further
    connections. With a ``tls`` context, requests come encrypted; a server that does not
    listen behaves without having read anything.
    """

    def __init__(
        self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None, listens: bool = True
    ) -> None:
        self.requests: list[str] = []
        self._behaviours = behaviours
        self._tls = tls
        self._listens = listens
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._accepting = threading.Thread(target=self._accept)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._listener.getsockname()[1]}"

    def open(self) -> None:
        self._listener.listen()
        self._accepting.start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._accepting.is_alive():
            self._accepting.join()

    def sent(self, method: str) -> list[str]:
        """The requests of that method, oldest first."""
        return [request for request in self.requests if request.startswith(f"{method} ")]

    def _accept(self) -> None:
        with contextlib.ExitStack() as connections:
            for number in itertools.count():
                try:
                    connection, _ = self._listener.accept()
                except OSError:
                    return
                connections.callback(_hang_up, connection)
                behaviour = self._behaviours[min(number, len(self._behaviours) - 1)]
                threading.Thread(target=self._serve, args=(connection, behaviour)).start()

    def _serve(self, connection: socket.socket, behaviour: Behaviour) -> None:
        with contextlib.suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            if not self._listens:
                behaviour(connection)
            elif request := _read_request(connection):
                self.requests.append(request)
                behaviour(connection)
            _hang_up(connection)


@contextlib.contextmanager
def socket_server(
    *behaviours: Behaviour, tls: ssl.SSLContext | None = None, listens: bool = True
) -> Iterator[SocketServer]:
    """An open server that behaves like this, connection by connection."""
    server = SocketServer(*behaviours, tls=tls, listens=listens)
    server.open()
    try:
        yield server
    finally:
        server.close()


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _read_request(connection: socket.socket) -> str:
    received = b""
    while b"\r\n\r\n" not in received:
        received += (more := connection.recv(65536))
        if not more:
            return ""
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].partition(b":")[2]) if lengths else 0
    while len(body) < length:
        body += (more := connection.recv(65536))
        if not more:
            break
    return (head + b"\r\n\r\n" + body).decode()


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A response as it travels; ``_`` in a header's name stands for ``-``."""
    fields = {"Content-Length": str(len(body)), "Connection": "close"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Status"]
    lines += [f"{name}: {value}" for name, value in fields.items() if value]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answer_json(status: int, value: object, **headers: str) -> Behaviour:
    """Answer properly."""
    return answer(http(status, json.dumps(value).encode(), **headers))


def answer(raw: bytes) -> Behaviour:
    """Send exactly these bytes."""
    return lambda connection: connection.sendall(raw)


def say_nothing(_: socket.socket) -> None:
    """Close without a word."""


def hang(connection: socket.socket) -> None:
    """Never answer: wait until somebody closes the connection."""
    while connection.recv(65536):
        pass


def drip(raw: bytes, at_once: int = 0, pause: float = 0.1) -> Behaviour:
    """Send the first bytes at once, and then one after the other, slowly."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(raw[:at_once])
        for byte in raw[at_once:]:
            connection.sendall(bytes([byte]))
            threading.Event().wait(pause)

    return behave


def flood(raw: bytes, block: bytes, times: int) -> Behaviour:
    """Send a beginning, and then the same block again and again."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(raw)
        for _ in range(times):
            connection.sendall(block)

    return behave
