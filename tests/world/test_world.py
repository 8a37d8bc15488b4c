"""Every input of inputs/ goes through the whole function that it is for, and ends as it says."""

import json
from typing import Any

import pytest

from tests.support.answers import ACCOUNT, EXECUTION
from tests.support.canned_jumio import Canned
from tests.support.events import event
from tests.world.around import CAPABILITY, Place
from tests.world.expecting import (
    code_of,
    merged,
    personal,
    require_answer,
    require_session,
    require_taken,
    require_told,
    within,
)
from tests.world.inputs import (
    Callback,
    CallbackEvent,
    Json,
    Messages,
    Opening,
    Person,
    Reading,
    Reply,
    SessionEvent,
    StatusEvent,
    Token,
    inputs,
)

UNFINISHED = Canned.json({"workflowExecution": {"id": EXECUTION, "status": "INITIATED"}})


@pytest.mark.parametrize("asked", inputs("events/create_session"))
def test_an_event_for_create_session(place: Place, asked: SessionEvent) -> None:
    answer = place.call("create_session", asked.event, asked.settings)

    require_session(answer, asked.expected)
    account, data = place.sent()
    if asked.expected.sent:
        assert within(asked.expected.sent.account, account)
        assert data == asked.expected.sent.data
    elif asked.expected.code:
        assert account is None
    place.require(asked.expected)
    place.require_silence(asked)


@pytest.mark.parametrize("asked", inputs("events/get_verification"))
def test_an_event_for_get_verification(place: Place, asked: StatusEvent) -> None:
    answer = place.call("get_verification", asked.event, asked.settings)

    body = require_answer(answer, asked.expected)
    assert asked.expected.body is None or within(asked.expected.body, body)
    place.require(asked.expected)
    place.require_silence(asked)


@pytest.mark.parametrize("asked", inputs("events/receive_callback"))
def test_an_event_for_receive_callback(place: Place, asked: CallbackEvent) -> None:
    require_taken(place, asked, asked.event, asked.expected)


@pytest.mark.parametrize("sent", inputs("callbacks"))
def test_a_callback(place: Place, sent: Callback) -> None:
    called = event(
        "receive_callback",
        headers=sent.headers,
        pathParameters={"capability": CAPABILITY},
        body=json.dumps(sent.body) if sent.text is None else sent.text,
    )
    called["requestContext"]["http"]["sourceIp"] = sent.source
    require_taken(place, sent, called, sent.expected)


@pytest.mark.parametrize("token", inputs("tokens"))
def test_a_token(place: Place, token: Token) -> None:
    place.subject = str(token.claims.get("sub", ""))
    request = with_claims(event("create_session", body=body(journey="claims")), token.claims)
    query = with_claims(event("get_verification"), token.claims)
    query["queryStringParameters"] = {"journey": "claims"}

    require_session(place.call("create_session", request, token.settings), token.expected)
    told = place.call("get_verification", query, token.settings)

    account, data = place.sent()
    if token.expected.code:
        assert account is None
        assert (told["statusCode"], code_of(told)) == (token.expected.status, token.expected.code)
    else:
        assert (told["statusCode"], json.loads(told["body"])["status"]) == (200, "pending")
        assert (data or {}) == token.expected.data
        assert place.item("ACCOUNT")["issuer"] == token.claims["iss"]
        assert place.item("ACCOUNT")["subject"] == (token.expected.subject or token.claims["sub"])
    place.require(token.expected)
    place.require_silence(token)


@pytest.mark.parametrize("person", inputs("people"))
def test_a_person(place: Place, person: Person) -> None:
    request = event("create_session", body=body(journey="applicant", applicant=person.applicant))
    answer = place.call("create_session", request, person.settings)

    require_session(answer, person.expected)
    account, data = place.sent()
    if person.expected.code:
        assert account is None
    else:
        assert data == merged(person.applicant, person.expected.data)
    place.require(person.expected)
    place.require_silence(person, *personal(person.applicant), *personal(data))


@pytest.mark.parametrize("said", inputs("answers/opening"))
def test_an_answer_to_a_call_that_opens_an_execution(place: Place, said: Opening) -> None:
    jumio = place.around.canned
    asked: Json = {"channel": said.channel}
    if said.call == "upload":
        asked |= {"journey": "applicant", "applicant": {"firstName": "Ada"}}
    elif said.call == "update":
        place.begin()
        asked |= {"renew": True}
    jumio.begin(**{"status": UNFINISHED, said.call: canned(said.answer)})

    request = event("create_session", body=body(**asked))
    answer = place.call("create_session", request, said.settings, jumio=jumio.url)

    handed_out = require_session(answer, said.expected)
    if said.expected.body is not None:
        assert json.dumps(handed_out) == jumio.here(json.dumps(said.expected.body))
    assert len(jumio.bodies(said.call)) == said.expected.asked
    place.require(said.expected)
    place.require_silence(said)


@pytest.mark.parametrize("said", inputs("answers/reading"))
def test_an_answer_about_an_execution(place: Place, said: Reading) -> None:
    place.begin()
    answers = {"status": said.status, "details": said.details}
    place.around.canned.begin(**{name: canned(one) for name, one in answers.items() if one})
    messages = event("settle_execution")
    (record,) = messages["Records"]
    record["body"] = json.dumps(hint(place))

    retained = work(place, said.settings, messages)

    assert retained == ([record["messageId"]] if said.expected.retained else [])
    execution = place.item("EXECUTION#")
    assert execution["state"] == said.expected.state
    assert execution.get("decision") == said.expected.decision
    require_told(place, said.expected.state)
    place.require(said.expected)
    place.require_silence(said)


@pytest.mark.parametrize("sent", inputs("messages"))
def test_messages_for_settle_execution(place: Place, sent: Messages) -> None:
    place.begin()
    text = json.dumps(sent.event)
    for name, value in hint(place).items():
        text = text.replace(f"<{name}>", value)

    assert work(place, sent.settings, json.loads(text)) == sent.expected.retained

    assert place.item("EXECUTION#")["state"] == sent.expected.state
    require_told(place, sent.expected.state)
    place.require(sent.expected)
    place.require_silence(sent)


def body(**members: object) -> str:
    return json.dumps({"channel": "sdk", **members})


def with_claims(called: Json, claims: Json) -> Json:
    called["requestContext"]["authorizer"]["jwt"]["claims"] = claims
    return called


def canned(reply: Reply) -> Canned:
    text = json.dumps(reply.body) if reply.text is None else reply.text
    return Canned(reply.status, text, reply.headers)


def hint(place: Place) -> dict[str, str]:
    """What a callback about the one execution that there is would leave on the queue."""
    item = place.item("EXECUTION#")
    return {
        "user_key": item["pk"].removeprefix("USER#"),
        "reference": item["sk"].removeprefix("EXECUTION#"),
        "account_id": ACCOUNT,
        "workflow_execution_id": EXECUTION,
    }


def work(place: Place, settings: dict[str, str], messages: Any) -> list[str]:
    """The worker takes messages; which of them it retains."""
    url = place.around.canned.url
    answer = place.call("settle_execution", messages, settings, jumio=url)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]
