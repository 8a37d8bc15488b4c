"""How a request ends: the one shape of answers and of problems, and what the log is told."""

import inspect
import json
import logging
import re
from typing import Any

import pytest

from tests.support.events import event
from verification.domain import errors
from verification.domain.errors import (
    AttemptsExhausted,
    Misconfigured,
    OutcomeUnknown,
    Problem,
    ProviderUnavailable,
)
from verification.edge.http import Request, answering, respond
from verification.edge.http.problems import _ENTRIES
from verification.observability import LogCode

SECRET = "what-must-not-be-told"


def tree(root: type[Problem] = Problem) -> list[type[Problem]]:
    """The whole error tree, the root first."""
    return [root, *(one for child in root.__subclasses__() for one in tree(child))]


def own() -> list[type[Problem]]:
    """Every class of the tree that is declared in errors.py and can be raised."""
    return [one for one in tree() if one.__module__ == errors.__name__]


def made(kind: type[Problem]) -> Problem:
    if kind is Misconfigured:
        return Misconfigured("SETTING: is missing")
    if kind is AttemptsExhausted:
        return AttemptsExhausted("A sentence.", retry_after=7, limit=5, window=86400)
    return kind("A sentence.", retry_after=7)


def ending(error: Exception) -> dict[str, Any]:
    def work(_: Request) -> dict[str, Any]:
        raise error

    return answering(event("create_session"), work)


def everything(record: logging.LogRecord) -> str:
    """All that a formatter can make of a record."""
    return f"{record.getMessage()} {record.__dict__}"


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    pattern = re.compile(r"^    ([│ ]*)[├└]── (\w+)(?:  +([a-z-]+)(?=  |$))?", re.MULTILINE)
    drawn: dict[str, tuple[str, str]] = {}
    above = ["Problem"]
    for indent, name, code in pattern.findall(errors.__doc__ or ""):
        depth = len(indent) // 4 + 1
        del above[depth:]
        drawn[name] = (above[-1], code)
        above.append(name)

    real = {one.__name__: one for one in own() if one is not Problem}
    assert set(drawn) == set(real)
    for name, (parent, code) in drawn.items():
        assert real[name].__bases__[0].__name__ == parent
        assert real[name].code == (code or "internal")


def test_every_problem_has_one_entry_and_every_entry_a_problem() -> None:
    raisable = [one for one in own() if one is not errors.ProviderError]
    assert {one.code for one in raisable} == set(_ENTRIES)


def test_only_kinds_of_the_same_problem_share_a_code() -> None:
    by_code: dict[str, set[type[Problem]]] = {}
    for one in own():
        by_code.setdefault(one.code, set()).add(one)
    shared = {code: {one.__name__ for one in kinds} for code, kinds in by_code.items()}
    assert {code: kinds for code, kinds in shared.items() if len(kinds) > 1} == {
        "attempts-exhausted": {"AttemptsExhausted", "HeldBack"},
        "internal": {"Problem", "ProviderError"},
        "not-eligible": {"NotEligible", "AccountGone"},
        "provider-busy": {"ProviderBusy", "DailyCeilingReached"},
        "provider-unavailable": {"ProviderUnavailable", "OutcomeUnknown"},
        "provider-rejected": {"ProviderRejected", "NotAtProvider", "ResultNotAtProvider"},
    }


STATUSES = {
    "invalid-request": 400,
    "request-too-large": 413,
    "forbidden": 403,
    "attestation-refused": 403,
    "not-found": 404,
    "unknown-journey": 404,
    "consent-required": 422,
    "applicant-required": 422,
    "not-eligible": 403,
    "channel-unavailable": 422,
    "idempotency-key-reused": 422,
    "session-busy": 409,
    "verification-in-progress": 409,
    "already-verified": 409,
    "not-decidable": 409,
    "attempts-exhausted": 429,
    "provider-busy": 503,
    "provider-unavailable": 503,
    "provider-rejected": 502,
    "temporarily-unavailable": 503,
    "misconfigured": 500,
    "internal": 500,
}


@pytest.mark.parametrize("kind", own(), ids=lambda kind: kind.__name__)
def test_a_problem_has_one_shape(kind: type[Problem]) -> None:
    problem = made(kind)
    response = ending(problem)
    body, headers = json.loads(response["body"]), response["headers"]

    status = 502 if kind is OutcomeUnknown else STATUSES.get(kind.code, 500)
    assert response["statusCode"] == body["status"] == status
    assert body["code"] == kind.code
    assert body["type"] == f"urn:jumio-bff:problem:{kind.code}"
    assert body["title"]
    assert body.get("detail", "") == problem.detail
    assert set(body) <= {"type", "title", "status", "code", "detail"}
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Request-Id"] == "event-create-session"
    if kind is not Misconfigured:
        assert headers["Retry-After"] == "7"


def test_what_may_have_happened_differs_from_what_surely_has_not() -> None:
    assert ending(OutcomeUnknown())["statusCode"] == 502
    assert ending(ProviderUnavailable())["statusCode"] == 503


def test_a_problem_without_advice_gives_none() -> None:
    response = ending(errors.AlreadyVerified())
    assert "Retry-After" not in response["headers"]
    assert set(json.loads(response["body"])) == {"type", "title", "status", "code"}


def test_no_time_at_all_is_advice_too() -> None:
    assert ending(errors.SessionBusy(retry_after=0))["headers"]["Retry-After"] == "0"


def test_wrong_fields_are_listed() -> None:
    fields = [{"field": "channel", "reason": "unknown"}]
    response = ending(errors.InvalidRequest("The request is not valid.", fields=fields))
    assert json.loads(response["body"])["errors"] == fields


def test_a_limit_that_was_reached_is_told_with_its_window() -> None:
    headers = ending(AttemptsExhausted(retry_after=7, limit=5, window=86400))["headers"]
    assert headers["RateLimit-Policy"] == '"attempts";q=5;w=86400'
    assert headers["RateLimit"] == '"attempts";r=0;t=7'


def test_a_refusal_is_logged_by_its_code_only(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ending(errors.InvalidRequest(SECRET, fields=[{"field": SECRET, "reason": SECRET}]))
    (record,) = caplog.records
    assert (record.getMessage(), record.__dict__["code"]) == (
        LogCode.REQUEST_REFUSED,
        "invalid-request",
    )
    assert SECRET not in everything(record)


def test_a_setting_is_named_in_the_log_and_not_in_the_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = ending(Misconfigured("TABLE_NAME: Field required"))
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", LogCode.MISCONFIGURED)
    assert record.__dict__["setting"] == "TABLE_NAME: Field required"
    assert response["statusCode"] == 500
    assert json.loads(response["body"])["code"] == "misconfigured"
    assert "TABLE_NAME" not in json.dumps(response)


@pytest.mark.parametrize(
    "error", [ValueError(SECRET), KeyError(SECRET), RuntimeError(SECRET, {SECRET: SECRET})]
)
def test_an_unexpected_error_tells_nobody_what_it_says(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    error.__cause__ = LookupError(SECRET)
    error.add_note(SECRET)
    response = ending(error)

    body = json.loads(response["body"])
    assert (response["statusCode"], body["code"]) == (500, "internal")
    assert set(body) == {"type", "title", "status", "code"}
    assert response["headers"]["X-Request-Id"] == "event-create-session"
    answered = json.dumps(response)
    assert not any(text in answered for text in (SECRET, "Traceback", type(error).__name__, ".py"))

    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", LogCode.UNEXPECTED_ERROR)
    assert record.__dict__["error"] == type(error).__name__
    assert any("test_responses.py" in frame for frame in record.__dict__["frames"])
    assert record.exc_info is None
    assert SECRET not in everything(record)


def test_an_answer_is_compact_json_and_never_kept() -> None:
    response = answering(
        event("create_session"), lambda _: respond(201, {"sdk": {"token": "é"}}, {"X-More": "1"})
    )
    assert response == {
        "statusCode": 201,
        "headers": {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Type": "application/json",
            "X-More": "1",
            "X-Request-Id": "event-create-session",
        },
        "body": '{"sdk":{"token":"\\u00e9"}}',
    }


def test_an_answer_without_a_body_announces_none() -> None:
    response = respond(304, None)
    assert response["body"] == ""
    assert "Content-Type" not in response["headers"]


def test_a_code_is_a_word_that_never_needs_escaping() -> None:
    members = inspect.getmembers(errors, inspect.isclass)
    codes = {one.code for _, one in members if issubclass(one, Problem)}
    assert codes
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes)
