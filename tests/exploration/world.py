"""Everybody who can act on the product, and what follows when nobody does."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from tests.exploration.actors import Call, Killed, Moment, nothing
from tests.exploration.jumio import AtJumio
from tests.exploration.product import Product
from tests.exploration.record import NAMES, PERSON
from verification.aws.queue import HintQueue
from verification.domain.errors import NotYet, Problem
from verification.domain.execution import PROCESSED, Manual
from verification.domain.hint import Hint
from verification.domain.identity import Peppers
from verification.use_cases.create_session import KeyUse
from verification.use_cases.decide_review import DecideReview, Word

_ROUNDS = 60
_HOUR = 3600


class World(Product):
    """One person, and all that can happen to them."""

    # ------------------------------------------------ who acts

    def _acts(self, name: str, work: Callable[..., object], **start: Any) -> None:
        """``start`` is what is true of its beginning: an effect, whether it is ready."""
        self.schedule.add(Moment(name, work, call=Call("start", **start)))

    def create(self, name: str, **asked: Any) -> None:
        """A request for a session; ``key`` is its idempotency key."""
        if key := asked.pop("key", None):
            asked["key"] = KeyUse(key, "the request")
        self._acts(name, lambda _: self.ask(**asked))

    def callback(self, name: str, status: str = PROCESSED, decision: str = "") -> None:
        """An execution gets somewhere at Jumio, Jumio calls back, and a worker takes the hint."""

        def calls_back(_: str) -> Hint:
            one = self._unfinished()[0]
            if not one.over:
                judged = decision or ("PASSED" if status == PROCESSED else "")
                one = self.jumio.change(one, status=status, decision=judged)
            return self._called_back(one)

        def work(hint: Hint) -> None:
            self.schedule.point("receive hint", nothing)
            self.settle(hint)

        self._acts(name, work, effect=calls_back, ready=lambda: bool(self._unfinished()))

    def again(self, name: str) -> None:
        """The first message of the queue is delivered again, to another worker."""

        def work(_: object) -> None:
            if message := self.schedule.point("receive hint", lambda _: self.queue.first):
                self.settle(Hint.model_validate_json(message))

        self._acts(name, work, ready=lambda: bool(self.queue.messages))

    def expiry(self, name: str) -> None:
        """DynamoDB deletes rows whose time is over: at once, late, one before another."""

        def work(_: object) -> None:
            left = True
            while left:
                left = self.schedule.point("delete expired", lambda _: self.table.expire())

        self._acts(name, work, ready=lambda: bool(self.table.expired()))

    def sweeper(self, name: str) -> None:
        self.table.indexed = (self.table.index(),)  # of which it may see an older state
        self._acts(name, lambda _: self.sweep())

    def visitor(self, name: str, *, returned: bool = False) -> None:
        """The person's app asks how things stand, perhaps as they are back from Jumio."""
        self._acts(name, lambda _: self.look(returned=returned))

    def operator(self, name: str, known: Peppers | None = None) -> None:
        self._acts(name, lambda _: self.erase(known))

    def judge(self, name: str, decision: Manual) -> None:
        """An operator decides about the last execution that ended, or takes its approval back."""

        def work(reference: str) -> None:
            hints = HintQueue(cast("Any", self.queue), "queue")
            decide = DecideReview(self.journeys, self.people(), self.outcomes, hints, self.clock)
            decide(PERSON, Word(self.journey, reference, decision, "a-reason", name))

        def last(_: str) -> str:
            return self._ended()[-1].reference

        self._acts(name, work, effect=last, ready=lambda: bool(self._ended()))

    def _ended(self) -> list[AtJumio]:
        return [one for one in self.jumio.executions if one.over]

    def _unfinished(self) -> list[AtJumio]:
        return [one for one in self.jumio.executions if not one.called_back]

    def _on_record(self, one: AtJumio) -> bool:
        places = [(name, f"EXECUTION#{one.reference}") for name in NAMES]
        ids = [self.table.items.get(at, {}).get("workflow_execution_id") for at in places]
        return {"S": one.id} in ids

    def _called_back(self, one: AtJumio) -> Hint:
        one = self.jumio.change(one, called_back=one.over)
        self.queue.messages += (one.hint.model_dump_json(),)
        return one.hint

    def over_at(self, item: dict[str, Any]) -> int | None:
        """When an execution on record is retained no longer."""
        ended = item["manual"][-1]["at"] if item.get("manual") else item.get("settled_at")
        return self.journeys.get(self.journey).retained_until(ended) if ended else None

    def retained(self, item: dict[str, Any]) -> bool:
        """Whether an execution only waits for its days to be over."""
        return self.over_at(item) is not None and item["due_at"] >= self.schedule.now + _HOUR

    # ------------------------------------------------ what has happened before

    def ask_and_die(self, when: str, port: str, **asked: Any) -> None:
        """A process that dies right before or right after a call."""
        self.schedule.dies, self.died_before = (when, port), 1
        with suppress(Killed):
            self.ask(**asked)

    def erase_and_die(self) -> bool:
        """An erasure that dies as arranged; whether it came to its end nevertheless."""
        try:
            self.erase()
        except Killed:
            return False
        return True

    def finish(self, decision: str) -> None:
        """The person goes through with it, and the product hears of it."""
        one = self.jumio.change(self._unfinished()[0], status=PROCESSED, decision=decision)
        self.settle(self._called_back(one))

    # ------------------------------------------------ what follows when everybody is left alone

    def quiet(self, *, for_ever: bool = False) -> None:
        """Nobody begins anything; what was begun ends: leases, tokens, erasures, looks, hints.

        Whoever is retained for some days is still there, but when all of them pass, too.
        """
        self.schedule.now += 121
        for _ in range(_ROUNDS):
            if self.erasing:
                self.erasing = 0
                with suppress(Problem):
                    self.erase()
            for message in self.queue.messages:
                with suppress(Problem, NotYet):
                    self.settle(Hint.model_validate_json(message))
            due = self._due(for_ever=for_ever)
            unfinished = self._unfinished()
            if not (due or unfinished or self.queue.messages or self.erasing):
                return
            for one in unfinished:  # whatever was not started has run out
                if self.schedule.now > one.at + _HOUR:
                    status = one.status if one.over else "TOKEN_EXPIRED"
                    if self._on_record(one):  # its callback is lost: somebody has to look
                        self.jumio.change(one, status=status, called_back=True)
                    else:
                        self._called_back(self.jumio.change(one, status=status))
            self.schedule.now = max(self.schedule.now + 601, min(due, default=0))
            self.sweep()

    def _due(self, *, for_ever: bool) -> list[int]:
        due = [row.plain for row in self.table.items.values() if "due_at" in row]
        return [one["due_at"] for one in due if for_ever or not self.retained(one)]
