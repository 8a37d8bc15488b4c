"""The queue between Jumio's callback and the worker that reads the result: ids only."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verification.cloud import Refused, asked, named
from verification.domain.errors import Misconfigured, TemporarilyUnavailable
from verification.domain.hint import Hint

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import (
        MessageAttributeValueTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

SINCE = "since"
"""The attribute of a message that stands for an older one: when that was sent."""
_SETTING = "QUEUE_URL"


class NotQueued(Exception):
    """Of several hints, those that the queue did not take, and why not."""

    def __init__(self, hints: Sequence[Hint], why: Exception) -> None:
        super().__init__(type(why).__name__)
        self.hints = hints
        self.why = why


class HintQueue:
    """Where hints wait; its calls raise as ``cloud.asked`` does."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, hint: Hint, *, delay: int = 0, since: int | None = None) -> None:
        """Returns once the queue has it, to be seen after ``delay`` seconds, at most 900.

        ``since`` is when the same hint was sent first, in seconds since 1970.
        """
        attributes: dict[str, MessageAttributeValueTypeDef] = {}
        if since is not None:
            attributes[SINCE] = {"DataType": "Number", "StringValue": str(since)}
        asked(
            lambda: self._client.send_message(
                QueueUrl=self._url,
                MessageBody=hint.model_dump_json(),
                DelaySeconds=delay,
                MessageAttributes=attributes,
            ),
            setting=_SETTING,
        )

    def send_all(self, hints: Sequence[Hint]) -> None:
        """Send up to ten hints in one round trip; raises NotQueued for those that are left."""
        waiting = {str(number): hint for number, hint in enumerate(hints)}

        def send_the_rest() -> None:
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": number, "MessageBody": hint.model_dump_json()}
                for number, hint in waiting.items()
            ]
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            for taken in answer.get("Successful", []):
                del waiting[taken["Id"]]
            for failed in answer.get("Failed", []):
                ours = failed["SenderFault"]
                raise named(failed["Code"], _SETTING, of="SendMessageBatch", later=not ours)

        try:
            asked(send_the_rest, setting=_SETTING)
        except (Misconfigured, Refused, TemporarilyUnavailable) as error:
            raise NotQueued(list(waiting.values()), error) from None

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Let a message that stays on the queue be seen again after so many seconds."""
        asked(
            lambda: self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            ),
            setting=_SETTING,
        )
