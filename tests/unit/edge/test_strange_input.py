"""Input that looks right and is not."""

import gzip
import json
from base64 import urlsafe_b64encode

import pytest

from verification.aws.secrets import Secrets
from verification.domain.errors import InvalidRequest, Misconfigured
from verification.domain.journeys import load_journeys
from verification.edge.http.sessions import SessionRequest, key_use
from verification.edge.validation import validated
from verification.jumio.token import start_by


def token(payload: object) -> str:
    packed = gzip.compress(json.dumps(payload).encode())
    return f"x.{urlsafe_b64encode(packed).rstrip(b'=').decode()}.y"


def fields_of(body: object) -> list[str]:
    with pytest.raises(InvalidRequest) as refusal:
        validated(SessionRequest, body)
    return [field["field"] for field in refusal.value.fields]


@pytest.mark.parametrize("member", ["workflow_key", "token_lifetime", "success_url"])
def test_a_misspelt_member_of_a_journey_is_refused(member: str) -> None:
    document = json.dumps(
        {"journeys": [{"name": "identity", "steps": [{"name": "a", member: "10m"}]}]}
    )
    with pytest.raises(Misconfigured) as refusal:
        load_journeys(document)
    assert member in refusal.value.setting


@pytest.mark.parametrize("lifetime", ["30m\n", "٣٠m"])  # noqa: RUF001 digits of another script
def test_a_lifetime_is_plain_digits_and_a_unit(lifetime: str) -> None:
    with pytest.raises(Misconfigured):
        load_journeys(
            json.dumps(
                {
                    "journeys": [
                        {"name": "identity", "steps": [{"name": "a", "tokenLifetime": lifetime}]}
                    ]
                }
            )
        )


def test_a_locale_on_the_sdk_channel_is_refused_by_name() -> None:
    assert fields_of({"channel": "sdk", "locale": "de"}) == ["locale"]


def test_a_consent_that_is_too_old_is_refused_by_name() -> None:
    consent = {"country": "US", "obtained": "yes", "obtainedAt": "2001-01-01T00:00:00Z"}
    assert fields_of({"channel": "sdk", "consent": consent}) == ["consent.obtainedAt"]


@pytest.mark.parametrize("at", [1795300000, "1795300000"])
def test_a_number_is_no_time(at: object) -> None:
    consent = {"country": "US", "obtained": "yes", "obtainedAt": at}
    assert fields_of({"channel": "sdk", "consent": consent})


@pytest.mark.parametrize("key", ['"abc', 'abc"', "abc\n"])
def test_a_key_with_one_quote_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest):
        key_use(key, SessionRequest(channel="sdk"))


@pytest.mark.parametrize("at", ["Infinity", "NaN", "-Infinity", 10**400, float("inf")])
def test_an_end_that_is_no_time_is_not_readable(at: object) -> None:
    assert start_by(token({"exAt": at}), begun_at=0, lifetime=10**9) is None


def test_a_deep_payload_is_not_readable() -> None:
    packed = urlsafe_b64encode(gzip.compress(b"[" * 200_000)).rstrip(b"=").decode()
    assert start_by(f"x.{packed}.y", begun_at=0, lifetime=10**9) is None


class Missing:
    """Secrets Manager without a secret."""

    class exceptions:  # noqa: N801 as botocore's clients have it
        class ResourceNotFoundException(Exception):
            pass

    def get_secret_value(self, **_: str) -> dict[str, str]:
        raise self.exceptions.ResourceNotFoundException


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(Misconfigured) as refusal:
        Secrets(Missing()).current("user-key-secret")  # type: ignore[arg-type]  # a stand-in
    assert "user-key-secret" in refusal.value.setting
