"""What must hold at every write, at every answer, and when everything has come to rest."""

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.exploration.cloud import Place, Row
from tests.exploration.expressions import Item
from tests.exploration.jumio import AtJumio
from tests.exploration.scheduling import Actor
from verification.aws.bus import LAPSE, OUTCOME
from verification.domain.errors import NotYet, Problem
from verification.domain.execution import Decision, State, state_of
from verification.domain.identity import Caller, Pepper, Peppers
from verification.observability import LogCode
from verification.store.items import EXECUTION
from verification.use_cases.create_session import Answered
from verification.use_cases.get_verification import Verification

if TYPE_CHECKING:
    from tests.exploration.world import World

PERSON = Caller("https://issuer.example", "ada")
PEPPER = Pepper("1", "p" * 64)
USER = f"USER#{PEPPER.user_key(PERSON)}"
ROTATED = Peppers(Pepper("2", "q" * 64), (PEPPER,))
NAMES = tuple(f"USER#{one.user_key(PERSON)}" for one in ROTATED.newest_first)

_FINE = {"", "done", "killed"}
_SETTLED = {State.APPROVED, State.DECLINED, State.REVIEW, State.EXPIRED}
_RECORDED_BY_LOG = (
    LogCode.ORPHAN_RECORDED,
    LogCode.LEFTOVER_UNCONFIRMED,
    LogCode.CALLBACK_MISMATCH,
)
_KINDS = {  # what a story is made of, and what of each is compared with the record
    "begun": ("reference", "journey", "step", "correlation_id", "workflow_execution_id"),
    "advanced": ("reference", "state"),
    "ended": ("reference", "state"),
    "decided": ("reference", "decision", "reason", "by", "verdict"),
    "erased": (),
}

Sessions = dict[str, str]


def _truth(one: AtJumio) -> State | None:
    """What Jumio says, in our words."""
    return state_of(one.status, Decision(one.decision) if one.decision else None)


def _rows(kind: str, reference: str, item: dict[str, Any]) -> list[list[str]]:
    """What a story has to say of an execution."""
    if kind == "begun":
        names = ("journey", "step", "request_id", "workflow_execution_id")
        return [[reference, *(str(item.get(name)) for name in names)]]
    if kind == "advanced":
        heard = [one for one in State if f"{one}_at" in item]
        return [[reference, one] for one in heard if one != item["state"] or not one.final]
    if kind == "ended":
        return [[reference, item["state"]]] if "settled_at" in item else []
    members = _KINDS["decided"][1:]
    return [[reference, *(one[name] for name in members)] for one in item.get("manual", [])]


def _decided(item: dict[str, Any], decision: str) -> int:
    """When an operator has said that of an execution."""
    times = [one["at"] for one in item.get("manual", []) if one["decision"] == decision]
    return max(times, default=0)


class Watch:
    """Sees every step; ``violations`` are sentences about what must never be."""

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
        self._world = world
        self.violations: tuple[str, ...] = ()
        self._handed: tuple[tuple[str, str], ...] = ()  # execution, and who was given it
        self._in_flight: dict[str, str] = {}  # reference of what was opened, by whom
        self._orphans: frozenset[str] = frozenset()
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

    def _demand(self, fulfilled: object, sentence: str) -> None:
        if not fulfilled:
            self.violations += (sentence,)

    # ------------------------------------------------ at every step

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

    def _tombstone(self) -> bool:
        """Whether the person was erased, under whichever name."""
        erased = [name.replace("USER", "ERASED") for name in NAMES]
        return any(pk in erased for pk, _ in self._world.table.items)

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
        states = {_truth(one) for one in self._world.jumio.executions}
        verdicts = {item.get("verdict") for item in self._executions()}
        final = verification.status in {state.value for state in _SETTLED}
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

    # ------------------------------------------------ when everything has come to rest

    def at_rest(self) -> None:
        world, account = self._world, self._account()
        self._demand(not world.queue.messages, f"hints are left: {world.queue.messages}")
        self._demand(not world.erasing, "an erasure does not come to its end")
        self._demand(account.get("lease_until", 0) <= world.clock(), f"a lease is left: {account}")
        self._all_is_on_record()
        self._one_account(account)
        named = [name for name in NAMES if "account_id" in self._item_at((name, "ACCOUNT"))]
        self._demand(len(named) <= 1, f"one person, on record as {named}")
        self._executions_ended()
        self._progress_is_true()
        self._outcomes_were_told()
        self._lapses_were_told()
        self._story_is_complete()
        kinds = sorted(sk.partition("#")[0] for pk, sk in world.table.items if pk in NAMES)
        if kinds and self._tombstone():
            self._demand(account.get("subject"), f"left of an erased person: {kinds}")
        taken = self._item_at(("LIMITER", "ACCOUNT_CALLS"))
        turns = sum(value for name, value in taken.items() if name.startswith("opened_"))
        self._demand(turns >= len(world.jumio.executions), "an execution was opened out of turn")

    def forgotten(self) -> None:
        """The days of everybody are over of whom Jumio knows; operators erase the others."""
        known = [one for one in self._executions() if "workflow_execution_id" in one]
        self._demand(not known and not self._account().get("account_id"), f"retained: {known}")

    def _all_is_on_record(self) -> None:
        known = {item.get("workflow_execution_id"): item for item in self._executions()}
        owners = {pk for pk, _ in self._world.table.items}
        for one in self._alive():
            on_record = one.id in known and f"ACCOUNT#{one.account_id}" in owners
            self._demand(on_record or one.id in self._orphans, f"{one.id} is on no record")
        for pk in owners:
            if pk.startswith("ACCOUNT#"):
                held = {item.get("account_id") for item in self._executions()}
                self._demand(pk[8:] in held, f"the look-up of {pk[8:]} leads to nobody")

    def _one_account(self, account: dict[str, Any]) -> None:
        faults = self._world.schedule.faults
        accounts = {one.account_id for one in self._alive()}
        self._demand(
            len(accounts) <= 1 + faults + self._world.died_before + bool(self._world.wrong),
            f"{accounts} of one person, explained by {faults} faults",
        )
        mine = account.get("account_id")
        self._demand(mine is None or mine in accounts, f"{mine} is not at Jumio")
        # Whatever could be the person's account is: the next request must find it.
        self._demand(
            mine or not accounts - self._of_orphans(), f"{accounts} and none is the person's"
        )

    def _of_orphans(self) -> set[str]:
        return {one.account_id for one in self._alive() if one.id in self._orphans}

    def _executions_ended(self) -> None:
        at_jumio = {one.id: one for one in self._world.jumio.executions}
        for item in self._executions():
            for name in ("journey", "step", "created_at", "request_id"):
                self._demand(name in item, f"a torn execution: {item}")
            self._demand(item["state"] in _SETTLED, f"an execution does not end: {item}")
            due = "due" in item and not self._world.retained(item)
            self._demand(not due and "unpublished" not in item, f"still due: {item}")
            if one := at_jumio.get(item.get("workflow_execution_id", "")):
                gone = one.account_id in self._world.jumio.deleted
                self._demand(gone or item["state"] == _truth(one), f"not what Jumio says: {item}")

    def _progress_is_true(self) -> None:
        executions = {item["sk"].removeprefix(EXECUTION): item for item in self._executions()}
        for pk, sk in self._world.table.items:
            if pk != self._user or not sk.startswith(("JOURNEY#", "SESSION#")):
                continue
            item = self._item(sk)
            current = executions.get(item.get("reference", ""))
            self._demand(not sk.startswith("SESSION#"), f"a session outlives all: {item}")
            # A step that was passed counts, though nobody knew of its execution when it was opened.
            self._demand(current or "reference" not in item, f"progress about nothing: {item}")
            if current and "verdict" in current and sk.startswith("JOURNEY#"):
                self._demand(item["state"] == current["verdict"], f"not its outcome: {item}")
        self._approval_stands(executions)

    def _approval_stands(self, executions: dict[str, dict[str, Any]]) -> None:
        """Unless an operator has taken it back, or the end of a renewal, where that is so."""
        journey = self._world.journeys.get(self._world.journey)
        progress = self._item(f"JOURNEY#{journey.name}")
        revoked = max((_decided(one, "revoke") for one in executions.values()), default=0)
        declined = [one for one in executions.values() if one.get("verdict") == State.DECLINED]
        ending = declined if journey.failed_renewal == "revoke" else []
        stands = progress.get("approved_by") if journey.repeatable else progress.get("state")
        for one in executions.values():
            told_at = max(one.get("settled_at", 0), _decided(one, "approve"))
            later = [other for other in ending if other["created_at"] > one["created_at"]]
            if one.get("verdict") == State.APPROVED and told_at > revoked and not later:
                there = stands in (State.APPROVED, *executions)
                self._demand(there, f"approval taken back: {progress}")
        failed = executions.get(progress.get("reference", ""), {}) in ending
        self._demand(not (failed and progress.get("approved_by")), f"approved still: {progress}")

    def _outcomes_were_told(self) -> None:
        said = {event["id"]: event for event in self._world.events.told}
        told = {
            event["data"]["executionId"]: event["data"]["status"]
            for event in said.values()
            if event["type"] == OUTCOME
        }
        for item in self._executions():
            verdict = item.get("verdict")
            if verdict in _SETTLED:
                reference = item["sk"].removeprefix(EXECUTION)
                self._demand(told.get(reference) == verdict, f"not told, or otherwise: {item}")

    def _lapses_were_told(self) -> None:
        """Of each approval whose time is over, unless a newer one has followed it in time."""
        told = self._world.events.told
        lapsed = {event["data"]["executionId"] for event in told if event["type"] == LAPSE}
        progress = self._item(f"JOURNEY#{self._world.journey}")
        over = progress.get("valid_until", math.inf) <= self._world.clock()
        for item in self._executions():
            reference = item["sk"].removeprefix(EXECUTION)
            if item.get("verdict") == State.APPROVED and reference == progress.get("approved_by"):
                self._demand(over == (reference in lapsed), f"lapsed or not? {item}")

    def _story_is_complete(self) -> None:
        """Each attempt, end, decision and erasure on record is told, in its order."""
        if not self._tombstone() and not any(pk in NAMES for pk, _ in self._world.table.items):
            return
        story = self._world.story()
        told, times = story["timeline"], [entry["at"] for entry in story["timeline"]]
        self._demand(times == sorted(times), f"not in its order: {told}")
        of = {kind: [one for one in told if one["what"] == kind] for kind in _KINDS}
        self._demand(sum(map(len, of.values())) == len(told), f"told of what is none: {told}")
        self._demand(len(of["erased"]) == self._tombstone(), f"an erasure: {told}")
        items = {item["sk"].removeprefix(EXECUTION): item for item in self._executions()}
        for kind, members in _KINDS.items():
            if kind != "erased":
                said = sorted([str(one[name]) for name in members] for one in of[kind])
                true = sorted(row for ref, item in items.items() for row in _rows(kind, ref, item))
                self._demand(said == true, f"{kind}: {said} is told, {true} is so")
        if items:
            reference = next(iter(items))
            self._demand(self._world.story(reference=reference) == story, "two stories of one")

    # ------------------------------------------------ what there is

    def _item_at(self, place: Place) -> dict[str, Any]:
        items = self._world.table.items
        return items[place].plain if place in items else {}

    def _raw(self, sk: str) -> Item:
        return self._world.table.items.get((self._user, sk), {})

    def _item(self, sk: str) -> dict[str, Any]:
        return self._item_at((self._user, sk))

    @property
    def _user(self) -> str:
        """Where the person is on record, or would be."""
        items = self._world.table.items
        return next((name for name in NAMES if (name, "ACCOUNT") in items), USER)

    def _account(self) -> dict[str, Any]:
        return self._item("ACCOUNT")

    def _executions(self) -> Iterator[dict[str, Any]]:
        for pk, sk in tuple(self._world.table.items):
            if pk == self._user and sk.startswith(EXECUTION):
                yield self._item(sk)

    def _alive(self) -> list[AtJumio]:
        jumio = self._world.jumio
        return [one for one in jumio.executions if one.account_id not in jumio.deleted]
