"""POST /callbacks/{capability} as the internet sees it: two answers, whoever asks and whatever."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.callbacks import (
    BODY,
    HINT,
    IDS,
    KEYS,
    REFERENCE,
    USER,
    call,
    cold_start,
    create_secret,
    queued,
    rotate,
)
from tests.support.functions import Function
from tests.support.pipeline import Hints
from verification.aws.secrets import Secrets
from verification.domain.capability import SigningKey, sign

Json = dict[str, Any]


@pytest.fixture
def hints(aws: None) -> Hints:
    create_secret()
    return Hints()


@pytest.fixture
def function(hints: Hints) -> Iterator[Function]:
    with cold_start(hints) as started:
        yield started


def test_a_genuine_callback_is_queued_as_ids_and_answered_200(
    function: Function, hints: Hints
) -> None:
    answer = function(call())

    assert (answer["statusCode"], answer["body"]) == (200, "{}")
    assert queued(hints) == [HINT]
    assert [one["reference"] for one in function.logged("callback_queued")] == [REFERENCE]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (IDS, {"content-type": "application/json; charset=utf-8"}),
        ({**IDS, "surprise": [1, {"x": None}]}, {"content-type": "Application/JSON"}),
        ({**IDS, "userReference": None}, {"content-type": "application/json"}),
    ],
)
def test_what_jumio_may_add_or_leave_out_is_no_reason_to_refuse(
    function: Function, hints: Hints, body: Json, headers: Json
) -> None:
    assert function(call(body=body, headers=headers))["statusCode"] == 200
    assert queued(hints) == [HINT]


def test_a_body_in_base64_is_read(function: Function, hints: Hints) -> None:
    body = base64.b64encode(json.dumps(BODY).encode()).decode()
    assert function(call(body=body, isBase64Encoded=True))["statusCode"] == 200
    assert queued(hints) == [HINT]


GENUINE = sign(KEYS["1"], USER, REFERENCE)
CLAIM, _, SEAL = GENUINE.rpartition(".")
FORGED = {
    "empty": "",
    "nonsense": "nonsense",
    "dots": "....",
    "no seal": CLAIM,
    "an empty seal": CLAIM + ".",
    "a shortened seal": GENUINE[:-1],
    "a lengthened seal": GENUINE + "A",
    "a changed seal": CLAIM + "." + ("B" if SEAL[0] == "A" else "A") + SEAL[1:],
    "somebody else's user key": GENUINE.replace(USER, "1-" + "B" * 43),
    "another attempt": GENUINE.replace(REFERENCE, "f" * 32),
    "another version": "2" + GENUINE[1:],
    "a foreign key": sign(SigningKey("1", "x" * 64), USER, REFERENCE),
    "a key that was never ours": sign(KEYS["3"], USER, REFERENCE),
    "a line break": GENUINE + "\n",
    "a NUL": GENUINE + "\0",
    "a slash": GENUINE + "/",
    "other letters": "ö" * 100,
    "percent signs": GENUINE.replace(".", "%2e"),
    "very long": GENUINE + "A" * 5000,
    "only the seal": SEAL,
}
WELL_FORMED = {
    "a changed seal",
    "somebody else's user key",
    "another attempt",
    "another version",
    "a foreign key",
    "a key that was never ours",
}
WRONG: dict[str, Json] = {
    **{f"capability: {name}": {"capability": text} for name, text in FORGED.items()},
    "no body": {"body": None},
    "an empty body": {"body": ""},
    "a truncated body": {"body": json.dumps(BODY)[:-20]},
    "no JSON": {"body": "callback=1"},
    "an array": {"body": [BODY]},
    "a number": {"body": "1" * 5000},
    "deep nesting": {"body": "[" * 5000},
    "no account": {"body": {"workflowExecution": {"id": "w"}}},
    "no execution": {"body": {"account": {"id": "a"}}},
    "an account of the wrong type": {"body": {**BODY, "account": "account-1"}},
    "an id of the wrong type": {"body": {**BODY, "account": {"id": 7}}},
    "an id with a path": {"body": {**BODY, "account": {"id": "../../other"}}},
    "an id with a line break": {"body": {**BODY, "account": {"id": "account-1\n"}}},
    "an id that is too long": {"body": {**BODY, "workflowExecution": {"id": "a" * 65}}},
    "an empty id": {"body": {**BODY, "workflowExecution": {"id": ""}}},
    "half a character": {"body": json.dumps(IDS)[:-3] + '\\ud800"}}'},
    "an oversized body": {"body": {**BODY, "padding": "x" * 64 * 1024}},
    "an oversized body of few characters": {
        "body": json.dumps({**BODY, "padding": "\u00fc" * 33_000}, ensure_ascii=False)
    },
    "no base64": {"body": "!!!", "isBase64Encoded": True},
    "no UTF-8": {"body": base64.b64encode(b"\xff\xfe{}").decode(), "isBase64Encoded": True},
    "a form": {"headers": {"content-type": "application/x-www-form-urlencoded"}},
    "plain text": {"headers": {"content-type": "text/plain"}},
    "no content type": {"headers": {}},
    "another user": {"body": {**BODY, "userReference": "1-" + "B" * 43}},
    "a user of the wrong type": {"body": {**BODY, "userReference": [USER]}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_every_refusal_is_the_same_answer(function: Function, hints: Hints, wrong: Json) -> None:
    answer = function(call(**wrong))

    request_id = answer["headers"].pop("X-Request-Id")
    assert request_id == "event-receive-callback"
    assert answer == {
        "statusCode": 404,
        "headers": {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Type": "application/problem+json",
        },
        "body": '{"type":"urn:jumio-bff:problem:not-found","title":"Not found","status":404,'
        '"code":"not-found"}',
    }
    assert len(hints) == 0
    assert function.counted("CallbacksRefused") == 1
    assert len(function.logged("callback_refused")) == 1
    written = "".join(function.lines)
    assert SEAL not in written
    assert KEYS["1"].key not in written


def test_no_path_at_all_is_refused_too(function: Function) -> None:
    assert function({**call(), "pathParameters": None})["statusCode"] == 404


def test_the_same_callback_again_is_queued_again(function: Function, hints: Hints) -> None:
    """Replays are harmless: the worker asks Jumio, whatever is said how often."""
    for _ in range(3):
        assert function(call())["statusCode"] == 200
    assert queued(hints) == [HINT] * 3


def test_addresses_signed_before_and_after_a_rotation_are_accepted(
    hints: Hints,
) -> None:
    rotate("2")

    with cold_start(hints) as function:
        answers = [function(call(key=key))["statusCode"] for key in "12"]

    assert answers == [200, 200]
    assert len(queued(hints)) == 2


def test_an_address_signed_two_rotations_ago_is_refused(
    hints: Hints,
) -> None:
    rotate("2")
    rotate("3")

    with cold_start(hints) as function:
        answers = [function(call(key=key))["statusCode"] for key in "123"]

    assert answers == [404, 200, 200]
    assert len(queued(hints)) == 2


def test_a_brand_new_key_is_accepted_although_an_older_one_is_cached(
    function: Function,
) -> None:
    """However short a while ago that was read."""
    assert function(call())["statusCode"] == 200
    rotate("2")

    assert function(call(key="2"))["statusCode"] == 200
    assert function(call(key="1"))["statusCode"] == 200


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question to Secrets Manager."""
    stages: list[str] = []
    fetch = Secrets._fetch

    def counting(self: Secrets, secret_id: str, stage: str) -> dict[str, str] | None:
        stages.append(stage)
        return fetch(self, secret_id, stage)

    monkeypatch.setattr(Secrets, "_fetch", counting)
    return stages


def test_forgers_cannot_make_us_ask_for_keys_all_the_time(
    function: Function, asked: list[str]
) -> None:
    for _ in range(20):
        function(call(FORGED["a foreign key"]))

    assert sorted(asked) == ["AWSCURRENT", "AWSCURRENT", "AWSPREVIOUS", "AWSPREVIOUS"]


@pytest.mark.parametrize("name", sorted(set(FORGED) - WELL_FORMED))
def test_no_secret_is_read_for_what_does_not_even_look_like_a_capability(
    function: Function, asked: list[str], name: str
) -> None:
    assert function(call(FORGED[name]))["statusCode"] == 404
    assert asked == []


def test_without_the_queue_there_is_no_200(function: Function, hints: Hints) -> None:
    hints.sqs.delete_queue(QueueUrl=hints.url)

    answer = function(call())

    assert answer["statusCode"] == 500
    assert function.logged("callback_queued") == []
    (logged,) = function.logged("misconfigured")
    assert logged["setting"].startswith("QUEUE_URL: ")
    assert SEAL not in "".join(function.lines)


def test_without_the_keys_there_is_no_200(hints: Hints) -> None:
    with cold_start(hints, CALLBACK_SECRET_ID="another") as function:
        assert function(call())["statusCode"] == 500

    assert len(hints) == 0
    assert len(function.logged("misconfigured")) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"userReference": ""},
        {"userReference": None},
        {"padding": "x" * 60 * 1024},
        {"callbackSentAt": 5, "somethingNew": {"a": [None]}},
    ],
    ids=["an empty user", "no user", "sixty kilobytes", "what is new"],
)
def test_what_does_not_matter_in_a_callback_loses_none(
    function: Function, hints: Hints, odd: dict[str, object]
) -> None:
    assert function(call(body={**BODY, **odd}))["statusCode"] == 200
    assert queued(hints) == [HINT]


@pytest.mark.parametrize("source", ["34.253.41.236:41234", "::ffff:34.253.41.236"])
def test_jumio_is_recognised_however_the_gateway_spells_its_address(
    hints: Hints, source: str
) -> None:
    with cold_start(hints, CALLBACK_SOURCE_MODE="enforce") as function:
        assert function(call(source=source))["statusCode"] == 200


@pytest.mark.parametrize("event", [{}, {"source": "serverless-plugin-warmup"}, [], None])
def test_an_event_of_somebody_else_is_no_refused_callback(function: Function, event: Any) -> None:
    assert function(event)["statusCode"] == 400
    assert not function.counted("CallbacksRefused")
    assert not function.logged("unexpected_error")
