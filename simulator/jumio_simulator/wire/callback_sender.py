"""Callbacks: when they are sent, and everything that can go wrong with them."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable

import httpx

from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.model import TERMINAL, Delivery, Execution, Json
from jumio_simulator.world.options import CallbackOptions
from jumio_simulator.world.scenarios import named_scenario
from jumio_simulator.world.world import World

INTERIM = frozenset({"ACQUISITION_STARTED", "ACQUIRED"})
Write = Callable[[World, Execution, CallbackOptions, float], Json]


class CallbackSender:
    """Announces every change of status to the execution's callback URL, as its plan says.

    Callbacks of one execution are sent one after the other, copies of one at the same time.
    `write` gives the body for the status that the execution has at that moment.
    """

    def __init__(self, world: World, write: Write) -> None:
        self._world = world
        self._write = write
        self._held: dict[str, list[Json]] = defaultdict(list)
        self._lines: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._deliveries: set[asyncio.Task[None]] = set()

    def announce(self, execution: Execution, when: float) -> None:
        """Send what the plan has for the execution's new status."""
        plan = self._plan(execution)
        if execution.status in INTERIM and not (plan.interim or plan.reorder):
            return
        body = self._write(self._world, execution, plan, when)
        if execution.status in INTERIM and plan.reorder:
            self._held[execution.id].insert(0, body)
            return
        self._send(execution, body, plan, when)
        if execution.status in TERMINAL:
            for late in self._held.pop(execution.id, []):
                self._send(execution, late, plan, when)

    def send_now(self, execution: Execution, when: float, changes: Json) -> None:
        """Send one although nothing changed, at once and even where callbacks are dropped.

        `changes` may name another `status` and another `userReference` (None leaves it out).
        """
        plan = self._plan(execution).model_copy(update={"delay_seconds": 0.0, "drop": False})
        body = self._write(self._world, execution, plan, when)
        if "status" in changes:
            body["workflowExecution"]["status"] = changes["status"]
        if "userReference" in changes:
            body["userReference"] = changes["userReference"]
            if body["userReference"] is None:
                del body["userReference"]
        self._send(execution, body, plan, when)

    def _plan(self, execution: Execution) -> CallbackOptions:
        """The tenant's callback options with those of the execution's scenario on top."""
        changes = named_scenario(execution.scenario).callbacks
        return self._world.options.callbacks.model_copy(update=changes)

    def _send(self, execution: Execution, body: Json, plan: CallbackOptions, when: float) -> None:
        """Put the callback on its way: `copies` times, after the delay, or not at all."""
        url = execution.callback_url or self._world.options.default_callback_url
        if url is None:
            return
        status = body["workflowExecution"]["status"]
        for _ in range(plan.copies):
            if plan.drop:
                execution.deliveries.append(
                    Delivery(status, url, body, 0, timestamp(when), dropped=True)
                )
                continue
            due = when + plan.delay_seconds
            self._world.agenda.at(due, lambda at: self._attempt(execution, body, plan, url, 1, at))
        if plan.delay_seconds == 0:
            self._world.catch_up()

    def _attempt(
        self,
        execution: Execution,
        body: Json,
        plan: CallbackOptions,
        url: str,
        number: int,
        when: float,
    ) -> None:
        status = body["workflowExecution"]["status"]
        delivery = Delivery(status, url, body, number, timestamp(when))
        execution.deliveries.append(delivery)

        async def deliver() -> None:
            if plan.copies > 1:
                await _post(delivery, plan)
            else:
                async with self._lines[execution.id]:
                    await _post(delivery, plan)
            if delivery.answered in plan.success_statuses or number > len(plan.retry_seconds):
                return
            again = when + plan.retry_seconds[number - 1]
            self._world.agenda.at(
                again, lambda at: self._attempt(execution, body, plan, url, number + 1, at)
            )

        task = asyncio.get_running_loop().create_task(deliver())
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def settle(self) -> None:
        """Wait until every delivery under way was answered or gave up."""
        while self._deliveries:
            await asyncio.gather(*self._deliveries, return_exceptions=True)

    def abandon(self) -> None:
        """Give up what is under way, and forget what was held back."""
        for task in self._deliveries:
            task.cancel()
        self._held.clear()
        self._lines.clear()


async def _post(delivery: Delivery, plan: CallbackOptions) -> None:
    """One attempt; redirects are not followed, proxies of the environment are not used."""
    headers = {"Content-Type": plan.content_type, "User-Agent": plan.user_agent}
    body = json.dumps(delivery.payload, separators=(",", ":")).encode()
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=plan.timeout_seconds) as client:
            response = await client.post(delivery.url, content=body, headers=headers)
    except httpx.HTTPError as error:
        delivery.error = type(error).__name__
    else:
        delivery.answered = response.status_code
