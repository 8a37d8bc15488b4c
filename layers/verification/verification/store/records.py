"""All that is on record about one person, found by whatever names them."""

from collections.abc import Iterator
from dataclasses import dataclass

from verification.domain.execution import Execution
from verification.domain.standing import Account, Progress, Session
from verification.store import items
from verification.store.operations import Item
from verification.store.table import Table


@dataclass(frozen=True)
class Record:
    """A person's items; journeys' progress and sessions by the name of the journey."""

    account: Account
    journeys: dict[str, Progress]
    sessions: dict[str, Session]
    executions: list[Execution | items.Unreadable]


class RecordStore:
    """The part of the table that ``tell_story`` reads; it writes nothing."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, user_key: str) -> Record | None:
        """What is on record about a person, or None if nothing is."""
        person = self._table.partition(items.account_key(user_key).pk)
        found = {one["sk"]: one for one in person}
        if not found:
            return None
        sessions = ((name, items.session_of(item)) for name, item in _named("SESSION#", found))
        return Record(
            items.account_of(found.get("ACCOUNT")),
            {name: items.progress_of(item) for name, item in _named("JOURNEY#", found)},
            {name: one for name, one in sessions if one},
            [items.readable(item) for _, item in _named(items.EXECUTION, found)],
        )

    def owner(self, account_id: str) -> str | None:
        """The user key of whose account at Jumio that is."""
        key = items.owner_key(account_id)
        return self._table.read(key).get(key, {}).get("user_key")

    def who_began(self, reference: str) -> str | None:
        """The user key of whose attempt that is; reads the whole table."""
        found = next(self._table.search(f"{items.EXECUTION}{reference}"), None)
        return str(found["pk"]).removeprefix("USER#") if found else None


def _named(kind: str, found: dict[str, Item]) -> Iterator[tuple[str, Item]]:
    return ((sk.removeprefix(kind), item) for sk, item in found.items() if sk.startswith(kind))
