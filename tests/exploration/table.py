"""DynamoDB in memory: as its documents allow.

A transaction is one step; its answer can be lost, so that the same token comes again, or it is
cancelled for a conflict with another one. The index may show what it was at any moment since the
beginning. Rows whose time is over may go at any moment, or stay.
"""

from functools import cache, cached_property
from typing import Any, Protocol

from tests.exploration.actors import Answer
from tests.exploration.cloud import (
    AWAY,
    CONFLICT,
    LAG,
    LOST,
    LOST_AWAY,
    PROGRESS,
    Answering,
    Exceptions,
    Json,
    cancelled,
    error,
)
from tests.exploration.expressions import Item, change, condition, spelt
from tests.exploration.scheduling import Schedule
from verification.store.operations import Key, plain

Place = tuple[str, str]
Index = tuple[tuple[str, int, str, str], ...]  # due, due_at, sk, pk


class Row(Item):
    """An item that is never changed, but replaced."""

    @cached_property
    def digest(self) -> int:
        return hash(repr(sorted(self.items()))) if self else 0

    @cached_property
    def plain(self) -> dict[str, Any]:
        """As the product reads it; not to be changed."""
        return plain(self)


Rows = list[tuple[Place, Row]]
_NOTHING = Row()


class Watching(Protocol):
    """Whoever looks at every call that has an effect, or an answer."""

    def written(self, place: Place, before: Row, after: Row) -> None: ...
    def committed(self) -> None: ...
    def seen(self) -> None: ...


class Table(Answering):
    """One table with the keys ``pk`` and ``sk`` and a sparse index over ``due`` and ``due_at``."""

    STATE = ("items", "digest", "indexed", "_done")
    exceptions = Exceptions

    def __init__(self, schedule: Schedule, watch: Watching) -> None:
        super().__init__(schedule)
        self.items: dict[Place, Row] = {}
        self.digest = 0
        self.indexed: tuple[Index, ...] = ()  # how the index was, if anybody may see that
        self._watch = watch
        self._done: dict[str, list[Json]] = {}
        self._known: dict[tuple[int, ...], Rows] = {}
        self._kept: list[object] = []

    def hold(self, place: Place, **attributes: Any) -> None:
        """What is there before anybody acts."""
        self._put(place, Row(spelt({"pk": place[0], "sk": place[1], **attributes})["M"]))

    def batch_get_item(self, RequestItems: Json) -> Json:  # noqa: N803 as AWS spells it
        ((name, wanted),) = RequestItems.items()
        assert wanted["ConsistentRead"]
        places = [_place(key) for key in wanted["Keys"]]

        def found() -> Json:
            rows = [self.items[place] for place in places if place in self.items]
            self._watch.seen()
            return Answer({"Responses": {name: rows}}, tuple(row.digest for row in rows))

        return self._asked(f"read {_names(*places)}", found, (AWAY,))

    def query(self, ExpressionAttributeValues: Json, **how: Any) -> Json:  # noqa: N803
        values = ExpressionAttributeValues

        def found() -> Json:
            assert how["ConsistentRead"]
            mine = [row for place, row in self.items.items() if {"S": place[0]} == values[":pk"]]
            mine.sort(key=lambda row: row["sk"]["S"])
            return Answer({"Items": mine}, tuple(row.digest for row in mine))

        if how.get("IndexName") == "due":
            return self._due(values[":due"], int(values[":until"]["N"]))
        return self._asked("query partition", found, (AWAY,))

    def _due(self, partition: Item, until: int) -> Json:
        """The index is only eventually consistent: ``lag-2`` is how it was two changes ago."""

        def lags() -> tuple[str, ...]:
            return tuple(f"{LAG}{changes}" for changes in range(1, len(self.indexed)))

        def found(changes: int = 0) -> Json:
            seen = self.indexed[-1 - changes] if changes else self.index()
            due = [Key(pk, sk) for due, at, sk, pk in seen if due == partition["S"] and at <= until]
            return {"Items": [key.typed for key in due]}

        return self._asked("query due", found, (AWAY,), more=lags)

    def index(self) -> Index:
        """What is due, and when, oldest first."""
        due = [row.plain for row in self.items.values() if "due" in row]
        return tuple(sorted((row["due"], row["due_at"], row["sk"], row["pk"]) for row in due))

    def scan(self, ExpressionAttributeValues: Json, **_: object) -> Json:  # noqa: N803
        def found() -> Json:
            sk = ExpressionAttributeValues[":sk"]
            return {"Items": [row for row in self.items.values() if row["sk"] == sk]}

        return self._asked("scan", found, (AWAY,))

    def transact_write_items(self, TransactItems: list[Json], ClientRequestToken: str) -> Json:  # noqa: N803
        steps = [next(iter(step.items())) for step in TransactItems]
        places = [_place(step.get("Key") or step["Item"]) for _, step in steps]
        assert len(set(places)) == len(places), "an item can be written once in a transaction"
        assert len(places) <= 100

        def effect() -> Json:
            if ClientRequestToken in self._done:
                assert self._done[ClientRequestToken] == TransactItems, "a token is for one request"
                return {}
            rows = self._carried_out(TransactItems, places)
            self._done = {**self._done, ClientRequestToken: TransactItems}
            for place, row in rows:
                self._put(place, row)
            if self.indexed and self.indexed[-1] != (index := self.index()):
                self.indexed += (index,)
            self._watch.committed()
            self._watch.seen()
            return {}

        word = "+".join(
            f"{kind.lower()} {_names(at)}" for at, (kind, _) in zip(places, steps, strict=True)
        )
        return self._asked(f"write {word}", effect, (LOST, CONFLICT, PROGRESS, AWAY, LOST_AWAY))

    def _carried_out(self, steps: list[Json], places: list[Place]) -> Rows:
        """What a transaction makes of the items, or why it does not."""
        olds = [self.items.get(place, _NOTHING) for place in places]
        known = id(steps), *map(id, olds)
        rows = self._known.get(known) if self._schedule.acting else None
        if rows is None:
            kinds = [next(iter(step.items())) for step in steps]
            of = list(zip(places, olds, kinds, strict=True))
            failed = [not _holds(old, step) for _, old, (_, step) in of]
            if any(failed):
                raise cancelled(*("ConditionalCheckFailed" if one else "None" for one in failed))
            rows = [
                (place, _written(place, old, kind, step))
                for place, old, (kind, step) in of
                if kind != "ConditionCheck"
            ]
            if self._schedule.acting:
                self._known[known] = rows
                self._kept += [steps, *olds]  # as long as they are there nobody else has their ids
        return rows

    def update_item(self, **step: Any) -> Json:
        place = _place(step["Key"])

        def effect() -> Json:
            old = self.items.get(place, _NOTHING)
            if not _holds(old, step):
                raise error(
                    Exceptions.ConditionalCheckFailedException,
                    "ConditionalCheckFailedException",
                    Item=dict(old),
                )
            self._put(place, _written(place, old, "Update", step))
            return Answer({"Attributes": self.items[place]}, self.items[place].digest)

        return self._asked(f"step {_names(place)}", effect, (LOST, AWAY))

    def expired(self) -> list[Place]:
        """What DynamoDB may delete by itself, sooner or later."""
        now = self._schedule.now
        return sorted(at for at, row in self.items.items() if row.plain.get("ttl", now + 1) <= now)

    def expire(self) -> bool:
        """Delete the first of those; whether any are left."""
        expired = self.expired()
        if expired:
            self._put(expired[0], _NOTHING)
            self._watch.committed()
        return len(expired) > 1

    def _put(self, place: Place, row: Row) -> None:
        old = self.items.get(place, _NOTHING)
        self.digest ^= old.digest ^ row.digest
        self.items = {**self.items, place: row}
        if not row:
            del self.items[place]
        self._watch.written(place, old, row)


def _holds(row: Row, step: Json) -> bool:
    names, values = _words(step)
    return condition(step.get("ConditionExpression", ""))(row, names, values)


def _words(step: Json) -> tuple[Json, Json]:
    return step.get("ExpressionAttributeNames", {}), step.get("ExpressionAttributeValues", {})


def _written(place: Place, old: Row, kind: str, step: Json) -> Row:
    if kind != "Update":
        return Row(step["Item"]) if kind == "Put" else _NOTHING
    new = Row(old or {"pk": {"S": place[0]}, "sk": {"S": place[1]}})
    change(step["UpdateExpression"])(new, old, *_words(step))
    return new


def _place(key: Json) -> Place:
    return key["pk"]["S"], key["sk"]["S"]


@cache
def _names(*places: Place) -> str:
    """What is at those places, without whose it is."""
    return ",".join(
        sorted(
            {
                sk.partition("#")[0].lower() if pk[:4] == "USER" else pk.partition("#")[0].lower()
                for pk, sk in places
            }
        )
    )
