"""Which credentials are offered to Jumio, in which order, and which never travel."""

import json
from functools import partial
from itertools import islice

import pytest

from tests.support.secrets_manager import SecretsManager, failing
from verification import wiring
from verification.aws.secrets import Secrets
from verification.domain.errors import Misconfigured, TemporarilyUnavailable
from verification.jumio import Credentials
from verification.wiring.jumio import _credentials

NOW, BEFORE = "AWSCURRENT", "AWSPREVIOUS"


def secret(value: str = "secret", client: str = "client") -> str:
    return json.dumps({"client_id": client, "client_secret": value})


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> SecretsManager:
    stand_in = SecretsManager(AWSCURRENT=secret("now"))
    monkeypatch.setattr(Secrets, "_FRESH", 0.0)
    source = Secrets(stand_in)  # type: ignore[arg-type]  # it answers
    monkeypatch.setattr(wiring, "secrets", lambda: source)
    return stand_in


def offered(most: int = 9, *, refused: bool = False) -> list[str]:
    """The client secrets, one after the other, if each of them is refused."""
    return [one.client_secret for one in islice(_credentials("jumio", refused), most)]


def test_what_is_known_is_offered_first_and_nothing_else_is_read(manager: SecretsManager) -> None:
    assert offered(1) == offered(1) == ["now"]
    assert manager.asked == [("jumio", NOW)]


def test_what_is_refused_is_read_afresh_and_then_the_previous_one_is_tried(
    manager: SecretsManager,
) -> None:
    offered(1)
    manager.values = {NOW: secret("new"), BEFORE: secret("now")}
    assert offered() == ["now", "new"]
    manager.values = {NOW: secret("newer"), BEFORE: secret("older")}
    assert offered() == ["new", "newer", "older"]
    assert offered(refused=True) == ["newer", "older"]


def test_a_rotation_right_after_a_read_is_heard_of(
    manager: SecretsManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container that has just started knows the old one for less than a fresh value may last."""
    monkeypatch.setattr(Secrets, "_FRESH", 3600.0)
    offered(1)
    manager.values = {NOW: secret("new"), BEFORE: secret("now")}
    assert offered(2) == ["now", "new"]


def test_nothing_is_offered_twice(manager: SecretsManager) -> None:
    assert offered() == ["now"]
    manager.values[BEFORE] = secret("now")
    assert offered() == ["now"]


@pytest.mark.parametrize("before", ["{}", secret("", ""), secret("\u200b"), None])
def test_what_never_was_a_client_is_not_offered(
    manager: SecretsManager, before: str | None
) -> None:
    manager.values[BEFORE] = before
    assert offered() == ["now"]


@pytest.mark.parametrize(
    "value",
    [
        secret("dash\u2013dash"),
        secret("secret\u200b"),
        secret("\ufeffsecret"),
        secret("secret "),
        secret(" secret"),
        secret("secret\n"),
        secret("se cret"),
        secret("g\u00e9heim"),
        secret("\ud800"),
        secret(client="client\u200d"),
        secret(client=""),
        secret(""),
        "{}",
    ],
)
def test_what_cannot_travel_in_a_header_is_a_misconfiguration_until_it_is_mended(
    manager: SecretsManager, value: str
) -> None:
    manager.values = {NOW: value, BEFORE: secret("before")}
    with pytest.raises(Misconfigured) as refusal:
        offered()
    assert refusal.value.setting.startswith("JUMIO_SECRET_ID: client_id and client_secret")
    assert refusal.value.setting.count("JUMIO_SECRET_ID") == 1
    manager.values[NOW] = secret("mended")
    assert offered(1) == ["mended"]


def test_while_secrets_are_away_nobody_says_that_they_are_wrong(manager: SecretsManager) -> None:
    offered(1)
    manager.values = dict.fromkeys((NOW, BEFORE), failing("ThrottlingException"))
    tried = _credentials("jumio", True)
    assert next(tried) == Credentials("client", "now")
    with pytest.raises(TemporarilyUnavailable):
        next(tried)


def test_a_secret_is_in_no_text_about_credentials() -> None:
    assert "hidden" not in repr(Credentials("client", "hidden"))


KEYS = {NOW: {"version": "2", "key": "n" * 32}, BEFORE: {"version": "1", "key": "b" * 32}}


def test_a_previous_key_that_is_away_is_missed_only_when_it_is_needed(
    manager: SecretsManager,
) -> None:
    manager.values = {NOW: json.dumps(KEYS[NOW]), BEFORE: failing("InternalServiceError")}
    assert [key.version for key in wiring.accepted_keys("callback", False)] == ["2"]
    with pytest.raises(TemporarilyUnavailable):
        wiring.accepted_keys("callback", True)
    manager.values[BEFORE] = json.dumps(KEYS[BEFORE])
    assert [key.version for key in wiring.accepted_keys("callback", True)] == ["2", "1"]


@pytest.mark.parametrize("version", ["\u00e9", "\u0663", "\u00b2", "a.b", ""])
def test_a_version_that_cannot_be_part_of_an_address_is_a_misconfiguration(
    manager: SecretsManager, version: str
) -> None:
    manager.values[NOW] = json.dumps({**KEYS[NOW], "version": version})
    for read in (partial(wiring.peppers, afresh=True), wiring.signing_key):
        with pytest.raises(Misconfigured):
            read("key")
