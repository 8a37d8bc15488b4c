"""AWS as clients see it: how each call can go. SQS and EventBridge deliver at least once."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.exploration.actors import OK
from tests.exploration.scheduling import Schedule

Json = dict[str, Any]
CONFLICT, PROGRESS, LOST, AWAY, LOST_AWAY = "conflict", "in-progress", "lost", "away", "lost-away"
LAG = "lag-"


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
        self, port: str, effect: Callable[..., Answer], outcomes: tuple[str, ...], **how: Any
    ) -> Answer:
        def carried_out(outcome: str) -> Answer:
            if outcome == OK:
                return effect()
            if outcome.startswith(LAG):
                return effect(int(outcome.removeprefix(LAG)))
            if outcome in (LOST, LOST_AWAY):
                effect()
            raise _PUT_OFF.get(outcome) or Away

        run = self._schedule.run
        if run and run.away:
            run.away = run.asks_again
            if run.away:
                raise Away
        try:
            put_off = tuple(_PUT_OFF[outcome] for outcome in outcomes if outcome in _PUT_OFF)
            answer: Answer = self._schedule.point(
                port, carried_out, outcomes, put_off=put_off, **how
            )
        except Away:
            if run:
                run.away = True
            raise
        finally:
            if run:
                run.asks_again = False
        return answer


class Queue(Answering):
    """What was sent; whoever takes a message leaves it there until it is done with it."""

    STATE = ("messages",)

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(schedule)
        self.messages: tuple[str, ...] = ()

    @property
    def first(self) -> str:
        return self.messages[0] if self.messages else ""

    def done(self, message: str) -> None:
        """A worker is done with it, if nobody was before."""
        if message in self.messages:
            at = self.messages.index(message)
            self.messages = self.messages[:at] + self.messages[at + 1 :]

    def send_message(self, MessageBody: str, **_: object) -> Json:  # noqa: N803
        def effect() -> Json:
            self.messages += (MessageBody,)
            return {}

        return self._asked("send hint", effect, (LOST, AWAY, LOST_AWAY))


class Events(Answering):
    """What was told to the rest of the company."""

    STATE = ("told", "keys")

    def __init__(self, schedule: Schedule, told: Callable[[Json], None]) -> None:
        super().__init__(schedule)
        self.told: tuple[Json, ...] = ()
        self.keys: tuple[str, ...] = ()
        self._tell = told

    def put_events(self, Entries: list[Json]) -> Json:  # noqa: N803
        def effect() -> Json:
            for event in (json.loads(entry["Detail"]) for entry in Entries):
                self._tell(event)
                self.told += (event,)
                self.keys += (repr(event),)
            return {"FailedEntryCount": 0, "Entries": [{}]}

        return self._asked("put event", effect, (LOST, AWAY, LOST_AWAY))


def error(kind: type[ClientError], code: str, **more: Any) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        **more,
    }
    return kind(answer, "TransactWriteItems")


def cancelled(*codes: str) -> ClientError:
    return error(
        Exceptions.TransactionCanceledException,
        "TransactionCanceledException",
        CancellationReasons=[{"Code": code} for code in codes],
    )


_PUT_OFF = {
    CONFLICT: cancelled("TransactionConflict"),
    PROGRESS: error(ClientError, "TransactionInProgressException"),
    LOST: Silent(),
}
