"""The model of the table answers as MiniStack does, a process that knows nothing of it.

Hypothesis invents items, and what the stores may do to them in the words that they use; the
product's own code sends it to both. What is refused, and all that is there then, must be equal.
(moto is no judge: it takes 1 for true, and does not know the tokens of transactions.)
"""

from collections.abc import Iterator
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exploration import table as model
from tests.exploration.expressions import read, spelt
from tests.exploration.scheduling import Schedule
from tests.support.ministack import running_ministack
from tests.support.template import table_definition
from verification.store.operations import Key, Operation, When, check, delete, put, update
from verification.store.table import ConditionFailed, Table

KEYS = [Key("p", "a"), Key("p", "b"), Key("q", "a")]
MEMBERS = ["n", "m", "text", "yes", "due", "due_at"]
SIGNS = ["=", "<", "<=", ">", ">="]
NUMBERS = st.integers(0, 2)
MAYBE = st.sampled_from([0, 1, 1, 2, None])
ITEMS = st.fixed_dictionaries(  # what is None is not there, or is removed
    {
        "n": MAYBE,
        "m": MAYBE,
        "text": st.sampled_from(["x", "y", None]),
        "yes": st.sampled_from([True, False, None]),
        "list": st.sampled_from([[1, {"in": None}], None]),
        "due": st.just("d"),
        "due_at": MAYBE,
    }
).map(lambda item: {**item, "due": None if item["due_at"] is None else "d"})
GONE = st.sampled_from([[], ["list"], ["due", "due_at"]])
VALUES = {"number": NUMBERS, "text": st.sampled_from(["x", "y"]), "yes": st.booleans()}
NO_LIMITS = settings(
    max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def _model() -> Any:
    return model.Table(Schedule(lambda: 0), _Nobody())


class _Nobody:
    """Who looks at the writes of the model here."""

    def written(self, *_: object) -> None:
        pass

    def committed(self) -> None:
        pass

    def seen(self) -> None:
        pass


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as aws:
        aws.dynamodb.create_table(**table_definition("table"))
        yield aws.dynamodb


@st.composite
def conditions(draw: Any, depth: int = 2) -> str:
    if not depth or draw(st.booleans()):
        name, value = draw(st.sampled_from(["pk", *MEMBERS])), draw(st.sampled_from(list(VALUES)))
        number = draw(st.sampled_from(["n", "m", "due_at"]))  # only numbers are put in order
        found = [f"attribute_exists(#{name})", f"attribute_not_exists(#{name})"]
        found += [f"#{name} = :{value}", *(f"#{number} {sign} :number" for sign in SIGNS)]
        return str(draw(st.sampled_from(found)))
    one, other = draw(conditions(depth=depth - 1)), draw(conditions(depth=depth - 1))
    return f"{draw(within(one))} {draw(st.sampled_from(['AND', 'OR']))} {draw(within(other))}"


def within(part: str) -> st.SearchStrategy[str]:
    """A part of a condition; twice the same brackets would be refused."""
    return st.sampled_from([part, f"({part})"])


@st.composite
def whens(draw: Any) -> When:
    condition = draw(st.one_of(conditions(), conditions(), st.just("")))
    values = {name: draw(of) for name, of in VALUES.items() if f":{name}" in condition}
    return When(condition, values)


@st.composite
def operations(draw: Any, key: Key) -> Operation:
    when = draw(whens())
    match draw(st.sampled_from(["put", "update", "update", "delete", "check"])):
        case "put":
            return put(key, draw(ITEMS), when)
        case "update":
            some = draw(st.sets(st.sampled_from(["n", "m", "text"]), min_size=1))
            changes = {name: value for name, value in draw(ITEMS).items() if name in some}
            return update(key, when, changes | dict.fromkeys(draw(GONE)))
        case "delete":
            return delete(key, when)
        case _:
            return check(key, when if when.condition else When("attribute_exists(#pk)"))


@st.composite
def transactions(draw: Any) -> list[Operation]:
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True))
    return [draw(operations(key)) for key in keys]


STEPS = ["SET #n = :number", "SET #n = #n + :number ADD #m :one REMOVE #text", "ADD #n :one"]


@st.composite
def steps(draw: Any) -> tuple[Key, str, When]:
    """Of the limiter's kind: what is added to is there, or was never anything but a number."""
    clauses = draw(st.sampled_from(STEPS))
    when = draw(whens())
    if "#n +" in clauses:
        more = f" AND ({when.condition})" if when.condition else ""
        when = When(f"attribute_exists(#n){more}", when.values)
    values = {**when.values, "one": 1, "number": draw(NUMBERS)}
    used = {name: value for name, value in values.items() if f":{name}" in clauses + when.condition}
    return draw(st.sampled_from(KEYS)), clauses, When(when.condition, used)


def _carried_out(table: Table, what: Any) -> object:
    """What the product learns of a write."""
    try:
        return table.step(*what) if isinstance(what, tuple) else table.write(*what)
    except ConditionFailed as refusal:
        return refusal.failed


def _there(table: Table) -> object:
    """All that is in a table, in each of the ways in which the stores read it."""
    return (
        table.read(*KEYS),
        [list(table.partition(pk)) for pk in "pqr"],
        {key: table.read(key)[key]["due_at"] for key in table.due("due", "d", 1)},
        [sorted(one["pk"] for one in table.search(sk)) for sk in "ab"],
    )


@NO_LIMITS
@given(
    items=st.lists(ITEMS, min_size=2, max_size=2),
    writes=st.lists(st.one_of(transactions(), steps()), min_size=4, max_size=8),
)
def test_the_model_refuses_and_changes_what_another_dynamodb_does(
    ministack: Any, items: list[dict[str, Any]], writes: list[Any]
) -> None:
    ours, theirs = Table(_model(), "table"), Table(ministack, "table")
    start = [put(key, item) for key, item in zip(KEYS, items, strict=False)]
    for table in (ours, theirs):
        table.write(*map(delete, KEYS))
        table.write(*start)
    for what in writes:
        assert _carried_out(ours, what) == _carried_out(theirs, what)
    assert _there(ours) == _there(theirs)


def test_a_transaction_that_comes_again_with_its_token_is_done_once(ministack: Any) -> None:
    seen = update(KEYS[0], When("#n = :seen", {"seen": 1}), {"n": 2})
    for client in (_model(), ministack):
        table = Table(client, "table")
        table.write(put(KEYS[0], {"n": 1}))
        for _ in range(2):
            client.transact_write_items(
                TransactItems=[seen.for_table("table")], ClientRequestToken="the same"
            )
        assert table.read(KEYS[0])[KEYS[0]]["n"] == 2


PLAIN = st.recursive(
    st.one_of(st.none(), st.text(), st.integers(-(10**9), 10**9), st.booleans()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)


@NO_LIMITS
@given(value=PLAIN)
def test_values_are_spelt_as_the_client_spells_them(value: Any) -> None:
    assert spelt(value) == TypeSerializer().serialize(value)
    assert read(spelt(value)) == TypeDeserializer().deserialize(spelt(value)) == value
