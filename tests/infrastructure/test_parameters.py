"""What CloudFormation refuses before it creates anything."""

import re
from typing import Any

import pytest

from tests.support.template import template

WHOLE = template()
DECLARED: dict[str, dict[str, Any]] = WHOLE["Parameters"]
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


def refusals(given: dict[str, str]) -> list[str]:
    """Everything that CloudFormation has against these values."""
    values = {name: given.get(name, str(one["Default"])) for name, one in DECLARED.items()}
    broken = [name for name, value in values.items() if not _allowed(DECLARED[name], value)]
    for rule in WHOLE["Rules"].values():
        if _holds(rule["RuleCondition"], values):
            broken += [
                assertion["AssertDescription"]
                for assertion in rule["Assertions"]
                if not _holds(assertion["Assert"], values)
            ]
    return broken


def _allowed(declared: dict[str, Any], value: str) -> bool:
    single = value.split(",") if declared["Type"] == "CommaDelimitedList" else [value]
    return (
        all(re.search(declared.get("AllowedPattern", ""), one) for one in single)
        and value in [str(one) for one in declared.get("AllowedValues", [value])]
        and (declared["Type"] != "Number" or float(value) >= declared.get("MinValue", 0))
        and len(value) <= declared.get("MaxLength", 4096)
    )


def _holds(condition: dict[str, Any], values: dict[str, str]) -> bool:
    ((function, arguments),) = condition.items()

    def value(operand: dict[str, str] | str) -> str:
        return values[operand["Ref"]] if isinstance(operand, dict) else operand

    match function:
        case "Fn::Not":
            return not _holds(arguments[0], values)
        case "Fn::Equals":
            return value(arguments[0]) == value(arguments[1])
        case "Fn::Contains":
            return value(arguments[1]) in value(arguments[0]).split(",")
        case "Fn::EachMemberEquals":
            return all(one == value(arguments[1]) for one in value(arguments[0]).split(","))
    raise AssertionError(f"a rule cannot use {function}")
