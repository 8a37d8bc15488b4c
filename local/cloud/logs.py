"""The functions' logs: short lines on the terminal, whole ones in files."""

import json
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud.aws import LocalAws
from local.console import Console

if TYPE_CHECKING:
    from mypy_boto3_logs.client import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

_POLL_SECONDS = 0.4
_LOOK_BACK_MS = 5_000
_PAGE = 10_000
_COLOURS = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red"}
# Written by Lambda, not by the function.
_PLATFORM = ("START RequestId", "END RequestId", "REPORT RequestId", "INIT_START")
# On every line, and of no use to somebody who watches.
_ROUTINE = {
    "level", "message", "timestamp", "service", "location", "cold_start", "function_name",
    "function_memory_size", "function_arn", "xray_trace_id", "exception",
}  # fmt: skip


class LogStream:
    """Follows the log groups of all functions in a thread while the context lasts."""

    def __init__(self, aws: LocalAws, folder: Path, console: Console) -> None:
        self._logs = aws.logs
        self._groups = function_groups(aws)
        self._folder = folder
        self._console = console
        self._ended = threading.Event()
        self._seen: dict[str, set[str]] = {group: set() for group in self._groups}
        self._since = int(time.time() * 1000) - _LOOK_BACK_MS
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=5)

    def _follow(self) -> None:
        ended = False
        while not ended:
            # One more round after the end: the last lines are the ones that explain it.
            ended = self._ended.wait(_POLL_SECONDS)
            started = int(time.time() * 1000)
            for group, name in self._groups.items():
                try:
                    self._take(group, name)
                except (BotoCoreError, ClientError):
                    continue  # MiniStack is going away, or busy: the lines are still there
            # Lines are stamped when an invocation ends and are visible at once; the look back
            # covers those that were being written while this round read.
            self._since = started - _LOOK_BACK_MS

    def _take(self, group: str, name: str) -> None:
        current: set[str] = set()
        with (self._folder / f"{name}.log").open("a") as whole:
            for key, event in _events(self._logs, group, self._since).items():
                current.add(key)
                if key in self._seen[group]:
                    continue
                whole.write(event["message"].rstrip("\n") + "\n")
                if line := self._short(name, event):
                    self._console.log(line)
        self._seen[group] = current

    def _short(self, name: str, event: "FilteredLogEventTypeDef") -> str | None:
        message = event["message"].strip()
        if not message or message.startswith(_PLATFORM):
            return None
        when = datetime.fromtimestamp(event["timestamp"] / 1000, tz=UTC).strftime("%H:%M:%S")
        head = f"{self._console.paint(when, 'dim')} {self._console.paint(f'{name:<17}', 'cyan')}"
        try:
            entry = json.loads(message)
        except ValueError:
            return f"{head} {message}"
        if not isinstance(entry, dict) or "_aws" in entry:
            return None  # a metric
        level = str(entry.get("level", "INFO"))
        text = f"{level:<7} {entry.get('message', '')}"
        keys = " ".join(f"{key}={value}" for key, value in entry.items() if key not in _ROUTINE)
        coloured = self._console.paint(text, _COLOURS.get(level, "green"))
        return f"{head} {coloured} {self._console.paint(keys, 'dim')}"


def function_groups(aws: LocalAws) -> dict[str, str]:
    """The log group of every function, and what the function calls itself."""
    functions = aws.functions.list_functions()["Functions"]
    return {
        function["LoggingConfig"]["LogGroup"]: function.get("Environment", {})
        .get("Variables", {})
        .get("POWERTOOLS_SERVICE_NAME", function["FunctionName"])
        for function in functions
    }


def all_lines(aws: LocalAws) -> list[str]:
    """Every line that any function has written so far."""
    logs = aws.logs
    return [
        event["message"]
        for group in function_groups(aws)
        for event in _events(logs, group, 0).values()
    ]


def _events(
    logs: "CloudWatchLogsClient", group: str, since: int
) -> "dict[str, FilteredLogEventTypeDef]":
    """Events since a time by a key of their own, oldest first.

    MiniStack gives them no id and answers the first 10,000 without a next token. It writes one
    stream per invocation, all of it with one time: the place in the stream tells lines apart.
    """
    events: dict[str, FilteredLogEventTypeDef] = {}
    while True:
        page = logs.filter_log_events(logGroupName=group, startTime=since)["events"]
        known = len(events)
        places: Counter[str] = Counter()
        for event in page:
            stream = event["logStreamName"]
            events[f"{stream}#{places[stream]}"] = event
            places[stream] += 1
        if len(events) == known or len(page) < _PAGE:
            return events
        since = page[-1]["timestamp"]
