"""`make pause`: nobody begins, is told how they stand, or has anything settled until `make resume`.

For work on the table, during which nothing may be decided by what it does not hold. Callbacks are
taken meanwhile, and wait on the queue; operators' functions go on.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from scripts.deployment import Deployment, add_options, chosen, told_in_a_line

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

_WORKER = "SettleExecution"
_STOPPED = {
    "CreateSession": "SessionConcurrency",
    "GetVerification": "StatusConcurrency",
    "SweepOverdue": "",
}
"""What is not started, and the parameter with how many of it the account keeps otherwise."""


def pause(deployment: Deployment) -> None:
    """What is under way goes on to its end."""
    functions: LambdaClient = deployment.client("lambda")
    for logical_id in _STOPPED:
        name = _name(deployment, logical_id)
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    _attach(deployment, functions, enabled=False)


def resume(deployment: Deployment) -> None:
    """Everything is as the stack's parameters say."""
    functions: LambdaClient = deployment.client("lambda")
    for logical_id, parameter in _STOPPED.items():
        name, kept = _name(deployment, logical_id), int(deployment.parameters.get(parameter, 0))
        if kept:
            functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=kept)
        else:
            functions.delete_function_concurrency(FunctionName=name)
    _attach(deployment, functions, enabled=True)


def _attach(deployment: Deployment, functions: "LambdaClient", *, enabled: bool) -> None:
    """Let the worker take messages from the queue, or none."""
    worker = deployment.function(_WORKER)
    for one in functions.list_event_source_mappings(FunctionName=worker)["EventSourceMappings"]:
        functions.update_event_source_mapping(UUID=one["UUID"], Enabled=enabled)


def _name(deployment: Deployment, logical_id: str) -> str:
    """A function's own name: what is reserved is reserved for all its versions."""
    return deployment.function(logical_id).partition(":")[0]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.pause", description=__doc__)
    add_options(parser)
    parser.add_argument("--resume", action="store_true", help="let everything go on")
    options = parser.parse_args(arguments)
    with told_in_a_line():
        deployment = chosen(options)
        (resume if options.resume else pause)(deployment)
    said = "everything goes on" if options.resume else "paused: what is under way ends within 30 s"
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
