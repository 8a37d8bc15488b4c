"""What functions ask AWS for, as IAM sees it, and whether a role's statements allow it.

A call is recorded where botocore makes it, with the function that is running and the method of
`store/` or `aws/` that it goes through. What DynamoDB checks for a transaction are its operations.
Service Authorization Reference: actions, resources and condition keys of each service.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from tests.support.policies import PLACE

Json = dict[str, Any]
_WINGS = re.compile(r"/verification/(?:store|aws)/\w+\.py$")
_PUBLIC_METHOD = re.compile(r"(?!Table\.)([A-Za-z]+\.[a-z]\w*)")
_OF_A_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass(frozen=True)
class Demand:
    """What a role has to allow for a call; keys and attributes are what conditions can be about."""

    action: str
    resource: str
    leading_keys: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Called:
    """A demand of a function, "" for nobody's, and through which method."""

    function: str
    method: str
    demand: Demand


@dataclass
class Recording:
    """Everything that was asked of AWS while it was going on."""

    calls: set[Called] = field(default_factory=set)
    operations: dict[str, set[str]] = field(default_factory=dict)
    function: str = ""

    @contextmanager
    def running(self, function: str) -> Iterator[None]:
        """What is called in this block is that function's doing."""
        self.function = function
        yield
        self.function = ""

    def of(self, function: str) -> set[Demand]:
        return {one.demand for one in self.calls if one.function == function}

    def through(self, methods: Iterable[str]) -> set[Demand]:
        return {one.demand for one in self.calls if one.method in set(methods)}

    def note(self, service: str, operation: str, arguments: Json) -> None:
        method = _method()
        if self.function or method:
            self.operations.setdefault(service, set()).add(operation)
            for demand in demands(service, operation, arguments):
                self.calls.add(Called(self.function, method, demand))


@contextmanager
def recording() -> Iterator[Recording]:
    """Record every call of every client until the block ends."""
    found, call = Recording(), BaseClient._make_api_call

    def noted(client: Any, operation: str, arguments: Json) -> Any:
        found.note(client.meta.service_model.service_name, operation, arguments)
        return call(client, operation, arguments)

    with patch.object(BaseClient, "_make_api_call", noted):
        yield found


def demands(service: str, operation: str, arguments: Json) -> list[Demand]:
    """Raises KeyError for what nobody has said yet what it demands."""
    return list(_DEMANDS[f"{service}:{operation}"](arguments))


def _method() -> str:
    """The innermost public method of store/ or aws/ but `Table` that is at it, or ""."""
    frame = sys._getframe(1)
    while frame.f_back:
        frame = frame.f_back
        public = _PUBLIC_METHOD.match(frame.f_code.co_qualname)
        if public and _WINGS.search(frame.f_code.co_filename):
            return public[1]
    return ""


def _of_item(action: str, arguments: Json) -> Demand:
    item = arguments.get("Key") or arguments["Item"]
    names = {*item, *arguments.get("ExpressionAttributeNames", {}).values()}
    key = frozenset({item["pk"]["S"]})
    return Demand(f"dynamodb:{action}", _table(arguments), key, frozenset(names))


def _of_many(action: str, arguments: Json) -> Demand:
    """Of a query or a scan; what it compares with a partition key comes first in it."""
    found = re.match(r"#\w+ = (:\w+)", arguments.get("KeyConditionExpression", ""))
    keys = {arguments["ExpressionAttributeValues"][found[1]]["S"]} if found else set()
    names = arguments.get("ExpressionAttributeNames", {}).values()
    return Demand(f"dynamodb:{action}", _table(arguments), frozenset(keys), frozenset(names))


def _of_batch(arguments: Json) -> Iterator[Demand]:
    for name, wanted in arguments["RequestItems"].items():
        keys = frozenset(key["pk"]["S"] for key in wanted["Keys"])
        yield Demand("dynamodb:BatchGetItem", _table({"TableName": name}), keys)


def _of_transaction(arguments: Json) -> Iterator[Demand]:
    for item in arguments["TransactItems"]:
        ((kind, one),) = item.items()
        yield _of_item(_OF_A_TRANSACTION[kind], one)


def _table(arguments: Json) -> str:
    index = f"/index/{arguments['IndexName']}" if "IndexName" in arguments else ""
    return f"arn:aws:dynamodb:{PLACE}:table/{arguments['TableName']}{index}"


def _queue(action: str) -> Callable[[Json], list[Demand]]:
    return lambda asked: [
        Demand(f"sqs:{action}", f"arn:aws:sqs:{PLACE}:{asked['QueueUrl'].rpartition('/')[2]}")
    ]


_DEMANDS: Mapping[str, Callable[[Json], Iterable[Demand]]] = {
    "dynamodb:BatchGetItem": _of_batch,
    "dynamodb:Query": lambda asked: [_of_many("Query", asked)],
    "dynamodb:Scan": lambda asked: [_of_many("Scan", asked)],
    "dynamodb:TransactWriteItems": _of_transaction,
    "dynamodb:UpdateItem": lambda asked: [_of_item("UpdateItem", asked)],
    "events:PutEvents": lambda asked: [
        Demand("events:PutEvents", f"arn:aws:events:{PLACE}:event-bus/{one['EventBusName']}")
        for one in asked["Entries"]
    ],
    "lambda:Invoke": lambda asked: [Demand("lambda:InvokeFunction", asked["FunctionName"])],
    "secretsmanager:GetSecretValue": lambda asked: [
        Demand("secretsmanager:GetSecretValue", asked["SecretId"])
    ],
    "sqs:ChangeMessageVisibility": _queue("ChangeMessageVisibility"),
    "sqs:SendMessage": _queue("SendMessage"),
}


def refused(statements: list[Json], wanted: Iterable[Demand]) -> set[tuple[str, str]]:
    """Action and resource of what these statements do not let somebody do."""
    return {
        (one.action, one.resource)
        for one in wanted
        if not any(_allows(statement, one) for statement in statements)
    }


def unused(statements: list[Json], wanted: Iterable[Demand]) -> set[tuple[str, str]]:
    """Each action on each resource that is allowed, and that nobody wanted."""
    every = list(wanted)
    return {
        (action, resource)
        for statement in statements
        for action in statement["Action"]
        for resource in statement["Resource"]
        if not any(
            _allows({**statement, "Action": [action], "Resource": [resource]}, one) for one in every
        )
    }


def _allows(statement: Json, wanted: Demand) -> bool:
    """Statements that deny, or are about everything but something, are not understood."""
    assert set(statement) <= {"Sid", "Effect", "Action", "Resource", "Condition"}
    assert statement["Effect"] == "Allow"
    return (
        any(fnmatchcase(wanted.action, one) for one in statement["Action"])
        and any(fnmatchcase(wanted.resource, one) for one in statement["Resource"])
        and all(
            _holds(operator, wanted, key, values)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _holds(operator: str, wanted: Demand, key: str, values: list[str]) -> bool:
    """A condition about a set of keys or attributes; KeyError for any other."""
    found = {"dynamodb:LeadingKeys": wanted.leading_keys, "dynamodb:Attributes": wanted.attributes}
    like = {
        "ForAllValues:StringEquals": lambda one: one in values,
        "ForAllValues:StringLike": lambda one: any(fnmatchcase(one, value) for value in values),
    }
    return all(map(like[operator], found[key]))
