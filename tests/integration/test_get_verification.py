"""GET /verification: one word, whether to try again, and an answer that is cheap to ask for."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.support.bff import ISSUER, PEPPER
from tests.support.events import event
from tests.support.functions import Function, running
from tests.support.pipeline import Pipeline
from verification.domain.errors import UnknownJourney
from verification.edge.http import Request
from verification.edge.http.caller import caller_of

Json = dict[str, Any]


def in_processing(pipeline: Pipeline) -> Json:
    execution = pipeline.open()
    pipeline.play(execution, "approved", to_end=False)
    pipeline.call_back(execution)
    pipeline.work_off()
    return execution


def test_every_word_with_its_advice(pipeline: Pipeline) -> None:
    seen: list[tuple[object, int | None, object]] = []

    def look() -> None:
        told = pipeline.told()
        retry = told.body["retry"]
        assert isinstance(retry, dict)
        seen.append((told.body["status"], told.retry_after, retry["allowed"]))

    look()
    execution = pipeline.open()
    look()
    pipeline.play(execution, "abandons", to_end=False)
    pipeline.call_back(execution)
    pipeline.work_off()
    look()
    for scenario, to_end in (("approved", False), ("approved", True)):
        pipeline.play(execution, scenario, to_end=to_end)
        pipeline.call_back(execution)
        pipeline.work_off()
        look()

    assert seen == [
        ("none", None, True),
        ("pending", 5, True),
        ("pending", 5, True),
        ("processing", 3, False),
        ("approved", None, False),
    ]


@pytest.mark.parametrize(
    ("scenario", "word", "allowed"),
    [
        ("declined: fake document", "declined", True),
        ("needs review", "review", False),
        ("never starts", "expired", True),
        ("technical error", "expired", True),
    ],
)
def test_whether_another_attempt_makes_sense(
    pipeline: Pipeline, scenario: str, word: str, allowed: bool
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, scenario)
    pipeline.call_back(execution)
    pipeline.work_off()

    told = pipeline.told()

    assert told.body["status"] == word
    assert told.body["retry"] == {"allowed": allowed, "remaining": 4, "after": 0}
    assert told.retry_after is None


def test_used_up_attempts_say_when_to_come_back(pipeline: Pipeline) -> None:
    for _ in range(2):
        execution = pipeline.open(journey="repeated")
        pipeline.play(execution, "declined: fake document")
        pipeline.call_back(execution)
        pipeline.work_off()
    pipeline.let_pass(600)

    retry = pipeline.told(journey="repeated").body["retry"]

    assert retry == {"allowed": False, "remaining": 0, "after": 3000}
    pipeline.let_pass(3000)
    assert pipeline.told(journey="repeated").body["retry"] == {
        "allowed": True,
        "remaining": 2,
        "after": 0,
    }


def test_journeys_are_told_apart(pipeline: Pipeline) -> None:
    pipeline.open(journey="repeated")
    assert pipeline.status() == "none"
    assert pipeline.status(journey="repeated") == "pending"
    with pytest.raises(UnknownJourney):
        pipeline.status(journey="another")


def test_people_are_told_apart(pipeline: Pipeline) -> None:
    pipeline.open(user="ada")
    assert pipeline.status("bob") == "none"


def test_nothing_that_came_from_jumio_is_told(pipeline: Pipeline) -> None:
    pipeline.play(pipeline.open(), "declined: fake document")
    pipeline.call_back(pipeline.bff.executions()[-1])
    pipeline.work_off()

    body = pipeline.told().body

    lasting = {"journey", "status", "next", "updatedAt", "retry", "validUntil", "renewal", "hint"}
    assert set(body) == lasting
    (execution,) = pipeline.bff.executions()
    said = str(body)
    assert not any(word in said for word in (execution["id"], execution["accountId"], "REJECTED"))


def test_the_tag_changes_with_the_status_and_not_with_time(pipeline: Pipeline) -> None:
    before = pipeline.told().etag
    execution = in_processing(pipeline)
    tag = pipeline.told().etag
    assert tag != before
    for _ in range(3):
        pipeline.let_pass(1)
        assert pipeline.told().etag == tag

    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    pipeline.work_off()
    assert pipeline.told().etag not in {before, tag}


def test_the_tag_does_not_change_with_time_on_the_last_attempt(pipeline: Pipeline) -> None:
    first = pipeline.open(journey="repeated")
    pipeline.play(first, "declined: fake document")
    pipeline.call_back(first)
    pipeline.work_off()
    pipeline.open(journey="repeated")
    tag = pipeline.told(journey="repeated").etag

    pipeline.let_pass(1)

    assert pipeline.told(journey="repeated").etag == tag


def test_two_people_with_the_same_standing_may_share_a_tag_but_journeys_do_not(
    pipeline: Pipeline,
) -> None:
    assert pipeline.told("ada").etag == pipeline.told("bob").etag
    assert pipeline.told("ada").etag != pipeline.told("ada", "repeated").etag


@pytest.fixture
def function(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """The function on the pipeline's table, with the pepper that the people were opened with."""
    secret = {"version": PEPPER.version, "key": PEPPER.key}
    made = boto3.client("secretsmanager").create_secret(
        Name="pepper", SecretString=json.dumps(secret)
    )
    environment = {
        "TABLE_NAME": pipeline.bff.table_name,
        "QUEUE_URL": pipeline.hints.url,
        "USER_KEY_SECRET_ID": made["ARN"],
        "POWERTOOLS_SERVICE_NAME": "get_verification",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with running("get_verification") as started:
        yield started


def ask(function: Function, user: str = "ada", returned: str | None = None, **headers: str) -> Json:
    asked = event("get_verification", headers={"host": "bff.example", **headers})
    asked["requestContext"]["authorizer"]["jwt"]["claims"] |= {"iss": ISSUER, "sub": user}
    asked.pop("queryStringParameters", None)
    if returned is not None:
        asked["queryStringParameters"] = {"returned": returned}
    assert caller_of(Request(asked).claims).subject == user
    return function(asked)


def test_polling_costs_304_until_something_happens(pipeline: Pipeline, function: Function) -> None:
    execution = in_processing(pipeline)
    first = ask(function)
    tag = first["headers"]["ETag"]
    assert (first["statusCode"], first["headers"]["Retry-After"]) == (200, "3")

    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = ask(function, **{"if-none-match": known})
        assert (again["statusCode"], again["body"]) == (304, "")
        assert again["headers"]["ETag"] == tag
        assert again["headers"]["Retry-After"] == "3"
    for unknown in ('"other"', "", tag[3:-1]):
        assert ask(function, **{"if-none-match": unknown})["statusCode"] == 200

    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    pipeline.work_off()
    last = ask(function, **{"if-none-match": tag})
    assert last["statusCode"] == 200
    assert '"status":"approved"' in last["body"]
    assert "Retry-After" not in last["headers"]


def test_answers_are_not_kept_by_caches(pipeline: Pipeline, function: Function) -> None:
    pipeline.open()
    for headers in ({}, {"if-none-match": "*"}):
        assert ask(function, **headers)["headers"]["Cache-Control"] == "no-store"


def test_the_log_does_not_name_who_asked(pipeline: Pipeline, function: Function) -> None:
    pipeline.open(user="ada.lovelace")
    assert '"status":"pending"' in ask(function, "ada.lovelace")["body"]
    assert "lovelace" not in "".join(function.lines)


def test_a_person_who_is_back_is_looked_after(pipeline: Pipeline, function: Function) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved", to_end=False)
    assert ask(function, returned="false")["headers"]["Retry-After"] == "5"
    assert len(pipeline.hints) == 0

    assert ask(function, returned="true")["headers"]["Retry-After"] == "1"
    pipeline.work_off()

    assert '"status":"processing"' in ask(function)["body"]


@pytest.mark.parametrize("said", ["1", "yes", "TRUE", "true,true"])
def test_anything_else_than_yes_or_no_is_told(
    pipeline: Pipeline, function: Function, said: str
) -> None:
    answer = ask(function, returned=said)
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["errors"] == [
        {"field": "returned", "reason": "true or false"}
    ]
