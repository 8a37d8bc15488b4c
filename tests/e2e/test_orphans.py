"""Jumio opened an account and its answer was lost: adopted, or recorded beside a second one."""

import json
from typing import Any

import httpx

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import log_lines, table_items
from tests.support.end_to_end import erase
from tests.support.metrics import samples
from tests.support.stack import RunningStack
from tests.support.waiting import eventually

Json = dict[str, Any]


def _lost(frontend: Frontend, simulator: AdminClient) -> Json:
    """The execution that Jumio opened for somebody who was told nothing of it."""
    simulator.add_fault("accounts.create", "reset_after_commit")
    assert frontend.create_session(channel="sdk").status_code == httpx.codes.BAD_GATEWAY
    (opened,) = simulator.executions()
    return opened


def _let_the_lease_end(stack: RunningStack, lost: Json) -> None:
    """As if half a minute had gone by."""
    stack.aws.dynamodb.update_item(
        TableName=stack.outputs["TableName"],
        Key={"pk": {"S": f"USER#{lost['userReference']}"}, "sk": {"S": "ACCOUNT"}},
        UpdateExpression="SET lease_until = :past",
        ConditionExpression="lease_owner = :reference AND attribute_not_exists(account_id)",
        ExpressionAttributeValues={
            ":past": {"N": "1"},
            ":reference": {"S": lost["customerInternalReference"]},
        },
    )


def _account(stack: RunningStack, lost: Json) -> Json:
    key = (f"USER#{lost['userReference']}", "ACCOUNT")
    items = table_items(stack.aws, stack.outputs)
    return next(item for item in items if (item["pk"], item["sk"]) == key)


def _logged(stack: RunningStack, code: str, lost: Json) -> list[str]:
    reference = lost["customerInternalReference"]
    return [line for line in log_lines(stack.aws) if f'"{code}"' in line and reference in line]


def _calls(simulator: AdminClient) -> list[str]:
    return [call["method"] for call in simulator.journal(endpoint="accounts.*")]


def test_a_person_who_waits_for_the_callback_gets_the_account_that_was_opened(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    lost = _lost(frontend, simulator)
    _let_the_lease_end(stack, lost)
    simulator.expire(lost["id"])

    adopted = eventually(lambda: _account(stack, lost), lambda one: "account_id" in one)
    assert adopted["account_id"] == lost["accountId"]
    assert eventually(lambda: _logged(stack, "execution_adopted", lost), bool)
    assert frontend.create_session(channel="sdk").status_code == httpx.codes.CREATED
    assert _calls(simulator) == ["POST", "PUT"]
    assert {one["accountId"] for one in simulator.executions()} == {lost["accountId"]}


def test_a_person_who_began_anew_keeps_the_new_account_and_the_other_is_recorded(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    lost = _lost(frontend, simulator)
    _let_the_lease_end(stack, lost)
    answer = frontend.create_session(channel="sdk")
    assert answer.status_code == httpx.codes.CREATED
    kept = _account(stack, lost)["account_id"]
    assert kept != lost["accountId"]
    orphans = _orphans_counted(stack)

    simulator.expire(lost["id"])
    assert eventually(lambda: _logged(stack, "orphan_recorded", lost), bool)
    assert eventually(lambda: _orphans_counted(stack) - orphans, bool) == 1
    assert _account(stack, lost)["account_id"] == kept
    resumed = frontend.create_session(channel="sdk")
    assert (resumed.status_code, resumed.json()) == (200, answer.json())
    assert _calls(simulator) == ["POST", "POST"]


def test_an_account_of_somebody_who_was_erased_meanwhile_is_deleted(
    stack: RunningStack, frontend: Frontend, simulator: AdminClient
) -> None:
    simulator.patch_options(expired_details="not_executed")  # or nothing proves whose it is
    lost = _lost(frontend, simulator)
    _let_the_lease_end(stack, lost)
    person = _account(stack, lost)
    receipt = erase(stack, person["issuer"], person["subject"])
    assert (receipt["accounts"], receipt["unanswered"]) == (0, 1)

    simulator.expire(lost["id"])
    assert eventually(lambda: simulator.execution(lost["id"])["deleted"], bool)
    assert eventually(lambda: _logged(stack, "leftover_erased", lost), bool)


def _orphans_counted(stack: RunningStack) -> int:
    """The metric, as its filter counts it in the log."""
    lines = [json.loads(line) for line in log_lines(stack.aws) if line.startswith("{")]
    return sum(one.metric == "Orphans" for one in samples(lines, "SettleExecutionLogs"))
