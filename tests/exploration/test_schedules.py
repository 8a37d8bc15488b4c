"""Every schedule of a few actors within bounds: nothing that must hold breaks.

What a violation prints is replayed by ``make explore ARGS="--replay <scenario> '<trace>'"``.
"""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.exploration.actors import Bounds
from tests.exploration.clockwork import Clockwork
from tests.exploration.explorer import Explorer
from tests.exploration.scenarios import LONG, MORE, PAIRS, scenario
from verification.store.operations import When


@pytest.fixture(autouse=True)
def _own_time() -> Iterator[None]:
    with Clockwork.running():
        yield


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        *((name, Bounds(preemptions=2, faults=1)) for name in PAIRS),
        *((name, Bounds(preemptions=1, faults=1)) for name in MORE),
        *((name, Bounds(preemptions=2, faults=0)) for name in LONG),
    ],
)
def test_whoever_goes_on_dies_or_hears_no_answer(
    name: str, bounds: Bounds, record_property: Callable[[str, object], None]
) -> None:
    begun = time.process_time()
    found = Explorer(scenario(name)).all_within(bounds, seconds=300)
    ways = [" x ".join(way) for way in found.covered]
    took = time.process_time() - begun
    record_property("explored", (tuple(bounds[:2]), found.schedules, found.steps, took, ways))
    assert found.violations == []
    assert found.complete


def test_a_trace_is_replayed_word_by_word() -> None:
    trace = "create create create create create!lost create time approved approved approved"
    world = Explorer(scenario("identity/nothing/create+approved")).replay(trace)
    taken = [str(choice) for choice, _ in world.schedule.trace]
    assert " ".join(taken).startswith(trace)
    assert world.watch.violations == ()


def test_a_trace_may_go_a_way_that_is_left_out_otherwise() -> None:
    world = Explorer(scenario("identity/nothing/create+erase")).replay("create create erase create")
    assert world.watch.violations == ()


def test_a_planted_fault_is_found_and_its_trace_finds_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever begins takes the lease, whoever has it."""
    monkeypatch.setattr(
        "verification.store.sessions.nobody_is_at_it",
        lambda *_: When("attribute_exists(#sk) OR attribute_not_exists(#sk)"),
    )
    explorer = Explorer(scenario("identity/declined/create+again"))
    (trace, sentence), *_ = explorer.all_within(Bounds(2, 0), seconds=60).violations
    assert "at once" in sentence or "took the lease" in sentence
    assert explorer.replay(trace).watch.violations[0] == sentence
