"""Writes as they are sent to DynamoDB: keys, conditions, expressions and typed values."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


@dataclass(frozen=True)
class Key:
    """Where an item is."""

    pk: str
    sk: str

    @property
    def attributes(self) -> dict[str, str]:
        return {"pk": self.pk, "sk": self.sk}

    @property
    def typed(self) -> dict[str, Any]:
        """As DynamoDB spells it."""
        return typed(self.attributes)


Item = dict[str, Any]


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


def put(key: Key, item: Item, when: When = ALWAYS) -> Operation:
    """Write a whole item; members that are None are left out."""
    members = {**key.attributes, **item}.items()
    filled = {name: value for name, value in members if value is not None}
    return Operation("Put", {"Item": typed(filled), **expressions("", when)})


def update(key: Key, when: When, changes: Mapping[str, object]) -> Operation:
    """Set and remove attributes of an item; a change to None removes the attribute."""
    keep = {name: value for name, value in changes.items() if value is not None}
    gone = [name for name in changes if name not in keep]
    clauses = []
    if keep:
        clauses.append("SET " + ", ".join(f"#{name} = :new_{name}" for name in keep))
    if gone:
        clauses.append("REMOVE " + ", ".join(f"#{name}" for name in gone))
    new = {f"new_{name}": value for name, value in keep.items()}
    return Operation("Update", {"Key": key.typed, **expressions(" ".join(clauses), when, new)})


def delete(key: Key, when: When = ALWAYS) -> Operation:
    """Remove an item, if it is there."""
    return Operation("Delete", {"Key": key.typed, **expressions("", when)})


def check(key: Key, when: When) -> Operation:
    """Demand a condition of an item that is not written."""
    return Operation("ConditionCheck", {"Key": key.typed, **expressions("", when)})


def expressions(
    clauses: str, when: When, new: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """Expressions with their placeholders; every attribute is aliased, as many are reserved."""
    names = {f"#{name}": name for name in re.findall(r"#(\w+)", f"{clauses} {when.condition}")}
    values = {f":{name}": value for name, value in {**(new or {}), **when.values}.items()}
    expressions: dict[str, Any] = {
        "UpdateExpression": clauses,
        "ConditionExpression": when.condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": typed(values),
    }
    return {name: value for name, value in expressions.items() if value}


def typed(item: Mapping[str, object]) -> dict[str, Any]:
    """Plain values as DynamoDB takes them."""
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


def plain(raw: Mapping[str, Any]) -> Item:
    """An item of DynamoDB's as plain values."""
    return {name: _unpacked(_deserialize(value)) for name, value in raw.items()}


def _unpacked(value: Any) -> Any:  # noqa: ANN401 whatever DynamoDB holds
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, list):
        return [_unpacked(member) for member in value]
    if isinstance(value, dict):
        return {name: _unpacked(member) for name, member in value.items()}
    return value
