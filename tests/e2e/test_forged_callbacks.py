"""Forged and replayed callbacks: nobody on the internet can influence anything."""

import json
import uuid
from collections.abc import Callable

import httpx

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import BusListener, log_lines, table_items
from tests.support.end_to_end import (
    Json,
    answered,
    begun,
    decided,
    one_outcome,
    outcomes,
    settled_queue,
)
from tests.support.stack import RunningStack
from tests.support.waiting import eventually

VARYING = {"date", "x-request-id", "apigw-requestid", "x-amzn-requestid", "x-amz-request-id"}


def forgeries(genuine: str) -> dict[str, str]:
    """Addresses that differ a little from a genuine one."""
    claim, _, seal = genuine.rpartition(".")
    version, user, reference = claim.rpartition("/")[2].split(".")
    base = claim.rpartition("/")[0]
    other = "B" if seal[0] == "A" else "A"
    return {
        "no capability": f"{base}/nonsense",
        "another seal": f"{claim}.{other}{seal[1:]}",
        "no seal": f"{claim}.",
        "another person": f"{base}/{version}.{user[:-4]}AAAA.{reference}.{seal}",
        "another attempt": f"{base}/{version}.{user}.{'0' * 32}.{seal}",
        "another key": f"{base}/9.{user}.{reference}.{seal}",
        "a line feed": f"{genuine}%0A",
    }


def body_about(execution: Json, **changes: object) -> Json:
    return {
        "callbackSentAt": "2026-11-23T08:19:44.117Z",
        "userReference": execution["userReference"],
        "workflowExecution": {"id": execution["id"], "status": "PROCESSED"},
        "account": {"id": execution["accountId"]},
        **changes,
    }


def test_nobody_on_the_internet_can_influence_anything(
    frontend: Frontend, simulator: AdminClient, bus: BusListener, stack: RunningStack
) -> None:
    execution = begun(frontend, simulator)
    genuine, body = execution["callbackUrl"], body_about(execution)
    json_headers = {"Content-Type": "application/json"}
    calls: list[tuple[str, bytes, dict[str, str]]] = [
        (address, json.dumps(body).encode(), json_headers)
        for address in forgeries(genuine).values()
    ]
    wrong = (
        b"",
        b"{",
        b"[]",
        json.dumps(body)[:-9].encode(),
        json.dumps({**body, "padding": "x" * 70_000}).encode(),
        json.dumps(body_about(execution, account={"id": 7})).encode(),
        json.dumps(body_about(execution, userReference="1-somebody-else")).encode(),
        b"\xff\xfe",
    )
    calls += [(genuine, content, json_headers) for content in wrong]
    calls.append((genuine, b"status=PROCESSED", {"Content-Type": "text/plain"}))
    before = table_items(stack.aws, stack.outputs)

    with httpx.Client(trust_env=False, timeout=30) as internet:
        answers = [internet.post(url, content=c, headers=h) for url, c, h in calls]
        changed = [internet.request(method, genuine) for method in ("GET", "PUT", "DELETE")]

    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    ours = [{k: v for k, v in one.headers.items() if k not in VARYING} for one in answers]
    assert all(one == ours[0] for one in ours)
    assert all(one.status_code in (404, 405) for one in changed)
    assert settled_queue(stack)
    assert table_items(stack.aws, stack.outputs) == before
    assert frontend.verification().json()["status"] == "pending"
    assert outcomes(bus, execution) == []


def test_a_genuine_callback_with_foreign_ids_changes_nothing(
    new_frontend: Callable[[], Frontend],
    simulator: AdminClient,
    bus: BusListener,
    stack: RunningStack,
) -> None:
    ada_app, bob_app = new_frontend(), new_frontend()
    ada, bob = begun(ada_app, simulator), begun(bob_app, simulator)
    simulator.patch_options(callbacks={"drop": True})
    simulator.play(bob["id"], "approved")

    with httpx.Client(trust_env=False, timeout=30) as internet:
        body = body_about(bob, userReference=ada["userReference"])
        assert internet.post(ada["callbackUrl"], json=body).status_code == httpx.codes.OK

    reference = ada["customerInternalReference"]
    assert eventually(lambda: _told(stack, "callback_mismatch", reference), bool)
    assert settled_queue(stack)
    assert ada_app.verification().json()["status"] == "pending"
    assert bob_app.verification().json()["status"] == "pending"
    assert outcomes(bus, ada) == outcomes(bus, bob) == []


def _told(stack: RunningStack, code: str, reference: str) -> bool:
    return any(code in line and reference in line for line in log_lines(stack.aws))


def test_a_replayed_callback_is_answered_and_changes_nothing(
    frontend: Frontend, simulator: AdminClient, bus: BusListener, stack: RunningStack
) -> None:
    execution = begun(frontend, simulator)
    simulator.play(execution["id"], "declined: fake document")
    decided(frontend)
    assert one_outcome(bus, execution) == "declined"
    assert settled_queue(stack)
    told, before = len(outcomes(bus, execution)), table_items(stack.aws, stack.outputs)

    for _ in range(5):
        simulator.send_callback(execution["id"])

    assert set(answered(simulator, execution)) == {200}
    assert settled_queue(stack)
    assert table_items(stack.aws, stack.outputs) == before
    assert len(outcomes(bus, execution)) == told
    assert uuid.UUID(outcomes(bus, execution)[0]["id"]).version == 5
