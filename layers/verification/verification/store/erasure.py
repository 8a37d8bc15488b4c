"""The removal of everything that is kept about one person."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from verification.domain.execution import Execution
from verification.store.attempts import lease_ends
from verification.store.items import EXECUTION, Unreadable, account_key, owner_key, readable
from verification.store.operations import Item, Key, When, check, delete, put, update
from verification.store.table import Table

_BATCH = 50  # operations in one transaction; DynamoDB takes 100


@dataclass(frozen=True)
class Kept:
    """What is kept about a person: where, and which of Jumio's accounts are theirs.

    ``unanswered`` are attempts that may have opened accounts of which Jumio has told nothing:
    only they can still lead to those. Oldest first; ``began_at`` is when the newest one began.
    ``due`` is what the sweeper will look at next.
    """

    keys: tuple[Key, ...]
    account_ids: tuple[str, ...]
    unanswered: tuple[Key, ...]
    due: tuple[Key, ...]
    began_at: int
    executions: tuple[Execution | Unreadable, ...]


class ErasureStore:
    """The part of the table that ``erase_subject`` works on."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def hold(self, user_key: str, kept: Kept, owner: str, now: int, until: int) -> None:
        """Take the person's lease, so that nothing is opened meanwhile; raises ConditionFailed.

        An erasure that stopped half-way is taken over by the next one. An account that another one
        has removed meanwhile is not made anew: nobody would come back for it.
        """
        there = "attribute_exists(#pk) AND" if account_key(user_key) in kept.keys else ""
        free = "attribute_not_exists(#lease_until) OR #lease_until <= :now OR #erasing = :yes"
        self._table.write(
            update(
                account_key(user_key),
                When(f"{there} ({free})", {"now": now, "yes": True}),
                {"lease_owner": owner, "lease_until": until, "erasing": True},
            )
        )

    def let_go(self, user_key: str, owner: str) -> None:
        """End a lease that was taken in vain; raises ConditionFailed if it was lost."""
        self._table.write(lease_ends(user_key, owner, {"erasing": None}))

    def kept(self, user_key: str) -> Kept:
        """All items of a person, and every account that any of them names."""
        items = list(self._table.partition(account_key(user_key).pk))
        accounts = {item["account_id"] for item in items if "account_id" in item}
        items.sort(key=lambda item: item.get("created_at", 0))
        attempts = [item for item in items if item["sk"].startswith(EXECUTION)]
        return Kept(
            keys=_keys(items),
            account_ids=tuple(sorted(accounts)),
            unanswered=_keys(item for item in attempts if "account_id" not in item),
            due=_keys(sorted(filter(_due_at, attempts), key=_due_at)[:1]),
            began_at=max((item.get("created_at", 0) for item in items), default=0),
            executions=tuple(map(readable, attempts)),
        )

    def remove(self, user_key: str, kept: Kept, *, owner: str, now: int) -> None:
        """Delete everything and leave a tombstone; raises ConditionFailed if the lease was lost.

        Every step is fenced by the lease: whoever was overtaken tears nothing away from a
        person who has come back. The account goes last, in one step with the tombstone: as
        long as it is there, the erasure is not done and can be resumed. With it goes what can
        still lead to an account at Jumio, and what the sweeper would resume an erasure by: at no
        moment is that forgotten, and nobody erased.
        """
        account, mine = account_key(user_key), When("#lease_owner = :me", {"me": owner})
        last = {*kept.unanswered[1 - _BATCH :], *kept.due}
        # The look-ups go first: only the items that name their accounts can lead back to them.
        others = [key for key in kept.keys if key not in {account, *last}]
        for batch in itertools.batched(
            [*map(owner_key, kept.account_ids), *others], _BATCH, strict=False
        ):
            self._table.write(check(account, mine), *(delete(key) for key in batch))
        self._table.write(
            delete(account, mine),
            *(delete(key) for key in last),
            put(_tombstone(user_key), {"erased_at": now, "erasure": owner}),
        )

    def on_record(self, account_id: str) -> bool:
        """Whether one of Jumio's accounts is known to be somebody's."""
        key = owner_key(account_id)
        return key in self._table.read(key)

    def erased_at(self, *user_keys: str) -> int | None:
        """When a person was erased last, under whichever of these keys, if they were."""
        items = self._table.read(*map(_tombstone, user_keys)).values() if user_keys else ()
        return max((int(item["erased_at"]) for item in items), default=None)


def _keys(items: Iterable[Item]) -> tuple[Key, ...]:
    return tuple(Key(item["pk"], item["sk"]) for item in items)


def _due_at(item: Item) -> int:
    return int(item.get("due_at", 0))


def _tombstone(user_key: str) -> Key:
    return Key(f"ERASED#{user_key}", "TOMBSTONE")
