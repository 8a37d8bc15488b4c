"""The outermost layer: journals every request and carries out the fault switched on for it."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jumio_simulator.api.problems import TOO_MANY, UNAUTHORIZED, problem
from jumio_simulator.wire.faults import Fault
from jumio_simulator.wire.journal import Entry, clean_body, clean_headers
from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.world import World


@dataclass
class Answer:
    """A complete response, kept back until it is known what becomes of it."""

    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def collect(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")


class Witness:
    """ASGI middleware around everything but the admin API."""

    def __init__(self, app: ASGIApp, world: World, routes: list[BaseRoute]) -> None:
        self._app = app
        self._world = world
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
        fault = self._world.faults.take(entry.method, entry.path, entry.endpoint)
        began = self._world.resets

        async def serve() -> Answer:
            answer, app = Answer(), self._app
            if self._world.resets != began:  # it must not take effect in a world it never knew
                app = problem(503, "The simulator was reset")
            await app(scope, _replayed(body), answer.collect)
            return answer

        if fault is None:
            answer = await serve()
            entry.status = answer.start["status"]
            await _reply(answer, send)
        else:
            entry.fault = fault.kind
            await _Misbehaviour(fault, entry, scope, receive, send).carry_out(serve)

    def _enter(self, scope: Scope, body: bytes) -> Entry:
        entry = self._world.journal.open(
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


class _Misbehaviour:
    """One faulty answer. `serve` lets the request take effect and returns its true answer."""

    def __init__(
        self, fault: Fault, entry: Entry, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._fault = fault
        self._entry = entry
        self._scope = scope
        self._receive = receive
        self._send = send

    async def carry_out(self, serve: Callable[[], Awaitable[Answer]]) -> None:
        fault = self._fault
        match fault.kind:
            case "status" | "rate_limited" | "token_rejected":
                if fault.after_commit:
                    await serve()
                await self._finish(await self._replacement())
            case "latency":
                answer = await serve() if fault.after_commit else None
                await asyncio.sleep(fault.seconds)
                await self._finish(answer or await serve())
            case "reset":
                await self._end_connection()
            case _:
                await self._spoil(await serve())

    async def _spoil(self, answer: Answer) -> None:
        """The request took effect; something goes wrong with its answer."""
        fault = self._fault
        match fault.kind:
            case "reset_after_commit":
                await self._end_connection()
            case "reset_before_body":
                await self._partly(answer, 0)
            case "truncated":
                await self._partly(answer, len(answer.body) // 2)
            case "truncated_json":
                await self._finish(_with_body(answer, answer.body[: len(answer.body) // 2]))
            case "malformed_json":
                await self._finish(_with_body(answer, answer.body.replace(b":", b"=", 1) or b"{"))
            case "slow_drip":
                await self._drip(answer)
            case "connection_refused":
                # Shut before answering: whoever has the answer may connect again at once.
                self._scope["app"].state.door.shut(fault.seconds)
                answer.start["headers"].append((b"connection", b"close"))
                await self._finish(answer)

    async def _replacement(self) -> Answer:
        fault = self._fault
        response: Response
        if fault.kind == "rate_limited":
            headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
            response = problem(429, TOO_MANY, headers)
        elif fault.kind == "token_rejected":
            response = problem(401, UNAUTHORIZED)
        elif fault.body is not None:
            response = JSONResponse(fault.body, fault.status, fault.headers)
        else:
            response = problem(fault.status, "Switched on in the simulator", fault.headers)
        answer = Answer()
        await response(self._scope, self._receive, answer.collect)
        return answer

    async def _finish(self, answer: Answer) -> None:
        self._entry.status = answer.start["status"]
        await _reply(answer, self._send)

    async def _partly(self, answer: Answer, size: int) -> None:
        """The headers, that much of the body they announce, and the end of the connection."""
        self._entry.status = answer.start["status"]
        await self._send(answer.start)
        await self._send(
            {"type": "http.response.body", "body": answer.body[:size], "more_body": True}
        )
        await self._end_connection()

    async def _drip(self, answer: Answer) -> None:
        self._entry.status = answer.start["status"]
        await self._send(answer.start)
        step = self._fault.chunk_bytes
        for offset in range(0, len(answer.body), step):
            chunk = answer.body[offset : offset + step]
            await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
            await asyncio.sleep(self._fault.seconds)
        await self._send({"type": "http.response.body", "body": b""})

    async def _end_connection(self) -> None:
        """RST (nothing lingers) or an ordinary close, then wait until the server has noticed."""
        transport: asyncio.Transport = self._scope["state"]["transport"]
        if self._fault.mode == "rst":
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        else:
            transport.close()
        while (await self._receive())["type"] != "http.disconnect":
            pass


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


def _with_body(answer: Answer, body: bytes) -> Answer:
    headers = [item for item in answer.start["headers"] if item[0] != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    return Answer({**answer.start, "headers": headers}, body)


async def _reply(answer: Answer, send: Send) -> None:
    await send(answer.start)
    await send({"type": "http.response.body", "body": answer.body})
