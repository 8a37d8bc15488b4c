"""From a request for a session to a session on record: intent, then effect, then commit.

Each write below is one transition that owns its condition. Together they keep two
promises: at most one request at a time is opening an execution for a person (the lease),
and what it opened is recorded only while it still holds that lease (the fence).
"""

from dataclasses import replace

from verification.domain.backoff import Failures, Fault
from verification.domain.deadline import Deadline
from verification.domain.execution import Execution, State
from verification.domain.schedule import GRACE, early_look
from verification.domain.standing import LEASE_SECONDS, Idempotency, Progress, Session, Standing
from verification.store import items
from verification.store.attempts import (
    FREE,
    Attempt,
    Claim,
    claimed,
    lease_ends,
    moved,
    nobody_is_at_it,
    session_replaces,
)
from verification.store.operations import ABSENT, When, check, delete, put, update
from verification.store.table import ConditionFailed, Table

_MOST_KEYS = 10


class LeaseLost(ConditionFailed):
    """Somebody else has taken the lease under which this was to be written."""


class SessionStore:
    """The part of the table that ``create_session`` works on."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read_again(self, standing: Standing, attempt: Attempt, deadline: Deadline) -> Standing:
        """A person's standing with account and progress as they are now."""
        account = items.account_key(attempt.user_key)
        progress = items.journey_key(attempt.user_key, attempt.journey)
        found = self._table.read(account, progress, deadline=deadline)
        return replace(
            standing,
            account=items.account_of(found.get(account)),
            progress=items.progress_of(found.get(progress)),
        )

    def begin(self, attempt: Attempt, standing: Standing) -> None:
        """Take the lease and record the intent; raises ConditionFailed if anything moved.

        The attempt is charged to the person right away, who is then on record here, and so under
        none of their other names (``store/people.py``).
        """
        failures = standing.account.failures.and_another(Fault.UNKNOWN, attempt.begun_at)
        operations = [
            update(
                items.account_key(attempt.user_key),
                nobody_is_at_it(attempt, standing.account),
                {
                    "issuer": attempt.caller.issuer,
                    "subject": attempt.caller.subject,
                    "lease_owner": attempt.reference,
                    "lease_until": attempt.lease_until,
                    "erasing": None,  # an erasure that was given up has no claim on this lease
                    **items.failures_changes(failures),
                },
            ),
            check(
                items.journey_key(attempt.user_key, attempt.journey),
                items.unchanged(standing.progress),
            ),
            put(
                items.execution_key(attempt.user_key, attempt.reference),
                items.execution_changes(
                    journey=attempt.journey,
                    step=attempt.step,
                    state=State.REQUESTED,
                    request_id=attempt.request_id,
                    consent=attempt.consent,
                    created_at=attempt.begun_at,
                    due_at=attempt.due_at,
                    ends_at=attempt.ends_at,
                ),
                ABSENT,
            ),
        ]
        operations += [check(items.account_key(name), ABSENT) for name in standing.elsewhere]
        if attempt.claim:
            seen = attempt.claim.fingerprint, attempt.reference
            use = Idempotency(*seen, opened=True, running=True, expires_at=attempt.lease_until)
            operations.append(claimed(attempt.user_key, attempt.claim, use, attempt.begun_at))
        self._table.write(*operations)

    def release(self, attempt: Attempt, failures: Failures, *, gone: bool = False) -> None:
        """Undo ``begin`` where Jumio has surely opened nothing; raises ConditionFailed if late.

        Of the attempt only the person's failures are kept, and that their account is gone.
        """
        changes = items.failures_changes(failures) | ({"account_id": None} if gone else {})
        operations = [
            lease_ends(attempt.user_key, attempt.reference, changes),
            delete(items.execution_key(attempt.user_key, attempt.reference)),
        ]
        if attempt.claim:
            operations.append(delete(items.idempotency_key(attempt.user_key, attempt.claim.digest)))
        self._table.write(*operations)

    def save(
        self,
        attempt: Attempt,
        ids: tuple[str, str],
        session: Session,
        replaces: Progress | None,
        deadline: Deadline | None = None,
    ) -> None:
        """Record what Jumio opened and end the lease; raises LeaseLost, or ConditionFailed.

        ``ids`` are of the account and of the execution at Jumio.
        ``replaces`` is the record that the new session takes over, which may have changed; None
        records the execution but leaves the journey as it is. Tried until the deadline: this one
        write is worth every second.
        """
        account_id, workflow_execution_id = ids
        settled = {"account_id": account_id, **items.failures_changes(Failures())}
        ends_at = session.expires_at + GRACE
        operations = [
            lease_ends(attempt.user_key, attempt.reference, settled),
            put(items.owner_key(account_id), {"user_key": attempt.user_key}),
            moved(
                attempt,
                items.still(State.REQUESTED),
                state=State.PENDING,
                account_id=account_id,
                workflow_execution_id=workflow_execution_id,
                due_at=min(ends_at, attempt.begun_at + early_look(0)),
                ends_at=ends_at,
            ),
        ]
        if replaces:
            operations += session_replaces(attempt, session, replaces)
        try:
            self._table.write(*operations, deadline=deadline)
        except ConditionFailed as refusal:
            raise LeaseLost(refusal.failed) if refusal.failed[0] else refusal from None

    def shorten_lease(self, user_key: str, standing: Standing, now: int) -> Standing:
        """Let a lease end in time that a wrong clock has made too long; raises ConditionFailed.

        It is not simply free: whoever took it may still be at work.
        """
        account = standing.account
        until = now + account.longest_lease
        self._table.write(
            update(
                items.account_key(user_key),
                When("#lease_until = :seen", {"seen": account.lease_until}),
                {"lease_until": until},
            )
        )
        return replace(standing, account=replace(account, lease_until=until))

    def hold(self, user_key: str, owner: str, now: int) -> None:
        """Take the lease for work on an execution that is open; raises ConditionFailed."""
        self._table.write(
            update(
                items.account_key(user_key),
                When(f"attribute_exists(#pk) AND {FREE}", {"now": now}),
                {"lease_owner": owner, "lease_until": now + LEASE_SECONDS, "erasing": None},
            )
        )

    def let_go(self, user_key: str, owner: str) -> None:
        """End a lease that was taken with ``hold``; raises ConditionFailed if it was lost."""
        self._table.write(lease_ends(user_key, owner, {}))

    def supplied(self, execution: Execution, session: Session, due_at: int) -> None:
        """Jumio has the data that a session awaited; raises ConditionFailed if it is over.

        The upload has begun the session at Jumio, which ends it when nobody goes on: by
        ``due_at`` somebody has to look.
        """
        self._table.write(
            update(
                items.session_key(execution.user_key, execution.journey),
                _awaiting(session),
                {"awaits_data": False, "upload_token": None, "credential_id": None},
            ),
            moved(execution, items.before(State.PROCESSING), due_at=due_at),
        )

    def discard(self, execution: Execution, session: Session) -> None:
        """Forget a session whose data Jumio does not take; raises ConditionFailed if it is over."""
        key = items.session_key(execution.user_key, execution.journey)
        self._table.write(delete(key, _awaiting(session)))

    def remember(
        self,
        user_key: str,
        journey: str,
        claim: Claim,
        session: Session,
        now: int,
        *,
        opened: bool,
    ) -> None:
        """Bind an idempotency key to a session that is there already; raises ConditionFailed.

        A session has room for some keys; one that comes later is not bound: its request has
        had this session, and gets it again. None is bound to what is being erased.
        """
        if session.keys >= _MOST_KEYS:
            return
        seen = claim.fingerprint, session.reference
        use = Idempotency(*seen, opened=opened, running=False, expires_at=session.expires_at)
        self._table.write(
            check(items.account_key(user_key), When("attribute_not_exists(#erasing)")),
            update(
                items.session_key(user_key, journey),
                _with_as_many_keys(session),
                {"keys": session.keys + 1},
            ),
            claimed(user_key, claim, use, now),
        )


def _with_as_many_keys(session: Session) -> When:
    """The session on record is the one that was read, and no key was bound to it since."""
    return When(
        "#reference = :reference AND (attribute_not_exists(#keys) OR #keys = :keys)",
        {"reference": session.reference, "keys": session.keys},
    )


def _awaiting(session: Session) -> When:
    """The session on record is the one that was read, and was handed out to nobody."""
    seen = {"reference": session.reference, "yes": True}
    return When("#reference = :reference AND #awaits_data = :yes", seen)
