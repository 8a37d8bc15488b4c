"""The way from Jumio's callback to the rest of the company: real parts, one step at a time."""

import json
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from tests.support import aws_clients
from tests.support.bff import SIGNING_KEY, Bff, Clock
from tests.support.event_schema import violations
from tests.support.events import event
from tests.support.reply import Reply
from tests.support.template import template
from verification.aws.bus import Bus
from verification.aws.queue import HintQueue
from verification.domain.deadline import Deadline
from verification.domain.sources import Sources
from verification.edge.batch import work_through
from verification.edge.http import Request
from verification.edge.http.callback import said
from verification.use_cases.receive_callback import ReceiveCallback
from verification.use_cases.settle_execution import SettleExecution
from verification.use_cases.sweep_overdue import SweepOverdue

Json = dict[str, Any]
_QUEUE = template()["Resources"]["CallbackQueue"]["Properties"]
RECEIVES: int = _QUEUE["RedrivePolicy"]["maxReceiveCount"]


class Consumer:
    """The bus as its consumers see it: every event that EventBridge accepted, checked."""

    def __init__(self, events: Any) -> None:
        self.client = events
        self.entries: list[Json] = []

    def put_events(self, Entries: list[Json]) -> Json:  # noqa: N803 as boto3 spells it
        for entry in Entries:
            assert violations(json.loads(entry["Detail"])) == []
        answer: Json = self.client.put_events(Entries=Entries)
        taken = zip(Entries, answer["Entries"], strict=True)
        self.entries += [entry for entry, result in taken if "EventId" in result]
        return answer

    def envelopes(self) -> list[Json]:
        """What a rule is matched against."""
        return [
            {
                "id": str(number),
                "source": entry["Source"],
                "detail-type": entry["DetailType"],
                "account": "123456789012",
                "time": "2026-11-23T08:15:00Z",
                "region": "eu-central-1",
                "resources": [],
                "detail": json.loads(entry["Detail"]),
            }
            for number, entry in enumerate(self.entries)
        ]

    def events(self) -> list[Json]:
        return [envelope["detail"] for envelope in self.envelopes()]

    def outcomes(self) -> list[tuple[str, str]]:
        """Execution and status of each outcome, in the order of publication."""
        found = [one for one in self.events() if one["type"] == "verification.outcome"]
        return [(one["data"]["executionId"], one["data"]["status"]) for one in found]


class Hints(HintQueue):
    """The queue of hints, and what the worker does to it; nothing in it is delayed."""

    def __init__(self) -> None:
        self.sqs = aws_clients.client("sqs")
        self.dead_letters = self.sqs.create_queue(QueueName="set-aside")["QueueUrl"]
        (target,) = self.sqs.get_queue_attributes(
            QueueUrl=self.dead_letters, AttributeNames=["QueueArn"]
        )["Attributes"].values()
        redrive = {"deadLetterTargetArn": target, "maxReceiveCount": RECEIVES}
        attributes = {
            "VisibilityTimeout": str(_QUEUE["VisibilityTimeout"]),
            "RedrivePolicy": json.dumps(redrive),
        }
        self.url = self.sqs.create_queue(QueueName="hints", Attributes=attributes)["QueueUrl"]
        super().__init__(self.sqs, self.url)
        self.retained: dict[str, str] = {}
        self.bodies: list[str] = []
        self.postponed: list[int] = []

    def put(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        super().postpone(receipt_handle, seconds)
        self.postponed.append(seconds)

    def receive(self) -> Json:
        """What can be seen now, as the event of an SQS trigger."""
        messages = _received(self.sqs, self.url)
        self.bodies += [message["Body"] for message in messages]
        return {"Records": [_record(message) for message in messages]}

    def settle_up(self, taken: Json, answer: Json) -> None:
        """What Lambda does with the answer: delete all messages but those that failed."""
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        for record in taken["Records"]:
            if record["messageId"] in failed:
                self.retained[record["messageId"]] = record["receiptHandle"]
            else:
                self.retained.pop(record["messageId"], None)
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=record["receiptHandle"])

    def bring_back(self) -> None:
        """Let the delay of every retained message be over."""
        for receipt in self.retained.values():
            self.sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=0
            )
        self.retained.clear()

    def lose(self) -> None:
        """Set all messages aside, as the queue does in the end."""
        self.bring_back()
        self.settle_up(self.receive(), {"batchItemFailures": []})

    def __len__(self) -> int:
        """How many messages there are, visible or not."""
        return self._in(self.url)

    def set_aside(self) -> int:
        """How many messages have been received too often."""
        return self._in(self.dead_letters)

    def _in(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)


@dataclass
class Pipeline:
    """The product behind the callback address. Its clock and the simulator's move together."""

    bff: Bff
    consumer: Consumer
    hints: Hints
    tell_progress: bool = False
    clock: Clock = field(init=False)
    bus: Bus = field(init=False)

    def __post_init__(self) -> None:
        self.clock = self.bff.clock
        self.bff.bus = self.bus = Bus(cast("Any", self.consumer), "verification")
        self.bff.hints = self.hints
        self.bff.simulator.admin.patch_options(callbacks={"drop": True}, retrieval_rate=10_000)
        self.bff.simulator.admin.patch_options(retrieval_burst=10_000)
        self.clock.now = float(int(self.bff.simulator.admin.freeze()["now"]))
        self.bff.sleep = self.let_pass

    @property
    def settle_execution(self) -> SettleExecution:
        bff = self.bff
        return SettleExecution(
            bff.outcomes,
            bff.erasures,
            bff.advance_execution,
            bff.bus,
            self.tell_progress,
            self.clock,
        )

    def open(self, user: str = "ada", **asked: Any) -> Json:
        """A person asks for a session; the execution that the simulator opened for it."""
        before = len(self.bff.executions())
        self.bff.ask(user=user, **asked)
        opened = self.bff.executions()
        assert len(opened) == before + 1
        return opened[-1]

    def play(self, execution: Json, scenario: str, *, to_end: bool = True) -> None:
        self.bff.simulator.admin.play(execution["id"], scenario, to_end=to_end)

    def let_pass(self, seconds: float) -> None:
        self.bff.simulator.admin.advance(seconds)
        self.clock.now += seconds

    def call_back(self, execution: Json, **members: Any) -> None:
        """Jumio's callback as the gateway hands it on."""
        body: Json = {
            "account": {"id": execution["accountId"]},
            "workflowExecution": {"id": execution["id"], "status": "PROCESSED"},
            "userReference": execution["userReference"],
            **members,
        }
        parameters = {"capability": self.bff.capability(execution)}
        call = event("receive_callback", pathParameters=parameters, body=json.dumps(body))
        sources = Sources.of("off", "emea-1")
        receive = ReceiveCallback(lambda _fresh: [SIGNING_KEY], sources, self.hints)
        request = Request(call)
        receive(request.path("capability"), request.source_ip, partial(said, request))

    def work(self, seconds: float = 20) -> Json:
        """An invocation of the worker for each message on the queue; which of them it retained."""
        retained = []
        for record in self.hints.receive()["Records"]:
            one = {"Records": [record]}
            answer = work_through(one, self.settle_execution, self.hints, Deadline(seconds))
            self.hints.settle_up(one, answer)
            retained += answer["batchItemFailures"]
        return {"batchItemFailures": retained}

    def work_off(self, rounds: int = 5) -> None:
        """Until the queue is empty."""
        for _ in range(rounds):
            self.hints.bring_back()
            self.work()
            if not len(self.hints):
                return
        raise AssertionError(f"{len(self.hints)} messages are still there")

    def sweep(self, seconds: float = 40) -> int:
        # One after the other: moto's transactions are exact only then.
        sweep = SweepOverdue(self.bff.outcomes, self.hints, self.clock, at_once=1)
        return sweep(Deadline(seconds)).looked_at

    def execution(self, execution: Json, user: str = "ada") -> Json:
        """What is on record about a simulated execution."""
        item = self.bff.item(user, f"EXECUTION#{execution['customerInternalReference']}")
        assert item is not None
        return item

    def told(
        self, user: str = "ada", journey: str | None = None, *, returned: bool = False
    ) -> Reply:
        """GET /verification."""
        return self.bff.told(user, journey, returned=returned)

    def status(self, user: str = "ada", journey: str | None = None) -> object:
        return self.told(user, journey).body["status"]


def _received(sqs: Any, url: str) -> list[Json]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    return list(answer.get("Messages", []))


def _record(message: Json) -> Json:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {
            name: {"dataType": one["DataType"], "stringValue": one["StringValue"]}
            for name, one in message.get("MessageAttributes", {}).items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:hints",
        "awsRegion": "eu-central-1",
    }
