"""A process that is killed at a chosen point: no except clause and no release gets to run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from unittest.mock import patch


class Killed(BaseException):
    """Not an Exception: nothing in the product may catch it."""


@contextmanager
def killed(when: Literal["before", "after"], thing: Any, method: str) -> Iterator[None]:
    """Die right before or right after a method of an object or class takes effect."""
    original = getattr(thing, method)

    def dying(*args: Any, **named: Any) -> Any:
        if when == "after":
            original(*args, **named)
        raise Killed

    with patch.object(thing, method, dying):
        try:
            yield
        except Killed:
            return
    raise AssertionError(f"{method} was never reached")
