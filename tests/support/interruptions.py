"""What can come between two steps: death, or somebody else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any, Literal
from unittest.mock import patch


class Killed(BaseException):
    """Not an Exception: nothing in the product may catch it."""


@contextmanager
def killed(
    when: Literal["before", "after"], thing: Any, method: str, *, survives: int = 0
) -> Iterator[None]:
    """Die right before or right after a method of an object or class takes effect.

    That is at its first call, or at the one after so many.
    """
    original, calls = getattr(thing, method), count()

    def dying(*args: Any, **named: Any) -> Any:
        if next(calls) < survives:
            return original(*args, **named)
        if when == "after":
            original(*args, **named)
        raise Killed

    with patch.object(thing, method, dying):
        try:
            yield
        except Killed:
            return
    raise AssertionError(f"{method} was never reached")


@contextmanager
def interleaved(
    when: Literal["before", "after"], thing: Any, method: str, others: Callable[[], None]
) -> Iterator[None]:
    """Let others act once, right before or right after a method takes effect."""
    original = getattr(thing, method)

    def overtaken(*args: Any, **named: Any) -> Any:
        interruption.stop()
        if when == "before":
            others()
            return original(*args, **named)
        result = original(*args, **named)
        others()
        return result

    interruption = patch.object(thing, method, overtaken)
    interruption.start()
    try:
        yield
    finally:
        with suppress(RuntimeError):  # stopped already, if it came to that
            interruption.stop()
