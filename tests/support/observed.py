"""What an operator would see: every log record with its keys, and what is counted of them."""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.metrics import samples

_PLAIN = set(vars(logging.makeLogRecord({})))


class Observed(logging.Handler):
    """Keeps every record of every logger from INFO on."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def codes(self) -> list[str]:
        return [str(one.msg) for one in self.records if one.name.startswith("verification")]

    def with_code(self, code: str) -> list[dict[str, Any]]:
        """The keys of each record with that code."""
        return [_keys(one) for one in self.records if one.msg == code]

    def lines(self) -> list[str]:
        """Each record as text: message, level, keys and traceback."""
        formatter = logging.Formatter("%(levelname)s %(name)s %(message)s")
        return [
            f"{formatter.format(one)} {json.dumps(_keys(one), default=str)}" for one in self.records
        ]

    def emitted(self) -> list[dict[str, Any]]:
        """Each line as the log has it, without what is on every line of an invocation."""
        ours = [one for one in self.records if one.name.startswith("verification")]
        return [{**_keys(one), "message": str(one.msg)} for one in ours]

    def metrics(self) -> Counter[str]:
        """How often each metric was counted."""
        return Counter(one.metric for one in samples(self.emitted()))


@contextmanager
def observing() -> Iterator[Observed]:
    """Observe until the block ends."""
    observed, root, ours = Observed(), logging.getLogger(), logging.getLogger("verification")
    levels = root.level, ours.level
    for logger in (root, ours):
        logger.setLevel(logging.INFO)
    root.addHandler(observed)
    try:
        yield observed
    finally:
        root.removeHandler(observed)
        root.setLevel(levels[0])
        ours.setLevel(levels[1])


def _keys(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _PLAIN}
