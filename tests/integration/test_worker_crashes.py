"""The worker is killed between each pair of its steps, and somebody else finishes its work."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Literal
from unittest.mock import patch

import pytest

from tests.support.interruptions import Killed
from tests.support.pipeline import Pipeline
from verification.domain.deadline import Deadline
from verification.domain.errors import OutcomeUnknown
from verification.domain.standing import LEASE_SECONDS

Moment = Literal["before", "after"]
STEPS = {
    "outcomes": ("known", "adopt", "advance", "note", "published"),
    "jumio": ("read_execution",),
    "bus": ("publish",),
}


class Executioner:
    """Kills at the n-th step, whichever that is, right before or right after its effect."""

    def __init__(self, number: int, moment: Moment) -> None:
        self._left = number
        self._moment = moment
        self.struck: str | None = None
        self.steps: list[str] = []

    def watching(self, name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **named: Any) -> Any:
            self.steps.append(name)
            self._left -= 1
            if self._left or self.struck:
                return step(*arguments, **named)
            self.struck = name
            if self._moment == "after":
                step(*arguments, **named)
            raise Killed

        return watched

    @contextmanager
    def at_work(self, pipeline: Pipeline) -> Iterator[None]:
        parts = {"outcomes": pipeline.bff.outcomes, "jumio": pipeline.bff.jumio}
        with ExitStack() as stack:
            for part, methods in STEPS.items():
                thing: Any = parts.get(part, pipeline.bus)
                for method in methods:
                    watched = self.watching(method, getattr(thing, method))
                    stack.enter_context(patch.object(thing, method, watched))
            yield


def known_opening(pipeline: Pipeline) -> dict[str, Any]:
    return pipeline.open()


def lost_opening(pipeline: Pipeline) -> dict[str, Any]:
    pipeline.bff.simulator.admin.add_fault("accounts.*", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask()
    pipeline.let_pass(LEASE_SECONDS)
    return pipeline.bff.executions()[-1]


ORDINARY = ["known", "read_execution", "advance", "publish", "published"]
ADOPTED = ["known", "read_execution", "adopt", "known", *ORDINARY[1:]]


@pytest.mark.parametrize(
    ("opening", "steps"),
    [(known_opening, ORDINARY), (lost_opening, ADOPTED)],
    ids=["known", "lost"],
)
@pytest.mark.parametrize("tell_progress", [False, True])
def test_these_are_all_steps_of_the_worker(
    pipeline: Pipeline,
    opening: Callable[[Pipeline], dict[str, Any]],
    steps: list[str],
    tell_progress: bool,
) -> None:
    pipeline.tell_progress = tell_progress
    execution = opening(pipeline)
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    watcher = Executioner(100, "before")

    with watcher.at_work(pipeline):
        pipeline.work()

    assert watcher.steps == steps


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("opening", "number", "step"),
    [
        *((known_opening, number, step) for number, step in enumerate(ORDINARY, 1)),
        *((lost_opening, number, step) for number, step in enumerate(ADOPTED, 1)),
    ],
)
def test_whoever_comes_next_finishes_it(
    pipeline: Pipeline,
    opening: Callable[[Pipeline], dict[str, Any]],
    number: int,
    step: str,
    moment: Moment,
) -> None:
    execution = opening(pipeline)
    pipeline.play(execution, "declined: fake document")
    pipeline.call_back(execution)
    executioner = Executioner(number, moment)

    with executioner.at_work(pipeline), pytest.raises(Killed):
        pipeline.settle_execution(pipeline.bff.hint(execution), Deadline(20))
    assert executioner.struck == step

    pipeline.work_off()  # the message that the dead worker did not delete
    _is_done(pipeline, execution)
    told = pipeline.consumer.events()
    in_doubt = (step, moment) in {("publish", "after"), ("published", "before")}
    assert len(told) == (2 if in_doubt else 1)
    assert len({one["id"] for one in told}) == 1
    assert all(one == told[0] for one in told)


@pytest.mark.parametrize("step", ["publish", "published"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_without_any_message_left_the_sweeper_sees_to_the_event(
    pipeline: Pipeline, step: str, moment: Moment
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "declined: fake document")
    executioner = Executioner(ORDINARY.index(step) + 1, moment)

    with executioner.at_work(pipeline), pytest.raises(Killed):
        pipeline.settle_execution(pipeline.bff.hint(execution), Deadline(20))
    assert pipeline.status() == "declined"
    pipeline.let_pass(61)
    pipeline.sweep()
    pipeline.work_off()

    _is_done(pipeline, execution)
    assert len({one["id"] for one in pipeline.consumer.events()}) == 1


def _is_done(pipeline: Pipeline, execution: dict[str, Any]) -> None:
    item = pipeline.execution(execution)
    assert item["state"] == "declined"
    assert not {"unpublished", "due", "due_at"} & set(item)
    reference = execution["customerInternalReference"]
    assert set(pipeline.consumer.outcomes()) == {(reference, "declined")}
