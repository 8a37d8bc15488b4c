"""Where a deployment asks for attestation, nothing is done for what is no genuine app."""

import base64
import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.support.bff import ISSUER, Bff
from tests.support.events import event
from tests.support.judge import Judge
from tests.support.observed import Observed
from verification.domain.deadline import Deadline
from verification.domain.errors import UnknownJourney
from verification.edge.http import Request, answering
from verification.edge.http.sessions import asked, session_response

TOKEN, ATTESTATION = "access.token.of-ada", "app-attest key.assertion"
ATH = base64.urlsafe_b64encode(hashlib.sha256(TOKEN.encode()).digest()).rstrip(b"=").decode()
YES, NO = b'{"genuine": true}', b'{"genuine": false}'


def post(bff: Bff, body: dict[str, object] | None = None, **headers: str) -> tuple[int, str]:
    """Status, and the problem's code, of POST /sessions as Ada."""
    called: dict[str, Any] = event("create_session", body=json.dumps(body or {"channel": "sdk"}))
    called["headers"] |= {"authorization": f"Bearer {TOKEN}", **headers}
    called["requestContext"]["authorizer"]["jwt"]["claims"] = {"iss": ISSUER, "sub": "ada"}

    def answer(request: Request) -> dict[str, Any]:
        wanted = asked(request, "https://bff.example", "sub")
        return session_response(bff.create_session(wanted, Deadline(15)))

    answered = answering(called, answer)
    return answered["statusCode"], json.loads(answered["body"]).get("code", "")


def told_of(observed: Observed) -> str:
    return "\n".join(observed.lines())


def judged(bff: Bff, answer: bytes | Exception, failure: str = "") -> Judge:
    judge = Judge(answer, failure=failure)
    bff.attestor = judge.attestor
    return judge


def test_a_genuine_app_gets_its_token(bff: Bff) -> None:
    judged(bff, YES)
    assert post(bff, **{"app-attestation": ATTESTATION}) == (201, "")


def test_the_function_is_shown_the_attestation_for_whom_and_for_which_access_token(
    bff: Bff,
) -> None:
    judge = judged(bff, YES)
    post(bff, **{"App-Attestation": ATTESTATION})
    post(bff, authorization=TOKEN)  # the gateway takes a token without its scheme, too
    whom = {"issuer": ISSUER, "subject": "ada", "ath": ATH}
    assert judge.shown == [{"attestation": ATTESTATION, **whom}, {"attestation": None, **whom}]


def test_what_is_no_genuine_app_gets_nothing_and_costs_nothing(bff: Bff) -> None:
    judged(bff, NO)
    assert post(bff) == (403, "attestation-refused")
    assert (bff.executions(), bff.items()) == ([], [])


def test_not_even_the_session_that_is_there(bff: Bff) -> None:
    judged(bff, YES)
    assert post(bff) == (201, "")
    judged(bff, NO)
    assert post(bff) == (403, "attestation-refused")


def test_every_request_is_judged_anew(bff: Bff) -> None:
    judge = judged(bff, YES)
    assert [post(bff)[0], post(bff)[0]] == [201, 200]
    assert len(judge.shown) == 2


def test_a_page_of_jumios_is_opened_for_any_browser(bff: Bff) -> None:
    judge = judged(bff, NO)
    assert post(bff, {"channel": "web"}) == (201, "")
    assert judge.shown == []


def test_a_request_that_is_not_understood_costs_no_judgement(bff: Bff) -> None:
    judge = judged(bff, YES)
    assert post(bff, {"channel": "fax"}) == (400, "invalid-request")
    assert post(bff, {"channel": "sdk", "journey": "none"}) == (404, UnknownJourney.code)
    assert judge.shown == []


def test_by_default_nobody_is_asked(bff: Bff) -> None:
    assert bff.attestor is None
    assert post(bff, **{"app-attestation": ATTESTATION}) == (201, "")


@pytest.mark.parametrize(
    "answer", [b"", b"null", b"true", b"[]", b"{}", b'{"genuine": 1}', b'{"genuine": "true"}']
)
def test_only_a_plain_yes_is_one_and_operators_hear_of_anything_else(
    bff: Bff, observed: Observed, answer: bytes
) -> None:
    judged(bff, answer)
    assert post(bff) == (500, "misconfigured")
    assert bff.executions() == []
    assert "ATTESTATION_FUNCTION" in told_of(observed)


def test_a_function_that_fails_lets_nobody_pass_and_is_not_asked_again(
    bff: Bff, observed: Observed
) -> None:
    judge = judged(bff, b'{"genuine": true, "errorMessage": "what-must-not-be-told"}', "Unhandled")
    assert post(bff) == (503, "temporarily-unavailable")
    assert len(judge.shown) == 1
    assert bff.executions() == []
    assert "Unhandled" in told_of(observed)
    assert "what-must-not-be-told" not in told_of(observed)


def refusal(code: str, status: int = 400) -> ClientError:
    said: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, "Invoke")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (refusal("TooManyRequestsException"), (503, "temporarily-unavailable")),
        (refusal("ServiceException", 500), (503, "temporarily-unavailable")),
        (ReadTimeoutError(endpoint_url="x"), (503, "temporarily-unavailable")),
        (refusal("AccessDeniedException"), (500, "misconfigured")),
        (refusal("ResourceNotFoundException"), (500, "misconfigured")),
    ],
    ids=str,
)
def test_a_function_that_cannot_be_asked_lets_nobody_pass(
    bff: Bff, monkeypatch: pytest.MonkeyPatch, error: Exception, told: tuple[int, str]
) -> None:
    monkeypatch.setattr("verification.cloud._PATIENCE", 0.02)
    judged(bff, error)
    assert post(bff) == told
    assert bff.executions() == []


def test_neither_the_attestation_nor_the_tokens_digest_is_kept_or_logged(
    bff: Bff, observed: Observed
) -> None:
    judged(bff, YES)
    post(bff, **{"app-attestation": ATTESTATION})
    judged(bff, NO)
    post(bff, **{"app-attestation": ATTESTATION})
    kept = told_of(observed) + json.dumps(bff.plain_items(), default=str)
    assert not any(secret in kept for secret in (ATTESTATION, ATH, TOKEN))
