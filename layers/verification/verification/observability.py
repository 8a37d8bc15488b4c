"""Everything that this product tells its operators: log codes.

A log line is one of these constant codes with ids as keys; searches and the runbook key on the
code, and the template's filters count metrics from codes and keys (docs/metrics.md). Nothing that
a person entered, and nothing that opens anything, is ever a key: no token, href, secret,
capability, subject or address.
"""

from enum import StrEnum

from aws_lambda_powertools import Logger


class LogCode(StrEnum):
    """What happened, in one word that never changes."""

    # A request for a session
    SESSION_OPENED = "session_opened"
    SESSION_RESUMED = "session_resumed"
    ATTEMPT_BEGUN = "attempt_begun"
    ATTEMPT_RELEASED = "attempt_released"
    ATTEMPT_OVERTAKEN = "attempt_overtaken"
    ATTEMPT_LEFT_OPEN = "attempt_left_open"
    ACCOUNT_GONE = "account_gone"
    DATA_REFUSED = "data_refused"
    LOCALE_UNLISTED = "locale_unlisted"
    DAILY_CEILING_REACHED = "daily_ceiling_reached"
    REQUEST_REFUSED = "request_refused"
    MISCONFIGURED = "misconfigured"
    UNEXPECTED_ERROR = "unexpected_error"
    SECRET_UNREAD = "secret_unread"  # noqa: S105 a log code
    PEPPER_IN_USE = "pepper_in_use"

    # AWS
    AWS_UNAVAILABLE = "aws_unavailable"
    AWS_REFUSED = "aws_refused"

    # Jumio
    JUMIO_CALLED = "jumio_called"
    JUMIO_NOT_REACHED = "jumio_not_reached"
    JUMIO_DOWN = "jumio_down"
    JUMIO_RATE_LIMITED = "jumio_rate_limited"
    JUMIO_REJECTED = "jumio_rejected"
    JUMIO_OUTCOME_UNKNOWN = "jumio_outcome_unknown"
    JUMIO_READ_UNANSWERED = "jumio_read_unanswered"
    JUMIO_READ_REFUSED = "jumio_read_refused"
    JUMIO_ANSWER_MALFORMED = "jumio_answer_malformed"
    JUMIO_TOKEN_UNANSWERED = "jumio_token_unanswered"  # noqa: S105 a log code
    JUMIO_TOKEN_REFUSED = "jumio_token_refused"  # noqa: S105 a log code
    JUMIO_TOKEN_REJECTED = "jumio_token_rejected"  # noqa: S105 a log code
    JUMIO_ADDRESS_REFUSED = "jumio_address_refused"

    # A callback and what follows
    CALLBACK_QUEUED = "callback_queued"
    CALLBACK_SOURCE_UNLISTED = "callback_source_unlisted"
    CALLBACK_REFUSED = "callback_refused"
    CALLBACK_MISMATCH = "callback_mismatch"
    EXECUTION_UNKNOWN = "execution_unknown"
    EXECUTION_ADVANCED = "execution_advanced"
    EXECUTION_UNCHANGED = "execution_unchanged"
    EXECUTION_ADOPTED = "execution_adopted"
    ORPHAN_RECORDED = "orphan_recorded"
    STATUS_UNKNOWN = "status_unknown"
    OUTCOME_PUBLISHED = "outcome_published"
    LAPSE_PUBLISHED = "lapse_published"
    PROGRESS_PUBLISHED = "progress_published"
    MESSAGE_RETAINED = "message_retained"
    MESSAGE_POISONOUS = "message_poisonous"

    # What runs by itself or at an operator's word
    SWEEP_DONE = "sweep_done"
    EXECUTION_OVERDUE = "execution_overdue"
    EXECUTION_UNREADABLE = "execution_unreadable"
    LOOK_FAILED = "look_failed"
    EXECUTION_GONE = "execution_gone"
    EXECUTION_NEVER_OPENED = "execution_never_opened"
    REVIEW_DECIDED = "review_decided"
    FACTS_ASKED = "facts_asked"
    SUBJECT_ERASED = "subject_erased"
    SUBJECT_UNKNOWN = "subject_unknown"
    LEFTOVER_ERASED = "leftover_erased"
    LEFTOVER_GONE = "leftover_gone"
    LEFTOVER_UNCONFIRMED = "leftover_unconfirmed"


def on_every_line(**ids: str) -> None:
    """Have these ids on whatever else this invocation logs, too."""
    Logger().append_keys(**ids)
