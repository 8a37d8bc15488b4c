"""AWS's clients, made once for all tests of a process: making one takes longer than a few calls."""

from functools import cache
from typing import Any

import boto3


@cache
def client(service: str) -> Any:
    """A client of moto's; what a test does to it is undone by ``as_new``."""
    return boto3.client(service)


def as_new() -> None:
    """Nobody stands in the way of the clients any more (tests/support/faults.py)."""
    for service in ("dynamodb", "events", "sqs"):
        vars(client(service)).pop("_make_api_call", None)
