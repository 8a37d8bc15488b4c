"""(b) The floor: boto3's clients and requests, and nothing else."""

import json
import uuid
from typing import Any

import boto3
from calls import COLD, TABLE, call, wanted

OF_TABLE = {"BatchGetItem", "TransactWriteItems", "UpdateItem", "Query"}
dynamodb: Any = boto3.client("dynamodb") if OF_TABLE.intersection(COLD) else None


def key() -> dict[str, Any]:
    return {"pk": {"S": f"FLOOR#{uuid.uuid4()}"}, "sk": {"S": "ITEM"}}


def lambda_handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    json.loads(event.get("body") or "{}")
    one = {":one": {"N": "1"}}
    for name in wanted():
        match name:
            case "BatchGetItem":
                keys = {"Keys": [key() for _ in range(4)], "ConsistentRead": True}
                dynamodb.batch_get_item(RequestItems={TABLE: keys})
            case "TransactWriteItems":
                puts = [{"Put": {"TableName": TABLE, "Item": key()}} for _ in range(3)]
                dynamodb.transact_write_items(TransactItems=puts)
            case "UpdateItem":
                change = {"UpdateExpression": "SET n = :one", "ExpressionAttributeValues": one}
                dynamodb.update_item(TableName=TABLE, Key=key(), **change)
            case "Query":
                found = {"KeyConditionExpression": "pk = :one"}
                values = {":one": {"S": "nobody"}}
                dynamodb.query(TableName=TABLE, ExpressionAttributeValues=values, **found)
            case _:
                call(name)
    return {"statusCode": 200, "body": json.dumps({"sdk": {"token": "invented"}})}
