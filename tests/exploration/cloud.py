"""DynamoDB, SQS and EventBridge as clients see them, in memory: as their documents allow.

A transaction is one step; its answer can be lost, so that the same token comes again, or it is
cancelled for a conflict with another one. The index may show what it was at any moment since the
beginning. A queue and a bus deliver at least once.
"""

import json
from collections.abc import Callable
from typing import Any, Protocol

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.exploration.expressions import Item, change, condition, spelt
from tests.exploration.actors import OK
from tests.exploration.scheduling import Schedule

Json = dict[str, Any]
Place = tuple[str, str]
CONFLICT, PROGRESS, LOST, AWAY, LOST_AWAY = "conflict", "in-progress", "lost", "away", "lost-away"
LAG = "lag-"


class Watching(Protocol):
    """Whoever looks at every call that has an effect, or an answer."""

    def written(self, place: Place, before: Item, after: Item) -> None: ...
    def committed(self) -> None: ...
    def seen(self) -> None: ...
    def told(self, event: Json) -> None: ...


class Exceptions:
    """The classes that a client makes at run time."""

    class TransactionCanceledException(ClientError):
        """A transaction that changed nothing."""

    class ConditionalCheckFailedException(ClientError):
        """A write that changed nothing."""


class Silent(ReadTimeoutError):
    """AWS did not answer this time."""

    def __init__(self) -> None:
        super().__init__(endpoint_url="https://aws.example")


class Away(Silent):
    """AWS does not answer for as long as it is asked again."""


class Answering:
    """How a call to AWS goes: done, not done, or done and nobody heard of it."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def _asked[Answer](
        self, port: str, effect: Callable[..., Answer], outcomes: tuple[str, ...]
    ) -> Answer:
        def carried_out(outcome: str) -> Answer:
            lag = [int(outcome.removeprefix(LAG))] if outcome.startswith(LAG) else []
            if lag or outcome in (OK, LOST, LOST_AWAY):
                answer = effect(*lag)
            if lag or outcome == OK:
                return answer
            if outcome == CONFLICT:
                raise _cancelled("TransactionConflict")
            if outcome == PROGRESS:
                raise _error(ClientError, "TransactionInProgressException")
            raise Silent if outcome == LOST else Away

        run = self._schedule.run
        if run and run.away:
            run.away = run.asks_again
            if run.away:
                raise Away
        if run:
            run.asks_again = False
        try:
            answer: Answer = self._schedule.point(port, carried_out, outcomes)
        except Away:
            if run:
                run.away = True
            raise
        return answer


class Table(Answering):
    """One table with the keys ``pk`` and ``sk`` and a sparse index over ``due`` and ``due_at``."""

    STATE = ("items", "digest", "indexed", "_done")
    exceptions = Exceptions

    def __init__(self, schedule: Schedule, watch: Watching) -> None:
        super().__init__(schedule)
        self.items: dict[Place, Item] = {}
        self.digest = 0
        self.indexed: list[list[Item]] = []  # how the index was, if anybody may see that
        self._watch = watch
        self._done: dict[str, list[Json]] = {}

    def hold(self, place: Place, **attributes: Any) -> None:
        """What is there before anybody acts."""
        self._write(
            place, "Put", {"Item": spelt({"pk": place[0], "sk": place[1], **attributes})["M"]}
        )

    def batch_get_item(self, RequestItems: Json) -> Json:  # noqa: N803 as AWS spells it
        ((name, wanted),) = RequestItems.items()
        assert wanted["ConsistentRead"]
        places = [_place(key) for key in wanted["Keys"]]

        def found() -> Json:
            items = [dict(self.items[place]) for place in places if place in self.items]
            self._watch.seen()
            return {"Responses": {name: items}}

        return self._asked(f"read {_names(places)}", found, (AWAY,))

    def query(self, ExpressionAttributeValues: Json, **how: Any) -> Json:  # noqa: N803
        values = ExpressionAttributeValues

        def found() -> Json:
            assert how["ConsistentRead"]
            mine = [item for place, item in self.items.items() if {"S": place[0]} == values[":pk"]]
            return {
                "Items": [dict(item) for item in sorted(mine, key=lambda item: item["sk"]["S"])]
            }

        if how.get("IndexName") == "due":
            return self._due(values[":due"], int(values[":until"]["N"]))
        return self._asked("query partition", found, (AWAY,))

    def _due(self, partition: Item, until: int) -> Json:
        """The index is only eventually consistent: ``lag-2`` is how it was two changes ago."""
        lags = tuple(f"{LAG}{changes}" for changes in range(1, len(self.indexed)))

        def found(changes: int = 0) -> Json:
            due = [
                item
                for item in (self.indexed[-1 - changes] if changes else self.index())
                if item["due"] == partition and int(item["due_at"]["N"]) <= until
            ]
            return {"Items": [{"pk": item["pk"], "sk": item["sk"]} for item in due]}

        return self._asked("query due", found, (AWAY, *lags))

    def index(self) -> list[Item]:
        """What is due, and when, oldest first."""
        due = [
            {name: item[name] for name in ("pk", "sk", "due", "due_at")}
            for item in self.items.values()
            if "due" in item
        ]
        return sorted(due, key=lambda item: (int(item["due_at"]["N"]), item["sk"]["S"]))

    def scan(self, ExpressionAttributeValues: Json, **_: object) -> Json:  # noqa: N803
        def found() -> Json:
            sk = ExpressionAttributeValues[":sk"]
            return {"Items": [dict(item) for item in self.items.values() if item["sk"] == sk]}

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
            failed = [
                not self._holds(place, step) for place, (_, step) in zip(places, steps, strict=True)
            ]
            if any(failed):
                raise _cancelled(*("ConditionalCheckFailed" if one else "None" for one in failed))
            self._done[ClientRequestToken] = TransactItems
            for place, (kind, step) in zip(places, steps, strict=True):
                self._write(place, kind, step)
            if self.indexed and self.indexed[-1] != (index := self.index()):
                self.indexed.append(index)
            self._watch.committed()
            self._watch.seen()
            return {}

        word = "+".join(
            f"{kind.lower()} {_names([at])}" for at, (kind, _) in zip(places, steps, strict=True)
        )
        return self._asked(f"write {word}", effect, (LOST, CONFLICT, PROGRESS, AWAY, LOST_AWAY))

    def update_item(self, **step: Any) -> Json:
        place = _place(step["Key"])

        def effect() -> Json:
            if not self._holds(place, step):
                raise _error(
                    Exceptions.ConditionalCheckFailedException,
                    "ConditionalCheckFailedException",
                    Item=dict(self.items.get(place, {})),
                )
            self._write(place, "Update", step)
            return {"Attributes": dict(self.items[place])}

        return self._asked(f"step {_names([place])}", effect, (LOST, AWAY))

    def _holds(self, place: Place, step: Json) -> bool:
        names, values = (
            step.get("ExpressionAttributeNames", {}),
            step.get("ExpressionAttributeValues", {}),
        )
        return condition(step.get("ConditionExpression", ""))(
            self.items.get(place, {}), names, values
        )

    def _write(self, place: Place, kind: str, step: Json) -> None:
        old = self.items.get(place, {})
        new: Item = dict(step["Item"]) if kind == "Put" else {}
        if kind == "ConditionCheck":
            return
        if kind == "Update":
            new = {**(old or {"pk": {"S": place[0]}, "sk": {"S": place[1]}})}
            names, values = (
                step.get("ExpressionAttributeNames", {}),
                step.get("ExpressionAttributeValues", {}),
            )
            change(step["UpdateExpression"])(new, old, names, values)
        self.digest ^= _hash(place, old) ^ _hash(place, new)
        self.items[place] = new
        if not new:
            del self.items[place]
        self._watch.written(place, old, new)


class Queue(Answering):
    """What was sent; whoever takes a message leaves it there until it is done with it."""

    STATE = ("messages",)

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(schedule)
        self.messages: list[str] = []

    @property
    def first(self) -> str:
        return self.messages[0] if self.messages else ""

    def done(self, message: str) -> None:
        """A worker is done with it, if nobody was before."""
        if message in self.messages:
            self.messages.remove(message)

    def send_message(self, MessageBody: str, **_: object) -> Json:  # noqa: N803
        def effect() -> Json:
            self.messages.append(MessageBody)
            return {}

        return self._asked("send hint", effect, (LOST, AWAY, LOST_AWAY))


class Events(Answering):
    """What was told to the rest of the company."""

    STATE = ("told",)

    def __init__(self, schedule: Schedule, watch: Watching) -> None:
        super().__init__(schedule)
        self.told: list[Json] = []
        self._watch = watch

    def put_events(self, Entries: list[Json]) -> Json:  # noqa: N803
        def effect() -> Json:
            for event in (json.loads(entry["Detail"]) for entry in Entries):
                self._watch.told(event)
                self.told.append(event)
            return {"FailedEntryCount": 0, "Entries": [{}]}

        return self._asked("put event", effect, (LOST, AWAY, LOST_AWAY))


def _place(key: Json) -> Place:
    return key["pk"]["S"], key["sk"]["S"]


def _names(places: list[Place]) -> str:
    """What is at those places, without whose it is."""
    return ",".join(
        sorted(
            {
                sk.partition("#")[0].lower() if pk[:4] == "USER" else pk.partition("#")[0].lower()
                for pk, sk in places
            }
        )
    )


def _hash(place: Place, item: Item) -> int:
    return hash((place, repr(sorted(item.items())))) if item else 0


def _error(kind: type[ClientError], code: str, **more: Any) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        **more,
    }
    return kind(answer, "TransactWriteItems")


def _cancelled(*codes: str) -> ClientError:
    return _error(
        Exceptions.TransactionCanceledException,
        "TransactionCanceledException",
        CancellationReasons=[{"Code": code} for code in codes],
    )
