"""`make put-back`: copy what the stack's table has lost from a restored one, and nothing erased.

An item that is there stays as it is. Left out are sessions and idempotency keys, which are over
soon, and everything about people who were erased since the backup. Safe to repeat.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scripts.deployment import add_options, chosen, told_in_a_line
from scripts.erase_again import tombstones

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_SHORT_LIVED = "SESSION#", "IDEMPOTENCY#"


def put_back(
    dynamodb: "DynamoDBClient", restored: str, table: str, erased: set[str]
) -> Counter[str]:
    """How many items met with which fate; nothing of the erased user keys is put back."""
    fates: Counter[str] = Counter()
    for page in dynamodb.get_paginator("scan").paginate(TableName=restored, ConsistentRead=True):
        for item in page["Items"]:
            owner = item["user_key"]["S"] if "user_key" in item else item["pk"]["S"]
            if item["sk"]["S"].startswith(_SHORT_LIVED):
                fate = "short-lived"
            elif owner.removeprefix("USER#") in erased:
                fate = "erased since"
            else:
                fate = _put_back(dynamodb, table, item)
            fates[fate] += 1
    return fates


def _put_back(dynamodb: "DynamoDBClient", table: str, item: Mapping[str, Any]) -> str:
    absent = "attribute_not_exists(pk)"
    try:
        dynamodb.put_item(TableName=table, Item=item, ConditionExpression=absent)
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return "there already"
    return "put back"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.put_back", description=__doc__)
    add_options(parser)
    parser.add_argument("--from", dest="restored", required=True, help="name of the restored table")
    parser.add_argument("--since", required=True, help="2026-11-23T08:15:00Z, the backup's time")
    parser.add_argument("--tombstones", help="a table with them (default: the stack's)")
    options = parser.parse_args(arguments)
    since = int(datetime.fromisoformat(options.since).timestamp())
    with told_in_a_line():
        deployment = chosen(options)
        table, dynamodb = deployment.outputs["TableName"], deployment.client("dynamodb")
        found = tombstones(dynamodb, options.tombstones or table, since)
        erased = {str(one["user_key"]) for one in found}
        fates = put_back(dynamodb, options.restored, table, erased)
    sys.stdout.writelines(f"{number} {fate}\n" for fate, number in sorted(fates.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
