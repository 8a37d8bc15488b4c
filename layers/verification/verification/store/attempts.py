"""What one request is about to do for a person, and its writes that several steps share."""

from dataclasses import asdict, dataclass
from typing import Any

from verification.domain.execution import Execution
from verification.domain.identity import Caller
from verification.domain.standing import LEASE_SECONDS, Account, Idempotency, Progress, Session
from verification.store import items
from verification.store.operations import Operation, When, put, update


@dataclass(frozen=True)
class Claim:
    """The use of an idempotency key by one request."""

    digest: str
    fingerprint: str


@dataclass(frozen=True)
class Attempt:
    """The intent to open one execution, and the lease under which that is done."""

    user_key: str
    caller: Caller
    journey: str
    step: str
    reference: str
    request_id: str
    begun_at: int
    ends_at: int
    due_at: int
    claim: Claim | None
    consent: dict[str, str] | None = None

    @property
    def lease_until(self) -> int:
        return self.begun_at + LEASE_SECONDS


def moved(
    one: Attempt | Execution | items.Unreadable,
    when: When,
    **fields: Any,  # noqa: ANN401 each has a type of its own
) -> Operation:
    """An execution gets these fields."""
    key = items.execution_key(one.user_key, one.reference)
    return update(key, when, items.execution_changes(**fields))


def claimed(user_key: str, claim: Claim, use: Idempotency, now: int) -> Operation:
    """The use of a key is on record, unless another use still counts.

    Whoever begins has found the lease free: a use that is still running has lost it.
    """
    free = "attribute_not_exists(#pk) OR #expires_at <= :now"
    values: dict[str, object] = {"now": now}
    if use.running:
        free, values = f"{free} OR #running = :yes", {**values, "yes": True}
    return put(
        items.idempotency_key(user_key, claim.digest),
        {
            "fingerprint": use.fingerprint,
            "reference": use.reference,
            "status": items.OPENED if use.opened else items.FOUND,
            "running": use.running,
            "expires_at": use.expires_at,
            "ttl": use.expires_at,
        },
        When(free, values),
    )


FREE = "(attribute_not_exists(#lease_until) OR #lease_until <= :now)"
"""That nobody holds the lease of an account."""


def nobody_is_at_it(attempt: Attempt, account: Account) -> When:
    """The lease is free, and the account and what is charged to it are still as they were read."""
    values: dict[str, object] = {"now": attempt.begun_at}
    conditions = [FREE]
    for name, seen in (("account_id", account.account_id), ("failures", account.failures.number)):
        conditions.append(f"#{name} = :{name}" if seen else f"attribute_not_exists(#{name})")
        values |= {name: seen} if seen else {}
    return When(" AND ".join(conditions), values)


def lease_ends(user_key: str, owner: str, changes: dict[str, object]) -> Operation:
    """The lease is given back by whoever has it, with these changes to the account."""
    return update(
        items.account_key(user_key),
        When("#lease_owner = :me", {"me": owner}),
        {**changes, "lease_owner": None, "lease_until": None},
    )


def session_replaces(attempt: Attempt, session: Session, progress: Progress) -> list[Operation]:
    """The session of an attempt is the person's, on top of the progress that was read."""
    opened = progress.opened(attempt.step, attempt.reference, attempt.begun_at)
    operations = [
        update(
            items.journey_key(attempt.user_key, attempt.journey),
            items.unchanged(progress),
            asdict(opened),
        ),
        put(
            items.session_key(attempt.user_key, attempt.journey),
            {**asdict(session), "ttl": session.expires_at},
        ),
    ]
    if attempt.claim:
        operations.append(
            update(
                items.idempotency_key(attempt.user_key, attempt.claim.digest),
                When("#reference = :me", {"me": attempt.reference}),
                {
                    "running": False,
                    "expires_at": session.expires_at,
                    "ttl": session.expires_at,
                },
            )
        )
    return operations
