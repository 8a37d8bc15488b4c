"""(a) A plain handler as Powertools' guides show it."""

import uuid
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from calls import TABLE, call, wanted
from pydantic import BaseModel

logger = Logger()
metrics = Metrics()
app = APIGatewayHttpResolver(enable_validation=True)
table = boto3.resource("dynamodb").Table(TABLE)


class Wanted(BaseModel):
    """The body of a request for a session."""

    channel: str = "sdk"
    journey: str | None = None


def work() -> None:
    key = {"pk": f"PLAIN#{uuid.uuid4()}", "sk": "ITEM"}
    for name in wanted():
        match name:
            case "BatchGetItem" | "Query":
                table.get_item(Key=key, ConsistentRead=True)
            case "TransactWriteItems":
                table.put_item(Item=key)
            case "UpdateItem":
                values = {"ExpressionAttributeValues": {":one": 1}}
                table.update_item(Key=key, UpdateExpression="SET n = :one", **values)
            case _:
                call(name)
    metrics.add_metric(name="Answered", unit=MetricUnit.Count, value=1)
    logger.info("answered")


@app.post("/sessions")
def create(wanted: Wanted) -> dict[str, Any]:
    work()
    return {wanted.channel: {"token": "invented"}}


@app.get("/verification")
def get() -> dict[str, str]:
    work()
    return {"status": "none"}


@app.post("/callbacks/<capability>")
def callback(capability: str) -> dict[str, str]:
    work()
    return {"taken": capability}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "routeKey" in event:
        return app.resolve(event, context)
    work()
    return {}
