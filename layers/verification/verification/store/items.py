"""The items of the table.

USER#<user key> / ACCOUNT                 Account      one per person
USER#<user key> / JOURNEY#<name>          Progress     one per person and journey
USER#<user key> / SESSION#<name>          Session      the only item with a token or href
USER#<user key> / EXECUTION#<reference>   Execution    one per attempt, from intent to outcome
USER#<user key> / IDEMPOTENCY#<digest>    Idempotency  what a key was used for
ACCOUNT#<account id> / ACCOUNT                         whose account that is
LIMITER / ACCOUNT_CALLS                                the pace of calls that open executions
ERASED#<user key> / TOMBSTONE                          that and when a person was erased
"""

import re
from dataclasses import dataclass

from verification.domain.backoff import Failures
from verification.domain.execution import Decision, Execution, ManualDecision, State
from verification.domain.standing import Account, Idempotency, Progress, Session
from verification.store.operations import ABSENT, Item, Key, When

EXECUTION = "EXECUTION#"

OPENED, FOUND = 201, 200
"""How an idempotency key's request got its session, in the words of the items."""

DUE = "1"
"""The one partition of the sparse index of executions that still need a look."""


def account_key(user_key: str) -> Key:
    return Key(f"USER#{user_key}", "ACCOUNT")


def journey_key(user_key: str, journey: str) -> Key:
    return Key(f"USER#{user_key}", f"JOURNEY#{journey}")


def session_key(user_key: str, journey: str) -> Key:
    return Key(f"USER#{user_key}", f"SESSION#{journey}")


def execution_key(user_key: str, reference: str) -> Key:
    return Key(f"USER#{user_key}", f"{EXECUTION}{reference}")


def idempotency_key(user_key: str, digest: str) -> Key:
    return Key(f"USER#{user_key}", f"IDEMPOTENCY#{digest}")


def owner_key(account_id: str) -> Key:
    return Key(f"ACCOUNT#{account_id}", "ACCOUNT")


def unchanged(progress: Progress) -> When:
    """That nobody has written a person's progress since it was read."""
    if not progress.revision:
        return ABSENT
    return When("#revision = :revision", {"revision": progress.revision})


LIMITER_KEY = Key("LIMITER", "ACCOUNT_CALLS")


def account_of(item: Item | None) -> Account:
    item = item or {}
    return Account(
        issuer=item.get("issuer", ""),
        subject=item.get("subject", ""),
        account_id=item.get("account_id"),
        lease_owner=item.get("lease_owner"),
        lease_until=item.get("lease_until", 0),
        erasing=item.get("erasing", False),
        failures=Failures(item.get("failures", 0), item.get("not_before", 0)),
    )


def failures_changes(failures: Failures) -> Item:
    """The attributes of an account that hold its person back; none if nothing does."""
    return {
        "failures": failures.number or None,
        "not_before": failures.not_before if failures.number else None,
    }


def progress_of(item: Item | None) -> Progress:
    item = item or {}
    return Progress(
        state=State(item["state"]) if "state" in item else None,
        step=item.get("step"),
        reference=item.get("reference"),
        attempts={step: tuple(times) for step, times in item.get("attempts", {}).items()},
        passed=item.get("passed", {}),
        valid_until=item.get("valid_until"),
        approved_by=item.get("approved_by"),
        approved_for=item.get("approved_for"),
        tip=item.get("tip"),
        revision=item.get("revision", 0),
        updated_at=item.get("updated_at"),
    )


def progress_changes(progress: Progress) -> Item:
    """The attributes of a progress item."""
    return {
        "state": progress.state,
        "step": progress.step,
        "reference": progress.reference,
        "attempts": {step: list(times) for step, times in progress.attempts.items()},
        "passed": dict(progress.passed),
        "valid_until": progress.valid_until,
        "approved_by": progress.approved_by,
        "approved_for": progress.approved_for,
        "tip": progress.tip,
        "revision": progress.revision,
        "updated_at": progress.updated_at,
    }


def session_of(item: Item | None) -> Session | None:
    if item is None:
        return None
    return Session(
        reference=item["reference"],
        expires_at=item["expires_at"],
        token=item.get("token"),
        href=item.get("href"),
        upload_token=item.get("upload_token"),
        credential_id=item.get("credential_id"),
        awaits_data=item.get("awaits_data", False),
        keys=item.get("keys", 0),
    )


def idempotency_of(item: Item | None) -> Idempotency | None:
    if item is None:
        return None
    return Idempotency(
        fingerprint=item["fingerprint"],
        reference=item["reference"],
        opened=item["status"] == OPENED,
        running=item["running"],
        expires_at=item["expires_at"],
    )


def heard_at(state: State) -> str:
    """The attribute that has since when Jumio's word for a state is on record."""
    return f"{state}_at"


def execution_of(item: Item | None) -> Execution | None:
    if item is None:
        return None
    return Execution(
        user_key=item["pk"].removeprefix("USER#"),
        reference=item["sk"].removeprefix(EXECUTION),
        journey=item["journey"],
        step=item["step"],
        state=State(item["state"]),
        request_id=item["request_id"],
        created_at=item["created_at"],
        account_id=item.get("account_id"),
        workflow_execution_id=item.get("workflow_execution_id"),
        decision=decision_of(item.get("decision")),
        heard=tuple(sorted((item[at], one) for one in State if (at := heard_at(one)) in item)),
        settled_at=item.get("settled_at"),
        verdict=State(item["verdict"]) if "verdict" in item else None,
        valid_until=item.get("valid_until"),
        manual=tuple(
            ManualDecision(**{**one, "verdict": State(one["verdict"])})
            for one in item.get("manual", ())
        ),
        unpublished=item.get("unpublished", False),
        due_at=item.get("due_at"),
        ends_at=item.get("ends_at", 0),
        looks=item.get("looks", 0),
    )


_WORD = re.compile(r"[ -~]{1,100}")
_MOST_NAMES = 50
_HIGHEST = 10**6


@dataclass(frozen=True)
class Unreadable:
    """An item that is due and makes no sense to us, perhaps as a newer version wrote it."""

    key: Key
    due_at: int

    @property
    def reference(self) -> str:
        return self.key.sk.removeprefix(EXECUTION)


def readable(key: Key, item: Item) -> Execution | Unreadable:
    """An execution, if this version knows how to read it."""
    try:
        found = execution_of(item)
    except (AttributeError, KeyError, TypeError, ValueError):
        found = None
    return found or Unreadable(key, item.get("due_at", 0))


def decision_item(decision: Decision | None) -> Item | None:
    """A decision's attributes; of what only decorates it, whatever is odd is left out."""
    if decision is None or not _words([decision.type]):
        return None
    item: Item = {"type": decision.type, "failed": _words(decision.failed)}
    if decision.tip:
        item["tip"] = decision.tip
    if _words([decision.label]):
        item["label"] = decision.label
    score: object = decision.score
    if isinstance(score, (int, float)) and -_HIGHEST <= score <= _HIGHEST:
        item["score"] = round(score, 4)
    return item


def _words(found: object) -> list[str]:
    listed = found if isinstance(found, (list, tuple)) else ()
    words = [one for one in listed if isinstance(one, str) and _WORD.fullmatch(one)]
    return words[:_MOST_NAMES]


def decision_of(item: Item | None) -> Decision | None:
    if item is None:
        return None
    return Decision(
        item["type"],
        item.get("label"),
        item.get("score"),
        tuple(item.get("failed", ())),
        item.get("tip"),
    )
