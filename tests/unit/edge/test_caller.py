"""Whose token it is: people of many identity providers, and what is no person."""

from typing import Any

import pytest

from tests.support.events import event
from verification.domain.errors import Forbidden
from verification.domain.identity import Caller
from verification.edge.http import Request
from verification.edge.http.caller import caller_of

ISSUER = "https://issuer.example"


def with_authorizer(authorizer: object) -> Request:
    whole = event("create_session")
    whole["requestContext"]["authorizer"] = authorizer
    return Request(whole)


def test_the_ready_event_is_a_persons() -> None:
    assert caller_of(Request(event("create_session")).claims) == Caller(
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_EXAMPLE",
        "5f1d7c9e-0000-4000-8000-3d8a1b2c4e5f",
    )


@pytest.mark.parametrize(
    "authorizer",
    [None, {}, {"jwt": None}, {"jwt": {}}, {"jwt": {"claims": None}}, {"jwt": {"claims": []}}],
)
def test_a_request_that_no_authorizer_saw_has_no_caller(authorizer: object) -> None:
    with pytest.raises(Forbidden):
        caller_of(with_authorizer(authorizer).claims)


def test_a_request_without_any_authorizer_has_no_caller() -> None:
    with pytest.raises(Forbidden):
        caller_of(Request(event("receive_callback")).claims)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"iss": ISSUER},
        {"sub": "4711"},
        {"iss": ISSUER, "sub": ""},
        {"iss": "", "sub": "4711"},
        {"iss": ISSUER, "sub": 4711},
        {"iss": ISSUER, "sub": "4711", "token_use": "id"},
        {"iss": ISSUER, "client_id": "machine", "token_use": "access"},
    ],
    ids=range(8),
)
def test_only_an_access_token_names_a_caller(claims: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        caller_of(claims)


@pytest.mark.parametrize("more", [{}, {"token_use": "access"}, {"scope": "a b"}])
def test_token_use_is_cognitos_own_and_other_issuers_leave_it_out(more: dict[str, str]) -> None:
    assert caller_of({"iss": ISSUER, "sub": "4711", **more}) == Caller(ISSUER, "4711")


PEOPLE: dict[str, dict[str, Any]] = {
    "Cognito": {"sub": "0c1d", "client_id": "app", "username": "ada", "token_use": "access"},
    "Auth0": {"sub": "auth0|66f0", "azp": "app", "scope": "verify", "aud": "[api userinfo]"},
    "Entra ID": {
        "sub": "pair-wise",
        "oid": "object",
        "azp": "app",
        "idtyp": "user",
        "scp": "verify",
    },
    "Okta": {"sub": "ada@example.com", "uid": "00u1", "cid": "app", "scp": "[verify]"},
    "Keycloak": {"sub": "f3b2", "azp": "app", "preferred_username": "ada", "typ": "Bearer"},
    "Google Identity Platform": {"sub": "uid", "user_id": "uid", "aud": "project"},
    "Zitadel": {"sub": "1629", "client_id": "app@project", "aud": "[project]"},
    "Ory": {"sub": "9a8b", "client_id": "app", "ext": "map[]"},
}
MACHINES: dict[str, dict[str, Any]] = {
    "Cognito": {"sub": "app", "client_id": "app", "token_use": "access", "scope": "api/verify"},
    "Auth0": {"sub": "app@clients", "azp": "app", "gty": "client-credentials"},
    "Auth0, another spelling": {"sub": "x", "gty": "client_credentials"},
    "Entra ID": {"sub": "object", "oid": "object", "azp": "app", "idtyp": "app"},
    "Entra ID, version 1": {"sub": "app", "appid": "app"},
    "Okta": {"sub": "app", "cid": "app"},
    "Keycloak": {"sub": "f3b2", "azp": "app", "preferred_username": "service-account-app"},
    "RFC 9068": {"sub": "app", "client_id": "app"},
}


@pytest.mark.parametrize("claims", PEOPLE.values(), ids=PEOPLE)
def test_a_persons_token_is_accepted(claims: dict[str, Any]) -> None:
    assert caller_of({"iss": ISSUER, **claims}) == Caller(ISSUER, claims["sub"])


@pytest.mark.parametrize("claims", MACHINES.values(), ids=MACHINES)
def test_a_machine_is_no_person(claims: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        caller_of({"iss": ISSUER, **claims})


def test_another_claim_can_identify_a_person() -> None:
    claims = {"iss": ISSUER, **PEOPLE["Entra ID"]}
    assert caller_of(claims, "oid") == Caller(ISSUER, "object")
    with pytest.raises(Forbidden):
        caller_of({**claims, "oid": ""}, "oid")
    with pytest.raises(Forbidden):
        caller_of({"iss": ISSUER, **MACHINES["Entra ID"]}, "oid")
