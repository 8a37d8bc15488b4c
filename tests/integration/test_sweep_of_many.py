"""A thousand executions are overdue: how they are worked through, and what is left."""

from collections import Counter
from collections.abc import Iterator
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.observed import Observed
from verification.aws.queue import HintQueue, NotQueued
from verification.domain.deadline import Deadline
from verification.domain.execution import Execution, State
from verification.domain.hint import Hint
from verification.use_cases.sweep_overdue import SweepOverdue, Swept

Json = dict[str, Any]


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
        self.looked_at: list[str] = []

    def due(self, _now: int) -> Iterator[Execution]:
        return map(execution, range(self.number))

    def look(self, found: Execution, _again_at: int) -> None:
        self.looked_at.append(found.reference)


class Sqs:
    """SQS, which takes every message, but refuses some as often as it is told."""

    def __init__(self, **refusals: int) -> None:
        self.refusals = Counter(refusals)
        self.batches: list[list[str]] = []
        self.taken: list[str] = []
        self.code = "InternalError"

    def send_message_batch(self, *, Entries: list[Json], **_queue: str) -> Json:  # noqa: N803
        references = [Hint.model_validate_json(one["MessageBody"]).reference for one in Entries]
        self.batches.append(references)
        answer: Json = {"Successful": [], "Failed": []}
        for entry, reference in zip(Entries, references, strict=True):
            if self.refusals[reference]:
                self.refusals[reference] -= 1
                about = {"Code": self.code, "SenderFault": self.code != "InternalError"}
                answer["Failed"].append({"Id": entry["Id"], **about})
            else:
                self.taken.append(reference)
                answer["Successful"].append({"Id": entry["Id"]})
        return answer


class Ending(Deadline):
    """A deadline that comes close when it was asked about so often."""

    def __init__(self, questions: int) -> None:
        self.questions = questions

    def remaining(self) -> float:
        self.questions -= 1
        return 40.0 if self.questions >= 0 else 4.0


def sweep(store: Any, sqs: Any, deadline: Deadline | None = None) -> Swept:
    return SweepOverdue(store, HintQueue(sqs, "queue"))(deadline or Deadline(40))


def hints(*numbers: int) -> list[Hint]:
    found = [execution(number) for number in numbers]
    return [
        Hint(
            user_key=one.user_key,
            reference=one.reference,
            account_id=str(one.account_id),
            workflow_execution_id=str(one.workflow_execution_id),
        )
        for one in found
    ]


def test_a_thousand_hints_are_queued_in_a_hundred_batches_each_of_them_once() -> None:
    store, sqs = Overdue(1000), Sqs()
    assert sweep(store, sqs) == Swept(looked_at=1000, left=0)
    assert sorted(sqs.taken) == sorted(store.looked_at) == [f"{n:04}" for n in range(1000)]
    assert len(sqs.batches) == 100


def test_executions_are_looked_at_side_by_side() -> None:
    meeting = Barrier(4, timeout=30)

    class Meeting(Overdue):
        def look(self, found: Execution, again_at: int) -> None:
            meeting.wait()  # four at once, or nobody goes on
            super().look(found, again_at)

    assert sweep(Meeting(8), Sqs()) == Swept(looked_at=8, left=0)


def test_the_most_overdue_come_first_and_how_many_are_left_is_told(observed: Observed) -> None:
    store, sqs = Overdue(1000), Sqs()
    assert sweep(store, sqs, Ending(3)) == Swept(looked_at=300, left=700)
    assert sorted(store.looked_at) == [f"{number:04}" for number in range(300)]
    (done,) = observed.with_code("sweep_done")
    assert (done["looked_at"], done["left"]) == (300, 700)


def test_what_the_queue_did_not_take_is_sent_again_alone() -> None:
    sqs = Sqs(**{"0001": 1})
    HintQueue(sqs, "queue").send_all(hints(0, 1, 2))  # type: ignore[arg-type]  # it answers
    assert sqs.batches == [["0000", "0001", "0002"], ["0001"]]


def test_what_the_queue_refuses_stops_nobody_else(observed: Observed) -> None:
    sqs = Sqs(**{"0001": 99})
    sqs.code = "InvalidMessageContents"
    assert sweep(Overdue(12), sqs) == Swept(looked_at=11, left=0)
    assert len(sqs.taken) == 11
    (failed,) = observed.with_code("look_failed")
    assert (failed["reference"], failed["error"]) == ("0001", "Refused")


def test_without_a_queue_all_hints_of_a_batch_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(**_batch: object) -> Json:
        code = "AWS.SimpleQueueService.NonExistentQueue"
        raise ClientError({"Error": {"Code": code}}, "SendMessageBatch")

    sqs = Sqs()
    monkeypatch.setattr(sqs, "send_message_batch", gone)
    with pytest.raises(NotQueued) as told:
        HintQueue(sqs, "queue").send_all(hints(0, 1))  # type: ignore[arg-type]  # it answers
    assert [hint.reference for hint in told.value.hints] == ["0000", "0001"]
    assert type(told.value.why).__name__ == "Misconfigured"
