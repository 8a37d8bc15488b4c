"""The real use cases and stores around the models, and everybody who can act on them."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, ClassVar, cast
from unittest.mock import patch

from tests.exploration.actors import Call, Killed, Moment, nothing
from tests.exploration.cloud import Events, Queue, Table
from tests.exploration.expressions import read, spelt
from tests.exploration.invariants import Watch
from tests.exploration.jumio import AtJumio, Jumio
from tests.exploration.record import NAMES, PEPPER, PERSON
from tests.exploration.scheduling import Schedule
from verification import store
from verification.aws.bus import Bus
from verification.aws.queue import HintQueue
from verification.domain.capability import SigningKey
from verification.domain.deadline import Deadline
from verification.domain.errors import NotYet, Problem
from verification.domain.execution import PROCESSED, Manual
from verification.domain.hint import Hint
from verification.domain.identity import Peppers
from verification.domain.journeys import Journeys, load_journeys
from verification.domain.limits import Limits
from verification.store.records import RecordStore
from verification.use_cases.advance_execution import AdvanceExecution
from verification.use_cases.create_session import Answered, Asked, CreateSession, KeyUse
from verification.use_cases.decide_review import DecideReview, Word
from verification.use_cases.erase_subject import Erased, EraseSubject
from verification.use_cases.get_verification import GetVerification
from verification.use_cases.open_execution import OpenExecution
from verification.use_cases.settle_execution import SettleExecution
from verification.use_cases.supply_data import SupplyData
from verification.use_cases.sweep_overdue import SweepOverdue
from verification.use_cases.tell_story import TellStory, Whom

_ROUNDS = 60
_HOUR = 3600

DAY = 86400
VALIDITY = 900  # seconds, of an approval of "renewed"
WITH_DATA = "10163"
_EMAIL = {"email": {"from": "applicant"}}
_ONCE = {"attempts": {"limit": 20}, "tokenLifetime": "10m"}
JOURNEYS = load_journeys(
    json.dumps(
        {
            "version": 1,
            "journeys": [
                {"name": "identity", "steps": [{"name": "identity", **_ONCE}]},
                {
                    "name": "screened",
                    "steps": [
                        {
                            "name": "email",
                            "kind": "screening",
                            "workflowKey": WITH_DATA,
                            "inputs": _EMAIL,
                            **_ONCE,
                        },
                        {"name": "identity", **_ONCE},
                    ],
                },
                {
                    "name": "informed",
                    "steps": [
                        {"name": "identity", "workflowKey": WITH_DATA, "inputs": _EMAIL, **_ONCE}
                    ],
                },
                {
                    "name": "renewed",
                    "repeatable": True,
                    "steps": [{"name": "identity", "validity": VALIDITY, **_ONCE}],
                },
                {
                    "name": "strict",
                    "repeatable": True,
                    "failedRenewal": "revoke",
                    "steps": [{"name": "identity", "validity": VALIDITY, **_ONCE}],
                },
                {
                    "name": "retained",
                    "retainDays": 1,
                    "steps": [{"name": "identity", **_ONCE}],
                },
            ],
        }
    )
)


Snapshot = list[Any]


class World:
    """One person, one deployment, one Jumio; everything in it follows one clock."""

    STATE = ("erasing",)  # of it and of its parts: values, or what is replaced and never changed

    def __init__(self, journey: str = "identity", journeys: Journeys = JOURNEYS) -> None:
        Clockwork.world = self
        self.journey, self.journeys = journey, journeys
        self.schedule = Schedule(self.digest)
        self.watch = Watch(self)
        self.table = Table(self.schedule, self.watch)
        self.table.hold(("LIMITER", "ACCOUNT_CALLS"), pepper=PEPPER.fingerprint)
        self.queue, self.events = Queue(self.schedule), Events(self.schedule, self.watch)
        self.jumio = Jumio(self.schedule, self.watch.opened, frozenset({WITH_DATA}))
        self._kept = store.Table(cast("Any", self.table), "table")
        self.sessions = store.SessionStore(self._kept)
        self.outcomes = store.OutcomeStore(self._kept)
        self.erasures = store.ErasureStore(self._kept)
        self.secret = Peppers(PEPPER)
        self.renewing = False  # somebody says that their session is no good any more
        self.died_before = 0  # processes, of which anything may be left
        self.erasing = 0  # operators who have begun and have no receipt yet
        models = self.table, self.queue, self.events, self.jumio
        parts: tuple[Any, ...] = (self, self.schedule, self.watch, *models)
        self._members = [(part, name) for part in parts for name in part.STATE]

    def snapshot(self) -> Snapshot:
        """All that a run changes, as it is now."""
        return [getattr(part, name) for part, name in self._members]

    def restore(self, snapshot: Snapshot) -> None:
        for (part, name), value in zip(self._members, snapshot, strict=True):
            setattr(part, name, value)

    def digest(self) -> int:
        return hash((self.at_end(), self.queue.messages, self.table.indexed, self.watch.digest))

    def at_end(self) -> int:
        """All that matters when nobody is at work any more."""
        told = frozenset(self.events.keys)
        messages = frozenset(self.queue.messages)
        models = self.table.digest, self.jumio.digest, messages, told
        return hash((models, self.erasing, self.watch.at_end()))

    @property
    def wrong(self) -> int:
        """By how many seconds a clock is wrong: a lease can be taken as much too early."""
        return max(map(abs, self.schedule.skews.values()), default=0)

    # ------------------------------------------------ the product

    def advance_execution(self) -> AdvanceExecution:
        jumio: Any = self.jumio
        return AdvanceExecution(
            self.journeys, self.outcomes, jumio, self.clock, self.schedule.sleep
        )

    def clock(self) -> float:
        return self.schedule.clock()

    def people(self, known: Peppers | None = None) -> store.People:
        """As a container finds them that has read the secret before, or does so now."""

        def peppers(afresh: bool) -> Peppers:
            return self.secret if afresh or known is None else known

        return store.People(self._kept, peppers)

    def ask(self, known: Peppers | None = None, **asked: Any) -> Answered:
        """POST /sessions."""
        sessions, outcomes, jumio = self.sessions, self.outcomes, cast("Any", self.jumio)
        limiter = store.Limiter(self._kept, Limits(100, 100, 1000))
        time = self.clock, self.schedule.sleep
        key = SigningKey("1", "s" * 64)
        opening = OpenExecution(
            sessions,
            limiter,
            store.Breaker(self._kept),
            jumio,
            self.advance_execution(),
            lambda: key,
            *time,
        )
        supplying = SupplyData(sessions, outcomes, self.advance_execution(), jumio, *time)
        create = CreateSession(
            self.journeys, self.people(known), sessions, opening, supplying, *time
        )
        given = {"email": "ada@people.example"} if self.journey in ("screened", "informed") else {}
        wanted = Asked(
            PERSON, "sdk", "203.0.113.7", "https://bff.example", "r", self.journey, applicant=given
        )
        answered = create(replace(wanted, **asked), Deadline(15))
        self.schedule.besides(lambda: self.watch.handed_out(answered))
        return answered

    def settle(self, hint: Hint) -> None:
        """The worker: whatever it raises, the message stays."""
        bus = Bus(cast("Any", self.events), "bus")
        settle = SettleExecution(
            self.outcomes, self.erasures, self.advance_execution(), bus, clock=self.clock
        )
        settle(hint, Deadline(20))
        self.schedule.besides(lambda: self.queue.done(hint.model_dump_json()))

    def look(self, *, returned: bool = False) -> None:
        """GET /verification."""
        hints = HintQueue(cast("Any", self.queue), "queue")
        get = GetVerification(self.journeys, self.people(), self.outcomes, hints, self.clock)
        shown = get(PERSON, self.journey, returned=returned)
        self.schedule.besides(lambda: self.watch.shown(shown))

    def story(self, **whom: Any) -> dict[str, Any]:
        """What an operator is told about what happened; raises NotFound."""
        records = RecordStore(self._kept)
        tell = TellStory(self.people(), records, self.erasures, cast("Any", self.jumio))
        return tell(Whom(**(whom or {"person": PERSON})), Deadline(50))

    def sweep(self) -> None:
        SweepOverdue(self.outcomes, HintQueue(cast("Any", self.queue), "queue"), self.clock)(
            Deadline(50)
        )

    def erase(self, known: Peppers | None = None) -> Erased:
        self.schedule.besides(lambda: self._erasing(1))
        people, jumio = self.people(known), cast("Any", self.jumio)
        erased = EraseSubject(people, self.erasures, jumio, self.clock)(PERSON, Deadline(50))
        self.schedule.besides(lambda: self._erasing(-1))
        self.schedule.besides(self.watch.erased)
        return erased

    def _erasing(self, more: int) -> None:
        self.erasing += more

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


class _Codes(logging.Handler):
    """Hears what the product logs."""

    def emit(self, record: logging.LogRecord) -> None:
        if Clockwork.world:
            world = Clockwork.world
            world.schedule.besides(lambda: world.watch.logged(str(record.msg), record))


class Clockwork:
    """Time, ids and jitter of the product, as those of the world that is being explored."""

    world: ClassVar[World | None] = None

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[None]:
        logger, codes = logging.getLogger("verification"), _Codes(logging.INFO)
        before = logger.level, logger.propagate
        logger.addHandler(codes)
        logger.level, logger.propagate = logging.INFO, False
        logger.manager._clear_cache()
        time = SimpleNamespace(time=cls._clock, monotonic=cls._clock, sleep=cls._pause)
        ids = SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=cls._schedule().next_id()))
        jitter = SimpleNamespace(uniform=lambda _low, high: high)
        seldom = SimpleNamespace(uniform=lambda _low, _high: 0.5)  # fewer looks that see the same
        use_cases = "verification.use_cases"
        with ExitStack() as patches:
            for name, instead in {
                "verification.cloud.time": time,
                "verification.cloud.random": jitter,
                "verification.domain.deadline.time": time,
                f"{use_cases}.create_session.random": seldom,
                "verification.domain.identity.uuid": ids,
                "verification.store.table.uuid": ids,
                f"{use_cases}.erase_subject.uuid": ids,
                "verification.store.operations._serialize": spelt,
                "verification.store.operations._deserialize": read,
                f"{use_cases}.sweep_overdue.ThreadPoolExecutor": _OneByOne,
                "verification.observability.Logger": _Nothing,
            }.items():
                patches.enter_context(patch(name, instead))
            yield
        logger.removeHandler(codes)
        logger.level, logger.propagate = before
        logger.manager._clear_cache()

    @classmethod
    def _schedule(cls) -> Schedule:
        assert cls.world
        return cls.world.schedule

    @classmethod
    def _clock(cls) -> float:
        return cls._schedule().clock()

    @classmethod
    def _pause(cls, seconds: float) -> None:
        cls._schedule().pause(seconds)


class _OneByOne:
    """Instead of threads: greenlets do not cross them."""

    def __init__(self, *_: object) -> None:
        self.map = map

    def __enter__(self) -> "_OneByOne":
        return self

    def __exit__(self, *_: object) -> None:
        pass


class _Nothing:
    """Instead of what is emitted when an invocation ends."""

    def append_keys(self, **_: object) -> None:
        pass
