"""A thousand executions are overdue: how they are worked through, and what is left."""

from collections.abc import Iterator, Sequence
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.support.observed import Observed
from tests.support.passing import Passing
from verification import wiring
from verification.aws.queue import HintQueue
from verification.domain.deadline import Deadline
from verification.domain.execution import Execution, State
from verification.domain.hint import Hint
from verification.store.items import execution_key
from verification.store.operations import Key
from verification.use_cases.sweep_overdue import SweepOverdue, Swept


def execution(number: int) -> Execution:
    return Execution(
        user_key=f"user-{number}",
        reference=f"{number:04}",
        journey="default",
        step="id",
        state=State.PENDING,
        request_id="",
        created_at=0,
        account_id=f"account-{number}",
        workflow_execution_id=f"execution-{number}",
        due_at=number,
    )


class Overdue:
    """A store in which so many executions are due."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.read = 0
        self.looked_at: list[str] = []

    def due(self, _now: int) -> Iterator[Key]:
        return (execution_key(f"user-{n}", f"{n:04}") for n in range(self.number))

    def found(self, keys: Sequence[Key]) -> list[Execution]:
        self.read += len(keys)
        return [execution(int(key.sk.rpartition("#")[2])) for key in keys]

    def look(self, found: Execution, _again_at: int) -> None:
        self.looked_at.append(found.reference)


class Sqs:
    """SQS, which takes every message but that of one execution."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.taken: list[str] = []

    def send_message(self, *, MessageBody: str, **_more: object) -> None:  # noqa: N803
        reference = Hint.model_validate_json(MessageBody).reference
        if reference == self.refused:
            raise ClientError({"Error": {"Code": "InvalidMessageContents"}}, "SendMessage")
        self.taken.append(reference)


class Ending(Deadline):
    """A deadline that comes close once a store has looked at so many."""

    def __init__(self, store: Overdue, looks: int) -> None:
        self.store, self.looks = store, looks

    def remaining(self) -> float:
        return 40.0 if len(self.store.looked_at) < self.looks else 4.0


class SilentSqs(Sqs):
    """SQS takes the call, and says nothing."""

    def __init__(self, passing: Passing) -> None:
        super().__init__()
        self.passing = passing

    def send_message(self, **_more: object) -> None:
        self.passing.sleep(wiring._CONFIG.read_timeout)
        raise ReadTimeoutError(endpoint_url="https://aws.example")


def sweep(store: Any, sqs: Any, deadline: Deadline | None = None, *, at_once: int = 4) -> Swept:
    use_case = SweepOverdue(store, HintQueue(sqs, "queue"), at_once=at_once)
    return use_case(deadline or Deadline(40))


def test_a_thousand_hints_are_queued_in_one_run_each_of_them_once() -> None:
    store, sqs = Overdue(1000), Sqs()
    assert sweep(store, sqs) == Swept(looked_at=1000, left=0)
    assert sorted(sqs.taken) == sorted(store.looked_at) == [f"{n:04}" for n in range(1000)]


def test_executions_are_looked_at_side_by_side() -> None:
    meeting = Barrier(4, timeout=30)

    class Meeting(Overdue):
        def look(self, found: Execution, again_at: int) -> None:
            meeting.wait()  # four at once, or nobody goes on
            super().look(found, again_at)

    assert sweep(Meeting(8), Sqs()) == Swept(looked_at=8, left=0)


def test_the_most_overdue_come_first_and_how_many_are_left_is_told(observed: Observed) -> None:
    store, sqs = Overdue(1000), Sqs()
    assert sweep(store, sqs, Ending(store, 250), at_once=1) == Swept(looked_at=250, left=750)
    assert sorted(store.looked_at) == [f"{number:04}" for number in range(250)]
    (done,) = observed.with_code("sweep_done")
    assert (done["looked_at"], done["left"]) == (250, 750)
    assert store.read == 300  # to count what is left, nothing is read


def test_what_the_queue_refuses_stops_nobody_else(observed: Observed) -> None:
    sqs = Sqs(refused="0001")
    assert sweep(Overdue(12), sqs) == Swept(looked_at=11, left=0)
    assert len(sqs.taken) == 11
    (failed,) = observed.with_code("look_failed")
    assert (failed["reference"], failed["error"]) == ("0001", "Refused")


def test_a_queue_that_says_nothing_ends_the_run_in_time_and_what_is_left_is_told(
    monkeypatch: pytest.MonkeyPatch, observed: Observed
) -> None:
    (passing := Passing()).install(monkeypatch)
    store = Overdue(1000)
    seconds = 40

    swept = sweep(store, SilentSqs(passing), Deadline(seconds), at_once=1)

    assert passing.passed < seconds
    assert swept.looked_at == 0
    assert 0 < swept.left == 1000 - len(store.looked_at)
    assert len(observed.with_code("look_failed")) == len(store.looked_at) > 1
