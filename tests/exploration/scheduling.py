"""Who goes on, who dies, and which answer is lost: one run of a few actors by a list of choices.

Each actor is the product's own code in a greenlet. Before every call of a port it stops, and
the schedule says which actor's call comes next and how it goes. Nothing else happens at random:
time, ids and jitter belong to the run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

OK, KILLED = "ok", "killed"
LEAP = 31  # seconds: a lease is over, and whoever held it was ended by its function's timeout


class Killed(GreenletExit):
    """The actor's process is gone: nothing it does from here on has an effect."""


@dataclass(frozen=True)
class Call:
    """What an actor is about to do, and how that can go."""

    port: str
    outcomes: tuple[str, ...] = ()
    ready: Callable[[], bool] = lambda: True
    yields: bool = False  # it waits by itself: that others go on is no preemption


@dataclass
class Actor:
    """Somebody who does one thing."""

    name: str
    work: Callable[[], Any]
    ready: Callable[[], bool] = lambda: True
    call: Call = field(init=False)
    over: str = ""  # how it ended
    result: Any = None
    away: bool = False  # AWS does not answer it for as long as it asks again
    asks_again: bool = False
    ids: int = 0
    history: int = 0
    wakes_at: float = 0.0

    def __post_init__(self) -> None:
        self.call = Call("start", ready=self.ready)
        self.thread = greenlet(self._run)

    def _run(self) -> None:
        try:
            self.result = self.work()
            self.over = "done"
        except GreenletExit:
            self.over = "killed"
        except Exception as error:  # noqa: BLE001 a request may end in any of the domain's errors
            self.result, self.over = error, type(error).__name__


@dataclass(frozen=True, order=True)
class Choice:
    """That an actor's next call goes in a certain way; written ``actor`` or ``actor!outcome``."""

    actor: str
    outcome: str = OK

    def __str__(self) -> str:
        return self.actor if self.outcome == OK else f"{self.actor}!{self.outcome}"

    @classmethod
    def of(cls, text: str) -> "Choice":
        actor, _, outcome = text.partition("!")
        return cls(actor, outcome or OK)


TIME = Choice("time")


@dataclass(frozen=True)
class Bounds:
    """How often others may cut in, how many faults there are, and how often a lease passes."""

    preemptions: int = 2
    faults: int = 1
    leaps: int = 1

    def minus(self, cost: "Bounds") -> "Bounds":
        return Bounds(
            self.preemptions - cost.preemptions, self.faults - cost.faults, self.leaps - cost.leaps
        )

    @property
    def kept(self) -> bool:
        return min(self.preemptions, self.faults, self.leaps) >= 0

    def within(self, other: "Bounds") -> bool:
        return other.minus(self).kept


class Schedule:
    """The actors of one run and its clock."""

    def __init__(self, digest: Callable[[], int]) -> None:
        self.now = 1_800_000_000.0
        self.actors: dict[str, Actor] = {}
        self.trace: list[tuple[Choice, str]] = []
        self.current: Actor | None = None
        self._hub = getcurrent()
        self._digest = digest
        self.ids = 0
        self.dies = "", ""  # before or after which call, outside of the exploration

    def add(self, actor: Actor) -> None:
        self.actors[actor.name] = actor

    # ------------------------------------------------ what the model ports ask

    def acting(self) -> Actor | None:
        """The actor whose code this is; None outside of the exploration."""
        return self.current if getcurrent() is not self._hub else None

    def point(self, port: str, outcomes: Sequence[str] = (), **how: Any) -> str:
        """Stop before a call of a port; returns how it goes."""
        actor = self.acting()
        if actor is None:
            return self._calm(port)
        if actor.over:
            raise Killed
        actor.call = Call(port, tuple(outcomes), **how)
        return str(self._hub.switch())

    def _calm(self, port: str) -> str:
        """A call before or after the exploration: all goes well, or as it was arranged."""
        when, where = self.dies
        if where in (port, "anything") and when:
            self.dies = ("before", "anything") if when == "after" else ("", "")
            if when == "before":
                raise Killed
        return OK

    def heard(self, answer: object) -> None:
        """An actor has learnt something: its further way depends on that."""
        if actor := self.acting():
            actor.history = hash((actor.history, actor.call.port, self.now, repr(answer)))

    def sleep(self, seconds: float) -> None:
        if not seconds:
            return
        actor = self.acting()
        if actor is None:
            self.now += seconds
            return
        actor.wakes_at, before = self.now + seconds, self._digest()
        self.point(
            "sleep", ready=lambda: self._digest() != before or self._nobody_else(actor), yields=True
        )
        self.now = max(self.now, actor.wakes_at)

    def pause(self, seconds: float) -> None:
        """Between two tries of one call."""
        self.now += seconds
        if actor := self.acting():
            actor.asks_again = True

    def next_id(self) -> str:
        actor = self.acting()
        if actor is None:
            self.ids += 1
            return f"calm-{self.ids}"
        actor.ids += 1
        return f"{actor.name}-{actor.ids}"

    def _nobody_else(self, sleeper: Actor) -> bool:
        return not any(
            one is not sleeper and not one.over and one.call.port != "sleep" and one.call.ready()
            for one in self.actors.values()
        )

    # ------------------------------------------------ what the explorer asks

    def choices(self) -> list[tuple[Choice, Bounds]]:
        """All that can come next, with what it costs; the calmest first."""
        able = [one for one in self.actors.values() if not one.over and one.call.ready()]
        current = self.current
        goes_on = current in able and not (current and current.call.yields)
        found = []
        for actor in sorted(able, key=lambda one: one is not current):
            cuts_in = int(goes_on and actor is not current)
            found.append((Choice(actor.name), Bounds(cuts_in, 0, 0)))
        for choice, cost in tuple(found):
            call = self.actors[choice.actor].call
            faults = [*([KILLED] if call.port not in ("start", "sleep") else []), *call.outcomes]
            found += [
                (Choice(choice.actor, fault), Bounds(cost.preemptions, 1, 0)) for fault in faults
            ]
        # Time leaps while nobody is at work: whoever were would have been ended by it.
        waiting = [one for one in self.actors.values() if not one.over]
        if able and all(one.call.port == "start" for one in waiting):
            found.append((TIME, Bounds(0, 0, 1)))
        return found

    def take(self, choice: Choice) -> None:
        """Let one call go in one way, and its actor on to the next."""
        if choice == TIME:
            self.now += LEAP
            self.trace.append((choice, f"{LEAP} seconds pass"))
            return
        actor = self.actors[choice.actor]
        self.trace.append((choice, actor.call.port))
        self.current = actor
        if choice.outcome == KILLED:
            actor.over = "killed"
            actor.thread.throw(Killed)
        else:
            actor.thread.switch(choice.outcome) if actor.call.port != "start" else (
                actor.thread.switch()
            )

    def key(self) -> int:
        """Equal for states from which everything can go on in the same ways."""
        actors = [
            (one.name, one.over, one.history, one.call.port, one.away, one.asks_again)
            for one in self.actors.values()
        ]
        return hash((self._digest(), self.now, self.current and self.current.name, tuple(actors)))

    def end(self) -> None:
        """Nobody goes on."""
        for actor in self.actors.values():
            if not actor.over:
                actor.over = "left"
                if actor.thread:
                    actor.thread.throw(Killed)
