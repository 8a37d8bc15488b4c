"""AWS as it answers: its errors in our words, and how often it is asked again.

Source: the error codes of "Error handling with DynamoDB", SQS's and EventBridge's references.
"""

import itertools
import logging
import random
import time
from collections.abc import Callable

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 the client's own, for every way of not getting through
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured, TemporarilyUnavailable
from verification.observability import LogCode

_logger = logging.getLogger(__name__)
_PATIENCE = 2.0  # seconds
_LONGEST_PAUSE = 1.0

_PUTTING_OFF = """
ExpiredToken ExpiredTokenException InternalError InternalException InternalFailure
InternalServerError InternalServiceError KmsThrottled LimitExceededException OverLimit
PriorRequestNotComplete
ProvisionedThroughputExceededException ReplicatedWriteConflictException RequestExpired
RequestLimitExceeded RequestThrottled RequestThrottledException RequestTimeout
RequestTimeoutException ServiceUnavailable ServiceUnavailableException SlowDown
ThrottledException Throttling ThrottlingError ThrottlingException TooManyRequestsException
TransactionConflictException TransactionInProgressException
"""
_NOT_SET_UP = """
AccessDenied AccessDeniedException AWS.SimpleQueueService.NonExistentQueue DecryptionFailure
IncompleteSignature InvalidAddress InvalidClientTokenId InvalidParameterException
InvalidRequestException InvalidSecurity InvalidSignatureException KmsAccessDenied
KmsDisabled KmsInvalidKeyUsage KmsInvalidState KmsNotFound KmsOptInRequired
MissingAuthenticationToken MissingAuthenticationTokenException
NotAuthorizedForDetailTypeException NotAuthorizedForSourceException OptInRequired
QueueDoesNotExist ResourceNotFoundException SignatureDoesNotMatch UnrecognizedClientException
"""
_LATER, _SETUP = frozenset(_PUTTING_OFF.split()), frozenset(_NOT_SET_UP.split())


class Refused(Exception):
    """AWS does not take what we ask, and never will: a defect of ours."""


def asked[Answer](
    call: Callable[[], Answer], *, setting: str, deadline: Deadline | None = None
) -> Answer:
    """What AWS answers, asked again with growing pauses for as long as it only says: later.

    That is until the deadline, or for two seconds; who has been slow to say so is expected to be
    as slow again. ``call`` has to be one that may be repeated. Raises TemporarilyUnavailable;
    Misconfigured, naming the setting, if what it names is not there or not ours; Refused for
    everything else.
    """
    deadline = deadline or Deadline(_PATIENCE)
    for attempt in itertools.count():
        left = deadline.remaining()
        try:
            return call()
        except (TemporarilyUnavailable, Refused) as error:
            trouble: Exception = error
        except (BotoCoreError, ClientError, ResponseParserError) as error:
            trouble = in_our_words(error, setting)
        pause = random.uniform(0, min(_LONGEST_PAUSE, 0.05 * 2**attempt))  # noqa: S311 jitter only
        took = left - deadline.remaining()
        if not isinstance(trouble, TemporarilyUnavailable) or pause + took >= left - took:
            break
        time.sleep(pause)
    if isinstance(trouble, TemporarilyUnavailable):
        _logger.warning(LogCode.AWS_UNAVAILABLE, extra={"reason": trouble.reason})
    elif isinstance(trouble, Refused):
        _logger.error(LogCode.AWS_REFUSED, extra={"reason": str(trouble)})
    raise trouble from None


def in_our_words(error: Exception, setting: str) -> Exception:
    """TemporarilyUnavailable, Misconfigured or Refused; of AWS's own words only the code."""
    if isinstance(error, ClientError):
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return named(code, setting, of=error.operation_name, later=status >= 500)
    kind = type(error).__name__
    no_identity = NoCredentialsError, PartialCredentialsError, CredentialRetrievalError
    if isinstance(error, (*no_identity, NoRegionError)):
        return Misconfigured(f"{setting}: {kind}")
    lost = ConnectionError, HTTPClientError, IncompleteReadError, ResponseParserError
    return TemporarilyUnavailable(kind) if isinstance(error, lost) else Refused(kind)


def named(code: str, setting: str, *, of: str, later: bool = False) -> Exception:
    """What an error code of AWS's means; ``later`` if it is its fault whatever the code says."""
    if later or code in _LATER:
        return TemporarilyUnavailable(f"{of}: {code}")
    if code in _SETUP:
        return Misconfigured(f"{setting}: {code}")
    return Refused(f"{of}: {code}")
