"""What the outermost edge of every function says when something ends it."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from verification.domain.errors import Misconfigured, Problem
from verification.observability import LogCode

_logger = logging.getLogger(__name__)


@contextmanager
def telling() -> Iterator[None]:
    """Log why a function that nobody waits for could not do its work, and let it fail."""
    try:
        yield
    except Misconfigured as problem:
        _logger.error(LogCode.MISCONFIGURED, extra={"setting": problem.setting})
        raise
    except Problem as problem:
        _logger.error(LogCode.REQUEST_REFUSED, extra={"code": problem.code})
        raise
    except Exception as error:
        log_unexpected(error)
        raise


def log_unexpected(error: BaseException) -> None:
    """Log where an error came from; its message may quote what must not be logged."""
    frames = traceback.extract_tb(error.__traceback__)
    _logger.error(
        LogCode.UNEXPECTED_ERROR,
        extra={
            "error": type(error).__name__,
            "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        },
    )
