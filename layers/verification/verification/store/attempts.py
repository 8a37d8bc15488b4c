"""What one request is about to do for a person, before it is done."""

from dataclasses import dataclass

from verification.domain.identity import Caller
from verification.domain.standing import LEASE_SECONDS
from verification.store.items import FOUND, OPENED, idempotency_key
from verification.store.table import Operation, When, put


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

    @property
    def lease_until(self) -> int:
        return self.begun_at + LEASE_SECONDS


def claimed(
    user_key: str,
    claim: Claim,
    *,
    reference: str,
    opened: bool,
    running: bool,
    expires_at: int,
    now: int,
) -> Operation:
    """The use of a key is on record, unless another use still counts.

    Whoever begins has found the lease free: a use that is still running has lost it.
    """
    free = "attribute_not_exists(#pk) OR #expires_at <= :now"
    values: dict[str, object] = {"now": now}
    if running:
        free, values = f"{free} OR #running = :yes", {**values, "yes": True}
    return put(
        {
            **idempotency_key(user_key, claim.digest).attributes,
            "fingerprint": claim.fingerprint,
            "reference": reference,
            "status": OPENED if opened else FOUND,
            "running": running,
            "expires_at": expires_at,
            "ttl": expires_at,
        },
        When(free, values),
    )
