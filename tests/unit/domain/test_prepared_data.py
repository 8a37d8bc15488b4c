"""The data of a screening: where they come from, and in which formats they are sent."""

import json

import pytest

from verification.domain.errors import ApplicantRequired, InvalidRequest
from verification.domain.journeys import Journey, load_journeys
from verification.domain.prepared_data import flattened, prepared_data, require_well_formed
from verification.domain.steps import Step


def journey(**sources: str) -> Journey:
    inputs = {name.replace("__", "."): {"from": source} for name, source in sources.items()}
    step = {"name": "check", "kind": "screening", "workflowKey": 1, "inputs": inputs}
    return load_journeys(json.dumps({"journeys": [{"name": "a", "steps": [step]}]})).get(None)


def step(**sources: str) -> Step:
    return journey(**sources).steps[0]


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("phoneNumber", "+431234567", "+431234567"),
        ("nationality", "AT", "AUT"),
        ("nationality", "AUT", "AUT"),
        ("dateOfBirth", "1990-12-31", "1990-12-31"),
        ("lastName", " Byron ", "Byron"),
        ("id.type", "PASSPORT", "PASSPORT"),
    ],
)
def test_what_is_right_is_sent_as_jumio_wants_it(name: str, value: str, sent: str) -> None:
    wanted = step(**{name.replace(".", "__"): "applicant"})
    data = prepared_data(wanted, {name: value}, {}, "203.0.113.7")
    assert flattened(data) == {name: sent}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phoneNumber", "01234567"),
        ("phoneNumber", "+0123456789"),
        ("phoneNumber", "+431234567\n"),
        ("nationality", "XX"),
        ("nationality", "at"),
        ("dateOfBirth", "31.12.1990"),
        ("dateOfBirth", "1990-02-31"),
        ("dateOfBirth", "2990-01-01"),
        ("email", "ada@people"),
        ("email", "ada lovelace@people.example"),
        ("lastName", "x" * 101),
        ("lastName", "By\x00ron"),
        ("sex", "female"),
        ("id.type", "LIBRARY_CARD"),
        ("kyc.registrationIpAddress", "203.0.113.256"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(name: str, value: str) -> None:
    wanted = step(**{name.replace(".", "__"): "applicant"})
    with pytest.raises(InvalidRequest) as refusal:
        prepared_data(wanted, {name: value}, {}, "203.0.113.7")
    (field,) = refusal.value.fields
    assert field["field"] == f"applicant.{name}"
    assert value not in field["reason"]


@pytest.mark.parametrize("proof", ["true", True, "True"])
def test_a_verified_claim_counts(proof: object) -> None:
    claims = {"email": "ada@people.example", "email_verified": proof}
    data = prepared_data(step(email="claim:email"), {}, claims, "203.0.113.7")
    assert data == {"email": "ada@people.example"}


@pytest.mark.parametrize("proof", [{"email_verified": "false"}, {}, {"email_verified": "1"}])
def test_an_unverified_claim_is_none(proof: dict[str, str]) -> None:
    claims = {"email": "ada@people.example", **proof}
    with pytest.raises(ApplicantRequired) as refusal:
        prepared_data(step(email="claim:email"), {}, claims, "203.0.113.7")
    assert [field["field"] for field in refusal.value.fields] == ["claim:email"]


def test_a_claim_and_the_address_cannot_be_overruled_by_the_request() -> None:
    asked = journey(email="claim:email", ipAddress="source-ip")
    for name in ("email", "ipAddress"):
        with pytest.raises(InvalidRequest):
            require_well_formed(asked, {name: "anything"})


@pytest.mark.parametrize("applicant", [{"email": 1}, {"address": {"a": {"b": "c"}}}, {"email": []}])
def test_only_texts_are_taken(applicant: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest):
        flattened(applicant)
