"""What CloudFormation refuses before it creates anything."""

import uuid

import pytest

from tests.support.refused import DECLARED, refusals
from tests.support.template import template

WHOLE = template()
OURS = {
    "JumioUserAgent": "Acme Onboarding/2.1",
    "AllowedOrigins": "https://www.acme.example",
    "AlarmTopicArn": "none",
}
FOREIGN = {
    **OURS,
    "JwtIssuer": "https://issuer.example/",
    "JwtAudience": "one,two",
    "RequiredScope": "none",
}
LOCAL = {"Environment": "local", "JumioBaseUrl": "http://127.0.0.1:9000"}
TOPIC = "arn:aws:sns:eu-central-1:123456789012:on-call"
CERTIFICATE = f"arn:aws:acm:eu-central-1:123456789012:certificate/{uuid.UUID(int=7)}"
JUDGE = "arn:aws:lambda:eu-central-1:123456789012:function:judge"
BOUNDARY = "arn:aws:iam::123456789012:policy/teams/ours"

TAKEN = [
    OURS,
    FOREIGN,
    LOCAL,
    {**OURS, "AlarmTopicArn": TOPIC, "PermissionsBoundary": BOUNDARY},
    {**OURS, "PublicBaseUrl": "https://api.acme.example/kyc", "LogRetentionDays": "365"},
    {**OURS, "CallbackSources": "192.0.2.1, 2001:db8::/32", "CallbackSourceMode": "enforce"},
    {**OURS, "AllowedOrigins": "https://www.acme.example,http://localhost:5173"},
    {**FOREIGN, "RequiredScope": "aws.cognito.signin.user.admin"},
    {**FOREIGN, "RequiredScope": "https://acme.example/verify"},
    {**OURS, "DomainName": "api.acme.example", "BasePath": "kyc/v1", "ExecuteApi": "closed"},
    {**OURS, "DomainName": "api.acme.example", "CertificateArn": CERTIFICATE},
    {**OURS, "SignInReturnUrls": "https://www.acme.example/in,acme://in", "SignInMfa": "ON"},
    {**OURS, "AttestationFunction": JUDGE},
    {**OURS, "AttestationFunction": f"{JUDGE}:live"},
]
REFUSED = [
    {**OURS, "AttestationFunction": "judge"},
    {**OURS, "AttestationFunction": f"{JUDGE}:$LATEST"},
    {},
    {**OURS, "JumioUserAgent": "Example JumioBff/1.0"},
    {**OURS, "JumioUserAgent": "Acme"},
    {**OURS, "AllowedOrigins": "https://www.acme.example,https://app.example.com"},
    {**OURS, "AllowedOrigins": "*"},
    {**OURS, "AllowedOrigins": "https://www.acme.example/"},
    {**OURS, "AllowedOrigins": "http://www.acme.example"},
    {**OURS, "AlarmTopicArn": ""},
    {**OURS, "AlarmTopicArn": "on-call"},
    {**OURS, "PermissionsBoundary": "ours"},
    {**OURS, "LogRetentionDays": "45"},
    {**OURS, "Journeys": "{"},
    {**OURS, "PublicBaseUrl": "http://api.acme.example"},
    {**OURS, "PublicBaseUrl": "https://api.acme.example/"},
    {**OURS, "SuccessUrl": "http://www.acme.example/done"},
    {**OURS, "CallbackSources": "jumio.com"},
    {**OURS, "CallbackSourceMode": "on"},
    {**OURS, "SubjectClaim": ""},
    {**OURS, "AccountCallsPerSecond": "0"},
    {**OURS, "DailyCeiling": "0"},
    {**OURS, "RequiredScope": "none"},
    {**OURS, "DomainName": "https://api.acme.example"},
    {**OURS, "DomainName": "api.acme.example", "BasePath": "/kyc"},
    {**OURS, "CertificateArn": CERTIFICATE},
    {**OURS, "BasePath": "kyc"},
    {**OURS, "ExecuteApi": "closed"},
    {**OURS, "SignInDomainPrefix": "Acme"},
    {**OURS, "SignInReturnUrls": "www.acme.example"},
    {**OURS, "SignInReturnUrls": "https://*.acme.example"},
    {**OURS, "CallbacksPerSecond": "0"},
    {**OURS, "CallbackConcurrency": "-1"},
    {**OURS, "RequiredScope": "one two"},
    {**OURS, "Environment": "staging"},
    {**OURS, "Environment": "local"},
    {**OURS, "JumioBaseUrl": "http://127.0.0.1:9000"},
    {**LOCAL, "JumioBaseUrl": "https://simulator.acme.example"},
    {**FOREIGN, "JwtIssuer": "issuer.example"},
    {**FOREIGN, "JwtIssuer": "http://issuer.example"},
    {**FOREIGN, "JwtAudience": ""},
    {**FOREIGN, "RequiredScope": ""},
]


def named(given: dict[str, str]) -> str:
    """What differs from a deployment that is taken."""
    changed = given.items() - OURS.items() - FOREIGN.items() - LOCAL.items()
    return " ".join(f"{name}={value}" for name, value in sorted(changed)) or "the usual"


@pytest.mark.parametrize("given", TAKEN, ids=named)
def test_what_is_right_is_taken(given: dict[str, str]) -> None:
    assert refusals(given) == []


@pytest.mark.parametrize("given", REFUSED, ids=named)
def test_what_is_wrong_is_refused_before_anything_is_created(given: dict[str, str]) -> None:
    assert refusals(given)


def test_every_parameter_that_is_not_free_text_is_bounded() -> None:
    free = {"JwtAudience"}  # whatever an issuer calls its clients
    bounds = {"AllowedPattern", "AllowedValues", "MinValue"}
    assert {name for name, one in DECLARED.items() if not bounds & set(one)} == free


def test_a_rule_says_what_is_to_be_done() -> None:
    for rule in WHOLE["Rules"].values():
        for assertion in rule["Assertions"]:
            assert len(assertion["AssertDescription"].split()) > 5
