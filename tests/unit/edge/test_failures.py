"""What a function without a client says when something ends it."""

import traceback

import pytest

from verification.domain.errors import Misconfigured, SessionBusy
from verification.domain.identity import Caller
from verification.edge.failures import Failed, telling
from verification.edge.operators import person_of
from verification.observability import LogCode

SECRET = "what-must-not-be-told"


def ended(error: Exception) -> Failed:
    error.__cause__ = LookupError(SECRET)
    error.add_note(SECRET)
    with pytest.raises(Failed) as failure, telling():
        raise error
    return failure.value


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError(SECRET), "internal"),
        (KeyError(SECRET), "internal"),
        (Misconfigured(SECRET), "misconfigured"),
        (SessionBusy(SECRET), "session-busy"),
    ],
)
def test_lambdas_runtime_has_nothing_to_print_but_a_code(error: Exception, code: str) -> None:
    failure = ended(error)
    assert str(failure) == code
    assert SECRET not in "".join(traceback.format_exception(failure))


def test_the_log_says_where_it_came_from(caplog: pytest.LogCaptureFixture) -> None:
    ended(ValueError(SECRET))
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", LogCode.UNEXPECTED_ERROR)
    assert SECRET not in str(record.__dict__)


def test_an_operator_names_a_person() -> None:
    assert person_of({"issuer": "https://i.example", "subject": "4711"}) == Caller(
        "https://i.example", "4711"
    )


@pytest.mark.parametrize(
    "event",
    [
        {},
        None,
        [],
        {"issuer": "x"},
        {"issuer": "x", "subject": 4711},
        {"issuer": "", "subject": "y"},
        {"issuer": "x", "subject": "y", "sub": "z"},
    ],
    ids=range(7),
)
def test_an_operator_who_names_nobody_is_told_so(event: object) -> None:
    with pytest.raises(Failed, match=r"^invalid-request$"), telling():
        person_of(event)
