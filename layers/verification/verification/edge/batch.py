"""The outermost edge of the function behind the queue: each message ends on its own.

A message is *dropped* when its hint is dealt with, and *retained* otherwise: it comes
back after a growing delay, and after five times the queue sets it aside.
"""

import logging
from collections.abc import Callable
from typing import Any, cast

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from verification.aws.queue import HintQueue
from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured, NotYet, Problem
from verification.domain.hint import Hint
from verification.edge.failures import log_unexpected
from verification.observability import LogCode, Metric, count

_logger = logging.getLogger(__name__)
_FIRST_DELAY = 5  # seconds; three times as long after each further failure


def work_through(
    event: dict[str, Any],
    settle: Callable[[Hint, Deadline], None],
    queue: HintQueue,
    deadline: Deadline,
) -> dict[str, Any]:
    """Settle each message's hint; the answer names the messages to retain."""

    def settle_one(record: SQSRecord) -> None:
        try:
            settle(Hint.model_validate_json(record.body), deadline)
        except Exception as error:
            _retain(record, queue, error)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return cast(
        "dict[str, Any]",
        process_partial_response(event=event, record_handler=settle_one, processor=processor),
    )


def _retain(record: SQSRecord, queue: HintQueue, error: Exception) -> None:
    received = int(record.attributes.approximate_receive_count)
    extra: dict[str, object] = {"message_id": record.message_id, "received": received}
    if isinstance(error, Misconfigured):
        extra["setting"] = error.setting
    if isinstance(error, ValidationError):
        _logger.error(LogCode.MESSAGE_POISONOUS, extra=extra)
        if received == 1:
            count(Metric.MESSAGES_POISONOUS)
    elif isinstance(error, (NotYet, Problem)):
        _logger.warning(LogCode.MESSAGE_RETAINED, extra={**extra, "reason": str(error)})
    else:
        log_unexpected(error)
        _logger.error(LogCode.MESSAGE_RETAINED, extra=extra)
    try:
        queue.postpone(record.receipt_handle, _FIRST_DELAY * 3 ** min(received - 1, 5))
    except (BotoCoreError, ClientError):
        _logger.warning(LogCode.MESSAGE_RETAINED, extra={**extra, "postponed": False})
