"""The outermost layer: journals every request, and lets the fault switched on for it happen."""

from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jumio_simulator.wire.journal import Entry, clean_body, clean_headers
from jumio_simulator.wire.misbehaviour import Answer, Exchange, Misbehaviour
from jumio_simulator.wire.problems import problem
from jumio_simulator.wire.simulation import Simulation
from jumio_simulator.world.clock import timestamp


class Witness:
    """ASGI middleware around everything but the admin API."""

    def __init__(self, app: ASGIApp, simulation: Simulation, routes: list[BaseRoute]) -> None:
        self._app = app
        self._simulation = simulation
        self._world = simulation.world
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._world.catch_up()
        if scope["type"] != "http" or scope["path"].startswith("/_simulator"):
            await self._app(scope, receive, send)
            return
        body = await _whole_body(receive)
        if body is None:
            return
        self._world.catch_up()
        entry = self._enter(scope, body)
        fault = self._simulation.faults.take(entry.method, entry.path, entry.endpoint)
        began = self._simulation.resets

        async def serve() -> Answer:
            answer, app = Answer(), self._app
            if self._simulation.resets != began:  # it must not take effect in a world it never knew
                app = problem(503, "The simulator was reset")
            await app(scope, _replayed(body), answer.collect)
            return answer

        if fault is None:
            answer = await serve()
            entry.status = answer.start["status"]
            await answer.reply(send)
        else:
            entry.fault = fault.kind
            exchange = Exchange(entry, scope, receive, send, self._simulation.shut)
            await Misbehaviour(fault, exchange).carry_out(serve)

    def _enter(self, scope: Scope, body: bytes) -> Entry:
        entry = self._simulation.journal.open(
            timestamp(self._world.clock.now()),
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            self._endpoint(scope),
        )
        entry.headers = clean_headers(scope["headers"])
        entry.body = clean_body(entry.headers.get("content-type", ""), body)
        return entry

    def _endpoint(self, scope: Scope) -> str | None:
        for route in self._routes:
            if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
                return route.name
        return None


async def _whole_body(receive: Receive) -> bytes | None:
    """The request's body; None when the client went away before it was complete."""
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replayed(body: bytes) -> Receive:
    messages: list[Message] = [
        {"type": "http.request", "body": body, "more_body": False},
    ]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive
