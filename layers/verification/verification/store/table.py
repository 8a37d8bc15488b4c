"""DynamoDB as this product uses it: bounded strong reads, and writes that own their condition."""

import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize
_READ_TRIES = 4


@dataclass(frozen=True)
class Key:
    """Where an item is."""

    pk: str
    sk: str

    @property
    def attributes(self) -> dict[str, str]:
        return {"pk": self.pk, "sk": self.sk}


Item = dict[str, Any]


class ConditionFailed(Exception):
    """A write that changed nothing, as another write got there first.

    ``found`` has one entry per operation: the item as it is if that operation's
    condition failed on an existing item, else None. ``failed`` tells which ones failed;
    none did if two transactions merely met.
    """

    def __init__(self, failed: Sequence[bool], found: Sequence[Item | None]) -> None:
        super().__init__("condition failed")
        self.failed = tuple(failed)
        self.found = tuple(found)


class Table:
    """One table with the keys ``pk`` and ``sk``."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def read(self, *keys: Key) -> dict[Key, Item]:
        """The items at up to 100 keys, strongly consistent, in one round trip."""
        wanted = [_key(key) for key in keys]
        found: dict[Key, Item] = {}
        for attempt in range(_READ_TRIES):
            answer = self._client.batch_get_item(
                RequestItems={self._name: {"Keys": wanted, "ConsistentRead": True}}
            )
            for raw in answer["Responses"].get(self._name, []):
                item = _plain(raw)
                found[Key(item["pk"], item["sk"])] = item
            left = answer.get("UnprocessedKeys", {}).get(self._name)
            if not left:
                return found
            wanted = list(left["Keys"])
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 jitter only
        raise TimeoutError("the table leaves keys unread")

    def due(self, index: str, partition: str, until: int) -> Iterator[Key]:
        """Keys of the items of a sparse index whose ``due_at`` has come, oldest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            IndexName=index,
            KeyConditionExpression="#due = :due AND #due_at <= :until",
            ExpressionAttributeNames={"#due": "due", "#due_at": "due_at"},
            ExpressionAttributeValues=_typed({":due": partition, ":until": until}),
        )
        for page in pages:
            for raw in page["Items"]:
                item = _plain(raw)
                yield Key(item["pk"], item["sk"])

    def partition(self, pk: str) -> Iterator[Item]:
        """All items of a partition, strongly consistent."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="#pk = :pk",
            ExpressionAttributeNames={"#pk": "pk"},
            ExpressionAttributeValues=_typed({":pk": pk}),
            ConsistentRead=True,
        )
        for page in pages:
            yield from (_plain(raw) for raw in page["Items"])

    def write(self, *operations: "Operation") -> None:
        """Carry out all operations or none; raises ConditionFailed.

        Always a transaction, even of one: its client token makes the SDK's own retry of
        a write whose answer was lost succeed instead of failing on its own effect.
        """
        try:
            self._client.transact_write_items(
                TransactItems=[operation.for_table(self._name) for operation in operations]
            )
        except self._client.exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            codes = [str(reason.get("Code")) for reason in reasons]
            if not {"ConditionalCheckFailed", "TransactionConflict"}.intersection(codes):
                raise
            raise ConditionFailed(
                [code == "ConditionalCheckFailed" for code in codes],
                [_plain(reason["Item"]) if reason.get("Item") else None for reason in reasons],
            ) from None
        except self._client.exceptions.TransactionInProgressException:
            raise ConditionFailed([False] * len(operations), [None] * len(operations)) from None

    def step(self, key: Key, clauses: str, when: "When") -> tuple[bool, Item]:
        """Move one item by an update expression; whether that happened, and the item as it is now.

        For counters only: an SDK retry after a lost answer may count twice.
        """
        try:
            answer = self._client.update_item(
                TableName=self._name,
                Key=_key(key),
                ReturnValues="ALL_NEW",
                **_expressions(clauses, when),
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            found: Any = error.response.get("Item", {})
            return False, _plain(found)
        return True, _plain(answer["Attributes"])


@dataclass(frozen=True)
class Operation:
    """One write of a transaction, in DynamoDB's terms."""

    kind: str
    arguments: Mapping[str, Any]

    def for_table(self, name: str) -> "TransactWriteItemTypeDef":
        arguments: Any = {self.kind: {"TableName": name, **self.arguments}}
        return arguments  # type: ignore[no-any-return] # the stubs have one type per kind


@dataclass(frozen=True)
class When:
    """A condition, with attributes as ``#name`` and values as ``:name``."""

    condition: str
    values: Mapping[str, object] = field(default_factory=dict)


ALWAYS = When("")
ABSENT = When("attribute_not_exists(#pk)")


def put(item: Item, when: When = ALWAYS) -> Operation:
    """Write a whole item; members that are None are left out."""
    filled = {name: value for name, value in item.items() if value is not None}
    return Operation("Put", {"Item": _typed(filled), **_expressions("", when)})


def update(
    key: Key,
    when: When,
    *,
    changes: Mapping[str, object] | None = None,
    remove: Sequence[str] = (),
) -> Operation:
    """Set and remove attributes of an item; a change to None removes the attribute."""
    changes = changes or {}
    keep = {name: value for name, value in changes.items() if value is not None}
    gone = [*remove, *(name for name in changes if name not in keep)]
    clauses = []
    if keep:
        clauses.append("SET " + ", ".join(f"#{name} = :new_{name}" for name in keep))
    if gone:
        clauses.append("REMOVE " + ", ".join(f"#{name}" for name in gone))
    new = {f"new_{name}": value for name, value in keep.items()}
    return Operation("Update", {"Key": _key(key), **_expressions(" ".join(clauses), when, new)})


def delete(key: Key, when: When = ALWAYS) -> Operation:
    """Remove an item, if it is there."""
    return Operation("Delete", {"Key": _key(key), **_expressions("", when)})


def check(key: Key, when: When) -> Operation:
    """Demand a condition of an item that is not written."""
    return Operation("ConditionCheck", {"Key": _key(key), **_expressions("", when)})


def _expressions(
    clauses: str, when: When, new: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """Expressions with their placeholders; every attribute is aliased, as many are reserved."""
    names = {f"#{name}": name for name in re.findall(r"#(\w+)", f"{clauses} {when.condition}")}
    values = {f":{name}": value for name, value in {**(new or {}), **when.values}.items()}
    expressions: dict[str, Any] = {
        "UpdateExpression": clauses,
        "ConditionExpression": when.condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": _typed(values),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD" if when.condition else "",
    }
    return {name: value for name, value in expressions.items() if value}


def _key(key: Key) -> dict[str, Any]:
    return _typed(key.attributes)


def _typed(item: Mapping[str, object]) -> dict[str, Any]:
    return {name: _serialize(_packed(value)) for name, value in item.items()}


def _packed(value: object) -> object:
    """DynamoDB's numbers are decimal: no binary float may reach the serializer."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {name: _packed(member) for name, member in value.items()}
    return value


def _plain(raw: Mapping[str, Any]) -> Item:
    return {name: _unpacked(_deserialize(value)) for name, value in raw.items()}


def _unpacked(value: Any) -> Any:  # noqa: ANN401 whatever DynamoDB holds
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, list):
        return [_unpacked(member) for member in value]
    if isinstance(value, dict):
        return {name: _unpacked(member) for name, member in value.items()}
    return value
