"""What an operator would see: every log record with its keys, and every metric."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools import Metrics

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

    def metrics(self) -> dict[str, int]:
        """How often each metric was counted."""
        counted = Metrics().provider.metric_set
        return {name: len(found["Value"]) for name, found in counted.items()}

    def metric_lines(self) -> str:
        if not self.metrics():
            return ""
        return json.dumps(Metrics(namespace="JumioBff", service="test").serialize_metric_set())


@contextmanager
def observing() -> Iterator[Observed]:
    """Observe until the block ends; metrics begin at zero."""
    observed, root, ours = Observed(), logging.getLogger(), logging.getLogger("verification")
    levels = root.level, ours.level
    Metrics().provider.metric_set.clear()
    for logger in (root, ours):
        logger.setLevel(logging.INFO)
    root.addHandler(observed)
    try:
        yield observed
    finally:
        root.removeHandler(observed)
        root.setLevel(levels[0])
        ours.setLevel(levels[1])
        Metrics().provider.metric_set.clear()


def _keys(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _PLAIN}
