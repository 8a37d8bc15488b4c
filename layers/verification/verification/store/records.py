"""All that is on record about one person, found by whatever names them."""

from collections.abc import Iterator
from dataclasses import dataclass

from verification.domain.execution import Execution
from verification.domain.standing import Account, Progress, Session
from verification.store.items import (
    EXECUTION,
    Unreadable,
    account_key,
    account_of,
    execution_key,
    owner_key,
    progress_of,
    readable,
    session_of,
)
from verification.store.operations import Item
from verification.store.table import Table


@dataclass(frozen=True)
class Record:
    """A person's items; journeys' progress and sessions by the name of the journey."""

    account: Account
    journeys: dict[str, Progress]
    sessions: dict[str, Session]
    executions: list[Execution | Unreadable]


class RecordStore:
    """The part of the table that ``tell_story`` reads; it writes nothing."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, user_key: str) -> Record | None:
        """What is on record about a person, or None if nothing is."""
        items = {one["sk"]: one for one in self._table.partition(account_key(user_key).pk)}
        if not items:
            return None
        return Record(
            account_of(items.get("ACCOUNT")),
            {name: progress_of(item) for name, item in _named("JOURNEY#", items)},
            {name: one for name, item in _named("SESSION#", items) if (one := session_of(item))},
            [
                readable(execution_key(user_key, reference), item)
                for reference, item in _named(EXECUTION, items)
            ],
        )

    def owner(self, account_id: str) -> str | None:
        """The user key of whose account at Jumio that is."""
        key = owner_key(account_id)
        return self._table.read(key).get(key, {}).get("user_key")

    def who_began(self, reference: str) -> str | None:
        """The user key of whose attempt that is; reads the whole table."""
        found = next(self._table.search(f"{EXECUTION}{reference}"), None)
        return str(found["pk"]).removeprefix("USER#") if found else None


def _named(kind: str, items: dict[str, Item]) -> Iterator[tuple[str, Item]]:
    return ((sk.removeprefix(kind), item) for sk, item in items.items() if sk.startswith(kind))
