"""What the stack prints: short lines, coloured when a person is looking."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator

_COLOURS = {"dim": "2", "bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Console:
    """Prints whole lines from any thread; says nothing when quiet."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._lock = threading.Lock()
        self._mute_logs = False
        self._began = time.monotonic()

    @contextlib.contextmanager
    def logs_muted(self) -> Iterator[None]:
        """Keep what the functions log from coming between other lines."""
        self._mute_logs = True
        try:
            yield
        finally:
            self._mute_logs = False

    def log(self, text: str) -> None:
        """Print a line that a function logged."""
        if not self._mute_logs:
            self.line(text)

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour, or as it is when nobody would see it."""
        return f"\033[{_COLOURS[colour]}m{text}\033[0m" if self._colour else text

    def line(self, text: str = "") -> None:
        """Print a line."""
        if not self.quiet:
            with self._lock:
                print(text, flush=True)

    def step(self, text: str) -> None:
        """Print what the start is doing, and when."""
        elapsed = self.paint(f"{time.monotonic() - self._began:6.1f}s", "dim")
        self.line(f"{elapsed}  {text}")

    def error(self, text: str) -> None:
        """Print what went wrong; also when quiet."""
        with self._lock:
            print(self.paint(text, "red"), file=sys.stderr, flush=True)
