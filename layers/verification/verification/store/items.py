"""The items of the table, of which ``docs/architecture.md`` has a list."""

from dataclasses import asdict, dataclass
from typing import Any

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


def _read[Model](model: type[Model], item: Item, **ours: object) -> Model:
    """A model of those attributes that it has a field for, and of ours."""
    held = {name: item[name] for name in model.__annotations__ if name in item}
    return model(**held | ours)


def _state(item: Item, name: str) -> State | None:
    return State(item[name]) if name in item else None


def account_of(item: Item | None) -> Account:
    item = item or {}
    failures = Failures(item.get("failures", 0), item.get("not_before", 0))
    return _read(Account, item, failures=failures)


def failures_changes(failures: Failures) -> Item:
    """The attributes of an account that hold its person back; none if nothing does."""
    return {
        "failures": failures.number or None,
        "not_before": failures.not_before if failures.number else None,
    }


def progress_of(item: Item | None) -> Progress:
    item = item or {}
    attempts = {step: tuple(times) for step, times in item.get("attempts", {}).items()}
    return _read(Progress, item, state=_state(item, "state"), attempts=attempts)


def session_of(item: Item | None) -> Session | None:
    return _read(Session, item) if item else None


def idempotency_of(item: Item | None) -> Idempotency | None:
    return _read(Idempotency, item, opened=item["status"] == OPENED) if item else None


def still(state: State) -> When:
    """That an execution has come as far, and no further."""
    return When("#rank = :rank", {"rank": state.rank})


def before(state: State) -> When:
    """That an execution has not come as far."""
    return When("#rank < :rank", {"rank": state.rank})


def heard_at(state: State) -> str:
    """The attribute that has since when Jumio's word for a state is on record."""
    return f"{state}_at"


def execution_of(item: Item | None) -> Execution | None:
    if item is None:
        return None
    decision, manual = item.get("decision"), item.get("manual", ())
    return _read(
        Execution,
        item,
        user_key=item["pk"].removeprefix("USER#"),
        reference=item["sk"].removeprefix(EXECUTION),
        state=State(item["state"]),
        decision=None if decision is None else _decision(decision),
        heard=tuple(sorted((item[at], one) for one in State if (at := heard_at(one)) in item)),
        verdict=_state(item, "verdict"),
        manual=tuple(_read(ManualDecision, one, verdict=State(one["verdict"])) for one in manual),
    )


def _decision(item: Item) -> Decision:
    return _read(Decision, item, failed=tuple(item.get("failed", ())))


def execution_changes(**fields: Any) -> Item:  # noqa: ANN401 each has a type of its own
    """Fields of an execution as its item has them: with a state's rank, and indexed while due."""
    changes = dict(fields)
    if "state" in changes:
        changes["rank"] = changes["state"].rank
    if "due_at" in changes:
        changes["due"] = DUE if changes["due_at"] else None
    if decision := changes.get("decision"):
        said = asdict(decision).items()
        changes["decision"] = {name: value for name, value in said if value is not None}
    if "manual" in changes:
        changes["manual"] = [asdict(one) for one in changes["manual"]]
    absent = {name: None for name in ("ends_at", "unpublished") if not changes.get(name, True)}
    return changes | absent


@dataclass(frozen=True)
class Unreadable:
    """An item that is due and makes no sense to us, perhaps as a newer version wrote it."""

    user_key: str
    reference: str
    due_at: int


def readable(item: Item) -> Execution | Unreadable:
    """An execution, if this version knows how to read it."""
    try:
        found = execution_of(item)
    except (AttributeError, KeyError, TypeError, ValueError):
        found = None
    person, attempt = item["pk"].removeprefix("USER#"), item["sk"].removeprefix(EXECUTION)
    return found or Unreadable(person, attempt, item.get("due_at", 0))
