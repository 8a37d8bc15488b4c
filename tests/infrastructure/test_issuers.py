"""The table of issuers in docs/deploying.md: what the template takes, for tokens as they are."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.refused import refusals
from tests.support.template import ROOT

OURS = {
    "JumioUserAgent": "Acme Onboarding/2.1",
    "AllowedOrigins": "https://www.acme.example",
    "AlarmTopicArn": "none",
}
TOKENS = ROOT / "tests/world/inputs/tokens"
Json = dict[str, Any]


def table() -> dict[str, dict[str, str]]:
    """The parameters for each issuer, as they are documented."""
    lines = (ROOT / "docs/deploying.md").read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| Issuer |"))
    names = re.findall(r"`(\w+)`", lines[start])
    rows = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        values = [re.sub(r"<[^>]*>", "8c1d", cell.strip("`")) for cell in cells[1:5]]
        rows[cells[0]] = dict(zip(names, values, strict=True))
    return rows


def claims(issuer: str) -> list[Json]:
    """Tokens of this issuer's people that are let in."""
    files = [json.loads(path.read_text()) for path in sorted((TOKENS / issuer).glob("*.json"))]
    return [one["claims"] for one in files if one["expected"]["status"] == 201]


def kind(address: str) -> tuple[str, int]:
    """Whose host it is, and how deep its path: Entra has several, each with other tokens."""
    parts = urlsplit(address)
    return parts.netloc.split(".")[1], len(parts.path.strip("/").split("/"))


every_issuer = pytest.mark.parametrize("issuer", sorted(table()))


def test_the_usual_issuers_are_told_about() -> None:
    assert set(table()) == {"auth0", "cognito", "entra", "keycloak", "okta"}


@every_issuer
def test_what_is_documented_can_be_deployed(issuer: str) -> None:
    assert refusals(OURS | table()[issuer]) == []


@every_issuer
def test_the_issuer_is_spelled_as_in_its_tokens(issuer: str) -> None:
    """The gateway compares letter by letter: a slash at the end makes the difference."""
    documented = table()[issuer]["JwtIssuer"]
    alike = [one["iss"] for one in claims(issuer) if kind(one["iss"]) == kind(documented)]
    assert {one.endswith("/") for one in alike} == {documented.endswith("/")}


@every_issuer
def test_a_persons_tokens_have_the_claim_that_tells_them_apart(issuer: str) -> None:
    assert any(one.get(table()[issuer]["SubjectClaim"]) for one in claims(issuer))


@every_issuer
def test_a_persons_tokens_have_a_scope_where_the_gateway_looks_for_it(issuer: str) -> None:
    assert any({"scope", "scp"} & set(one) for one in claims(issuer))


@every_issuer
def test_a_token_of_a_machine_is_refused_by_the_function(issuer: str) -> None:
    """`tests/world` puts each of these through it."""
    machines = [json.loads(path.read_text()) for path in (TOKENS / issuer).glob("*machine*.json")]
    assert {one["expected"]["status"] for one in machines} == {403}
