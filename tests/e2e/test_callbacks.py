"""Callbacks with every fault: the outcome reaches the person and the bus all the same."""

import json
import time

import pytest

from jumio_simulator.admin.client import AdminClient
from local.cloud.logs import all_lines
from local.demo.frontend import Frontend
from local.demo.observer import BusListener, table_items
from tests.support.end_to_end import (
    Json,
    answered,
    begun,
    decided,
    one_outcome,
    settled_queue,
)
from tests.support.stack import RunningStack


@pytest.mark.parametrize(
    ("scenario", "word"),
    [
        ("approved", "approved"),
        ("declined: fake document", "declined"),
        ("needs review", "review"),
        ("abandons", "expired"),
        ("callback twice", "approved"),
        ("callbacks of every status", "approved"),
        ("callbacks reordered", "approved"),
        ("callback before result", "approved"),
    ],
)
def test_an_outcome_reaches_the_person_and_the_bus(
    frontend: Frontend,
    simulator: AdminClient,
    bus: BusListener,
    stack: RunningStack,
    scenario: str,
    word: str,
) -> None:
    execution = begun(frontend, simulator)

    simulator.play(execution["id"], scenario)

    assert decided(frontend)["status"] == word
    assert one_outcome(bus, execution) == word
    assert set(answered(simulator, execution)) == {200}
    assert settled_queue(stack)


def test_a_late_callback_is_as_good(
    frontend: Frontend, simulator: AdminClient, bus: BusListener
) -> None:
    execution = begun(frontend, simulator)
    simulator.play(execution["id"], "callback late")
    assert answered(simulator, execution) == []
    assert frontend.verification().json()["status"] == "pending"

    simulator.advance(600)

    assert decided(frontend)["status"] == "approved"
    assert one_outcome(bus, execution) == "approved"


def make_due(stack: RunningStack, execution: Json) -> None:
    """Let the time be over at which somebody looks at an execution that nobody told of."""
    reference = execution["customerInternalReference"]
    (item,) = [one for one in table_items(stack.aws, stack.outputs) if reference in one["sk"]]
    stack.aws.dynamodb.update_item(
        TableName=stack.outputs["TableName"],
        Key={"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}},
        UpdateExpression="SET due_at = :now",
        ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
    )


def sweep(stack: RunningStack) -> int:
    answer = stack.aws.functions.invoke(FunctionName=stack.outputs["SweepOverdueFunction"])
    assert "FunctionError" not in answer
    return int(json.load(answer["Payload"])["looked_at"])


@pytest.mark.parametrize(
    ("scenario", "refused"), [("callback lost", False), ("callback wrong reference", True)]
)
def test_without_a_callback_that_counts_the_sweeper_sees_to_it(
    frontend: Frontend,
    simulator: AdminClient,
    bus: BusListener,
    stack: RunningStack,
    scenario: str,
    refused: bool,
) -> None:
    simulator.patch_options(callbacks={"retry_seconds": []})
    execution = begun(frontend, simulator)
    simulator.play(execution["id"], scenario)
    assert answered(simulator, execution) == ([404] if refused else [None])
    assert frontend.verification().json()["status"] == "pending"

    make_due(stack, execution)
    sweep(stack)  # this one, or the scheduled one that was faster

    assert decided(frontend)["status"] == "approved"
    assert one_outcome(bus, execution) == "approved"


def test_who_is_back_has_jumio_asked_before_any_callback(
    frontend: Frontend, simulator: AdminClient, bus: BusListener
) -> None:
    execution = begun(frontend, simulator)
    simulator.play(execution["id"], "callback lost")
    assert frontend.verification().json()["status"] == "pending"

    told = frontend.request("GET", "/verification?returned=true")

    assert (told.status_code, told.headers["retry-after"]) == (200, "1")
    assert decided(frontend)["status"] == "approved"
    assert one_outcome(bus, execution) == "approved"


def test_who_is_done_is_not_charged_for_another_execution(
    frontend: Frontend, simulator: AdminClient
) -> None:
    execution = begun(frontend, simulator)
    simulator.play(execution["id"], "callback lost")

    refused = frontend.create_session(channel="sdk", renew=True)

    assert (refused.status_code, refused.json()["code"]) == (409, "already-verified")
    assert frontend.verification().json()["status"] == "approved"
    mine = [
        one for one in simulator.executions() if one["userReference"] == execution["userReference"]
    ]
    assert len(mine) == 1


def test_every_line_of_the_worker_names_its_attempt_and_the_request(stack: RunningStack) -> None:
    """Lines of the parts that know neither, too, like those about a call to Jumio."""
    lines = [json.loads(line) for line in all_lines(stack.aws) if line.startswith("{")]
    worker = [line for line in lines if line.get("service") == "settle_execution"]
    advanced = {
        line["function_request_id"]
        for line in worker
        if line.get("message") == "execution_advanced"
    }
    told = [line for line in worker if line.get("function_request_id") in advanced]
    assert {"execution_advanced", "outcome_published"} <= {line["message"] for line in told}
    for line in told:
        assert line["reference"]
        assert line["correlation_id"]
