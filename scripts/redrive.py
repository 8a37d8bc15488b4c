"""`make redrive`: put messages that were set aside back on the queue, to be worked on again.

They are moved one by one, each deleted only after the queue has it: if this stops anywhere, nothing
is lost, and a message that is there twice is worked on twice without harm.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from scripts.deployment import add_options, chosen, told_in_a_line

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

_QUEUES = "CallbackQueueUrl", "CallbackDeadLettersUrl"
_HOLD = 60  # seconds in which nobody else sees a message that is being moved


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
    add_options(parser)
    with told_in_a_line():
        deployment = chosen(parser.parse_args(arguments))
        queue, dead_letters = (deployment.outputs[name] for name in _QUEUES)
        moved = redrive(deployment.client("sqs"), queue, dead_letters)
    sys.stdout.write(f"{moved} messages are on the queue again\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
