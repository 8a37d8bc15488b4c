"""Each call to AWS in turn fails once, before or after its effect: nobody notices."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from tests.support.erasing import Eraser
from tests.support.faults import Failure, Faults, cancelled, code, unanswered
from tests.support.observed import Observed
from tests.support.operators import decide
from tests.support.pipeline import Pipeline
from verification.domain.schedule import GRACE

ONCE: dict[str, tuple[Failure, Literal["before", "after"]]] = {
    "lost": (unanswered, "before"),
    "unanswered": (unanswered, "after"),
    "throttled": (code("ThrottlingException"), "before"),
}
MOST = 40  # calls of one flow


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verification.cloud.time", SimpleNamespace(sleep=lambda _seconds: None))


@pytest.fixture
def faults(pipeline: Pipeline) -> dict[str, Faults]:
    return {
        "table": Faults(pipeline.bff.dynamodb),
        "bus": Faults(pipeline.consumer.client),
        "queue": Faults(pipeline.hints.sqs),
    }


def each_in_turn(faults: Faults, flow: Callable[[str], None]) -> int:
    """Run the flow for somebody else each time, until it makes no more calls than have failed."""
    failed = 0
    for name, (failure, when) in ONCE.items():
        for number in range(MOST):
            faults.clear()
            faults.plan("", failure, when=when, skip=number)
            flow(f"{name}-{number}")
            if faults.calls.total() <= number:
                break
            failed += 1
        else:
            raise AssertionError(f"more than {MOST} calls")
    faults.clear()
    return failed


def test_opening_a_session(pipeline: Pipeline, faults: dict[str, Faults]) -> None:
    def open_and_come_back(user: str) -> None:
        first = pipeline.bff.ask(user=user, key="k")
        assert first.status == 201
        assert pipeline.bff.ask(user=user, key="k") == first
        assert pipeline.bff.ask(user=user, key="another").body == first.body

    assert each_in_turn(faults["table"], open_and_come_back) >= 3 * 6
    people = {one["userReference"] for one in pipeline.bff.executions()}
    assert len(people) == len(pipeline.bff.executions())


@pytest.mark.parametrize("client", ["table", "bus"])
def test_settling_a_callback(
    pipeline: Pipeline, faults: dict[str, Faults], observed: Observed, client: str
) -> None:
    def settle(user: str) -> None:
        with faults[client].resting():
            execution = pipeline.open(user=user)
            pipeline.play(execution, "approved")
            pipeline.call_back(execution)
        assert pipeline.work() == {"batchItemFailures": []}
        assert pipeline.status(user) == "approved"
        assert "unpublished" not in pipeline.execution(execution, user)

    assert each_in_turn(faults[client], settle) >= 3
    ids: dict[str, set[str]] = {}
    for one in pipeline.consumer.events():
        ids.setdefault(one["data"]["subject"], set()).add(one["id"])
    assert all(len(found) == 1 for found in ids.values())
    assert "message_retained" not in observed.codes()


def test_sweeping(pipeline: Pipeline, faults: dict[str, Faults]) -> None:
    def sweep(user: str) -> None:
        with faults["table"].resting():
            pipeline.open(user=user)
            pipeline.let_pass(30 * 60 + GRACE)
        assert pipeline.sweep() == 1
        pipeline.work_off()
        assert pipeline.status(user) == "expired"

    assert each_in_turn(faults["table"], sweep) >= 3 * 5


def test_erasing(pipeline: Pipeline, faults: dict[str, Faults]) -> None:
    def erase(user: str) -> None:
        with faults["table"].resting():
            pipeline.open(user=user)
        assert Eraser(pipeline)(user).result == "erased"
        assert Eraser(pipeline)(user).result == "erased-before"

    assert each_in_turn(faults["table"], erase) >= 3 * 5
    kinds = {item["sk"]["S"] for item in pipeline.bff.items()}
    assert kinds == {"TOMBSTONE", "ACCOUNT_CALLS"}


@pytest.mark.parametrize("client", ["table", "queue"])
def test_deciding(pipeline: Pipeline, faults: dict[str, Faults], client: str) -> None:
    def decide_once(user: str) -> None:
        with faults[client].resting():
            execution = pipeline.open(user=user)
            pipeline.play(execution, "needs review: watchlist hit")
            pipeline.bff.settle(execution)
        assert decide(pipeline, execution, "decline", user=user)["status"] == "declined"
        assert len(pipeline.execution(execution, user)["manual"]) == 1

    assert each_in_turn(faults[client], decide_once) >= 3
    pipeline.work_off(rounds=20)
    told: dict[str, list[str]] = {}
    for one in pipeline.consumer.events():
        told.setdefault(one["data"]["subject"], []).append(one["data"]["status"])
    assert set(map(tuple, told.values())) == {("review", "declined")}


def test_a_conflict_at_each_write_of_an_opening(
    pipeline: Pipeline, faults: dict[str, Faults]
) -> None:
    for number in range(2):
        faults["table"].plan(
            "TransactWriteItems", cancelled("TransactionConflict"), skip=number, count=5
        )
        assert pipeline.bff.ask(user=f"user-{number}").status == 201


def test_a_message_goes_out_twice_rather_than_never(pipeline: Pipeline) -> None:
    faults = Faults(pipeline.hints.sqs)
    execution: Any = pipeline.open()
    pipeline.play(execution, "approved")
    faults.plan("SendMessage", unanswered, when="after")
    pipeline.call_back(execution)
    assert len(pipeline.hints) == 2
    pipeline.work_off()
    assert len(pipeline.consumer.outcomes()) == 1
