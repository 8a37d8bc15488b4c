"""Secrets Manager is away: what is known is used, and what is wrong is told apart."""

import logging

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from tests.support.secrets_manager import SecretsManager, failing
from verification.aws.secrets import Secrets
from verification.domain.errors import Misconfigured, TemporarilyUnavailable

PASSING = [
    *map(
        failing,
        [
            *("ThrottlingException", "InternalServiceError", "ServiceUnavailable"),
            *("RequestLimitExceeded", "ExpiredTokenException", "SomethingNew"),
        ],
    ),
    EndpointConnectionError(endpoint_url="x"),
    ConnectTimeoutError(endpoint_url="x"),
    ReadTimeoutError(endpoint_url="x"),
]
LASTING = [
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidRequestException",  # marked for deletion
    "ResourceNotFoundException",
]
passing = pytest.mark.parametrize("error", PASSING, ids=str)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("verification.aws.secrets.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def manager() -> SecretsManager:
    return SecretsManager(AWSCURRENT='{"key": "now"}', AWSPREVIOUS='{"key": "before"}')


@pytest.fixture
def secrets(manager: SecretsManager) -> Secrets:
    return Secrets(manager)  # type: ignore[arg-type]  # a stand-in


@passing
def test_what_was_known_is_used_and_operators_are_warned(
    secrets: Secrets,
    manager: SecretsManager,
    clock: list[float],
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    known = secrets.current("a"), secrets.previous("a")
    manager.values = {"AWSCURRENT": error, "AWSPREVIOUS": error}
    for later in (301, 10_000):
        clock[0] += later
        caplog.clear()
        assert (secrets.current("a"), secrets.previous("a")) == known
        (told,) = caplog.records  # once: who has waited for one value does not wait for another
        assert (told.levelname, told.msg, told.secret) == ("WARNING", "secret_unread", "a")
        code = told.reason.removeprefix("Get: ")
        assert code in str(error) or code == type(error).__name__


def test_nobody_waits_for_it_all_the_time(
    secrets: Secrets, manager: SecretsManager, clock: list[float]
) -> None:
    secrets.current("a")
    manager.values["AWSCURRENT"] = failing("ThrottlingException")
    clock[0] += 301
    for _ in range(5):
        secrets.current("a")
        secrets.current("a", fresh=True)
    assert len(manager.asked) == 2
    clock[0] += 5
    secrets.current("a", fresh=True)
    assert len(manager.asked) == 3
    clock[0] += 29
    secrets.current("a")
    assert len(manager.asked) == 3
    manager.values["AWSCURRENT"] = '{"key": "new"}'
    clock[0] += 1
    assert secrets.current("a") == {"key": "new"}


def test_who_has_waited_in_vain_for_one_value_waits_for_no_other_that_is_known(
    secrets: Secrets, manager: SecretsManager, clock: list[float]
) -> None:
    secrets.current("a"), secrets.current("b"), secrets.previous("b")
    clock[0] += 301
    manager.values = dict.fromkeys(manager.values, failing("ThrottlingException"))
    asked = len(manager.asked)
    for fresh in (False, True):
        secrets.current("a", fresh=fresh)
        assert secrets.current("b", fresh=fresh) == {"key": "now"}
        assert secrets.previous("b", fresh=fresh) == {"key": "before"}
    assert len(manager.asked) == asked + 1
    with pytest.raises(TemporarilyUnavailable):
        secrets.current("never read")


@passing
def test_without_any_known_value_people_come_back_soon(
    secrets: Secrets, manager: SecretsManager, clock: list[float], error: Exception
) -> None:
    assert clock
    usual = dict(manager.values)
    manager.values = dict.fromkeys(usual, error)
    for read in (secrets.current, secrets.previous):
        with pytest.raises(TemporarilyUnavailable) as refusal:
            read("a")
        assert refusal.value.retry_after == 2
        assert refusal.value.__suppress_context__
    manager.values = usual
    assert secrets.current("a") == {"key": "now"}  # a failure is not kept


def test_that_there_is_no_previous_value_is_known_too(
    secrets: Secrets, manager: SecretsManager, clock: list[float]
) -> None:
    del manager.values["AWSPREVIOUS"]
    assert secrets.previous("a") is None
    manager.values["AWSPREVIOUS"] = failing("ThrottlingException")
    clock[0] += 301
    assert secrets.previous("a") is None


@pytest.mark.parametrize("junk", ["", "not JSON", "[]"])
def test_a_previous_value_that_makes_no_sense_is_as_good_as_none(
    manager: SecretsManager, secrets: Secrets, junk: str
) -> None:
    """Else what is wrong now would be told as what was wrong before it."""
    manager.values["AWSPREVIOUS"] = junk
    assert secrets.previous("a") is None


@pytest.mark.parametrize("code", LASTING)
def test_what_does_not_pass_by_itself_is_told_at_once(
    secrets: Secrets,
    manager: SecretsManager,
    clock: list[float],
    caplog: pytest.LogCaptureFixture,
    code: str,
) -> None:
    secrets.current("a")
    manager.values["AWSCURRENT"] = None if code.startswith("Resource") else failing(code)
    clock[0] += 301
    with caplog.at_level(logging.DEBUG, "verification"), pytest.raises(Misconfigured) as refusal:
        secrets.current("a")
    assert refusal.value.setting.startswith("a: ")
    assert not caplog.records
