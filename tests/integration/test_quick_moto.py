"""moto that remembers (tests/support/quick_moto.py) answers as moto does."""

from typing import Any

from botocore.exceptions import ClientError

from tests.support.quick_moto import unhurried
from tests.support.template import table_definition

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
ITEM = {"n": {"N": "1"}, "gone": {"L": [{"M": {"in": {"NULL": True}}}]}, "yes": {"BOOL": True}}
NAMES = {f"#{name}": name for name in ("n", "gone", "new", "pk")}
VALUES = {":one": {"N": "1"}, ":x": {"S": "x"}}
UPDATES = [
    ("SET #new = :x, #n = #n + :one REMOVE #gone", "attribute_exists(#pk)"),
    ("ADD #n :one SET #new = :x REMOVE #gone", "#n = :one"),
    ("SET #new = :x REMOVE #gone ADD #n :one", "#n > :one AND attribute_exists(#pk)"),
    ("SET #new = :x, #new = :x ADD #n :one REMOVE #gone", "attribute_exists(#pk)"),  # twice
    ("SET #pk = :x, #new = :x ADD #n :one REMOVE #gone", "attribute_exists(#pk)"),  # the key
    ("SET #new :x", "attribute_exists(#pk)"),  # nonsense
]


def answer(call: Any, **arguments: Any) -> Any:
    try:
        said = call(**arguments)
    except ClientError as error:
        said = error.response
    return {name: value for name, value in said.items() if name != "ResponseMetadata"}


def answers(dynamodb: Any) -> list[Any]:
    """What is said to all kinds of updates, alone and in a transaction, and what is there then."""
    said = []
    for expression, condition in UPDATES:
        used = {name: NAMES[name] for name in NAMES if name in expression + condition}
        values = {name: VALUES[name] for name in VALUES if name in expression + condition}
        update = {
            "TableName": "t",
            "Key": KEY,
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": used,
            "ExpressionAttributeValues": values,
        }
        for _ in range(2):  # the second time it is remembered
            dynamodb.put_item(TableName="t", Item={**KEY, **ITEM})
            said += [
                answer(dynamodb.update_item, **update, ReturnValues="ALL_NEW"),
                answer(dynamodb.transact_write_items, TransactItems=[{"Update": update}]),
                answer(dynamodb.scan, TableName="t"),
            ]
    return said


def test_an_answer_is_the_same_whether_it_is_derived_or_remembered(dynamodb: Any) -> None:
    dynamodb.create_table(**table_definition("t"))
    remembered = answers(dynamodb)
    with unhurried():
        assert answers(dynamodb) == remembered
    done = [one for one in remembered if "Attributes" in one]
    refused = [one for one in remembered if "Error" in one]
    assert len(done) >= 4
    assert len(refused) >= 8
