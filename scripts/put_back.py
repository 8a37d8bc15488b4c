"""`make put-back`: copy what the stack's table has lost from a restored one, and nothing erased.

An item that is there stays as it is. Left out are sessions and idempotency keys, which are over
soon, and everything about people who were erased since the backup. Safe to repeat.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from scripts.deployment import add_options, chosen, told_in_a_line
from scripts.erase_again import add_since, tombstones

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_SHORT_LIVED = "SESSION#", "IDEMPOTENCY#"
_AT_ONCE = 10  # connections that a client of boto3 has: nobody is served until all is back


def put_back(
    dynamodb: "DynamoDBClient", restored: str, table: str, erased: set[str]
) -> Counter[str]:
    """How many items met with which fate; nothing of the erased user keys is put back."""

    def fate(item: Mapping[str, Any]) -> str:
        owner = item["user_key"]["S"] if "user_key" in item else item["pk"]["S"]
        if item["sk"]["S"].startswith(_SHORT_LIVED):
            return "short-lived"
        if owner.removeprefix("USER#") in erased:
            return "erased since"
        absent = "attribute_not_exists(pk)"
        try:
            dynamodb.put_item(TableName=table, Item=item, ConditionExpression=absent)
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return "there already"
        return "put back"

    fates: Counter[str] = Counter()
    pages = dynamodb.get_paginator("scan").paginate(TableName=restored, ConsistentRead=True)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for page in pages:
            fates.update(pool.map(fate, page["Items"]))
    return fates


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.put_back", description=__doc__)
    add_options(parser)
    parser.add_argument("--from", dest="restored", required=True, help="name of the restored table")
    add_since(parser)
    parser.add_argument("--tombstones", help="a table with them (default: the stack's)")
    options = parser.parse_args(arguments)
    with told_in_a_line():
        deployment = chosen(options)
        table, dynamodb = deployment.outputs["TableName"], deployment.client("dynamodb")
        found = tombstones(dynamodb, options.tombstones or table, options.since)
        erased = {str(one["user_key"]) for one in found}
        fates = put_back(dynamodb, options.restored, table, erased)
    sys.stdout.writelines(f"{number} {fate}\n" for fate, number in sorted(fates.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
