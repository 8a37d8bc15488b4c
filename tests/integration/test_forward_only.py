"""Callbacks in every order, twice, late, or of the wrong one: the record ends the same."""

import itertools
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.support.bff import SIGNING_KEY
from tests.support.interruptions import interleaved
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.capability import sign
from verification.domain.deadline import Deadline
from verification.jumio import Reading

Json = dict[str, Any]
STATES = ("pending", "started", "processing", "approved")
TIMES = {"settled_at", "updated_at", "request_id", "created_at", *(f"{one}_at" for one in STATES)}


def settled_by(steps: tuple[str, ...], pipeline: Pipeline, user: str, last: str) -> Json:
    """One person's record after these steps; ``J`` lets Jumio go on, the rest are hints."""
    execution = pipeline.open(user=user)
    stages = iter(
        [
            lambda: pipeline.play(execution, last, to_end=False),
            lambda: pipeline.play(execution, last, to_end=True),
        ]
    )
    for step in steps:
        if step == "J":
            next(stages)()
        else:
            pipeline.call_back(execution)
            pipeline.work()
    return execution


@pytest.mark.parametrize(
    ("scenario", "word"), [("approved", "approved"), ("declined: fake document", "declined")]
)
def test_every_order_of_news_and_callbacks_ends_the_same(
    pipeline: Pipeline, observed: Observed, scenario: str, word: str
) -> None:
    """All distinct orders of Jumio's two steps and three callbacks; one callback comes last."""
    orders = sorted(set(itertools.permutations(["J", "J", "C", "C", "C"])))
    assert len(orders) == 10
    records = []
    for number, order in enumerate(orders):
        user = f"user-{number}"
        execution = settled_by((*order, "C"), pipeline, user, scenario)
        item = pipeline.execution(execution, user)
        records.append(
            {name: item[name] for name in set(item) - TIMES - {f"{word}_at", "pk", "sk"}}
        )
        for name in ("account_id", "workflow_execution_id"):
            records[-1].pop(name)
        assert pipeline.status(user) == word
        assert item["settled_at"] == int(pipeline.clock())
    assert all(record == records[0] for record in records)
    assert records[0]["state"] == word
    told = Counter(one["id"] for one in pipeline.consumer.events())
    assert len(told) == len(orders)
    assert set(told.values()) == {1}
    assert observed.metrics()["TimeToOutcome"] == len(orders)


STEPS = ("INITIATED", "ACQUISITION_STARTED", "ACQUIRED", "PROCESSED")


@pytest.fixture
def readings(pipeline: Pipeline) -> list[Reading]:
    """What the simulator says of one execution after each step."""
    execution = pipeline.open(user="model")
    found = []
    for act in (
        lambda: None,
        lambda: pipeline.play(execution, "abandons", to_end=False),
        lambda: pipeline.play(execution, "approved", to_end=False),
        lambda: pipeline.play(execution, "approved"),
    ):
        act()
        found.append(
            pipeline.bff.jumio.read_execution(
                execution["accountId"], execution["id"], with_details=False, deadline=Deadline(5)
            )
        )
    assert tuple(reading.status for reading in found) == STEPS
    return found


def test_news_of_every_age_in_every_order_moves_only_forward(
    pipeline: Pipeline, readings: list[Reading], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All 24 orders of the four statuses, each twice: a worker may act on what it read long ago."""
    for number, order in enumerate(itertools.permutations(range(4))):
        user = f"user-{number}"
        execution = pipeline.open(user=user)
        highest = 0
        for step in [one for one in order for one in (one, one)]:
            with monkeypatch.context() as patch:
                patch.setattr(pipeline.bff.jumio, "read_execution", _saying(readings[step]))
                pipeline.call_back(execution)
                assert pipeline.work() == {"batchItemFailures": []}
            highest = max(highest, step)
            assert pipeline.execution(execution, user)["state"] == STATES[highest]
        assert pipeline.status(user) == "approved"
    told = Counter(one["id"] for one in pipeline.consumer.events())
    assert set(told.values()) == {1}
    assert len(told) == 24


def _saying(reading: Reading) -> Callable[..., Reading]:
    return lambda *_, **__: reading


def test_each_way_in_which_several_workers_meet_leaves_one_outcome(pipeline: Pipeline) -> None:
    """A second worker does all of its work in each gap between the steps of the first."""
    steps: list[tuple[str, str]] = [
        ("outcomes", "known"),
        ("jumio", "read_execution"),
        ("outcomes", "advance"),
        ("bus", "publish"),
        ("outcomes", "published"),
    ]
    for number, (part, method) in enumerate(steps):
        user = f"user-{number}"
        execution = pipeline.open(user=user)
        pipeline.play(execution, "approved")
        others = partial(pipeline.bff.settle, execution)
        with interleaved("before", getattr(pipeline.bff, part), method, others):
            pipeline.bff.settle(execution)
        item = pipeline.execution(execution, user)
        assert item["state"] == pipeline.status(user) == "approved"
        assert "unpublished" not in item
        told = [e for e in pipeline.consumer.events() if e["data"]["subject"] == user]
        assert 1 <= len(told) <= 2
        assert len({one["id"] for one in told}) == 1


@pytest.mark.parametrize("stale", [False, True])
def test_the_write_itself_only_goes_forward(
    pipeline: Pipeline, observed: Observed, readings: list[Reading], stale: bool
) -> None:
    """Of a replaced execution nothing else is written, so that nothing else could object."""
    old = pipeline.open()
    pipeline.open(renew=True)
    pipeline.play(old, "declined: fake document")
    pipeline.call_back(old)
    others = partial(pipeline.bff.settle, old)
    jumio = pipeline.bff.jumio
    now = jumio.read_execution
    says = iter([_saying(readings[2])] if stale else [now])

    def read(*arguments: Any, **named: Any) -> Reading:
        return next(says, now)(*arguments, **named)

    with (
        pytest.MonkeyPatch.context() as patch,
        interleaved("before", pipeline.bff.outcomes, "advance", others),
    ):
        patch.setattr(jumio, "read_execution", read)
        assert pipeline.work() == {"batchItemFailures": []}

    assert pipeline.execution(old)["state"] == "declined"
    assert "unpublished" not in pipeline.execution(old)
    assert observed.metrics()["TimeToOutcome"] == 1
    assert len(pipeline.consumer.events()) == 1


def test_ids_that_do_not_belong_to_the_capability_are_refused_and_counted(
    pipeline: Pipeline, observed: Observed
) -> None:
    ada, bob = pipeline.open(user="ada"), pipeline.open(user="bob")
    pipeline.play(bob, "approved")
    before = pipeline.bff.items()

    for said in (
        {"account": {"id": bob["accountId"]}, "workflowExecution": {"id": bob["id"]}},
        {"workflowExecution": {"id": bob["id"]}},
        {"account": {"id": bob["accountId"]}},
    ):
        pipeline.call_back(ada, **said)
        assert pipeline.work() == {"batchItemFailures": []}

    assert pipeline.bff.items() == before
    assert observed.metrics()["CallbacksRefused"] == 3
    assert observed.codes().count("callback_mismatch") == 3
    assert pipeline.consumer.events() == []


def test_a_capability_for_nobody_is_answered_and_dropped(
    pipeline: Pipeline, observed: Observed
) -> None:
    execution = pipeline.open()
    stranger = {**execution, "customerInternalReference": "0" * 32}
    assert pipeline.bff.capability(stranger) == sign(
        SIGNING_KEY, execution["userReference"], "0" * 32
    )

    pipeline.call_back(stranger)

    assert pipeline.work() == {"batchItemFailures": []}
    assert "execution_unknown" in observed.codes()
    assert len(pipeline.hints) == 0
