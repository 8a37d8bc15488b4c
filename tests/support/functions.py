"""The functions as Lambda runs them: loaded by path, told by the environment, given events."""

import gc
import importlib.util
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from tests.support.contract import ROUTES, deviations
from tests.support.metrics import Sample, samples
from tests.support.template import ROOT
from verification import wiring

Json = dict[str, Any]


@dataclass
class Context:
    """As much of Lambda's context as functions read."""

    function_name: str
    seconds: float = 10
    memory_limit_in_mb: int = 1024
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    invoked_function_arn: str = field(init=False)

    def __post_init__(self) -> None:
        self.invoked_function_arn = (
            f"arn:aws:lambda:eu-central-1:123456789012:function:{self.function_name}"
        )

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@dataclass
class Function:
    """One function, warm from its first call on; ``lines`` is what it has written."""

    name: str
    handler: Callable[[Json, Any], Json]
    lines: list[str] = field(default_factory=list)

    def __call__(self, event: Json, seconds: float = 10) -> Json:
        output = io.StringIO()
        try:
            with redirect_stdout(output):
                answer = self.handler(event, Context(self.name, seconds))
            if isinstance(event, dict) and event.get("routeKey") in list(ROUTES):
                assert deviations(event["routeKey"], answer) == []
            return answer
        finally:
            self.lines += output.getvalue().splitlines()

    def logged(self, code: str) -> list[Json]:
        """The log records with that code."""
        return [one for one in self._records() if one.get("message") == code]

    def counted(self, metric: str) -> float:
        """The sum of a metric over all invocations."""
        return sum(one.value for one in self.samples() if one.metric == metric)

    def samples(self) -> list[Sample]:
        """What the template's filters count in its log."""
        group = "".join(word.capitalize() for word in self.name.split("_")) + "Logs"
        return list(samples(self._records(), group))

    def _records(self) -> list[Json]:
        return [dict(json.loads(line)) for line in self.lines]


@contextmanager
def loaded(name: str) -> Iterator[ModuleType]:
    """functions/<name>/app.py; logging is again as it was when the block ends."""
    path = ROOT / "functions" / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"function_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    ours = logging.getLogger("verification")
    before = ours.handlers, ours.level, ours.propagate
    try:
        with redirect_stdout(_Current()):
            spec.loader.exec_module(module)
        yield module
    finally:
        gc.unfreeze()
        ours.handlers, ours.level, ours.propagate = before


@contextmanager
def running(name: str) -> Iterator[Function]:
    """A cold start of functions/<name>/app.py in the environment of this process."""
    wiring.aws.cache_clear()
    wiring.secrets.cache_clear()
    with loaded(name) as module:
        yield Function(name, module.lambda_handler)


class _Current(io.TextIOBase):
    """Whatever standard output is when something is written: loggers keep their stream."""

    def write(self, text: str) -> int:
        return (sys.__stdout__ if sys.stdout is self else sys.stdout).write(text)  # type: ignore[union-attr]
