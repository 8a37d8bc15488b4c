"""Everything that the nine functions ask of AWS, as they are deployed.

They have the variables of the template, with the names of what is really there.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.bff import ISSUER, PEPPER, SIGNING_KEY
from tests.support.events import event
from tests.support.functions import Function, running
from tests.support.judge import ARN
from tests.support.permissions import Recording
from tests.support.pipeline import Pipeline
from tests.support.policies import PLACE
from tests.support.resolved import resolved
from tests.support.servers import answer_json, socket_server
from tests.support.template import template
from verification.domain.identity import Caller
from verification.domain.journeys import load_journeys
from verification.store.operations import typed

Json = dict[str, Any]
DAY = 86400
_JOURNEY = {"name": "identity", "repeatable": True, "retainDays": 30, "discloses": ["firstName"]}
_JOURNEYS = {"version": 1, "journeys": [{**_JOURNEY, "steps": [{"name": "identity"}]}]}


@dataclass
class Deployed:
    """The nine functions beside a pipeline; what they do is recorded as theirs."""

    pipeline: Pipeline
    recording: Recording
    folder: Path
    names: dict[str, str] = field(init=False)  # by logical id, as a reference to it says
    arns: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        bff, manager = self.pipeline.bff, boto3.client("secretsmanager")
        simulator = bff.simulator
        secrets: dict[str, Json] = {
            "UserKeySecret": {"version": PEPPER.version, "key": PEPPER.key},
            "CallbackSecret": {"version": SIGNING_KEY.version, "key": SIGNING_KEY.key},
            "JumioSecret": {
                "client_id": simulator.client_id,
                "client_secret": simulator.client_secret,
            },
        }
        made = {
            name: manager.create_secret(Name=name, SecretString=json.dumps(value))["ARN"]
            for name, value in secrets.items()
        }
        queue = self.pipeline.hints.url
        names = {"Table": bff.table_name, "Bus": "verification", "CallbackQueue": queue}
        self.names = {**names, **made}
        self.arns = {
            "Table": f"arn:aws:dynamodb:{PLACE}:table/{bff.table_name}",
            "Bus": f"arn:aws:events:{PLACE}:event-bus/verification",
            "CallbackQueue": f"arn:aws:sqs:{PLACE}:{queue.rpartition('/')[2]}",
            "AttestationFunction": ARN,
            **made,
        }
        (self.folder / "journeys").mkdir()
        (self.folder / "journeys/every-use.json").write_text(json.dumps(_JOURNEYS))
        self.pipeline.bff.journeys = load_journeys(json.dumps(_JOURNEYS))

    @contextmanager
    def started(self, name: str) -> Iterator[Function]:
        """A cold start of the function of that logical id."""
        told = {
            "Environment": "local",
            "JumioBaseUrl": self.pipeline.bff.simulator.url,
            "JumioUserAgent": "Example JumioBff/1.0",
            "PublicBaseUrl": "https://bff.example",
            "Journeys": "every-use",
            "AttestationFunction": ARN,
        }
        properties = resolved(template(), **told)["Resources"][name]["Properties"]
        with (
            pytest.MonkeyPatch.context() as patch,
            socket_server(answer_json(200, {"genuine": True})) as judge,
            self.recording.running(name),
        ):
            patch.setenv("AWS_ENDPOINT_URL_LAMBDA", judge.url)
            patch.syspath_prepend(self.folder)
            for variable, value in properties["Environment"]["Variables"].items():
                patch.setenv(
                    variable, self.names[value["Ref"]] if isinstance(value, dict) else value
                )
            with running(properties["CodeUri"].removeprefix("functions/")) as function:
                yield function

    def ask(self, name: str, asked: Json) -> Json:
        """What the function answers, which is warm for this one event only."""
        with self.started(name) as function:
            return function(asked, seconds=30)

    def settle(self, execution: Json) -> None:
        self.pipeline.hints.send(self.pipeline.bff.hint(execution))
        self.work()

    def work(self) -> None:
        """The worker gets what is on the queue, and Lambda does with it as it says."""
        taken = self.pipeline.hints.receive()
        self.pipeline.hints.settle_up(taken, self.ask("SettleExecution", taken))

    def aged(self, user: str, seconds: int) -> None:
        """Everything that is known of somebody happened, and is due, so much earlier."""
        key = PEPPER.user_key(Caller(ISSUER, user))
        for item in self.pipeline.bff.plain_items():
            if item["pk"] == f"USER#{key}":
                times = [name for name in item if name.endswith(("_at", "_until"))]
                change(self.pipeline, item, **{name: item[name] - seconds for name in times})


def every_function_works(deployed: Deployed) -> None:
    """Each of the nine does what it is for, and the worker and operators all that they can do."""
    pipeline = deployed.pipeline
    assert deployed.ask("CreateSession", of("ada", "create_session"))["statusCode"] == 201
    pipeline.bff.simulator.admin.add_fault("accounts.create", "status", status=400)
    refused = of("refused", "create_session", body='{"channel": "web"}')
    assert deployed.ask("CreateSession", refused)["statusCode"] == 502

    (ada,) = pipeline.bff.executions()
    back = of("ada", "get_verification", queryStringParameters={"returned": "true"})
    assert json.loads(deployed.ask("GetVerification", back)["body"])["status"] == "pending"
    deployed.work()
    pipeline.play(ada, "approved")
    body = {
        "account": {"id": ada["accountId"]},
        "workflowExecution": {"id": ada["id"]},
        "userReference": ada["userReference"],
    }
    capability = {"capability": pipeline.bff.capability(ada)}
    called = event("receive_callback", pathParameters=capability, body=json.dumps(body))
    assert deployed.ask("ReceiveCallback", called)["statusCode"] == 200
    deployed.work()
    assert pipeline.status() == "approved"
    facts = deployed.ask("ReadFacts", about("ada", "read_facts", fields=["firstName"]))
    assert facts["facts"].keys() == {"firstName"}
    assert deployed.ask("TellStory", about("ada", "tell_story"))["jumio"]
    reference = {"reference": ada["customerInternalReference"]}
    assert deployed.ask("TellStory", {**reference, "ask_jumio": True})["timeline"]

    replaced = pipeline.open(user="eve")
    pipeline.open(user="eve", renew=True)
    pipeline.play(replaced, "needs review: watchlist hit")
    deployed.settle(replaced)
    word = about("eve", "decide_review", execution=replaced["customerInternalReference"])
    assert deployed.ask("DecideReview", word)["status"] == "approved"
    deployed.work()

    assert deployed.ask("EraseSubject", about("eve", "erase_subject"))["result"] == "erased"
    deployed.aged("ada", 31 * DAY)
    assert deployed.ask("SweepOverdue", {})["looked_at"] == 1
    deployed.work()
    assert pipeline.bff.item("ada", "ACCOUNT") is None
    pipeline.hints.put("not a hint")
    deployed.work()
    pipeline.hints.lose()


def of(user: str, name: str, **members: Any) -> Json:
    """A request of a person's app."""
    called = event(name, **members)
    called["requestContext"]["authorizer"]["jwt"]["claims"] |= {"iss": ISSUER, "sub": user}
    return called


def about(user: str, name: str, **members: Any) -> Json:
    """An operator's word about a person."""
    return event(name, **{"issuer": ISSUER, "subject": user, **members})


def change(pipeline: Pipeline, item: Json, **changes: object) -> None:
    """An item with other attributes."""
    bff = pipeline.bff
    bff.dynamodb.put_item(TableName=bff.table_name, Item=typed({**item, **changes}))
