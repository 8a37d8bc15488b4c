"""`make erase-again`: after a restore, erase again whom the backup has brought back.

Tombstones are read from a table that has them, as a rule the stack's own; those since the backup's
time count. Whoever has come back since their erasure is left alone. Safe to repeat.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scripts.deployment import add_options, chosen, told_in_a_line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_lambda.client import LambdaClient


def moment(text: str) -> int:
    """A time like 2026-11-23T08:15:00Z, in seconds since 1970; raises ValueError for any other."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:  # it would be this machine's, and so another moment
        raise ValueError(text)
    return int(at.timestamp())


def add_since(parser: argparse.ArgumentParser) -> None:
    """The moment from which on erasures count."""
    parser.add_argument(
        "--since", type=moment, required=True, help="2026-11-23T08:15:00Z, the backup's time"
    )


def tombstones(dynamodb: "DynamoDBClient", table: str, since: int) -> Iterator[dict[str, Any]]:
    """Who was erased since then, and when, as the function takes it."""
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="sk = :tombstone AND erased_at >= :since",
        ExpressionAttributeValues={":tombstone": {"S": "TOMBSTONE"}, ":since": {"N": str(since)}},
        ConsistentRead=True,
    )
    for page in pages:
        for item in page["Items"]:
            user_key = item["pk"]["S"].removeprefix("ERASED#")
            yield {"user_key": user_key, "erased_at": int(item["erased_at"]["N"])}


def erased_again(
    functions: "LambdaClient", function: str, whom: Iterator[dict[str, Any]]
) -> dict[str, int]:
    """How often each result, or problem, was the answer."""
    counted: dict[str, int] = {}
    for tombstone in whom:
        answer = functions.invoke(FunctionName=function, Payload=json.dumps(tombstone))
        receipt = json.loads(answer["Payload"].read())
        said = str(receipt.get("result") or f"failed: {receipt.get('errorMessage')}")
        counted[said] = counted.get(said, 0) + 1
    return counted


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns 1 if somebody could not be erased."""
    parser = argparse.ArgumentParser(prog="python -m scripts.erase_again", description=__doc__)
    add_options(parser)
    parser.add_argument("--tombstones", required=True, help="name of a table that has them")
    add_since(parser)
    options = parser.parse_args(arguments)
    with told_in_a_line():
        deployment = chosen(options)
        function = deployment.outputs["EraseSubjectFunction"]
        whom = tombstones(deployment.client("dynamodb"), options.tombstones, options.since)
        counted = erased_again(deployment.client("lambda"), function, whom)
    sys.stdout.writelines(f"{number} {result}\n" for result, number in sorted(counted.items()))
    return int(any(result.startswith("failed") for result in counted))


if __name__ == "__main__":
    sys.exit(main())
