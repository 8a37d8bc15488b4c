"""The embedded stack's door: a crowd queues in front of a route, not in front of the others."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from local.cloud.door import Door
from local.cloud.turns import Turns
from local.processes.server import ThreadedServer
from tests.support.waiting import eventually

AT_ONCE = 3
CROWD = 12


class Api:
    """Answers a GET at once, and a POST when it is told to."""

    def __init__(self) -> None:
        self.working = self.most = 0
        self.go_on = threading.Event()
        self.application = Starlette()
        self.application.add_route("/{path:path}", self._answer, methods=["GET", "POST"])

    async def _answer(self, request: Request) -> Response:
        if request.method == "POST":
            self.working += 1
            self.most = max(self.most, self.working)
            await asyncio.to_thread(self.go_on.wait)
            self.working -= 1
        return Response(request.url.path)


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def door(api: Api) -> Iterator[str]:
    door = Door(AT_ONCE)
    with ThreadedServer(api.application) as behind, ThreadedServer(door.application) as before:
        door.lead_to(behind.url, "any")
        yield before.url


def test_a_crowd_is_let_in_a_few_at_a_time_and_nobody_is_sent_away(api: Api, door: str) -> None:
    with httpx.Client(trust_env=False, timeout=60) as http, ThreadPoolExecutor(CROWD) as pool:
        sent = [pool.submit(http.post, f"{door}/sessions") for _ in range(CROWD)]
        try:
            eventually(lambda: api.working, bool)
            passed_by = http.get(f"{door}/verification").text
            started = api.most
        finally:
            api.go_on.set()
        answers = [one.result() for one in sent]

    assert passed_by == "/verification"  # the other route has a queue of its own
    assert started == 1  # the process that is starting has the machine to itself
    assert {(one.status_code, one.text) for one in answers} == {(200, "/sessions")}
    assert api.most <= AT_ONCE
    assert api.working == 0


def test_with_each_process_that_has_started_another_may_start() -> None:
    async def crowd() -> list[int]:
        turns, inside, seen = Turns(AT_ONCE), list[asyncio.Event](), list[int]()

        async def one() -> None:
            async with turns.turn():
                done = asyncio.Event()
                inside.append(done)
                await done.wait()

        tasks = [asyncio.create_task(one()) for _ in range(CROWD)]
        while len(seen) < CROWD:
            await _everybody_moves()
            seen.append(len(inside))
            inside.pop(0).set()
        await asyncio.gather(*tasks)
        return seen

    # It grows to as many as may be, stays there, and ends with the queue.
    assert asyncio.run(crowd()) == [1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 2, 1]


def test_who_fails_or_goes_away_leaves_the_turn_to_the_next() -> None:
    async def crowd() -> str:
        turns = Turns(1)
        with contextlib.suppress(ValueError):
            async with turns.turn():
                raise ValueError
        async with turns.turn():
            impatient = asyncio.create_task(_pass(turns))
            await _everybody_moves()
            impatient.cancel()
        return await _pass(turns)

    assert asyncio.run(crowd()) == "passed"


async def _pass(turns: Turns) -> str:
    async with turns.turn():
        return "passed"


async def _everybody_moves() -> None:
    for _ in range(10 * CROWD):
        await asyncio.sleep(0)
