"""Claims of a token as data about a person: texts and numbers, and verified where that exists."""

import json
from typing import Any

import pytest

from verification.domain.errors import ApplicantRequired
from verification.domain.journeys import load_journeys
from verification.domain.prepared_data import prepared_data


def sent(member: str, claim: str, claims: dict[str, Any]) -> Any:
    """What reaches Jumio as that member; None if the claim counts as missing."""
    inputs = {member: {"from": f"claim:{claim}"}}
    step = {"name": "check", "kind": "screening", "workflowKey": 1, "inputs": inputs}
    journeys = load_journeys(json.dumps({"journeys": [{"name": "a", "steps": [step]}]}))
    try:
        data = prepared_data(journeys.get(None).steps[0], {}, claims, "203.0.113.7")
    except ApplicantRequired:
        return None
    return data[member]


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Ada", "Ada"),
        (" Ada ", "Ada"),
        ("True", "True"),  # there are people of that name
        ("Null", "Null"),
        ("Map", "Map"),
        ("Ada [Augusta]", "Ada [Augusta]"),
        (4711, "4711"),
        ("4711", "4711"),
    ],
)
def test_a_text_or_a_number_is_taken(claim: object, text: str) -> None:
    assert sent("personalNumber", "name", {"name": claim}) == text


@pytest.mark.parametrize(
    "claim",
    [
        # as the gateway writes what is no text
        "[Ada Augusta]",
        "[]",
        '["Ada","Augusta"]',
        '{"country":"AT","locality":"Wien"}',
        "{}",
        "map[country:AT locality:Wien]",
        "map[]",
        "[map[a:b] map[c:d]]",
        '{"formatted":"Ring 1\\nWien"}',
        "[Ring 1\nWien]",
        "true",
        "false",
        "<nil>",
        # and as it is
        ["Ada", "Augusta"],
        {"country": "AT"},
        True,
        False,
        None,
        "",
        "  ",
    ],
)
def test_anything_else_counts_as_missing(claim: object) -> None:
    assert sent("firstName", "name", {"name": claim}) is None


NAMES = [
    "email",
    "https://example.com/email",
    "custom:email",
    "work_email",
    "https://example.com/claims/Email",
]


@pytest.mark.parametrize("name", NAMES)
def test_an_address_counts_if_its_own_proof_is_true(name: str) -> None:
    claims: dict[str, Any] = {name: "ada@people.example"}
    for proof in ("true", True, "True"):
        claims[f"{name}_verified"] = proof
        assert sent("email", name, claims) == "ada@people.example"
    for proof in ("false", False, "1", "[true]", None):
        claims[f"{name}_verified"] = proof
        assert sent("email", name, claims) is None
    del claims[f"{name}_verified"]
    assert sent("email", name, claims) is None
    if name != "email":
        assert sent("email", name, {**claims, "email_verified": "true"}) is None


@pytest.mark.parametrize("name", ["phone_number", "https://example.com/phone_number"])
def test_so_it_is_with_phone_numbers(name: str) -> None:
    claims = {name: "+431234567"}
    assert sent("phoneNumber", name, claims) is None
    assert sent("phoneNumber", name, {**claims, f"{name}_verified": "false"}) is None
    assert sent("phoneNumber", name, {**claims, f"{name}_verified": "true"}) == "+431234567"
