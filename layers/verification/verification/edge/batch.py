"""The outermost edge of the function behind the queue: each message ends on its own.

A message is *dropped* when its hint is dealt with, and *retained* otherwise: it comes back
after a growing delay, and after the fifth time the queue sets it aside. Only what is wrong with
a message, or with us, ends there. What merely has to wait is *put back* as a new message:

- a hint whose turn did not come because others in its batch were slow;
- one that failed for the fifth time because Jumio or AWS does not answer, for two hours.

A hint without which nothing is lost is dropped instead. The new message goes out before the old
one goes away: it may then be there twice, which does no harm.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, cast

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic import ValidationError

from verification.aws.queue import SINCE, HintQueue
from verification.cloud import Refused
from verification.domain.deadline import Clock, Deadline
from verification.domain.errors import AWAY, HandedOver, Misconfigured, NotYet, Problem, TooSoon
from verification.domain.hint import Hint
from verification.edge.failures import log_unexpected
from verification.observability import LogCode, Metric, count

_logger = logging.getLogger(__name__)
RECEIVES = 5  # as the queue's RedrivePolicy has it
_FIRST_DELAY = 5  # seconds; three times as long after each further failure
_OUTAGE = 2 * 3600  # seconds for which a hint outlives its receives
_SHARE = 20.0  # seconds that one hint may take of those that all have
_ENOUGH = 5.0  # seconds without which none is begun, unless it is the first
_NEXT_TURN = 20  # seconds until a hint that was not begun is seen again


def work_through(
    event: dict[str, Any],
    settle: Callable[[Hint, Deadline], None],
    queue: HintQueue,
    deadline: Deadline,
    clock: Clock = time.time,
) -> dict[str, Any]:
    """Settle each message's hint; the answer names the messages to retain."""
    begun = False

    def settle_one(record: SQSRecord) -> None:
        nonlocal begun
        try:
            hint = Hint.model_validate_json(record.body)
            if begun and deadline.remaining() < _ENOUGH:
                _put_back(record, hint, queue, _NEXT_TURN)
                return
            begun = True
            settle(hint, Deadline(min(_SHARE, deadline.remaining())))
        except Exception as error:
            if _may_go(record, error, queue, clock()):
                return
            _retain(record, queue, error)
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return cast(
        "dict[str, Any]",
        process_partial_response(event=event, record_handler=settle_one, processor=processor),
    )


def _may_go(record: SQSRecord, error: Exception, queue: HintQueue, now: float) -> bool:
    """Whether a message that would be set aside next is not needed any more, or has a successor."""
    if _received(record) < RECEIVES:
        return False
    if isinstance(error, HandedOver):
        extra = {"message_id": record.message_id, "reason": str(error)}
        _logger.info(LogCode.MESSAGE_HANDED_OVER, extra=extra)
        return True
    if not isinstance(error, (TooSoon, *AWAY)) or now - _since(record) > _OUTAGE:
        return False
    try:
        _put_back(record, Hint.model_validate_json(record.body), queue, _delay(record))
    except (Problem, Refused):
        return False
    return True


def _put_back(record: SQSRecord, hint: Hint, queue: HintQueue, delay: int) -> None:
    queue.send(hint, delay=delay, since=_since(record))
    extra = {"message_id": record.message_id, "received": _received(record)}
    _logger.info(LogCode.MESSAGE_PUT_BACK, extra=extra)


def _received(record: SQSRecord) -> int:
    return int(record.attributes.approximate_receive_count)


def _since(record: SQSRecord) -> int:
    """When the hint was sent first, in seconds since 1970."""
    attribute = (record.get("messageAttributes") or {}).get(SINCE) or {}
    said = attribute.get("stringValue") or ""
    return int(said) if said.isdecimal() else int(record.attributes.sent_timestamp) // 1000


def _delay(record: SQSRecord) -> int:
    return int(_FIRST_DELAY * 3 ** min(_received(record) - 1, 4))


def _retain(record: SQSRecord, queue: HintQueue, error: Exception) -> None:
    received = _received(record)
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
        queue.postpone(record.receipt_handle, _delay(record))
    except (Problem, Refused):
        _logger.warning(LogCode.MESSAGE_RETAINED, extra={**extra, "postponed": False})
