"""Which deployment a script is about: one on AWS, or the one on this machine that is up."""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

NAME = "jumio-bff"
RUNNING = Path(__file__).parents[1] / ".local/stack.json"


class DeploymentError(Exception):
    """What is asked of a deployment is not there; the message is for whoever runs the script."""


@contextlib.contextmanager
def told_in_a_line() -> Iterator[None]:
    """What goes wrong with a deployment ends the script with one line, and status 2."""
    try:
        yield
    except (DeploymentError, BotoCoreError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


@dataclass(frozen=True)
class Deployment:
    """A stack and where it is; clients are made with what boto3 finds, or for this machine."""

    stack: str
    region: str | None = None
    endpoint: str | None = None

    def client(self, service: str) -> Any:  # noqa: ANN401 boto3 makes its classes at run time
        """A client of an AWS service there."""
        local = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        where = {"region_name": self.region, "endpoint_url": self.endpoint}
        return boto3.client(service, **where, **(local if self.endpoint else {}))  # type: ignore[call-overload]

    @cached_property
    def _described(self) -> dict[str, Any]:
        answer = self.client("cloudformation").describe_stacks(StackName=self.stack)
        return dict(answer["Stacks"][0])

    @property
    def outputs(self) -> dict[str, str]:
        """What the stack tells of itself."""
        found = self._described.get("Outputs", [])
        return {one["OutputKey"]: one["OutputValue"] for one in found}

    @property
    def parameters(self) -> dict[str, str]:
        """What the stack was told."""
        found = self._described.get("Parameters", [])
        return {one["ParameterKey"]: one["ParameterValue"] for one in found}

    def function(self, logical_id: str) -> str:
        """What people reach of a function of the template; raises DeploymentError."""
        pages = self.client("lambda").get_paginator("list_functions").paginate()
        names = [one["FunctionName"] for page in pages for one in page["Functions"]]
        for name in names:
            if name.startswith(f"{self.stack}-{logical_id}-"):
                return f"{name}:live"
        raise DeploymentError(f"{self.stack} has no function {logical_id}")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options by which `chosen` chooses."""
    parser.add_argument("--stack", help="a deployed stack (default: the one on this machine)")
    parser.add_argument("--region", help="where it is; default: as boto3 finds it")
    parser.add_argument("--endpoint", help="address of an AWS on this machine")


def region(given: str | None) -> str:
    """The region that is named, or that the environment or the profile has; raises DeploymentError.

    boto3 by itself would read AWS_DEFAULT_REGION and no AWS_REGION.
    """
    found = given or os.environ.get("AWS_REGION") or boto3.Session().region_name
    if not found:
        raise DeploymentError("which region? Say REGION=…, or set AWS_REGION")
    return found


def chosen(options: argparse.Namespace) -> Deployment:
    """The deployment that is named, or the one that is up here; raises DeploymentError."""
    if options.stack or options.endpoint:
        return Deployment(options.stack or NAME, region(options.region), options.endpoint)
    if not RUNNING.exists():
        raise DeploymentError("nothing is up here: `make demo` in another terminal, or STACK=…")
    facts = json.loads(RUNNING.read_text())
    return Deployment(NAME, facts["region"], facts["aws_endpoint"])
