"""AWS as it fails: each call of a client, before or after its effect, the way AWS does it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

Json = dict[str, Any]
Failure = Callable[[Any, str, Json], Exception]

READ, WRITE, STEP = "BatchGetItem", "TransactWriteItems", "UpdateItem"


def code(name: str, status: int = 400) -> Failure:
    """An error with that code; AWS's own words about it are none of our business."""

    def fail(client: Any, operation: str, _arguments: Json) -> Exception:
        answer = {
            "Error": {"Code": name, "Message": "words that nobody may see"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        return _made(client, name, answer, operation)

    return fail


def cancelled(*reasons: str) -> Failure:
    """A transaction that was cancelled for these reasons; the operations behind have none."""

    def fail(client: Any, operation: str, arguments: Json) -> Exception:
        left = len(arguments["TransactItems"]) - len(reasons)
        answer = {
            "Error": {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"},
            "CancellationReasons": [{"Code": one} for one in (*reasons, *["None"] * left)],
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        return _made(client, "TransactionCanceledException", answer, operation)

    return fail


def unreachable(*_: Any) -> Exception:
    return EndpointConnectionError(endpoint_url="https://aws.example")


def unanswered(*_: Any) -> Exception:
    return ReadTimeoutError(endpoint_url="https://aws.example")


def _made(client: Any, name: str, answer: Json, operation: str) -> Exception:
    error: Exception = client.exceptions.from_code(name)(answer, operation)
    return error


PASSING: dict[str, Failure] = {
    "throttled": code("ThrottlingException"),
    "over its throughput": code("ProvisionedThroughputExceededException"),
    "over its limit": code("RequestLimitExceeded"),
    "an error of its own": code("InternalServerError", 500),
    "an error that nobody knows": code("SomethingNew", 503),
    "unreachable": unreachable,
    "unanswered": unanswered,
}
"""Of every call."""

PUT_OFF: dict[str, Failure] = {
    **PASSING,
    "cancelled as throttled": cancelled("ThrottlingError"),
    "cancelled over its throughput": cancelled("None", "ProvisionedThroughputExceeded"),
    "cancelled in a conflict": cancelled("None", "None", "TransactionConflict"),
    "cancelled for several reasons": cancelled("TransactionConflict", "ThrottlingError"),
    "cancelled for a new reason": cancelled("SomethingNew"),
    "still in progress": code("TransactionInProgressException"),
}
"""Of a transaction."""


@dataclass
class _Planned:
    operation: str
    failure: Failure
    when: Literal["before", "after"]
    skip: int
    count: int


class Faults:
    """A client that fails as planned. It keeps DynamoDB's promise about client request tokens.

    moto does not: there, a transaction that is sent again fails on its own effect.
    """

    def __init__(self, client: Any) -> None:
        self._client, self._real = client, client._make_api_call
        self._planned: list[_Planned] = []
        self._done: dict[str, tuple[Json, Json]] = {}
        self.calls: Counter[str] = Counter()
        client._make_api_call = self._call

    def plan(
        self,
        operation: str,
        failure: Failure,
        *,
        when: Literal["before", "after"] = "before",
        skip: int = 0,
        count: int = 1,
    ) -> None:
        """Let the next calls of an operation fail, after some that do not."""
        self._planned.append(_Planned(operation, failure, when, skip, count))

    def clear(self) -> None:
        self._planned.clear()
        self.calls.clear()

    def _call(self, operation: str, arguments: Json) -> Json:
        self.calls[operation] += 1
        planned = self._due(operation)
        if planned and planned.when == "before":
            raise planned.failure(self._client, operation, arguments)
        answer = self._carry_out(operation, arguments)
        if planned:
            raise planned.failure(self._client, operation, arguments)
        return answer

    def _due(self, operation: str) -> _Planned | None:
        for one in self._planned:
            if one.operation != operation or not one.count:
                continue
            if one.skip:
                one.skip -= 1
                continue
            one.count -= 1
            return one
        return None

    def _carry_out(self, operation: str, arguments: Json) -> Json:
        token = arguments.get("ClientRequestToken") if operation == WRITE else None
        if token in self._done:
            before, answer = self._done[token]
            assert arguments == before, "a token stands for one request"
            return answer
        done: Json = self._real(operation, arguments)
        if token:
            self._done[token] = arguments, done
        return done
