"""What must hold at every write and at every answer."""

import re
from typing import TYPE_CHECKING, Any

from tests.exploration.at_rest import AtRest
from tests.exploration.jumio import AtJumio
from tests.exploration.record import PERSON, SETTLED, truth
from tests.exploration.scheduling import Actor
from tests.exploration.table import Place, Row
from verification.aws.bus import LAPSE
from verification.domain.errors import NotYet, Problem
from verification.domain.execution import State
from verification.observability import LogCode
from verification.store.items import EXECUTION
from verification.use_cases.create_session import Answered
from verification.use_cases.get_verification import Verification

if TYPE_CHECKING:
    from tests.exploration.world import World

_FINE = {"", "done", "killed"}
_RECORDED_BY_LOG = (
    LogCode.ORPHAN_RECORDED,
    LogCode.LEFTOVER_UNCONFIRMED,
    LogCode.CALLBACK_MISMATCH,
)

Sessions = dict[str, str]


class Watch(AtRest):
    """Sees every step."""

    STATE = (
        "violations",
        "_handed",
        "_in_flight",
        "_orphans",
        "_receipts",
        "_removed",
        "_sessions",
    )

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self._handed: tuple[tuple[str, str], ...] = ()  # execution, and who was given it
        self._in_flight: dict[str, str] = {}  # reference of what was opened, by whom
        self._receipts = 0
        self._removed: tuple[str, ...] = ()  # executions, in the transaction that is under way
        self._sessions: dict[str, Sessions] = {}  # what there was at an actor's last look

    @property
    def digest(self) -> int:
        last = {name: one for name, one in self._sessions.items() if name in self._at_work()}
        return hash((self._handed, repr(self._in_flight), repr(last)))

    def at_end(self) -> int:
        """What must be known when all has come to rest."""
        accounts = {one.account_id for one in self._alive()}
        unexplained = self._world.schedule.faults if len(accounts) > 1 else 0
        return hash((self._orphans, self._receipts, unexplained))

    def _at_work(self) -> set[str]:
        actors = self._world.schedule.actors
        return {name for name, actor in actors.items() if not actor.over}

    def written(self, place: Place, before: Row, after: Row) -> None:
        pk, sk = place
        if not pk.startswith("USER#"):
            return
        old, new = before.plain, after.plain
        if sk.startswith(EXECUTION):
            self._execution_moves(sk.removeprefix(EXECUTION), old, new)
        elif sk.startswith("JOURNEY#") and new:
            self._demand(
                new.get("revision") == old.get("revision", 0) + 1,
                f"progress was written over: {old} -> {new}",
            )
        elif sk == "ACCOUNT" and new:
            self._account_moves(old, new)

    def _execution_moves(self, reference: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        if new.get("workflow_execution_id"):
            flying = self._in_flight.items()
            self._in_flight = {other: by for other, by in flying if other != reference}
        if not new:
            self._removed += (reference,)
            over_at, asked = self._world.over_at(old), self._world.erasing
            over = over_at is not None and over_at <= self._world.schedule.now + self._world.wrong
            self._demand(asked or over or not old.get("settled_at"), f"erased too early: {old}")
        elif not old:
            self._demand(new.get("state") == State.REQUESTED, f"an execution appears: {new}")
        else:
            was, now = State(old["state"]), State(new["state"])
            self._demand(now.rank >= was.rank, f"{was} went back to {now}")
            judged = old.get("verdict") == State.REVIEW
            self._demand(was is now or not was.final or judged, f"{was} became {now}")
            for name in ("workflow_execution_id", "account_id"):
                kept = name not in old or old[name] == new.get(name)
                self._demand(kept, f"{name} changed: {old} -> {new}")

    def committed(self) -> None:
        """A transaction is through."""
        removed, self._removed = self._removed, ()
        for reference in removed:
            opened = [one.id for one in self._alive() if one.reference == reference]
            led_to = "erasing" in self._account() or self._tombstone()
            self._demand(led_to or not opened, f"an intent is forgotten, and {opened} is open")
        for pk, sk in self._world.table.items:
            if pk == self._user and sk.startswith("SESSION#"):
                session, progress = self._raw(sk), self._raw(f"JOURNEY#{sk[8:]}")
                mine = session["reference"] == progress.get("reference")
                counts = mine and State(progress["state"]["S"]).rank < State.PROCESSING.rank
                erasing = "erasing" in self._raw("ACCOUNT")
                self._demand(counts or erasing, f"a session of nothing: {sk}")

    def _account_moves(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        was, now = old.get("account_id"), new.get("account_id")
        if was and was != now:
            self._demand(was in self._world.jumio.deleted, f"account {was} was given up for {now}")
        owner, other, at = old.get("lease_owner"), new.get("lease_owner"), self._world.clock()
        if owner and other and owner != other:
            over = old["lease_until"] <= at + self._world.wrong or "erasing" in old
            self._demand(over, f"{other} took the lease from {owner}")

    def opened(self, one: AtJumio) -> None:
        """Jumio has opened an execution."""
        at_work = self._at_work()
        if one.opener not in at_work:
            return  # it has come late to Jumio: whoever sent it was given up
        others = [
            reference
            for reference, opener in self._in_flight.items()
            if opener in at_work and opener != one.opener
        ]
        at_once = bool(others) and not self._world.wrong
        self._demand(not at_once, f"{one.opener} and {others} are opening at once")
        self._in_flight = {**self._in_flight, one.reference: one.opener}

    def seen(self) -> None:
        """Somebody reads or writes: on what there is now rests what they do until they do again."""
        if actor := self._world.schedule.acting:
            self._sessions = {**self._sessions, actor: self._sessions_now()}

    def _sessions_now(self) -> Sessions:
        """What may be handed out, by the name of the journey."""
        if "erasing" in self._raw("ACCOUNT"):
            return {}
        return {
            sk.removeprefix("SESSION#"): item["reference"]["S"]
            for (pk, sk), item in self._world.table.items.items()
            if pk == self._user and sk.startswith("SESSION#")
        }

    def handed_out(self, answered: Answered) -> None:
        """A frontend has got a token, or an address."""
        actor, given = self._world.schedule.acting, answered.token or answered.href
        if not actor or given is None:
            return
        execution = re.sub(r".*(token-|/)", "", given)
        world = self._world
        reference = {one.id: one.reference for one in world.jumio.executions}[execution]
        there = self._sessions[actor].get(world.journey)
        self._demand(there == reference, f"handed out of what is erased or replaced: {execution}")
        for other, _ in self._handed:
            (one,) = (one for one in world.jumio.executions if one.id == other)
            alive = not one.over and one.account_id not in world.jumio.deleted
            self._demand(
                other == execution or not alive or world.renewing,
                f"{execution} was handed out, and {other} was still good",
            )
        self._handed += ((execution, actor),)

    def shown(self, verification: Verification) -> None:
        """A person is told how they stand: what Jumio or an operator has said, or less."""
        states = {truth(one) for one in self._world.jumio.executions}
        verdicts = {item.get("verdict") for item in self._executions()}
        final = verification.status in {state.value for state in SETTLED}
        true = verification.status in states | verdicts
        self._demand(true or not final, f"{verification.status}, says nobody")

    def told(self, event: dict[str, Any]) -> None:
        """The bus takes an event."""
        for other in self._world.events.told:
            same = other["id"] != event["id"] or other == event
            self._demand(same, f"told with two contents: {other}, {event}")
        data = event["data"]
        self._demand(data["subject"] == PERSON.subject, f"told of nobody: {event}")
        item = self._item(f"{EXECUTION}{data['executionId']}")
        if event["type"] == LAPSE:
            approved = item.get("verdict") == State.APPROVED
            over = item.get("valid_until", 0) <= self._world.clock()
            self._demand(not item or (approved and over), f"it has not lapsed: {event}, {item}")

    def erased(self) -> None:
        """An operator has got a receipt."""
        self._receipts += 1

    def logged(self, code: str, record: Any) -> None:
        if code in _RECORDED_BY_LOG:
            self._orphans |= {record.workflow_execution_id}

    def moved(self, actor: Actor) -> None:
        """Whoever comes to an end does so in one of the ways that there are."""
        fine = actor.over in _FINE or isinstance(actor.result, (Problem, NotYet))
        self._demand(fine, f"{actor.moment.name} ended by {actor.over}: {actor.result!r}")
