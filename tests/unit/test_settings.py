"""What the functions are told, and how a missing or wrong setting is named."""

import json
from typing import Literal

import pytest
from botocore.exceptions import ClientError
from pydantic import Field

from tests.support.secrets_manager import SecretsManager
from verification.aws.secrets import Secrets
from verification.domain.errors import Misconfigured
from verification.jumio import Hosts
from verification.settings import JumioSettings, Settings

JUMIO = {
    "JUMIO_DATA_CENTER": "emea-1",
    "JUMIO_USER_AGENT": "Example JumioBff/1.0",
    "JUMIO_SECRET_ID": "arn:aws:secretsmanager:eu-central-1:000000000000:secret:jumio",
}
SECRET = "what-must-not-be-told"


class Example(Settings, JumioSettings):
    table_name: str
    rate: float = Field(1, gt=0)
    mode: Literal["report", "enforce"] = "report"


COMPLETE = {**JUMIO, "TABLE_NAME": "verification"}


def complaint(**changes: str | None) -> str:
    environment = {**COMPLETE, **changes}
    with pytest.raises(Misconfigured) as refusal:
        Example.load({name: value for name, value in environment.items() if value is not None})
    return refusal.value.setting


def test_variables_are_read_by_the_names_of_the_fields() -> None:
    settings = Example.load({**COMPLETE, "RATE": " 0.5 ", "PATH": "/bin", "table": "other"})
    assert (settings.table_name, settings.rate, settings.mode) == ("verification", 0.5, "report")
    assert (settings.environment, settings.jumio_base_url) == ("production", "")


@pytest.mark.parametrize("name", [*JUMIO, "TABLE_NAME"])
def test_a_missing_variable_is_named(name: str) -> None:
    assert complaint(**{name: None}).startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RATE", SECRET),
        ("RATE", "0"),
        ("RATE", ""),
        ("MODE", SECRET),
        ("ENVIRONMENT", SECRET),
        ("JUMIO_DATA_CENTER", "emea"),
        ("JUMIO_DATA_CENTER", ""),
        ("JUMIO_USER_AGENT", "JumioBff/1.0"),
        ("JUMIO_USER_AGENT", f"{SECRET} JumioBff"),
        ("JUMIO_USER_AGENT", "Example JumioBff/1.0\r\nX-More: 1"),
        ("JUMIO_USER_AGENT", "Exa\u043cple JumioBff/1.0"),  # one Cyrillic letter
        ("JUMIO_USER_AGENT", "Example JumioBff/1.0\u200b"),
        ("JUMIO_USER_AGENT", "Example\u2013Inc JumioBff/1.0"),
        ("JUMIO_USER_AGENT", "Example JumioBff/1.0\x7f"),
        ("JUMIO_SECRET_ID", ""),
        ("JUMIO_SECRET_ID", "  "),
    ],
)
def test_a_malformed_variable_is_named_and_not_quoted(name: str, value: str) -> None:
    text = complaint(**{name: value})
    assert text.startswith(f"{name}: ")
    assert SECRET not in text


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "https://jumio.example", "x"])
def test_another_address_for_jumio_is_for_the_local_environment_only(url: str) -> None:
    for environment in ("production", None):
        text = complaint(JUMIO_BASE_URL=url, ENVIRONMENT=environment)
        assert "JUMIO_BASE_URL" in text
        assert url not in text.split()
    settings = Example.load({**COMPLETE, "JUMIO_BASE_URL": url, "ENVIRONMENT": "local"})
    assert settings.jumio_base_url == url


@pytest.mark.parametrize("center", ["amer-1", "emea-1", "apac-1"])
def test_jumios_hosts_are_those_of_the_data_center_and_speak_https(center: str) -> None:
    assert Hosts.of(center) == Hosts(
        f"https://auth.{center}.jumio.ai",
        f"https://account.{center}.jumio.ai",
        f"https://api.{center}.jumio.ai",
        f"https://retrieval.{center}.jumio.ai",
    )


def test_one_address_can_stand_for_all_of_jumios_hosts() -> None:
    base = "http://127.0.0.1:8080"
    assert Hosts.of("emea-1", f"{base}/") == Hosts(base, base, base, base)


def secrets(**values: object) -> tuple[Secrets, SecretsManager]:
    client = SecretsManager(**values)
    return Secrets(client), client  # type: ignore[arg-type]  # a stand-in


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("verification.aws.secrets.time.monotonic", lambda: now[0])
    return now


def test_a_secret_is_read_once_and_again_after_five_minutes(clock: list[float]) -> None:
    source, client = secrets(AWSCURRENT='{"key": "old"}')
    assert source.current("a") == {"key": "old"}
    client.values["AWSCURRENT"] = '{"key": "new"}'
    clock[0] += 299
    assert source.current("a") == {"key": "old"}
    assert client.asked == [("a", "AWSCURRENT")]
    clock[0] += 1
    assert source.current("a") == {"key": "new"}
    assert len(client.asked) == 2


def test_a_fresh_value_is_asked_for_but_not_all_the_time(clock: list[float]) -> None:
    source, client = secrets(AWSCURRENT='{"key": "old"}')
    assert source.current("a") == {"key": "old"}
    client.values |= {"AWSCURRENT": '{"key": "new"}', "AWSPREVIOUS": '{"key": "old"}'}
    assert source.current("a", fresh=True) == source.current("a") == {"key": "new"}
    assert source.previous("a", fresh=True) == {"key": "old"}
    client.values["AWSCURRENT"] = '{"key": "newer"}'
    clock[0] += 4
    assert source.current("a", fresh=True) == {"key": "new"}
    clock[0] += 1
    assert source.current("a", fresh=True) == {"key": "newer"}
    assert len(client.asked) == 4


def test_secrets_and_stages_are_kept_apart(clock: list[float]) -> None:
    source, client = secrets(AWSCURRENT='{"key": "now"}', AWSPREVIOUS='{"key": "before"}')
    assert clock
    assert source.current("a") == source.current("b") == {"key": "now"}
    assert source.previous("a") == {"key": "before"}
    assert client.asked == [("a", "AWSCURRENT"), ("b", "AWSCURRENT"), ("a", "AWSPREVIOUS")]


def test_a_secret_that_was_never_rotated_has_no_previous_value(clock: list[float]) -> None:
    source, client = secrets(AWSCURRENT='{"key": "now"}')
    assert clock
    assert source.previous("a") is None
    assert source.previous("a") is None
    assert len(client.asked) == 1  # that there is none is worth keeping too


def test_values_are_text_whatever_was_stored() -> None:
    source, _ = secrets(AWSCURRENT='{"version": 1, "key": "k"}')
    assert source.current("a") == {"version": "1", "key": "k"}


@pytest.mark.parametrize(
    "value",
    [
        None,
        SECRET,
        "",
        json.dumps([SECRET]),
        json.dumps(SECRET),
        b"binary",
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": SECRET}}, "Get"),
        ClientError({"Error": {"Code": "DecryptionFailure", "Message": SECRET}}, "Get"),
    ],
    ids=range(8),
)
def test_a_secret_that_cannot_be_read_is_a_misconfiguration(value: object) -> None:
    source, client = secrets(AWSCURRENT=value)
    for _ in range(2):
        with pytest.raises(Misconfigured) as refusal:
            source.current("a")
        assert refusal.value.setting
        assert SECRET not in refusal.value.setting
        assert refusal.value.__suppress_context__
    assert len(client.asked) == 2  # a failure is not kept


def test_a_previous_value_that_cannot_be_read_is_not_taken_for_none() -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue")
    source, _ = secrets(AWSPREVIOUS=denied)
    with pytest.raises(Misconfigured):
        source.previous("a")
