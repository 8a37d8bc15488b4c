"""A look behind the API: what the table, the queues, the bus and the logs hold."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from local.cloud import logs
from local.cloud.aws import LocalAws

_deserialize = TypeDeserializer().deserialize


def table_items(aws: LocalAws, outputs: dict[str, str]) -> list[dict[str, Any]]:
    """Every item of the table, as plain values."""
    pages = aws.dynamodb.get_paginator("scan").paginate(
        TableName=outputs["TableName"], ConsistentRead=True
    )
    return [
        {name: _deserialize(value) for name, value in item.items()}
        for page in pages
        for item in page["Items"]
    ]


def empty(aws: LocalAws, outputs: dict[str, str]) -> None:
    """Take every item out of the table."""
    name = outputs["TableName"]
    keys = [
        one["AttributeName"]
        for one in aws.dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]
    ]
    pages = aws.dynamodb.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
    for page in pages:
        for item in page["Items"]:
            aws.dynamodb.delete_item(TableName=name, Key={key: item[key] for key in keys})


def queue_depth(aws: LocalAws, url: str) -> int:
    """How many messages a queue holds: waiting, being worked on, or delayed."""
    attributes = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return sum(
        int(attributes[name])
        for name in (
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        )
    )


def log_lines(aws: LocalAws) -> list[str]:
    """Every line that any function has written so far."""
    return logs.all_lines(aws)


@dataclass
class BusListener:
    """Hears everything that reaches the bus from now on, as the rest of the company would."""

    aws: LocalAws
    outputs: dict[str, str]
    _events: list[dict[str, Any]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._name = name = f"listener-{secrets.token_hex(4)}"
        self._queue = self.aws.sqs.create_queue(QueueName=name)["QueueUrl"]
        attributes = self.aws.sqs.get_queue_attributes(
            QueueUrl=self._queue, AttributeNames=["QueueArn"]
        )
        bus = self.outputs["BusName"]
        self.aws.events.put_rule(
            Name=name, EventBusName=bus, EventPattern=json.dumps({"source": [{"prefix": ""}]})
        )
        self.aws.events.put_targets(
            Rule=name,
            EventBusName=bus,
            Targets=[{"Id": "queue", "Arn": attributes["Attributes"]["QueueArn"]}],
        )

    def close(self) -> None:
        """Hear nothing more, and cost the bus nothing."""
        bus = self.outputs["BusName"]
        self.aws.events.remove_targets(Rule=self._name, EventBusName=bus, Ids=["queue"])
        self.aws.events.delete_rule(Name=self._name, EventBusName=bus)
        self.aws.sqs.delete_queue(QueueUrl=self._queue)

    def heard(self) -> list[dict[str, Any]]:
        """All events so far, oldest first."""
        while messages := self.aws.sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                self._events.append(json.loads(message["Body"]))
                self.aws.sqs.delete_message(
                    QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"]
                )
        return list(self._events)
