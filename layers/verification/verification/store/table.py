"""DynamoDB as this product uses it: bounded strong reads, and writes that own their condition."""

import math
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from verification.cloud import asked
from verification.domain.deadline import Deadline
from verification.domain.errors import TemporarilyUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize
_DEFECTS = {"ItemCollectionSizeLimitExceeded", "ValidationError"}


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
    condition failed on an existing item, else None. ``failed`` tells which ones failed.
    """

    def __init__(self, failed: Sequence[bool], found: Sequence[Item | None]) -> None:
        super().__init__("condition failed")
        self.failed = tuple(failed)
        self.found = tuple(found)


class Table:
    """One table with the keys ``pk`` and ``sk``.

    Whatever AWS only puts off is asked for again for a while, or until a given deadline;
    then, and for everything else that goes wrong, an error of the domain is raised.
    """

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def read(self, *keys: Key, deadline: Deadline | None = None) -> dict[Key, Item]:
        """The items at up to 100 keys, strongly consistent, in one round trip."""
        wanted = [_key(key) for key in keys]
        found: dict[Key, Item] = {}

        def read_the_rest() -> None:
            nonlocal wanted
            answer = self._client.batch_get_item(
                RequestItems={self._name: {"Keys": wanted, "ConsistentRead": True}}
            )
            for raw in answer["Responses"].get(self._name, []):
                item = _plain(raw)
                found[Key(item["pk"], item["sk"])] = item
            if left := answer.get("UnprocessedKeys", {}).get(self._name):
                wanted = list(left["Keys"])
                raise TemporarilyUnavailable("BatchGetItem: UnprocessedKeys")

        self._ask(read_the_rest, deadline)
        return found

    def due(self, index: str, partition: str, until: int) -> Iterator[Key]:
        """Keys of the items of a sparse index whose ``due_at`` has come, oldest first."""
        pages = self._pages(
            IndexName=index,
            KeyConditionExpression="#due = :due AND #due_at <= :until",
            ExpressionAttributeNames={"#due": "due", "#due_at": "due_at"},
            ExpressionAttributeValues=_typed({":due": partition, ":until": until}),
        )
        return (Key(item["pk"], item["sk"]) for item in pages)

    def partition(self, pk: str) -> Iterator[Item]:
        """All items of a partition, strongly consistent."""
        return self._pages(
            KeyConditionExpression="#pk = :pk",
            ExpressionAttributeNames={"#pk": "pk"},
            ExpressionAttributeValues=_typed({":pk": pk}),
            ConsistentRead=True,
        )

    def _pages(self, **query: Any) -> Iterator[Item]:  # noqa: ANN401 DynamoDB's own arguments
        start: dict[str, Any] = {}
        while True:
            page = self._ask(lambda: self._client.query(TableName=self._name, **query, **start))  # noqa: B023 called at once
            yield from (_plain(raw) for raw in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def write(self, *operations: "Operation", deadline: Deadline | None = None) -> None:
        """Carry out all operations or none; raises ConditionFailed.

        Always a transaction, even of one: by its token, which is the same for every try,
        a try after one whose answer was lost succeeds instead of failing on its own effect.
        """
        items = [operation.for_table(self._name) for operation in operations]
        token = uuid.uuid4().hex

        def write_once() -> None:
            try:
                self._client.transact_write_items(TransactItems=items, ClientRequestToken=token)
            except self._client.exceptions.TransactionCanceledException as error:
                raise _why(error) from None

        self._ask(write_once, deadline)

    def step(self, key: Key, clauses: str, when: "When") -> tuple[bool, Item]:
        """Move one item by an update expression; whether that happened, and the item as it is now.

        For counters only: a repetition after a lost answer may count twice.
        """

        def step_once() -> tuple[bool, Item]:
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

        return self._ask(step_once)

    def _ask[Answer](self, call: Callable[[], Answer], deadline: Deadline | None = None) -> Answer:
        return asked(call, setting="TABLE_NAME", deadline=deadline)


def _why(error: Any) -> Exception:  # noqa: ANN401 the client makes its classes at run time
    """What a cancelled transaction means, which only its reasons tell.

    A failed condition is an answer. All other reasons (throttling, another transaction at the
    same items, DynamoDB's own errors) pass, but for those that the request itself is to blame.
    """
    reasons = error.response.get("CancellationReasons", [])
    codes = [str(reason.get("Code", "None")) for reason in reasons]
    if "ConditionalCheckFailed" in codes:
        return ConditionFailed(
            [code == "ConditionalCheckFailed" for code in codes],
            [_plain(reason["Item"]) if reason.get("Item") else None for reason in reasons],
        )
    if _DEFECTS.intersection(codes):
        return error  # type: ignore[no-any-return]
    told = sorted(set(codes) - {"None"})
    return TemporarilyUnavailable(f"TransactWriteItems: {', '.join(told)}")


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
    """DynamoDB's numbers are decimal and finite: no other float may reach the serializer."""
    if isinstance(value, float):
        return Decimal(str(value)) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _packed(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_packed(member) for member in value]
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
