"""What must hold at every write, at every answer, and when everything has come to rest."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.exploration.cloud import Place
from tests.exploration.expressions import Item
from tests.exploration.jumio import AtJumio
from verification.domain.errors import NotYet, Problem
from verification.domain.execution import Decision, State, state_of
from verification.domain.identity import Caller, Pepper, Peppers
from verification.observability import LogCode
from verification.store.items import EXECUTION
from verification.store.operations import plain
from verification.use_cases.create_session import Answered
from verification.use_cases.erase_subject import Erased

if TYPE_CHECKING:
    from tests.exploration.world import World

PERSON = Caller("https://issuer.example", "ada")
PEPPER = Pepper("1", "p" * 64)
USER = f"USER#{PEPPER.user_key(PERSON)}"
ROTATED = Peppers(Pepper("2", "q" * 64), (PEPPER,))
NAMES = tuple(f"USER#{one.user_key(PERSON)}" for one in ROTATED.newest_first)

_FINE = {"done", "killed", "left"}
_SETTLED = {State.APPROVED, State.DECLINED, State.REVIEW, State.EXPIRED}
_RECORDED_BY_LOG = (
    LogCode.ORPHAN_RECORDED,
    LogCode.LEFTOVER_UNCONFIRMED,
    LogCode.CALLBACK_MISMATCH,
)


class Watch:
    """Sees every step; ``violations`` are sentences about what must never be."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.violations: list[str] = []
        self._handed: list[tuple[str, str]] = []  # execution, and who was given it
        self._in_flight: dict[str, str] = {}  # reference of what was opened, by whom
        self._orphans: set[str] = set()
        self._receipts: list[Erased] = []
        self._removed: list[str] = []  # executions, in the transaction that is under way

    @property
    def digest(self) -> int:
        return hash(
            (repr((self._handed, self._in_flight, sorted(self._orphans))), len(self._receipts))
        )

    def _demand(self, fulfilled: object, sentence: str) -> None:
        if not fulfilled:
            self.violations.append(sentence)

    # ------------------------------------------------ at every step

    def written(self, place: Place, before: Item, after: Item) -> None:
        pk, sk = place
        if not pk.startswith("USER#"):
            return
        old, new = plain(before), plain(after)
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
            self._in_flight.pop(reference, None)
        if not new:
            self._removed.append(reference)
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
        while self._removed:
            reference = self._removed.pop()
            opened = [one.id for one in self._alive() if one.reference == reference]
            led_to = "erasing" in self._account() or self._tombstone()
            self._demand(led_to or not opened, f"an intent is forgotten, and {opened} is open")
        for pk, sk in self._world.table.items:
            if pk == self._user and sk.startswith("SESSION#"):
                session, progress = self._item(sk), self._item(f"JOURNEY#{sk[8:]}")
                mine = session["reference"] == progress.get("reference")
                counts = mine and State(progress["state"]).rank < State.PROCESSING.rank
                self._demand(counts or "erasing" in self._account(), f"a session of nothing: {sk}")

    def _tombstone(self) -> dict[str, Any]:
        return self._item_at((self._user.replace("USER", "ERASED"), "TOMBSTONE"))

    def _account_moves(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        was, now = old.get("account_id"), new.get("account_id")
        if was and was != now:
            self._demand(was in self._world.jumio.deleted, f"account {was} was given up for {now}")
        owner, other, at = old.get("lease_owner"), new.get("lease_owner"), self._world.clock()
        if owner and other and owner != other:
            over = old["lease_until"] <= at or "erasing" in old
            self._demand(over, f"{other} took the lease from {owner}")

    def opened(self, one: AtJumio) -> None:
        """Jumio has opened an execution."""
        actors = self._world.schedule.actors
        at_work = {name for name, actor in actors.items() if not actor.over}
        if one.opener not in at_work:
            return  # it has come late to Jumio: whoever sent it was given up
        others = [
            reference
            for reference, opener in self._in_flight.items()
            if opener in at_work and opener != one.opener
        ]
        self._demand(not others, f"{one.opener} and {others} are opening at once")
        self._in_flight[one.reference] = one.opener

    def handed_out(self, answered: Answered) -> None:
        """A frontend has got a token."""
        actor = self._world.schedule.acting()
        if actor is None or answered.token is None:
            return
        execution = answered.token.removeprefix("token-")
        world, name = self._world, self._world.journey
        for other, _ in self._handed:
            (one,) = (one for one in world.jumio.executions if one.id == other)
            alive = not one.over and one.account_id not in world.jumio.deleted
            self._demand(
                other == execution or not alive or world.renewing,
                f"{execution} was handed out, and {other} was still good",
            )
        self._handed.append((execution, actor.name))
        if not any(choice.outcome != "ok" for choice, _ in world.schedule.trace):
            session = self._item(f"SESSION#{name}")
            self._demand("erasing" not in self._account(), "handed out of what is being erased")
            self._demand(session.get("token") == answered.token, "handed out, and not on record")

    def erased(self, receipt: Erased) -> None:
        """An operator has got a receipt."""
        self._receipts.append(receipt)

    def logged(self, code: str, record: Any) -> None:
        if code in _RECORDED_BY_LOG:
            self._orphans.add(record.workflow_execution_id)

    def ended(self) -> None:
        """The actors have come to an end, each in its way."""
        for actor in self._world.schedule.actors.values():
            fine = actor.over in _FINE or isinstance(actor.result, (Problem, NotYet))
            self._demand(fine, f"{actor.name} ended by {actor.over}: {actor.result!r}")

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
        kinds = sorted(sk.partition("#")[0] for pk, sk in world.table.items if pk in NAMES)
        if kinds and self._receipts:
            self._demand(account.get("subject"), f"left of an erased person: {kinds}")
        taken = self._item_at(("LIMITER", "ACCOUNT_CALLS"))
        turns = sum(value for name, value in taken.items() if name.startswith("opened_"))
        self._demand(turns >= len(world.jumio.executions), "an execution was opened out of turn")

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
        faults = [str(choice) for choice, _ in self._world.schedule.trace if choice.outcome != "ok"]
        accounts = {one.account_id for one in self._alive()}
        self._demand(
            len(accounts) <= 1 + len(faults) + self._world.died_before,
            f"{accounts} of one person, explained by {faults}",
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
            self._demand("due" not in item and "unpublished" not in item, f"still due: {item}")
            if one := at_jumio.get(item.get("workflow_execution_id", "")):
                true = state_of(one.status, Decision(one.decision) if one.decision else None)
                gone = one.account_id in self._world.jumio.deleted
                self._demand(gone or item["state"] == true, f"not what Jumio says: {item}")

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
        approved = [one for one in executions.values() if one.get("verdict") == State.APPROVED]
        if approved:
            progress = self._item(f"JOURNEY#{self._world.journey}")
            self._demand(
                progress.get("state") == State.APPROVED, f"approval taken back: {progress}"
            )

    def _outcomes_were_told(self) -> None:
        said: dict[str, Any] = {}
        for event in self._world.events.told:
            same = said.setdefault(event["id"], event) == event
            self._demand(same, f"told with two contents: {event}")
            self._demand(event["data"]["subject"], f"told of nobody: {event}")
        told = {event["data"]["executionId"]: event["data"]["status"] for event in said.values()}
        for item in self._executions():
            verdict = item.get("verdict")
            if verdict in _SETTLED:
                reference = item["sk"].removeprefix(EXECUTION)
                self._demand(told.get(reference) == verdict, f"not told, or otherwise: {item}")

    # ------------------------------------------------ what there is

    def _item_at(self, place: Place) -> dict[str, Any]:
        return plain(self._world.table.items.get(place, {}))

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
