"""What is around the functions: AWS, Jumio, and everybody who sees what they say."""

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from jumio_simulator.testing import RunningSimulator, running_simulator
from tests.support import quick_moto
from tests.support.canned_jumio import OAUTH_TOKEN, CannedJumio, canned_jumio
from tests.support.event_schema import violations
from tests.support.events import event
from tests.support.functions import running
from tests.support.template import table_definition
from tests.world.inputs import Expected, Input, leaves
from verification.domain.capability import SigningKey, sign
from verification.domain.identity import Pepper
from verification.store.operations import plain

quick_moto.hurry()

Json = dict[str, Any]
HERE = Path(__file__).parent
NAME = "verification"
NOTHING: Mapping[str, str] = {}
PEPPER = Pepper("1", "p" * 64)
SIGNING_KEY = SigningKey("1", "1" * 64)
CAPABILITY = sign(SIGNING_KEY, "1-" + "A" * 43, "0123456789abcdef" * 2)
"""The one genuine address that events in files call."""

CLIENT_SECRET = "demo-secret"
_SECRETS = {
    "jumio": {"client_id": "demo-client", "client_secret": CLIENT_SECRET},
    "callback": {"version": SIGNING_KEY.version, "key": SIGNING_KEY.key},
    "pepper": {"version": PEPPER.version, "key": PEPPER.key},
}
_TOKENS = ("token", "href", "upload_token")
_SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "ENVIRONMENT": "local",
    "JOURNEYS": "world",
    "JUMIO_DATA_CENTER": "emea-1",
    "JUMIO_USER_AGENT": "Example JumioBff/1.0",
    "JUMIO_SECRET_ID": "jumio",
    "CALLBACK_SECRET_ID": "callback",
    "CALLBACK_SOURCE_MODE": "enforce",
    "USER_KEY_SECRET_ID": "pepper",
    "ACCOUNT_CALLS_PER_SECOND": "1000",
    "ACCOUNT_CALLS_BURST": "1000",
}


@dataclass
class Surroundings:
    """What all inputs share."""

    simulator: RunningSimulator
    canned: CannedJumio
    published: list[Json] = field(default_factory=list)
    begun: list[Json] = field(default_factory=list)
    heard: int = 0  # the number of the last request that the simulator has got

    def __post_init__(self) -> None:
        self.dynamodb, self.sqs = boto3.client("dynamodb"), boto3.client("sqs")
        self.queue = str(self.sqs.create_queue(QueueName=NAME)["QueueUrl"])

    @contextmanager
    def place(self) -> Iterator["Place"]:
        """Somewhere where nothing has happened yet; removed when the block ends."""
        self.published.clear()
        self.canned.begin()
        self.dynamodb.create_table(**{**copy.deepcopy(_table()), "TableName": NAME})
        place = Place(self)
        yield place
        place.listen()
        self.dynamodb.delete_table(TableName=NAME)

    def sent(self) -> list[Json]:
        """What the simulator was asked since this was asked last."""
        entries = self.simulator.admin.journal(since=self.heard)
        self.heard = max([self.heard, *(entry["number"] for entry in entries)])
        return entries

    def witness(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        """Any client's way to AWS, with somebody at it who sees all that is put on the bus."""

        def asked(client: Any, operation: str, members: Json) -> Any:
            if operation == "PutEvents":
                self.published += members["Entries"]
            return ask(client, operation, members)

        return asked


@contextmanager
def surroundings() -> Iterator[Surroundings]:
    with (
        pytest.MonkeyPatch.context() as patch,
        mock_aws(),
        running_simulator(account_rate=1000, account_burst=1000) as simulator,
        canned_jumio() as canned,
    ):
        for name, value in _SETTINGS.items():
            patch.setenv(name, value)
        patch.syspath_prepend(HERE)  # its folder journeys/ is one with that of the layer
        around = Surroundings(simulator, canned)
        patch.setattr(BaseClient, "_make_api_call", around.witness(BaseClient._make_api_call))
        boto3.client("events").create_event_bus(Name=NAME)
        for name, members in _SECRETS.items():
            boto3.client("secretsmanager").create_secret(
                Name=name, SecretString=json.dumps(members)
            )
        yield around


@cache
def _table() -> Json:
    return table_definition("")


@dataclass
class Place:
    """A table and a queue of its own for one input, and what was said there."""

    around: Surroundings
    lines: list[str] = field(default_factory=list)
    queued: list[Json] = field(default_factory=list)
    heard: list[Json] = field(default_factory=list)
    called: set[str] = field(default_factory=set)  # since it was listened to
    subject: str = ""

    def call(
        self, name: str, called: Any, settings: Mapping[str, str] = NOTHING, *, jumio: str = ""
    ) -> Json:
        """A cold start of a function, and its answer; Jumio is the simulator unless told."""
        environment = {
            "POWERTOOLS_SERVICE_NAME": name,
            "TABLE_NAME": NAME,
            "JUMIO_BASE_URL": jumio or self.around.simulator.url,
            **settings,
        }
        if name in ("get_verification", "receive_callback", "settle_execution"):
            environment |= {"QUEUE_URL": self.around.queue, "BUS_NAME": NAME}
        self.called |= {name} if jumio else {name, "simulator"}
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in environment.items():
                patch.setenv(variable, value)
            with running(name) as function:
                try:
                    return function(called, seconds=60)
                finally:
                    self.lines += function.lines

    def records(self) -> list[Json]:
        """Everything that was logged and counted."""
        return [json.loads(line) for line in self.lines]

    def codes(self) -> set[str]:
        return {str(one["message"]) for one in self.records() if "message" in one}

    def items(self) -> list[Json]:
        """What is on record."""
        return [plain(item) for item in self.around.dynamodb.scan(TableName=NAME)["Items"]]

    def begin(self) -> None:
        """A person has a session of the canned Jumio's, opened once for all places."""
        begun, asked = self.around.begun, event("create_session")
        if begun:
            for item in begun:
                self.around.dynamodb.put_item(TableName=NAME, Item=item)
        else:
            answer = self.call("create_session", asked, jumio=self.around.canned.url)
            assert answer["statusCode"] == 201
            begun += self.around.dynamodb.scan(TableName=NAME)["Items"]
        self.subject = asked["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]

    def item(self, kind: str) -> Json:
        """The one item of a kind that a person has."""
        (found,) = [
            one for one in self.items() if one["sk"].startswith(kind) and "USER#" in one["pk"]
        ]
        return found

    def listen(self) -> None:
        """Take what has come to the simulator and, from receive_callback, to the queue."""
        self.heard += self.around.sent() if self.called & {"simulator"} else []
        sqs, queue = self.around.sqs, self.around.queue
        while self.called & {"receive_callback"}:
            taken = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
            for one in taken:
                self.queued.append(json.loads(one["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
            if not taken:
                break
        self.called.clear()

    def sent(self) -> tuple[Json | None, Json | None]:
        """The last account request and the last prepared data that the simulator got."""
        self.listen()
        last = {entry["endpoint"]: entry["body"] for entry in self.heard}
        return last.get("accounts.create"), last.get("parts.upload")

    def require(self, expected: Expected) -> None:
        """That the codes are as expected; nothing is unexpected or misconfigured by default."""
        never = {"unexpected_error", "misconfigured", *expected.not_logged} - set(expected.logged)
        assert set(expected.logged) <= self.codes()
        assert not never & self.codes()

    def require_silence(self, about: Input, *words: str) -> None:
        """That nothing private, and nothing that opens anything, was logged, queued or told."""
        self.listen()
        events = [json.loads(entry["Detail"]) for entry in self.around.published]
        assert [violations(one) for one in events] == [[] for _ in events]
        spoken = {
            "log": list(leaves(self.records())),
            "queue": list(leaves(self.queued)),
            "bus": list(leaves(events)),
        }
        secret = {*about.private, *words, *self._keys()}
        leaks = [(word, place) for word in secret for place in spoken if said(word, spoken[place])]
        assert leaks == []
        if self.subject:  # consumers of the bus have to know whom it is about
            assert not said(self.subject, spoken["log"] + spoken["queue"])

    def _keys(self) -> Iterator[str]:
        """Whatever opens something: for the person, for Jumio, or for us."""
        yield from (CAPABILITY, CLIENT_SECRET, SIGNING_KEY.key, PEPPER.key, OAUTH_TOKEN)
        yield from (item[name] for item in self.items() for name in _TOKENS if name in item)
        accounts = [body for body in (self.sent()[0], *self.around.canned.bodies("create")) if body]
        for body in accounts:
            capability = body["callbackUrl"].rpartition("/")[2]
            yield from (capability, capability.rpartition(".")[2])


def said(word: str, texts: list[str]) -> bool:
    """Whether a text has the word in it; a short one counts if it stands alone."""
    if len(word) > 6:
        return any(word in text for text in texts)
    if word.isdecimal():  # part of a time or of a line number
        return word in texts
    alone = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    return any(alone.search(text) for text in texts)
