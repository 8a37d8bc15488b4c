"""What a request costs in round trips: counted, not guessed."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.bff import Bff


@pytest.fixture
def trips(bff: Bff) -> Iterator[Counter[str]]:
    """Calls to DynamoDB by name, counted on the wire."""
    counted: Counter[str] = Counter()

    def note(model: Any, **_: Any) -> None:
        counted[model.name] += 1

    bff.is_in_use()
    bff.dynamodb.meta.events.register("before-call.dynamodb", note)
    yield counted
    bff.dynamodb.meta.events.unregister("before-call.dynamodb", note)


def calls(bff: Bff) -> list[str]:
    return [entry["endpoint"] for entry in bff.simulator.admin.journal()]


def test_opening_takes_four_trips_with_the_limiter_and_one_account_call(
    bff: Bff, trips: Counter[str]
) -> None:
    bff.ask()
    assert trips == {"BatchGetItem": 1, "TransactWriteItems": 2, "UpdateItem": 1}
    assert calls(bff) == ["token", "accounts.create"]


def test_a_renewal_costs_one_more_read_at_jumio_and_two_here(bff: Bff, trips: Counter[str]) -> None:
    bff.ask()
    trips.clear()
    bff.simulator.admin.clear_journal()

    bff.ask(renew=True)

    assert sum(trips.values()) == 6
    assert calls(bff) == ["retrieval.status", "accounts.update"]


@pytest.mark.parametrize("key", [None, "a-key"])
def test_resuming_takes_one_trip_and_no_call_to_jumio(
    bff: Bff, trips: Counter[str], key: str | None
) -> None:
    bff.ask(key=key)
    trips.clear()
    bff.simulator.admin.clear_journal()

    assert bff.ask(key=key).body
    assert bff.ask("web").status == 200

    assert trips == {"BatchGetItem": 2}
    assert calls(bff) == []


def test_executions_of_the_past_cost_nothing(bff: Bff, trips: Counter[str]) -> None:
    for _ in range(4):
        bff.ask(renew=True)
    trips.clear()

    bff.ask()

    assert trips == {"BatchGetItem": 1}


def test_asking_how_it_stands_takes_one_trip(bff: Bff, trips: Counter[str]) -> None:
    bff.ask()
    trips.clear()
    bff.status()
    assert trips == {"BatchGetItem": 1}
