"""The model's expressions mean what another implementation of DynamoDB says."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from tests.exploration.expressions import change, condition, read, spelt
from tests.support.template import table_definition

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
NAMES = ["a", "b", "c"]
VALUES = st.one_of(
    st.integers(-3, 3).map(lambda number: {"N": str(number)}),
    st.sampled_from([{"S": "x"}, {"S": "y"}, {"BOOL": True}, {"BOOL": False}]),
)
NUMBERS = st.integers(-3, 3).map(lambda number: {"N": str(number)})
ITEMS = st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES, "c": NUMBERS})


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        client = boto3.client("dynamodb", region_name="eu-central-1")
        client.create_table(**table_definition("t"))
        yield client


@st.composite
def conditions(draw: Any, depth: int = 2) -> str:
    if not depth or draw(st.booleans()):
        name, sign = draw(st.sampled_from(NAMES)), draw(st.sampled_from(["<", "<=", ">", ">="]))
        return str(
            draw(
                st.sampled_from(
                    [
                        f"attribute_exists(#{name})",
                        f"attribute_not_exists(#{name})",
                        f"#{name} = :{draw(st.sampled_from('vw'))}",
                        f"#c {sign} :w",  # only numbers are put in order
                    ]
                )
            )
        )
    inner = conditions(depth=depth - 1)
    joined = f"{draw(inner)} {draw(st.sampled_from(['AND', 'OR']))} {draw(inner)}"
    return f"({joined})" if draw(st.booleans()) else joined


@st.composite
def changes(draw: Any) -> str:
    names = draw(st.permutations(NAMES))
    clauses = []
    if draw(st.booleans()):
        clauses.append(f"SET #{names[0]} = :v")
    if draw(st.booleans()):
        clauses.append(f"ADD #{names[1]} :w")
    if draw(st.booleans()) or not clauses:
        clauses.append(f"REMOVE #{names[2]}")
    return " ".join(clauses)


def _used(text: str, all_of: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in all_of.items() if name in text}


NO_LIMITS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@NO_LIMITS
@given(item=ITEMS, when=conditions(), does=changes(), v=VALUES, w=NUMBERS)
def test_a_write_is_refused_and_changes_an_item_as_elsewhere(
    dynamodb: Any, item: Any, when: str, does: str, v: Any, w: Any
) -> None:
    names = {f"#{name}": name for name in NAMES}
    values = {":v": v, ":w": w}
    old = {**KEY, **item}
    dynamodb.put_item(TableName="t", Item=old)
    sent = {
        "ExpressionAttributeNames": _used(f"{when} {does}", names),
        "ExpressionAttributeValues": _used(f"{when} {does}", values),
    }
    sent = {name: value for name, value in sent.items() if value}
    try:
        dynamodb.update_item(
            TableName="t", Key=KEY, UpdateExpression=does, ConditionExpression=when, **sent
        )
        theirs = True
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            return  # ADD to a text: no store does
        theirs = False
    assert condition(when)(old, names, values) == theirs
    if theirs:
        new = dict(old)
        change(does)(new, old, names, values)
        assert new == dynamodb.get_item(TableName="t", Key=KEY)["Item"]


PLAIN = st.recursive(
    st.one_of(st.none(), st.text(), st.integers(-(10**9), 10**9), st.booleans()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)


@NO_LIMITS
@given(value=PLAIN)
def test_values_are_spelt_as_the_client_spells_them(value: Any) -> None:
    assert spelt(value) == TypeSerializer().serialize(value)
    assert read(spelt(value)) == TypeDeserializer().deserialize(spelt(value)) == value
