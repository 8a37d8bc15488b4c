"""People are lost from the table and come back from a backup, by the runbook's own commands."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.observer import queue_depth
from local.demo.people import Person
from tests.support.end_to_end import (
    answered,
    begun,
    decided,
    erase,
    make,
    settled_queue,
)
from tests.support.jwt import decoded
from tests.support.outside import User, account_calls, belongings, users
from tests.support.reconfigured import name_of
from tests.support.stack import RunningStack
from tests.support.waiting import eventually
from tests.support.written_commands import carry_out, commands

Json = dict[str, Any]
PAUSE, FROM_A_SECOND, FROM_A_BACKUP, PUT_BACK, ERASE_AGAIN, RESUME, REMOVE = commands(
    "runbook.md", "A table from a backup"
)


@dataclass(frozen=True)
class Backup:
    """A backup of the stack's table, and the commands with what is to be filled in."""

    stack: RunningStack
    arn: str
    at: str

    @classmethod
    def made(cls, stack: RunningStack) -> "Backup":
        at = datetime.now(UTC)
        made = stack.aws.dynamodb.create_backup(
            TableName=stack.outputs["TableName"], BackupName=f"at-{at:%H-%M-%S}"
        )
        return cls(stack, made["BackupDetails"]["BackupArn"], f"{at:%Y-%m-%dT%H:%M:%SZ}")

    @property
    def restored(self) -> str:
        return f"{self.stack.outputs['TableName']}-restored"

    def command(self, written: str) -> dict[str, int]:
        """Carried out; how many of what it says there were."""
        filled = written.replace("<TableName>", self.stack.outputs["TableName"])
        filled = filled.replace("<BackupArn>", self.arn).replace("2026-11-23T08:15:00Z", self.at)
        lines = [line.partition(" ") for line in carry_out(self.stack, filled).splitlines()]
        return {what: int(number) for number, _, what in lines if number.isdecimal()}


@pytest.fixture
def people(
    stack: RunningStack, simulator: AdminClient, new_person: Callable[[], Person]
) -> Iterator[list[User]]:
    simulator.clear_journal()
    with users(stack, new_person, 5) as found:
        yield found


@pytest.fixture(autouse=True)
def _as_before(stack: RunningStack) -> Iterator[None]:
    yield
    make(stack, "resume")
    dynamodb = stack.aws.dynamodb
    with contextlib.suppress(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.delete_table(TableName=f"{stack.outputs['TableName']}-restored")


def key_of(execution: Json) -> str:
    return str(execution["userReference"])


def second_after(receipt: Json) -> datetime:
    return datetime.fromisoformat(receipt["erased_at"]) + timedelta(seconds=1)


def lose(stack: RunningStack, *keys: str) -> None:
    """Everything about these people is gone, and nobody has meant it."""
    table = stack.outputs["TableName"]
    for item in (one for key in keys for one in belongings(stack, key).values()):
        where = {name: {"S": str(item[name])} for name in ("pk", "sk")}
        stack.aws.dynamodb.delete_item(TableName=table, Key=where)


def copied_by_hand(backup: Backup, key: str) -> None:
    """Somebody is copied who was erased, as `make put-back` would not do."""
    dynamodb, table = backup.stack.aws.dynamodb, backup.stack.outputs["TableName"]
    for item in dynamodb.scan(TableName=backup.restored, ConsistentRead=True)["Items"]:
        if key in json.dumps(item):
            dynamodb.put_item(TableName=table, Item=item)


def reserved(stack: RunningStack) -> list[int | None]:
    """How often those functions may run at once that a pause stops.

    MiniStack keeps that and does not apply it to versions, by which people are served here.
    """
    names = [name_of(stack, one) for one in ("create_session", "get_verification", "sweep_overdue")]
    found = [stack.aws.functions.get_function_concurrency(FunctionName=one) for one in names]
    return [one.get("ReservedConcurrentExecutions") for one in found]


def accounts(simulator: AdminClient, key: str) -> dict[str, bool]:
    """Jumio's accounts of a person, and whether they are deleted."""
    return {
        one["accountId"]: one["deleted"]
        for one in simulator.executions()
        if one["userReference"] == key
    }


def deletions(simulator: AdminClient, account: str) -> int:
    return len([one for one in simulator.journal(method="DELETE") if account in one["path"]])


def test_nobody_gets_a_second_account_and_who_was_erased_stays_erased(
    stack: RunningStack, simulator: AdminClient, people: list[User]
) -> None:
    ada, ben, cleo, dora, emil = people
    attempts = [begun(one.app, simulator) for one in (ada, ben, cleo, dora)]
    first = dict(zip(("ada", "ben", "cleo", "dora"), attempts, strict=True))
    for name, app in (("ada", ada.app), ("dora", dora.app)):
        simulator.play(first[name]["id"], "approved")
        assert decided(app)["status"] == "approved"
    assert settled_queue(stack)
    backup = Backup.made(stack)

    issuer = str(decoded(ada.token)["iss"])
    erased = [erase(stack, issuer, one.subject) for one in (cleo, dora)]
    assert [one["result"] for one in erased] == ["erased", "erased"]
    # Who comes back within the second of their erasure counts as not having come back.
    assert eventually(lambda: datetime.now(UTC) >= second_after(erased[1]), bool)
    again, later = begun(dora.app, simulator), begun(emil.app, simulator)
    lose(stack, key_of(first["ada"]), key_of(first["ben"]))
    known = {name: key_of(one) for name, one in first.items()}
    since = {name: belongings(stack, known[name]) for name in ("cleo", "dora")}

    backup.command(PAUSE)
    assert reserved(stack) == [0, 0, 0]
    simulator.play(first["ben"]["id"], "approved")
    assert set(eventually(lambda: answered(simulator, first["ben"]), bool)) == {200}
    backup.command(FROM_A_BACKUP)
    put_back = backup.command(PUT_BACK)
    assert put_back["put back"] >= 6  # ACCOUNT, JOURNEY and EXECUTION of two people, and look-ups
    assert put_back["erased since"] >= 6
    assert {name: belongings(stack, known[name]) for name in since} == since
    assert backup.command(ERASE_AGAIN) == {"came-back": 1, "erased-before": 1}
    copied_by_hand(backup, known["cleo"])
    assert backup.command(ERASE_AGAIN) == {"came-back": 1, "erased": 1}
    assert queue_depth(stack.aws, stack.outputs["CallbackQueueUrl"]) > 0
    backup.command(RESUME)
    assert reserved(stack) == [None, None, None]
    backup.command(REMOVE)

    assert decided(ben.app)["status"] == "approved"
    assert ada.app.verification().json()["status"] == "approved"
    assert [one["pk"] for one in belongings(stack, known["cleo"]).values()] == [
        f"ERASED#{known['cleo']}"
    ]
    for name, one in (("ada", ada), ("ben", ben)):
        assert one.app.create_session(channel="sdk").status_code == httpx.codes.CONFLICT
        assert accounts(simulator, known[name]) == {first[name]["accountId"]: False}
        assert len(account_calls(simulator, known[name])) == 1
    for one, execution in ((dora, again), (emil, later)):
        assert one.app.create_session(channel="sdk").status_code == httpx.codes.OK
        assert accounts(simulator, key_of(execution))[execution["accountId"]] is False
    for name in ("cleo", "dora"):
        assert accounts(simulator, known[name])[first[name]["accountId"]] is True
    assert deletions(simulator, first["cleo"]["accountId"]) == 2
    assert deletions(simulator, first["dora"]["accountId"]) == 1


def test_a_second_of_the_last_days_can_be_asked_for_as_it_is_written(stack: RunningStack) -> None:
    """MiniStack restores the table as it is now, whatever the second: what it holds is not seen."""
    backup = Backup.made(stack)
    backup.command(FROM_A_SECOND)
    table = stack.aws.dynamodb.describe_table(TableName=backup.restored)["Table"]
    assert table["TableStatus"] == "ACTIVE"
    backup.command(REMOVE)
