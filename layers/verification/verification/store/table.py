"""DynamoDB as this product uses it: bounded strong reads, and writes that own their condition."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from verification.cloud import asked
from verification.domain.deadline import Deadline
from verification.domain.errors import TemporarilyUnavailable
from verification.store.operations import Item, Key, Operation, When, expressions, plain

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_DEFECTS = {"ItemCollectionSizeLimitExceeded", "ValidationError"}


class ConditionFailed(Exception):
    """A write that changed nothing, as another write got there first.

    ``failed`` tells of each operation whether it was its condition that failed.
    """

    def __init__(self, failed: Sequence[bool]) -> None:
        super().__init__("condition failed")
        self.failed = tuple(failed)


class Table:
    """One table with the keys ``pk`` and ``sk``.

    Whatever AWS only puts off is asked for again for a while, or until a given deadline;
    then, and for everything else that goes wrong, an error of the domain is raised.
    """

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def read(self, *keys: Key, deadline: Deadline | None = None) -> dict[Key, Item]:
        """The items at up to 100 keys, strongly consistent, in one round trip."""
        wanted = [key.typed for key in keys]
        found: dict[Key, Item] = {}

        def read_the_rest() -> None:
            nonlocal wanted
            answer = self._client.batch_get_item(
                RequestItems={self._name: {"Keys": wanted, "ConsistentRead": True}}
            )
            for raw in answer["Responses"].get(self._name, []):
                item = plain(raw)
                found[Key(item["pk"], item["sk"])] = item
            if left := answer.get("UnprocessedKeys", {}).get(self._name):
                wanted = list(left["Keys"])
                raise TemporarilyUnavailable("BatchGetItem: UnprocessedKeys")

        self._ask(read_the_rest, deadline)
        return found

    def due(self, index: str, partition: str, until: int) -> Iterator[Key]:
        """Keys of the items of a sparse index whose ``due_at`` has come, oldest first."""
        when = When("#due = :due AND #due_at <= :until", {"due": partition, "until": until})
        pages = self._pages(self._client.query, "KeyConditionExpression", when, IndexName=index)
        return (Key(item["pk"], item["sk"]) for item in pages)

    def partition(self, pk: str) -> Iterator[Item]:
        """All items of a partition, strongly consistent."""
        when, read = When("#pk = :pk", {"pk": pk}), self._client.query
        return self._pages(read, "KeyConditionExpression", when, ConsistentRead=True)

    def search(self, sk: str) -> Iterator[Item]:
        """Items with a sort key, whosever they are; reads the whole table to find them."""
        when, read = When("#sk = :sk", {"sk": sk}), self._client.scan
        return self._pages(read, "FilterExpression", when, ConsistentRead=True)

    def _pages(
        self,
        read: Callable[..., Any],
        clause: str,
        when: When,
        **query: Any,  # noqa: ANN401 DynamoDB's own arguments
    ) -> Iterator[Item]:
        sought, start = expressions("", when), dict[str, Any]()
        query |= {"TableName": self._name, clause: sought.pop("ConditionExpression"), **sought}
        while True:
            page = self._ask(lambda: read(**query, **start))  # noqa: B023 called at once
            yield from (plain(raw) for raw in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def write(self, *operations: Operation, deadline: Deadline | None = None) -> None:
        """Carry out all operations or none; raises ConditionFailed.

        Always a transaction, even of one: by its token, which is the same for every try,
        a try after one whose answer was lost succeeds instead of failing on its own effect.
        """
        items = [operation.for_table(self._name) for operation in operations]
        token = uuid.uuid4().hex

        def write_once() -> None:
            try:
                self._client.transact_write_items(TransactItems=items, ClientRequestToken=token)
            except self._client.exceptions.TransactionCanceledException as error:
                raise _why(error) from None

        self._ask(write_once, deadline)

    def step(self, key: Key, clauses: str, when: When) -> tuple[bool, Item]:
        """Move one item by an update expression; whether that happened, and the item as it is now.

        For counters only: a repetition after a lost answer may count twice.
        """

        def step_once() -> tuple[bool, Item]:
            try:
                answer = self._client.update_item(
                    TableName=self._name,
                    Key=key.typed,
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **expressions(clauses, when),
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                found: Any = error.response.get("Item", {})
                return False, plain(found)
            return True, plain(answer["Attributes"])

        return self._ask(step_once)

    def _ask[Answer](self, call: Callable[[], Answer], deadline: Deadline | None = None) -> Answer:
        return asked(call, setting="TABLE_NAME", deadline=deadline)


def _why(error: Any) -> Exception:  # noqa: ANN401 the client makes its classes at run time
    """What a cancelled transaction means, which only its reasons tell.

    A failed condition is an answer. All other reasons (throttling, another transaction at the
    same items, DynamoDB's own errors) pass, but for those that the request itself is to blame.
    """
    codes = [str(one.get("Code")) for one in error.response.get("CancellationReasons", [])]
    if "ConditionalCheckFailed" in codes:
        return ConditionFailed([code == "ConditionalCheckFailed" for code in codes])
    if _DEFECTS.intersection(codes):
        return error  # type: ignore[no-any-return]
    told = ", ".join(sorted(set(codes) - {"None"}))
    return TemporarilyUnavailable(f"TransactWriteItems: {told}")
