"""Who goes on, who dies, and which answer is lost: one run of a few actors by a list of choices.

Each actor is the product's own code. Before every call of a port it stops, and the schedule says
which actor's call comes next and how it goes. Nothing else happens at random: time, ids and
jitter belong to the run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.exploration.actors import (
    KILLED,
    OK,
    SLEEP,
    Bounds,
    Call,
    Choice,
    Killed,
    Moment,
    Run,
    nothing,
    told,
)

LEAP = 31  # seconds: a lease is over, and whoever held it was ended by its function's timeout


TIME = Choice("time")
_Steps = tuple[Any, ...]  # all steps before, a choice, and what was called


_CUTS_IN, _FAILS, _LEAPS = Bounds(1, 0, 0), Bounds(0, 1, 0), Bounds(0, 0, 1)


@dataclass(frozen=True)
class Actor:
    """Somebody who does one thing, and how far they are."""

    moment: Moment
    over: str = ""  # how they ended
    slept: int = 0  # how all was when they began to sleep

    @property
    def call(self) -> Call:
        return self.moment.call

    @property
    def result(self) -> Any:
        return self.moment.result

    @property
    def standing(self) -> object:
        """All that matters of them; how somebody came to their end does not."""
        return self.over or self.moment


class Schedule:
    """The actors of one run and its clock."""

    STATE = ("now", "ids", "faults", "current", "actors", "_steps")

    def __init__(self, digest: Callable[[], int]) -> None:
        self.now = 1_800_000_000.0
        self.ids = 0
        self._steps: _Steps = ()
        self.faults = 0
        self.current = ""
        self.actors: dict[str, Actor] = {}
        self.acting = ""  # whose step is being taken
        self.run: Run | None = None  # whose code is running
        self.spares = True  # whether ways are left out that lead to what others lead to
        self.fails = True  # whether calls fail at all
        self.skews: dict[str, int] = {}  # by how many seconds whose clock is wrong
        self.dies = "", ""  # before or after which call, outside of the exploration
        self._digest = digest
        self._stopped: list[Run] = []

    def add(self, moment: Moment) -> None:
        self._set(moment.name, Actor(moment))

    def _set(self, name: str, actor: Actor) -> None:
        self.actors = {**self.actors, name: actor}

    @property
    def trace(self) -> list[tuple[Choice, str]]:
        """What was chosen so far, and what each call was."""
        found, steps = [], self._steps
        while steps:
            steps, *step = steps
            found.append(tuple(step))
        return found[::-1]

    # ------------------------------------------------ what the model ports ask

    def point(
        self, port: str, effect: Callable[[str], Any], outcomes: Sequence[str] = (), **how: Any
    ) -> Any:
        """Stop before a call of a port; what it answers, once it has gone in one of its ways."""
        if self.run:
            return self.run.wait(Call(port, effect, tuple(outcomes), **how))
        return self._calm(port, effect)

    def _calm(self, port: str, effect: Callable[[str], Any]) -> Any:
        """A call before or after the exploration: all goes well, or as it was arranged."""
        when, where = self.dies
        if where in (port, "anything") and when:
            self.dies = ("before", "anything") if when == "after" else ("", "")
            if when == "before":
                raise Killed
        return effect(OK)

    def besides(self, effect: Callable[[], object]) -> None:
        """What happens, and is no call of a port."""
        self.run.besides.append(effect) if self.run else effect()

    def clock(self) -> float:
        """The time, as whoever asks has it."""
        return self.now + (self.skews.get(self.run.name, 0) if self.run else 0)

    def sleep(self, seconds: float) -> None:
        if not seconds:
            return
        if not self.run:
            self.now += seconds
            return
        wakes_at = self.now + seconds
        self.point(SLEEP, lambda _: None)
        self.now = max(self.now, wakes_at)

    def pause(self, seconds: float) -> None:
        """Between two tries of one call."""
        if self.run:
            self.run.asks_again = True
        if not self.run or self.run.away:  # jitter may be nothing
            self.now += seconds

    def next_id(self) -> str:
        counting = self.run or self
        counting.ids += 1
        return f"{self.run.name if self.run else 'calm'}-{counting.ids}"

    # ------------------------------------------------ what the explorer asks

    def able(self) -> dict[str, Actor]:
        """Who could go on. Whoever sleeps looks again when something is new, or nobody goes on."""
        able, asleep = {}, []
        for name, one in self.actors.items():
            if not one.over:
                if one.call.port == SLEEP:
                    asleep.append(name)
                elif one.call.ready():
                    able[name] = one
        digest = self._digest() if asleep and able else None
        able |= {name: self.actors[name] for name in asleep if self.actors[name].slept != digest}
        return able

    def choices(self, able: dict[str, Actor], left: Bounds) -> list[tuple[Choice, Bounds]]:
        """All that can come next, with what is left then; the calmest first."""
        goes_on, cut = self._goes_on(able), left.minus(_CUTS_IN)
        then = {name: cut if goes_on and name != self.current else left for name in able}
        in_vain = goes_on and self.spares and able[self.current].moment.alone
        if goes_on and (not left.preemptions or in_vain):
            then = {self.current: left}
        names = sorted(then, key=lambda name: name != self.current)
        found = [(able[name].moment.calm, then[name]) for name in names]
        if left.faults:
            for name in names:
                moment, after = able[name].moment, then[name].minus(_FAILS)
                more = (Choice(name, outcome) for outcome in moment.call.more())
                found += [(choice, after) for choice in (*moment.faults, *more)]
        # Time leaps while nobody is at work: whoever were would have been ended by it.
        waiting = (one for one in self.actors.values() if not one.over)
        if able and left.leaps and all(one.call.port == "start" for one in waiting):
            found.append((TIME, left.minus(_LEAPS)))
        return found

    def _goes_on(self, able: dict[str, Actor]) -> bool:
        """Whether it is a preemption that another goes on; not if somebody waits by themselves."""
        return self.current in able and able[self.current].call.port != SLEEP

    def take(self, choice: Choice) -> None:
        """Let one call go in one way, and its actor on to the next."""
        if choice == TIME:
            self.now += LEAP
            self._steps = (self._steps, choice, f"{LEAP} seconds pass")
            return
        actor = self.actors[choice.actor]
        self._steps = (self._steps, choice, actor.call.port)
        self.current = self.acting = choice.actor
        self.faults += choice.outcome != OK
        if choice.outcome == KILLED:
            self._set(choice.actor, Actor(actor.moment, "killed"))
        else:
            self._set(choice.actor, self._heard(actor.moment, choice.outcome))
        self.acting = ""

    def _heard(self, moment: Moment, outcome: str) -> Actor:
        """An actor's call is carried out, and it hears of that."""
        try:
            answer = moment.call.effect(outcome)
        except Exception as error:  # noqa: BLE001 the answer may be an error
            answer = error
        # What is likely to lead back to this moment comes first: its code is not used up by that.
        first = moment.call.put_off if self.fails and not moment.then else ()
        now = self.now
        for one in (*first, answer):
            self.now, key = now, (told(one), now)
            if key not in moment.then:
                moment.then[key] = self._goes_on_with(moment, one)
        moment = moment.then[key]
        self.now = moment.now
        for effect in moment.besides:
            effect()
        return Actor(moment, moment.over, self._digest() if moment.call.port == SLEEP else 0)

    def _goes_on_with(self, moment: Moment, answer: object) -> Moment:
        """Have an actor's code do what follows; its clock is that of the schedule."""
        now = self.now
        if not moment.run:
            moment.run = Run(moment)
            self._stopped.append(moment.run)
            for earlier, at in moment.heard:
                self._resume(moment.run, earlier, at)
        run, moment.run = moment.run, None
        self._resume(run, answer, now)
        if run.asks_again and run.call.port == moment.call.port and self.now == now:
            moment.run = run
            return moment
        return Moment(
            moment.name,
            moment.work,
            (*moment.heard, (answer, now)),
            run.call,
            run.over,
            run.result,
            tuple(run.besides),
            self.now,
            moment.call.effect is nothing,
            None if run.over else run,
        )

    def _resume(self, run: Run, answer: object, at: float) -> None:
        self.now, self.run = at, run
        run.resume(answer)
        self.run = None

    def key(self, able: dict[str, Actor]) -> int:
        """Equal for states from which everything can go on in the same ways."""
        actors = [(name, one.standing, name in able) for name, one in self.actors.items()]
        current = self.current if self._goes_on(able) else ""
        return hash((self._digest(), self.now, current, tuple(actors)))

    def end(self) -> None:
        """Nobody goes on."""
        for name, actor in self.actors.items():
            if not actor.over:
                self._set(name, Actor(actor.moment, "left"))

    def close(self) -> None:
        """End all code that has stopped somewhere."""
        for run in self._stopped:
            self.run = run
            run.end()
        self.run, self._stopped = None, []
