"""The person behind a token that the gateway has verified: not every genuine token has one."""

from collections.abc import Iterator, Mapping
from typing import Any

from verification.domain.errors import Forbidden
from verification.domain.identity import Caller

_CLIENTS = ("client_id", "azp", "appid", "cid", "clientId")
"""Claims that name the client of a token, as issuers spell it."""


def caller_of(claims: Mapping[str, Any], subject_claim: str = "sub") -> Caller:
    """Whom an access token is about; raises Forbidden if that is no person.

    ``subject_claim`` names the claim that identifies a person to the issuer. Which claims tell
    a machine: RFC 9068 and Cognito (the subject is the client), Auth0 (``gty``), Entra
    (``idtyp``), Keycloak (a service account's name).
    """
    issuer, subject = claims.get("iss"), claims.get(subject_claim)
    named = isinstance(issuer, str) and isinstance(subject, str) and issuer and subject
    # The gateway cannot tell an ID token from an access token; Cognito's claim can.
    if (
        not named
        or claims.get("token_use", "access") != "access"
        or any(_signs_of_a_machine(claims))
    ):
        raise Forbidden("An access token of a person is needed.")
    return Caller(str(issuer), str(subject))


def _signs_of_a_machine(claims: Mapping[str, Any]) -> Iterator[bool]:
    subject = str(claims.get("sub", ""))
    yield bool(subject) and subject in {str(claims[name]) for name in _CLIENTS if name in claims}
    yield subject.endswith("@clients")
    yield "client-credentials" in str(claims.get("gty", "")).replace("_", "-")
    yield claims.get("idtyp") == "app"
    yield str(claims.get("preferred_username", "")).startswith("service-account-")
