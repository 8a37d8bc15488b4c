"""What the outermost edge of every function says when something ends it."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from verification.domain.errors import Misconfigured, Problem
from verification.observability import LogCode

_logger = logging.getLogger(__name__)


class Failed(Exception):
    """A function could not do its work; says nothing but a problem's code.

    Lambda's runtime prints the message and hands it to whoever invoked the function.
    """


@contextmanager
def telling() -> Iterator[None]:
    """Log why a function could not do its work, and let it fail; raises Failed."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 the outermost edge
        raise Failed(logged(error, logging.ERROR).code) from None


def logged(error: Exception, level: int) -> Problem:
    """The problem in which an error ends, once it is in the log; at this level if it is one."""
    if not isinstance(error, Problem):
        log_unexpected(error)
        return Problem()
    if isinstance(error, Misconfigured):
        _logger.error(LogCode.MISCONFIGURED, extra={"setting": error.setting})
    else:
        _logger.log(level, LogCode.REQUEST_REFUSED, extra={"code": error.code})
    return error


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
