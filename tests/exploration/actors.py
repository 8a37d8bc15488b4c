"""What an actor's code does, by what it has heard: each way is run once, and then known.

Code between two calls of ports depends on the answers it got and on the clock alone. So where an
actor stands is a `Moment`; what follows an answer is run when that is asked for the first time,
and remembered. Code cannot be set back: for a second way on from a moment it is run again from
its beginning, and given the answers that led there. Whoever only asks the same again stands where
they stood.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from greenlet import GreenletExit, greenlet

OK, KILLED, SLEEP = "ok", "killed", "sleep"
Heard = tuple[tuple[Any, float], ...]


class Choice(NamedTuple):
    """That an actor's next call goes in a certain way; written ``actor`` or ``actor!outcome``."""

    actor: str
    outcome: str = OK

    def __str__(self) -> str:
        return self.actor if self.outcome == OK else f"{self.actor}!{self.outcome}"

    @classmethod
    def of(cls, text: str) -> "Choice":
        actor, _, outcome = text.partition("!")
        return cls(actor, outcome or OK)


class Killed(GreenletExit):
    """The actor's process is gone: nothing it does from here on has an effect."""


class Bounds(NamedTuple):
    """How often others may cut in, how many faults there are, and how often a lease passes."""

    preemptions: int = 2
    faults: int = 1
    leaps: int = 1

    def minus(self, cost: "Bounds") -> "Bounds":
        return Bounds(self[0] - cost[0], self[1] - cost[1], self[2] - cost[2])

    def within(self, other: "Bounds") -> bool:
        return self[0] <= other[0] and self[1] <= other[1] and self[2] <= other[2]


class Answer(dict[str, Any]):
    """An answer that knows what tells it from others."""

    def __init__(self, answer: dict[str, Any], key: Hashable) -> None:
        super().__init__(answer)
        self.key = key


def nothing(_: str) -> None:
    """What becomes of the models when a call concerns nobody else."""


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Call:
    """What an actor is about to do, how that can go, and what then becomes of the models."""

    port: str
    effect: Callable[[str], Any] = nothing  # returns or raises what is answered
    outcomes: tuple[str, ...] = ()
    more: Callable[[], tuple[str, ...]] = tuple  # outcomes by what there is
    ready: Callable[[], bool] = _always
    put_off: tuple[Exception, ...] = ()  # answers after which it is usually only made again


@dataclass(eq=False)
class Moment:
    """Where an actor stands: its next call, or its end, and what it did besides to get here."""

    name: str
    work: Callable[[Any], Any]
    heard: Heard = ()
    call: Call = Call("start")
    over: str = ""  # how it ended
    result: Any = None
    besides: tuple[Callable[[], object], ...] = ()
    now: float = 0.0  # on its clock, when it came here
    alone: bool = False  # what it did last concerned nobody: to cut in before it is the same
    run: "Run | None" = None
    then: dict[Hashable, "Moment"] = field(default_factory=dict)

    @cached_property
    def calm(self) -> Choice:
        """That its call goes well."""
        return Choice(self.name)

    @cached_property
    def faults(self) -> tuple[Choice, ...]:
        """How its call can fail."""
        dies = () if self.call.port in ("start", SLEEP) else (KILLED,)
        return tuple(Choice(self.name, outcome) for outcome in (*dies, *self.call.outcomes))


class Run:
    """An actor's code in a greenlet, stopped where it waits for an answer."""

    def __init__(self, moment: Moment) -> None:
        self.name, self._work = moment.name, moment.work
        self.call, self.over, self.result = Call("start"), "", None
        self.besides: list[Callable[[], object]] = []
        self.ids = 0
        self.away = False  # AWS does not answer it for as long as it asks again
        self.asks_again = False
        self.dead = False
        self._thread = greenlet(self._carried_out)

    def _carried_out(self, started: object) -> None:
        try:
            self.result = self._work(started)
            self.over = "done"
        except GreenletExit:
            self.over = "killed"
        except Exception as error:  # noqa: BLE001 a request may end in any of the domain's errors
            self.result, self.over = error.with_traceback(None), type(error).__name__

    def resume(self, answer: object) -> None:
        """On to the next call, or to the end."""
        self.besides = []
        self._thread.switch(answer)

    def wait(self, call: Call) -> Any:
        """Stop until there is an answer; from within its own code."""
        if self.dead:
            raise Killed
        self.call = call
        answer = self._thread.parent.switch()
        if isinstance(answer, BaseException):
            raise answer.with_traceback(None)
        return answer

    def end(self) -> None:
        """It is not needed any more."""
        self.dead = True
        if self._thread:
            self._thread.throw(Killed)


def told(answer: object) -> Hashable:
    """What tells one answer from another."""
    if isinstance(answer, Answer):
        return answer.key
    response = getattr(answer, "response", None)
    return (type(answer).__name__, repr(response)) if response else repr(answer)
