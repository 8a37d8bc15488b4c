"""Time that would have passed: nobody waits for it, and nothing else makes it pass."""

import time
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.support.faults import Json


class Passing:
    """The clock by which the product measures how long it may go on."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._begun = time.monotonic()

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Deadlines, pauses between two tries and the age of secrets go by it."""
        for module in ("cloud", "domain.deadline", "aws.secrets"):
            patch.setattr(f"verification.{module}.time", self)

    def monotonic(self) -> float:
        return self._begun + self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds

    def silent(self, client: Any, _operation: str, _arguments: Json) -> Exception:
        """A failure (`tests.support.faults`): the call is taken, and no answer ever comes."""
        config = client.meta.config
        tries = config.retries["total_max_attempts"]
        self.passed += tries * config.read_timeout + (tries - 1)  # the longest pause is a second
        return ReadTimeoutError(endpoint_url="https://aws.example")
