"""`make redrive`: put messages that were set aside back on the queue, to be worked on again.

They are moved one by one, each deleted only after the queue has it: if this stops anywhere, nothing
is lost, and a message that is there twice is worked on twice without harm.
"""

import argparse
import sys
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_sqs.client import SQSClient

_HOLD = 60  # seconds in which nobody else sees a message that is being moved


def outputs_of(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    """The outputs of a stack by their names."""
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}


def queue_urls(cloudformation: "CloudFormationClient", stack: str) -> tuple[str, str]:
    """The queue and its dead letters, as the stack's outputs name them."""
    outputs = outputs_of(cloudformation, stack)
    return outputs["CallbackQueueUrl"], outputs["CallbackDeadLettersUrl"]


def redrive(sqs: "SQSClient", queue: str, dead_letters: str) -> int:
    """Move everything that is set aside now; returns how many messages that were.

    What is set aside again meanwhile is left alone, so that this always ends.
    """
    names = ["ApproximateNumberOfMessages"]
    found = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=names)  # type: ignore[arg-type]
    left = int(found["Attributes"]["ApproximateNumberOfMessages"])
    moved = 0
    while left > moved:
        messages = sqs.receive_message(
            QueueUrl=dead_letters,
            MaxNumberOfMessages=min(10, left - moved),
            VisibilityTimeout=_HOLD,
            WaitTimeSeconds=1,
        ).get("Messages", [])
        if not messages:
            break
        for message in messages:
            sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.redrive", description=__doc__)
    parser.add_argument("--stack", default="jumio-bff", help="name of the deployed stack")
    parser.add_argument("--region", help="where it is deployed; default: as boto3 finds it")
    parser.add_argument("--endpoint", help="address of an AWS on this machine")
    options = parser.parse_args(arguments)
    place = {"region_name": options.region, "endpoint_url": options.endpoint}
    urls = queue_urls(boto3.client("cloudformation", **place), options.stack)
    moved = redrive(boto3.client("sqs", **place), *urls)
    sys.stdout.write(f"{moved} messages are on the queue again\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
