"""The outermost edge of the function behind the queue: one message, one hint.

A message is *dropped* when its hint is dealt with, and *retained* otherwise: it comes back after a
growing delay, and after two and a half hours the queue sets it aside. So what merely has to wait
does not end there, nor does anything while Jumio or AWS is away for an hour.
"""

import logging
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from verification.aws.queue import HintQueue
from verification.cloud import Refused
from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured, NotYet, Problem
from verification.domain.hint import Hint
from verification.edge.failures import log_unexpected
from verification.observability import LogCode, on_every_line

_logger = logging.getLogger(__name__)
_FIRST_DELAY = 5  # seconds; three times as long after each further failure
_LONGEST_DELAY = 600
_POISONED = 1  # second: no waiting makes it readable


def work_through(
    event: dict[str, Any],
    settle: Callable[[Hint, Deadline], None],
    queue: HintQueue,
    deadline: Deadline,
) -> dict[str, Any]:
    """Settle each message's hint; the answer names the messages to retain."""
    retained = []
    for record in event["Records"]:
        try:
            hint = Hint.model_validate_json(record["body"])
            on_every_line(reference=hint.reference)
            settle(hint, deadline)
        except Exception as error:  # noqa: BLE001 whatever it is, the message has to come again
            _retain(record, queue, error)
            retained.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": retained}


def delay_after(received: int) -> int:
    """Seconds until a message that was received so often in vain is seen again."""
    return min(_FIRST_DELAY * int(3 ** min(received - 1, 9)), _LONGEST_DELAY)


def _retain(record: dict[str, Any], queue: HintQueue, error: Exception) -> None:
    received = int(record["attributes"]["ApproximateReceiveCount"])
    delay = delay_after(received)
    extra: dict[str, object] = {"message_id": record["messageId"], "received": received}
    if isinstance(error, Misconfigured):
        extra["setting"] = error.setting
    if isinstance(error, ValidationError):
        delay = _POISONED
        _logger.error(LogCode.MESSAGE_POISONOUS, extra=extra)
    elif isinstance(error, (NotYet, Problem)):
        _logger.warning(LogCode.MESSAGE_RETAINED, extra={**extra, "reason": str(error)})
    else:
        log_unexpected(error)
        _logger.error(LogCode.MESSAGE_RETAINED, extra=extra)
    try:
        queue.postpone(record["receiptHandle"], delay)
    except (Problem, Refused):
        _logger.warning(LogCode.MESSAGE_RETAINED, extra={**extra, "postponed": False})
