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
    except Misconfigured as problem:
        _logger.error(LogCode.MISCONFIGURED, extra={"setting": problem.setting})
        code = problem.code
    except Problem as problem:
        _logger.error(LogCode.REQUEST_REFUSED, extra={"code": problem.code})
        code = problem.code
    except Exception as error:  # noqa: BLE001 the outermost edge
        log_unexpected(error)
        code = Problem.code
    else:
        return
    raise Failed(code) from None


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
