"""The queue between Jumio's callback and the worker that reads the result: ids only."""

from typing import TYPE_CHECKING

from verification.cloud import asked
from verification.domain.hint import Hint

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

_SETTING = "QUEUE_URL"


class HintQueue:
    """Where hints wait; its calls raise as ``cloud.asked`` does."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, hint: Hint) -> None:
        """Returns once the queue has it."""
        asked(
            lambda: self._client.send_message(
                QueueUrl=self._url, MessageBody=hint.model_dump_json()
            ),
            setting=_SETTING,
        )

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Let a message that stays on the queue be seen again after so many seconds."""
        asked(
            lambda: self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            ),
            setting=_SETTING,
        )
