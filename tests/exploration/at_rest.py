"""What must hold when everything has come to rest."""

import math
from typing import Any

from tests.exploration.record import NAMES, SETTLED, Record, truth
from verification.aws.bus import LAPSE, OUTCOME
from verification.domain.execution import State
from verification.store.items import EXECUTION

_KINDS = {  # what a story is made of, and what of each is compared with the record
    "begun": ("reference", "journey", "step", "correlation_id", "workflow_execution_id"),
    "advanced": ("reference", "state"),
    "ended": ("reference", "state"),
    "decided": ("reference", "decision", "reason", "by", "verdict"),
    "erased": (),
}


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


class AtRest(Record):
    """Looks when nobody is at work any more, and nothing is due."""

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
            self._demand(item["state"] in SETTLED, f"an execution does not end: {item}")
            due = "due" in item and not self._world.retained(item)
            self._demand(not due and "unpublished" not in item, f"still due: {item}")
            if one := at_jumio.get(item.get("workflow_execution_id", "")):
                gone = one.account_id in self._world.jumio.deleted
                self._demand(gone or item["state"] == truth(one), f"not what Jumio says: {item}")

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
            if verdict in SETTLED:
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
