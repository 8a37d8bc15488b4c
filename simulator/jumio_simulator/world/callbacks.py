"""Callbacks: what they say, when they are sent, and everything that can go wrong with them."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx

from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.model import TERMINAL, Delivery, Execution, Json
from jumio_simulator.world.options import CallbackOptions
from jumio_simulator.world.scenarios import SCENARIOS

if TYPE_CHECKING:
    from jumio_simulator.world.world import World

INTERIM = frozenset({"ACQUISITION_STARTED", "ACQUIRED"})


class CallbackSender:
    """Announces every change of status to the execution's callback URL, as its plan says.

    Callbacks of one execution are sent one after the other, copies of one at the same time.
    """

    def __init__(self, world: "World") -> None:
        self._world = world
        self._deliveries: set[asyncio.Task[None]] = set()

    def plan(self, execution: Execution) -> CallbackOptions:
        """The tenant's callback options with those of the execution's scenario on top."""
        changes = SCENARIOS[execution.scenario].callbacks
        return self._world.options.callbacks.model_copy(update=changes)

    def announce(self, execution: Execution, when: float) -> None:
        """Send what the plan has for the execution's new status."""
        plan = self.plan(execution)
        if execution.status in INTERIM and not (plan.interim or plan.reorder):
            return
        payload = self.payload(execution, plan, when)
        if execution.status in INTERIM and plan.reorder:
            execution.held_callbacks.insert(0, payload)
            return
        self.send(execution, payload, plan, when)
        if execution.status in TERMINAL:
            for late in execution.held_callbacks:
                self.send(execution, late, plan, when)
            execution.held_callbacks.clear()

    def payload(
        self,
        execution: Execution,
        plan: CallbackOptions,
        when: float,
        overrides: dict[str, Any] | None = None,
    ) -> Json:
        """The body as captured; `overrides` may name `status` and `userReference`."""
        overrides = overrides or {}
        base = self._world.base_url
        if plan.real_hosts:
            base = f"https://retrieval.{self._world.options.data_center}.jumio.ai"
        account = f"{base}/api/v1/accounts/{execution.account_id}"
        within = account if plan.href_with_account else f"{base}/api/v1"
        body: Json = {"callbackSentAt": timestamp(when)}
        reference = overrides.get("userReference", execution.user_reference)
        if plan.wrong_user_reference:
            reference = "somebody-else"
        if reference is not None:
            body["userReference"] = reference
        body["workflowExecution"] = {
            "id": execution.id,
            "href": f"{within}/workflow-executions/{execution.id}",
            "definitionKey": execution.definition_key,
            "status": overrides.get("status", execution.status),
        }
        body["account"] = {"id": execution.account_id, "href": account}
        return body

    def send(self, execution: Execution, payload: Json, plan: CallbackOptions, when: float) -> None:
        """Put the callback on its way: `copies` times, after the delay, or not at all."""
        url = execution.callback_url or self._world.options.default_callback_url
        if url is None:
            return
        status = payload["workflowExecution"]["status"]
        for _ in range(plan.copies):
            if plan.drop:
                execution.deliveries.append(
                    Delivery(status, url, payload, 0, timestamp(when), dropped=True)
                )
                continue
            due = when + plan.delay_seconds
            self._world.agenda.at(
                due, lambda at: self._attempt(execution, payload, plan, url, 1, at)
            )
        if plan.delay_seconds == 0:
            self._world.catch_up()

    def _attempt(
        self,
        execution: Execution,
        payload: Json,
        plan: CallbackOptions,
        url: str,
        number: int,
        when: float,
    ) -> None:
        status = payload["workflowExecution"]["status"]
        delivery = Delivery(status, url, payload, number, timestamp(when))
        execution.deliveries.append(delivery)

        async def deliver() -> None:
            if plan.copies > 1:
                await _post(delivery, plan)
            else:
                async with execution.callback_line:
                    await _post(delivery, plan)
            if delivery.answered in plan.success_statuses or number > len(plan.retry_seconds):
                return
            again = when + plan.retry_seconds[number - 1]
            self._world.agenda.at(
                again, lambda at: self._attempt(execution, payload, plan, url, number + 1, at)
            )

        task = asyncio.get_running_loop().create_task(deliver())
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    async def settle(self) -> None:
        """Wait until every delivery under way was answered or gave up."""
        while self._deliveries:
            await asyncio.gather(*self._deliveries, return_exceptions=True)

    def abandon(self) -> None:
        for task in self._deliveries:
            task.cancel()


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
