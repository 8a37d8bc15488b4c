"""Nothing that opens anything, and nobody's name, where operators and the company look."""

import contextlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
import requests

from jumio_simulator.admin.client import AdminClient
from local.cloud.logs import function_groups
from local.demo.observer import BusListener, log_lines, table_items
from local.demo.people import Person
from tests.support.end_to_end import decided, one_outcome
from tests.support.outside import User, users
from tests.support.stack import RunningStack
from tests.support.waiting import eventually

Json = dict[str, Any]


@dataclass
class Search:
    """Everything that leaves the product apart from its answers, and the table."""

    stack: RunningStack
    bus: BusListener
    queued: list[str]

    def look(self) -> dict[str, str]:
        """All the text there is by now, by place."""
        return {
            "logs": "\n".join(log_lines(self.stack.aws)),
            "queues": "\n".join(self.queued),
            "bus": json.dumps(self.bus.heard()),
            "table": json.dumps(self.items(), default=str),
        }

    def items(self) -> list[Json]:
        return table_items(self.stack.aws, self.stack.outputs)

    def places_of(self, needle: str) -> set[str]:
        """Where a text occurs by now."""
        return places(needle, self.look())


def places(needle: str, seen: dict[str, str]) -> set[str]:
    """Where a text occurs, as it is or quoted as in an address."""
    forms = {needle, quote(needle, safe="")}
    return {place for place, text in seen.items() if any(form in text for form in forms)}


@pytest.fixture
def search(stack: RunningStack, bus: BusListener) -> Search:
    return Search(stack, bus, [])


@pytest.fixture
def pausing(stack: RunningStack) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """For a while nobody reads the callback queue, and a second reading sets a message aside."""

    @contextlib.contextmanager
    def pause() -> Iterator[None]:
        functions, sqs = stack.aws.functions, stack.aws.sqs
        url = stack.outputs["CallbackQueueUrl"]
        names: list[Any] = ["RedrivePolicy"]
        (mapping,) = functions.list_event_source_mappings()["EventSourceMappings"]
        usual = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        hasty = json.dumps({**json.loads(usual["RedrivePolicy"]), "maxReceiveCount": 1})
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": hasty})
        try:
            yield
        finally:
            sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)
            functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    return pause


def peek(stack: RunningStack, output: str) -> list[Json]:
    """The messages of a queue, whole, without keeping them from anybody."""
    answer = stack.aws.sqs.receive_message(
        QueueUrl=stack.outputs[output],
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    return [dict(message) for message in answer.get("Messages", [])]


def secret(stack: RunningStack, output: str, member: str) -> str:
    value = stack.aws.secrets.get_secret_value(SecretId=stack.outputs[output])["SecretString"]
    return str(json.loads(value)[member])


def oauth_token(stack: RunningStack) -> str:
    """The token with which the functions call Jumio: everybody gets the same one for a while."""
    answer = requests.post(
        f"{stack.facts['simulator']}/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(
            secret(stack, "JumioSecretArn", "client_id"),
            secret(stack, "JumioSecretArn", "client_secret"),
        ),
        headers={"User-Agent": "Test Search/1.0"},
        timeout=10,
    )
    return str(answer.json()["access_token"])


def details(stack: RunningStack, execution: Json) -> str:
    """What Jumio would tell about an execution, and about its person."""
    path = f"accounts/{execution['accountId']}/workflow-executions/{execution['id']}"
    answer = requests.get(
        f"{stack.facts['simulator']}/api/v1/{path}",
        headers={
            "Authorization": f"Bearer {oauth_token(stack)}",
            "User-Agent": "Test Search/1.0",
        },
        timeout=10,
    )
    return answer.text


def through_both_queues(stack: RunningStack) -> list[Json]:
    """The message that waits, as the queue has it and as it is set aside; then it waits again."""
    (waiting,) = eventually(lambda: peek(stack, "CallbackQueueUrl"), bool)
    peek(stack, "CallbackQueueUrl")  # once too often
    (aside,) = eventually(lambda: peek(stack, "CallbackDeadLettersUrl"), bool)
    stack.aws.sqs.purge_queue(QueueUrl=stack.outputs["CallbackDeadLettersUrl"])
    stack.aws.sqs.send_message(
        QueueUrl=stack.outputs["CallbackQueueUrl"], MessageBody=str(aside["Body"])
    )
    return [waiting, aside]


def with_faults(simulator: AdminClient, user: User) -> None:
    """Somebody for whom everything goes wrong that can, and who gets a session in the end."""

    def asked() -> int:
        """What the person gets as soon as they are not held back any more."""
        ask = partial(user.app.create_session, channel="sdk")
        return eventually(ask, lambda answer: answer.status_code != 429).status_code

    simulator.revoke_tokens()
    for fault in ({"status": 400}, {"status": 403}):
        simulator.add_fault("accounts.create", "status", **fault)
        assert asked() == 502
    simulator.add_fault("accounts.create", "token_rejected", count=2)
    assert asked() == 500
    assert user.app.create_session(channel="sdk", locale="en").status_code == 400
    simulator.add_fault("accounts.update", "status", status=500, after_commit=True)
    assert asked() == 201
    assert user.app.create_session(channel="sdk", renew=True).status_code == 502


def test_secrets_stay_where_they_belong(
    stack: RunningStack,
    simulator: AdminClient,
    search: Search,
    new_person: Callable[[], Person],
    pausing: Callable[[], contextlib.AbstractContextManager[None]],
) -> None:
    key, bearer = "a-key-that-nobody-guesses", oauth_token(stack)
    assert bearer == oauth_token(stack)  # and the functions' until it is revoked
    with users(stack, new_person, 3) as people:
        mobile, desktop, unlucky = people
        assert mobile.app.create_session(channel="sdk").status_code == 201
        renewed = mobile.app.create_session(channel="sdk", renew=True)
        assert renewed.status_code == 201
        body = {"channel": "web", "consent": {"country": "US", "state": "IL", "obtained": "na"}}
        answer = desktop.app.request("POST", "/sessions", body, {"Idempotency-Key": key})
        assert answer.status_code == 201
        with_faults(simulator, unlucky)
        token = desktop.app.create_session(channel="sdk").json()["sdk"]["token"]
        assert (
            search.places_of(token) == search.places_of(answer.json()["web"]["href"]) == {"table"}
        )
        (judged,) = [one for one in simulator.executions() if one["sdkToken"] == token]
        with pausing():
            simulator.play(judged["id"], "declined: fake document")
            search.queued += [json.dumps(one) for one in through_both_queues(stack)]
        outcome = decided(desktop.app)
        assert outcome["status"] == one_outcome(search.bus, judged) == "declined"
        used = renewed.json()["sdk"]["token"]
        (approved,) = [one for one in simulator.executions() if one["sdkToken"] == used]
        simulator.play(approved["id"], "approved")
        outcome = decided(mobile.app)
        assert outcome["status"] == one_outcome(search.bus, approved) == "approved"

    seen = search.look()
    for word in ("ROBIN", "SAMPLE", "1991-04-17", "SIM0012345"):
        assert word in details(stack, approved)
        assert places(word, seen) == set()
    for one in (judged, *simulator.executions()):
        signature = one["callbackUrl"].rpartition(".")[2]
        assert len(signature) == 43
        assert places(signature, seen) == set()
    for gone in (token, answer.json()["web"]["href"], key):
        assert places(gone, seen) == set()
    for live in (one for one in simulator.executions() if one["id"] != judged["id"]):
        assert places(live["sdkToken"], seen) <= {"table"}
        assert places(live["webHref"], seen) <= {"table"}
    for user in people:
        assert places(user.token, seen) == set()
        assert places(user.token.rpartition(".")[2], seen) == set()
        held = [one for one in search.items() if user.subject in str(one)]
        assert [one["sk"] for one in held] == ["ACCOUNT"]
    assert places(desktop.subject, seen) == places(mobile.subject, seen) == {"table", "bus"}
    assert places(unlucky.subject, seen) == {"table"}
    kept = [
        secret(stack, "JumioSecretArn", "client_secret"),
        secret(stack, "UserKeySecretArn", "key"),
        secret(stack, "CallbackSecretArn", "key"),
        bearer,
        oauth_token(stack),
    ]
    assert [places(one, seen) for one in kept] == [set()] * len(kept)


def test_the_search_finds_what_is_there(
    stack: RunningStack,
    search: Search,
    pausing: Callable[[], contextlib.AbstractContextManager[None]],
) -> None:
    planted = f"planted-{secrets.token_hex(8)}/+ &"
    assert search.places_of(planted) == set()
    aws, outputs = stack.aws, stack.outputs
    group = next(iter(function_groups(aws)))
    aws.logs.create_log_stream(logGroupName=group, logStreamName=planted[:20])
    aws.logs.put_log_events(
        logGroupName=group,
        logStreamName=planted[:20],
        logEvents=[{"timestamp": int(time.time() * 1000), "message": planted}],
    )
    aws.dynamodb.put_item(
        TableName=outputs["TableName"], Item={"pk": {"S": "PLANTED"}, "sk": {"S": planted}}
    )
    detail = json.dumps({"address": f"https://app.example/?token={quote(planted, safe='')}"})
    aws.events.put_events(
        Entries=[
            {"Source": "a", "DetailType": "b", "Detail": detail, "EventBusName": outputs["BusName"]}
        ]
    )
    eventually(search.bus.heard, bool)
    with pausing():
        aws.sqs.send_message(QueueUrl=outputs["CallbackQueueUrl"], MessageBody=planted)
        in_both = through_both_queues(stack)
        aws.sqs.purge_queue(QueueUrl=outputs["CallbackQueueUrl"])
    for message in in_both:
        search.queued[:] = [json.dumps(message)]
        assert search.places_of(planted) == {"logs", "queues", "bus", "table"}
    aws.dynamodb.delete_item(
        TableName=outputs["TableName"], Key={"pk": {"S": "PLANTED"}, "sk": {"S": planted}}
    )
