"""Whose each role is, and about which resources.

What a role allows is compared with what is asked of AWS in tests/integration/test_roles_as_used.py.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.deployed import Resources, functions, of_type
from tests.support.policies import listed
from tests.support.template import template

RESOURCES: Resources = template()["Resources"]
FUNCTIONS = functions()

every_function = pytest.mark.parametrize("name", sorted(FUNCTIONS))


def role_of(name: str) -> str:
    return str(FUNCTIONS[name]["Role"]["Fn::GetAtt"][0])


def statements(name: str) -> list[dict[str, Any]]:
    """What a role may always do."""
    policies = RESOURCES[role_of(name)]["Properties"]["Policies"]
    every = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    return [one for one in every if "Fn::If" not in one]


def resources(statement: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Logical id and kind of each resource; a part of a resource is a kind of its own."""
    for resource in listed(statement["Resource"]):
        assert isinstance(resource, dict), f"{resource} is not one of our resources"
        part = ""
        if "Fn::Sub" in resource:
            name, _, part = resource["Fn::Sub"].removeprefix("${").partition(".Arn}")
        elif "Fn::GetAtt" in resource:
            name, attribute = resource["Fn::GetAtt"]
            assert attribute == "Arn"
        else:
            name = resource["Ref"]
        yield name, RESOURCES[name]["Type"] + part


@every_function
def test_a_function_has_a_role_of_its_own(name: str) -> None:
    others = {role_of(other) for other in FUNCTIONS if other != name}
    assert role_of(name) not in others
    role = RESOURCES[role_of(name)]["Properties"]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted == {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    assert "ManagedPolicyArns" not in role
    assert "Policies" not in FUNCTIONS[name]


@every_function
def test_a_function_reads_the_secrets_that_it_is_told_about(name: str) -> None:
    granted = {
        resource
        for statement in statements(name)
        for resource, kind in resources(statement)
        if kind == "AWS::SecretsManager::Secret"
    }
    variables = FUNCTIONS[name]["Environment"]["Variables"]
    told = {value["Ref"] for key, value in variables.items() if key.endswith("SECRET_ID")}
    assert granted == told


@every_function
def test_a_function_writes_its_own_log_only(name: str) -> None:
    groups = {
        resource
        for statement in statements(name)
        for resource, kind in resources(statement)
        if kind == "AWS::Logs::LogGroup"
    }
    assert groups == {FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]}


def test_there_is_no_wildcard_in_any_role() -> None:
    for name, role in of_type(RESOURCES, "AWS::IAM::Role").items():
        for policy in role["Properties"].get("Policies", []):
            for one in policy["PolicyDocument"]["Statement"]:
                statement = one["Fn::If"][1] if "Fn::If" in one else one
                parts = listed(statement["Action"]) + listed(statement["Resource"])
                assert not any("*" in str(part) for part in parts), name
                assert not {"NotAction", "NotResource"} & set(statement), name


def test_the_function_that_judges_attestations_may_be_invoked_only_if_there_is_one() -> None:
    conditional = [
        (name, one["Fn::If"])
        for name, role in of_type(RESOURCES, "AWS::IAM::Role").items()
        for policy in role["Properties"].get("Policies", [])
        for one in policy["PolicyDocument"]["Statement"]
        if "Fn::If" in one
    ]
    invoke = {
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": {"Ref": "AttestationFunction"},
    }
    nothing = {"Ref": "AWS::NoValue"}
    assert conditional == [("CreateSessionRole", ["AttestationIsAsked", invoke, nothing])]
    variables = FUNCTIONS["CreateSession"]["Environment"]["Variables"]
    assert variables["ATTESTATION_FUNCTION"] == {"Ref": "AttestationFunction"}
    asked = template()["Conditions"]["AttestationIsAsked"]
    assert asked == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AttestationFunction"}, ""]}]}


def test_every_role_belongs_to_a_function_or_moves_their_aliases() -> None:
    roles = of_type(RESOURCES, "AWS::IAM::Role")
    assert set(roles) == {role_of(name) for name in FUNCTIONS} | {"RolloutRole"}
    (policy,) = roles["RolloutRole"]["Properties"]["ManagedPolicyArns"]
    assert policy["Fn::Sub"].endswith(":policy/service-role/AWSCodeDeployRoleForLambdaLimited")
    assert "Policies" not in roles["RolloutRole"]["Properties"]


def test_the_tables_key_is_for_this_account_and_through_the_database_only() -> None:
    policy = RESOURCES["TableKey"]["Properties"]["KeyPolicy"]["Statement"]
    administration, use = policy
    assert administration["Principal"] == {
        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    }
    assert use["Condition"] == {
        "StringEquals": {
            "kms:CallerAccount": {"Ref": "AWS::AccountId"},
            "kms:ViaService": {"Fn::Sub": "dynamodb.${AWS::Region}.amazonaws.com"},
        }
    }
    assert not any(action in {"kms:*", "*"} for action in use["Action"])
