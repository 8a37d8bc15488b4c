"""The body of POST /sessions: what is understood, and what is asked for instead."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.bff import PEPPER
from verification.domain.consent import Consent, require_consent
from verification.domain.errors import ConsentRequired, InvalidRequest
from verification.domain.steps import Step
from verification.edge.http.request import Request
from verification.edge.http.sessions import SessionRequest, asked, key_use
from verification.edge.validation import validated
from verification.store import Claim

IP = "203.0.113.7"


def request(channel: object = "sdk", **members: object) -> SessionRequest:
    return validated(SessionRequest, {"channel": channel, **members})


def step(consent: str = "optional") -> Step:
    return Step.model_validate({"name": "identity", "consent": consent})


def refused_fields(value: object) -> list[str]:
    with pytest.raises(InvalidRequest) as refusal:
        validated(SessionRequest, value)
    assert all(field["reason"] for field in refusal.value.fields)
    return [field["field"] for field in refusal.value.fields]


def ago(time: timedelta) -> str:
    return (datetime.now(UTC) - time).isoformat()


def asked_for(*, consent: dict[str, object] | None, demand: str = "optional") -> list[str]:
    members = {} if consent is None else {"consent": consent}
    with pytest.raises(ConsentRequired) as refusal:
        require_consent(step(demand), consent_of(request(**members)))
    return [field["field"] for field in refusal.value.fields]


def consent_of(body: SessionRequest) -> Consent | None:
    return body.consent.consent if body.consent else None


def told(members: dict[str, object], demand: str = "optional") -> Consent:
    """What Jumio is told about a person whose consent suffices."""
    consent = consent_of(request(consent=members))
    require_consent(step(demand), consent)
    assert consent is not None
    return consent


def claim(body: SessionRequest, key: str | None) -> Claim | None:
    use = key_use(key, body)
    return use.claim(PEPPER) if use else None


def test_a_channel_is_enough() -> None:
    body = request("web")
    assert (body.channel, body.journey, body.locale) == ("web", None, None)
    assert (body.renew, body.consent) == (False, None)


@pytest.mark.parametrize("name", ["journey", "channel", "renew"])
def test_a_field_in_the_address_is_refused_as_it_would_have_no_effect(name: str) -> None:
    sent = Request({"queryStringParameters": {name: "sdk", "trace": "1"}})
    with pytest.raises(InvalidRequest) as refusal:
        asked(sent, "", "sub")
    assert [field["field"] for field in refusal.value.fields] == [name]


@pytest.mark.parametrize("value", [None, [], "sdk", 5, True])
def test_a_body_that_is_no_object_is_refused_as_a_whole(value: object) -> None:
    assert refused_fields(value) == ["body"]


@pytest.mark.parametrize("channel", ["SDK", "api", "", None, 5, ["sdk"]])
def test_an_unknown_channel_is_refused(channel: object) -> None:
    assert refused_fields({"channel": channel}) == ["channel"]


def test_a_channel_is_never_guessed() -> None:
    assert refused_fields({}) == ["channel"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("journey", "Identity"),
        ("journey", "a#b"),
        ("journey", 5),
        ("locale", "a language"),
        ("locale", 5),
        ("renew", "true"),
        ("renew", 1),
        ("renew", None),
        ("consent", "yes"),
        ("successUrl", "https://evil.example"),
        ("userIp", "198.51.100.1"),
        ("workflowKey", 10012),
        ("accountId", "0b6ad1f4-3a52-4a5e-9d57-0d7b0b6c1a11"),
    ],
)
def test_wrong_types_and_unknown_fields_are_refused_by_name(member: str, value: object) -> None:
    assert refused_fields({"channel": "web", member: value}) == [member]


def test_every_wrong_field_is_named_at_once() -> None:
    assert refused_fields({"channel": "x", "renew": 1, "extra": 2}) == ["channel", "renew", "extra"]


def test_not_more_than_twenty_complaints_are_made() -> None:
    body = {"channel": "sdk"} | {f"member{number}": 1 for number in range(100)}
    assert len(refused_fields(body)) == 20


def test_what_was_sent_is_not_repeated_in_the_reason() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        request("web", locale="secret-value", journey="SECRET VALUE", renew="secret-value")
    reasons = " ".join(field["reason"] for field in refusal.value.fields)
    assert "secret" not in reasons.lower()


def test_a_locale_is_for_the_web_only() -> None:
    assert request("web", locale="de-AT").locale == "de"
    with pytest.raises(InvalidRequest) as refusal:
        request("sdk", locale="de")
    (field,) = refusal.value.fields
    assert (field["field"], "web channel only" in field["reason"]) == ("locale", True)


def test_without_consent_jumio_is_told_nothing_about_the_person() -> None:
    assert consent_of(request()) is None


def test_a_journey_may_require_it() -> None:
    assert asked_for(consent=None, demand="required") == ["consent.country"]
    assert told({"country": "AT"}, "required")


def test_the_country_becomes_alpha_3() -> None:
    assert told({"country": "AT", "state": "Wien"}) == Consent("AUT", "Wien")


@pytest.mark.parametrize("country", ["at", "AUT", "Austria", "ZZ", "", None, 40])
def test_an_unknown_country_is_refused(country: object) -> None:
    assert refused_fields({"channel": "sdk", "consent": {"country": country}}) == [
        "consent.country"
    ]


def test_in_the_usa_the_person_has_to_be_asked() -> None:
    assert asked_for(consent={"country": "US"}) == ["consent.state", "consent.obtained"]
    consent: dict[str, object] = {"country": "US", "obtained": "yes"}
    assert asked_for(consent=consent) == ["consent.state", "consent.obtainedAt"]
    assert asked_for(consent={"country": "US", "state": "IL"}) == ["consent.obtained"]


@pytest.mark.parametrize("obtained", ["no", "na"])
def test_an_answer_other_than_yes_needs_no_time(obtained: str) -> None:
    consent = told({"country": "US", "state": "IL", "obtained": obtained})
    assert (consent.country, consent.obtained, consent.obtained_at) == ("USA", obtained, None)


@pytest.mark.parametrize("country", ["US", "AT"])
def test_a_yes_needs_its_time(country: str) -> None:
    consent: dict[str, object] = {"country": country, "state": "IL", "obtained": "yes"}
    assert asked_for(consent=consent) == ["consent.obtainedAt"]


def test_the_time_is_sent_as_jumio_wants_it() -> None:
    at = (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=123456)
    local = at.astimezone(tz=datetime.strptime("+0530", "%z").tzinfo)
    consent = told({"country": "AT", "obtained": "yes", "obtainedAt": local.isoformat()})
    assert consent.obtained_at == f"{at:%Y-%m-%dT%H:%M:%S}.123Z"


@pytest.mark.parametrize(
    "age", [timedelta(days=3 * 365 - 1), timedelta(seconds=1), timedelta(hours=-23)]
)
def test_a_recent_yes_counts(age: timedelta) -> None:
    assert told({"country": "AT", "obtained": "yes", "obtainedAt": ago(age)})


def test_a_phones_fast_clock_is_taken_as_now() -> None:
    ahead = ago(timedelta(hours=-23))
    body = request(consent={"country": "AT", "obtained": "yes", "obtainedAt": ahead})
    sent = consent_of(body)
    assert sent is not None
    assert sent.obtained_at is not None
    assert datetime.fromisoformat(sent.obtained_at) <= datetime.now(UTC)
    again = request(consent={"country": "AT", "obtained": "yes", "obtainedAt": ahead})
    assert claim(body, "key") == claim(again, "key")


@pytest.mark.parametrize(
    "at",
    [
        timedelta(days=3 * 365 + 1),
        timedelta(hours=-25),
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-11-23T08:15:00",
        "2026-11-23",
        "yesterday",
        "",
    ],
)
def test_a_yes_too_old_in_the_future_or_without_a_zone_does_not(at: str | timedelta) -> None:
    obtained_at = at if isinstance(at, str) else ago(at)
    consent = {"country": "US", "obtained": "yes", "obtainedAt": obtained_at}
    (field,) = refused_fields({"channel": "sdk", "consent": consent})
    assert field in ("consent", "consent.obtainedAt")


@pytest.mark.parametrize(
    ("member", "value"),
    [("obtained", "YES"), ("obtained", True), ("state", ""), ("state", "x" * 101), ("ip", IP)],
)
def test_the_rest_of_the_consent_is_checked_too(member: str, value: object) -> None:
    body = {"channel": "sdk", "consent": {"country": "AT", member: value}}
    assert refused_fields(body) == [f"consent.{member}"]


def test_without_a_key_nothing_is_claimed() -> None:
    assert claim(request(), None) is None


@pytest.mark.parametrize("key", ["8e03978e-40d5-43e8-bc93-6894a57f9324", "x", "!~#[]", "x" * 255])
def test_a_key_is_the_same_with_and_without_quotes(key: str) -> None:
    bare, quoted = claim(request(), key), claim(request(), f'"{key}"')
    assert bare is not None
    assert bare == quoted


@pytest.mark.parametrize(
    "key", ["", '""', " ", "a b", "é", "a\tb", "x" * 256, 'a"b', "a\\b", "a\x7f", "a\x00"]
)
def test_any_other_key_is_refused_by_name(key: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        claim(request(), key)
    assert [field["field"] for field in refusal.value.fields] == ["Idempotency-Key"]


def test_the_same_request_has_the_same_fingerprint_however_it_is_written() -> None:
    written_out = request("sdk", renew=False, journey=None, consent=None, locale=None)
    first, second = claim(request("sdk"), "k1"), claim(written_out, "k2")
    assert first is not None
    assert second is not None
    assert first.fingerprint == second.fingerprint
    assert first.digest != second.digest


@pytest.mark.parametrize(
    "other",
    [
        {"channel": "web"},
        {"channel": "sdk", "renew": True},
        {"channel": "sdk", "journey": "identity"},
        {"channel": "sdk", "consent": {"country": "AT"}},
        {"channel": "sdk", "consent": {"country": "DE"}},
    ],
)
def test_another_request_has_another_fingerprint(other: dict[str, object]) -> None:
    plain, changed = (
        claim(request(), "k"),
        claim(validated(SessionRequest, other), "k"),
    )
    assert plain is not None
    assert changed is not None
    assert plain.fingerprint != changed.fingerprint
    assert plain.digest == changed.digest


def test_neither_the_key_nor_the_body_can_be_read_from_what_is_kept() -> None:
    kept = claim(request(consent={"country": "AT", "state": "Wien"}), "my-key")
    assert kept is not None
    assert not any(text in repr(kept) for text in ("my-key", "Wien", "AUT"))
