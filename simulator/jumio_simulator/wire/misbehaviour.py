"""What a fault does to one request and its answer."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from jumio_simulator.wire.alteration import altered
from jumio_simulator.wire.faults import Fault
from jumio_simulator.wire.journal import Entry
from jumio_simulator.wire.problems import TOO_MANY, UNAUTHORIZED, problem


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

    async def reply(self, send: Send) -> None:
        await send(self.start)
        await send({"type": "http.response.body", "body": self.body})

    def with_body(self, body: bytes) -> "Answer":
        """The same answer with another body, its length corrected."""
        headers = [item for item in self.start["headers"] if item[0] != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        return Answer({**self.start, "headers": headers}, body)


@dataclass(frozen=True)
class Exchange:
    """One request, its entry in the journal, and the connection that it came by."""

    entry: Entry
    scope: Scope
    receive: Receive
    send: Send
    shut: Callable[[float], None]


class Misbehaviour:
    """One faulty answer. `serve` lets the request take effect and returns its true answer."""

    def __init__(self, fault: Fault, exchange: Exchange) -> None:
        self._fault = fault
        self._exchange = exchange

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
                await self._finish(answer.with_body(answer.body[: len(answer.body) // 2]))
            case "malformed_json":
                await self._finish(answer.with_body(answer.body.replace(b":", b"=", 1) or b"{"))
            case "altered_json":
                await self._finish(await self._altered(answer))
            case "slow_drip":
                await self._drip(answer)
            case "connection_refused":
                # Shut before answering: whoever has the answer may connect again at once.
                self._exchange.shut(fault.seconds)
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
        return await self._answer(response)

    async def _altered(self, answer: Answer) -> Answer:
        """The answer with its members changed; 500 where it has nothing of the kind."""
        try:
            document = json.loads(answer.body)
            document = altered(document, self._fault.members, self._fault.without)
        except (ValueError, LookupError) as error:
            return await self._answer(problem(500, f"altered_json: {error}"))
        return answer.with_body(json.dumps(document).encode())

    async def _answer(self, response: Response) -> Answer:
        answer = Answer()
        await response(self._exchange.scope, self._exchange.receive, answer.collect)
        return answer

    async def _finish(self, answer: Answer) -> None:
        self._exchange.entry.status = answer.start["status"]
        await answer.reply(self._exchange.send)

    async def _partly(self, answer: Answer, size: int) -> None:
        """The headers, that much of the body they announce, and the end of the connection."""
        self._exchange.entry.status = answer.start["status"]
        await self._exchange.send(answer.start)
        await self._exchange.send(
            {"type": "http.response.body", "body": answer.body[:size], "more_body": True}
        )
        await self._end_connection()

    async def _drip(self, answer: Answer) -> None:
        self._exchange.entry.status = answer.start["status"]
        await self._exchange.send(answer.start)
        step = self._fault.chunk_bytes
        for offset in range(0, len(answer.body), step):
            chunk = answer.body[offset : offset + step]
            await self._exchange.send(
                {"type": "http.response.body", "body": chunk, "more_body": True}
            )
            await asyncio.sleep(self._fault.seconds)
        await self._exchange.send({"type": "http.response.body", "body": b""})

    async def _end_connection(self) -> None:
        """RST (nothing lingers) or an ordinary close, then wait until the server has noticed."""
        transport: asyncio.Transport = self._exchange.scope["state"]["transport"]
        if self._fault.mode == "rst":
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        else:
            transport.close()
        while (await self._exchange.receive())["type"] != "http.disconnect":
            pass
