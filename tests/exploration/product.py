"""The real use cases and stores around the models."""

from dataclasses import replace
from typing import Any, cast

from tests.exploration.clockwork import Clockwork
from tests.exploration.cloud import Events, Queue
from tests.exploration.invariants import Watch
from tests.exploration.journeys import JOURNEYS, WITH_DATA
from tests.exploration.jumio import Jumio
from tests.exploration.record import PEPPER, PERSON
from tests.exploration.scheduling import Schedule
from tests.exploration.table import Table
from verification import store
from verification.aws.bus import Bus
from verification.aws.queue import HintQueue
from verification.domain.capability import SigningKey
from verification.domain.deadline import Deadline
from verification.domain.hint import Hint
from verification.domain.identity import Peppers
from verification.domain.journeys import Journeys
from verification.domain.limits import Limits
from verification.store.records import RecordStore
from verification.use_cases.advance_execution import AdvanceExecution
from verification.use_cases.create_session import Answered, Asked, CreateSession
from verification.use_cases.erase_subject import Erased, EraseSubject
from verification.use_cases.get_verification import GetVerification
from verification.use_cases.open_execution import OpenExecution
from verification.use_cases.settle_execution import SettleExecution
from verification.use_cases.supply_data import SupplyData
from verification.use_cases.sweep_overdue import SweepOverdue
from verification.use_cases.tell_story import TellStory, Whom

Snapshot = list[Any]


class Product:
    """One deployment, one Jumio; everything in it follows one clock."""

    STATE = ("erasing",)  # of it and of its parts: values, or what is replaced and never changed

    def __init__(self, journey: str = "identity", journeys: Journeys = JOURNEYS) -> None:
        Clockwork.world = self
        self.journey, self.journeys = journey, journeys
        self.schedule = Schedule(self.digest)
        self.watch = Watch(self)
        self.table = Table(self.schedule, self.watch)
        self.table.hold(("LIMITER", "ACCOUNT_CALLS"), pepper=PEPPER.fingerprint)
        self.queue, self.events = Queue(self.schedule), Events(self.schedule, self.watch.told)
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
