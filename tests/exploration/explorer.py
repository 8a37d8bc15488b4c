"""All schedules within bounds, depth first; whatever is reached twice goes on only once.

A run is repeated from its beginning for each way on (stateless), and ends where a state has
been seen with as much of the bounds left: what follows from it was, or will be, explored. A state
is the table, Jumio, queue and bus, the clock, and all that each actor has learnt. So every
schedule within the bounds is covered, by itself or by one that leads to the same.
"""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.exploration.actors import Bounds, Choice
from tests.exploration.product import Snapshot
from tests.exploration.scheduling import TIME
from tests.exploration.world import World

Scenario = Callable[[], World]
_Way = tuple[Snapshot, Choice, Bounds]  # back to a state, and on by a choice with what is left
_NOW_AND_THEN = 100  # schedules: to ask for the time costs as much as some of them
_LONGEST = 400  # calls of ports in one run; nobody makes so many


@dataclass
class Found:
    """What an exploration has seen."""

    schedules: int = 0
    states: int = 0
    steps: int = 0
    ends: int = 0
    complete: bool = True
    covered: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    violations: list[tuple[str, str]] = field(default_factory=list)  # trace, sentence

    def __str__(self) -> str:
        return (
            f"{self.schedules} schedules, {self.states} states, {self.steps} steps, "
            f"{self.ends} ends, {len(self.covered)} ways of a call"
            f"{'' if self.complete else ', not complete'}"
        )

    def add(self, other: "Found") -> None:
        self.schedules += other.schedules
        self.states += other.states
        self.steps += other.steps
        self.ends += other.ends
        self.covered += other.covered
        self.violations += other.violations
        self.complete &= other.complete


@dataclass
class Explorer:
    """Explores one scenario; stops at the first violations."""

    scenario: Scenario
    most: int = 3
    found: Found = field(default_factory=Found)
    _seen: dict[int, list[Bounds]] = field(default_factory=dict)
    _ends: set[int] = field(default_factory=set)

    def all_within(self, bounds: Bounds, seconds: float) -> Found:
        """Every schedule within the bounds, or as many as there is time for."""
        until = time.process_time() + seconds
        world = self.scenario()
        waiting = [[] for _ in range(sum(bounds) + 1)]  # by what is left
        world.schedule.fails = bounds.faults > 0
        self._follow(world, bounds, waiting)
        while any(waiting) and len(self.found.violations) < self.most:
            if self.found.schedules % _NOW_AND_THEN == 0 and time.process_time() > until:
                self.found.complete = False
                break
            # With the most left first: what is reached with less then, was explored already.
            snapshot, choice, left = next(ways for ways in reversed(waiting) if ways).pop()
            world.restore(snapshot)
            self._take(world, choice)
            self._follow(world, left, waiting)
        world.schedule.close()
        self.found.states = len(self._seen)
        return self.found

    def _follow(self, world: World, left: Bounds, waiting: list[list[_Way]]) -> None:
        """Go the calmest way to its end, and note the other ones that it passes."""
        self.found.schedules += 1
        schedule = world.schedule
        for calls in itertools.count():
            assert calls < _LONGEST, "it goes on for ever"
            if world.watch.violations:
                break
            able = schedule.able()
            if self._was_here(schedule.key(able), left):
                return
            choices = schedule.choices(able, left)
            if not choices:
                break
            if others := choices[1:]:
                snapshot = world.snapshot()
                for choice, then in others:
                    waiting[sum(then)].append((snapshot, choice, then))
            choice, left = choices[0]
            self._take(world, choice)
        self._check(world)

    def at_random(self, bounds: Bounds, seconds: float, seed: int) -> Found:
        """Walks beyond the bounds of the above."""
        until, choose = time.process_time() + seconds, random.Random(seed)  # noqa: S311
        world = self.scenario()
        beginning = world.snapshot()
        while time.process_time() < until and len(self.found.violations) < self.most:
            world.restore(beginning)
            left = bounds
            while choices := self._choices(world, left):
                choice, then = choose.choice(choices)
                if then.faults < left.faults and choose.random() < 0.7:  # calm is rare otherwise
                    choice, then = choices[0]
                left = then
                self._take(world, choice)
            self._check(world)
            self.found.schedules += 1
        world.schedule.close()
        return self.found

    def replay(self, trace: str) -> World:
        """One schedule, to its end."""
        world = self.scenario()
        world.schedule.spares = False
        for word in trace.split():
            choice = Choice.of(word)
            possible = [str(one) for one, _ in self._choices(world, Bounds(1, 1, 1))]
            if word not in possible:
                raise ValueError(f"{word} cannot come now: {', '.join(possible)}")
            self._take(world, choice)
        while choices := self._choices(world, Bounds(0, 0, 0)):
            self._take(world, choices[0][0])
        self._check(world)
        world.schedule.close()
        return world

    def _choices(self, world: World, left: Bounds) -> list[tuple[Choice, Bounds]]:
        schedule = world.schedule
        return [] if world.watch.violations else schedule.choices(schedule.able(), left)

    def _was_here(self, key: int, left: Bounds) -> bool:
        seen = self._seen.setdefault(key, [])
        if any(left.within(other) for other in seen):
            return True
        seen.append(left)
        return False

    def _take(self, world: World, choice: Choice) -> None:
        world.schedule.take(choice)
        if choice != TIME:
            world.watch.moved(world.schedule.actors[choice.actor])
        self._note(world)

    def _note(self, world: World) -> None:
        _, choice, port = world.schedule._steps
        self.found.steps += 1
        if choice != TIME:
            self.found.covered[choice.actor, port, choice.outcome] += 1

    def _check(self, world: World) -> None:
        """What must hold at the end, unless this end was checked already."""
        world.schedule.end()
        end = world.at_end()
        if not world.watch.violations and end not in self._ends:
            self._ends.add(end)
            self.found.ends += 1
            world.quiet()
            world.watch.at_rest()
            if world.journeys.get(world.journey).retain_days:
                world.quiet(for_ever=True)
                world.watch.at_rest()
                world.watch.forgotten()
        if world.watch.violations:
            trace = " ".join(str(choice) for choice, _ in world.schedule.trace)
            self.found.violations.append((trace, world.watch.violations[0]))
