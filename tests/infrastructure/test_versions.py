"""What a deployment changes reaches people, and nothing else is touched."""

from collections.abc import Callable
from typing import Any

import pytest

from scripts import deploy
from tests.support.deployed import functions, of_type, translate
from tests.support.template import template

FUNCTIONS = functions()
CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
Json = dict[str, Any]


def built(**differing: str) -> Json:
    """The template as `sam package` leaves it: each artefact where its content says."""
    whole = template()
    for logical_id, resource in whole["Resources"].items():
        if resource["Type"] in CODE:
            content = differing.get(logical_id, "as ever")
            address = f"s3://artefacts/{logical_id}/{content}"
            resource["Properties"][CODE[resource["Type"]]] = address
    return whole


def versions(whole: Json, **parameters: str) -> dict[str, str]:
    """The version that each function gets from `make deploy`."""
    stamped = deploy.stamped(whole, parameters)
    resources = translate(stamped, parameters)["Resources"]
    return {
        one["Properties"]["FunctionName"]["Ref"]: name
        for name, one in of_type(resources, "AWS::Lambda::Version").items()
    }


def renewed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    assert set(before) == set(after) == set(FUNCTIONS)
    return {name for name in before if before[name] != after[name]}


def readers(check: Callable[[Json], bool]) -> set[str]:
    return {name for name, properties in FUNCTIONS.items() if check(properties)}


def test_nothing_new_makes_no_new_version() -> None:
    assert renewed(versions(built()), versions(built())) == set()


@pytest.mark.parametrize("layer", ["DependenciesLayer", "VerificationLayer", "JourneysLayer"])
def test_a_layer_makes_new_versions_of_the_functions_that_have_it(layer: str) -> None:
    having = readers(lambda properties: {"Ref": layer} in properties["Layers"])
    assert having
    assert renewed(versions(built()), versions(built(**{layer: "new"}))) == having


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_code_makes_a_new_version_of_its_function(name: str) -> None:
    assert renewed(versions(built()), versions(built(**{name: "new"}))) == {name}


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("DailyCeiling", "0"),
        ("Journeys", "another"),
        ("CallbackSourceMode", "enforce"),
        ("PublicBaseUrl", "https://api.acme.example"),
        ("DomainName", "api.acme.example"),
        ("BasePath", "kyc"),
        ("SessionConcurrency", "20"),
        ("JumioDataCenter", "amer-1"),
        ("SubjectClaim", "oid"),
        ("LogRetentionDays", "90"),
        ("AllowedOrigins", "https://www.acme.example"),
    ],
)
def test_a_parameter_makes_new_versions_of_the_functions_that_are_told_it(
    parameter: str, value: str
) -> None:
    told = readers(lambda properties: _refers(properties["Environment"], parameter))
    assert renewed(versions(built()), versions(built(), **{parameter: value})) == told


def test_without_the_stamp_a_parameter_would_reach_nobody() -> None:
    """Why `make deploy` exists; if this ever fails, it need not."""
    before, after = (
        set(of_type(translate(built(), changed)["Resources"], "AWS::Lambda::Version"))
        for changed in ({}, {"DailyCeiling": "0"})
    )
    assert before == after


def _refers(value: Any, parameter: str) -> bool:
    if isinstance(value, dict):
        named = {"Ref": parameter}, {"Fn::Sub": f"https://${{{parameter}}}"}
        return value in named or any(_refers(one, parameter) for one in value.values())
    return isinstance(value, list) and any(_refers(one, parameter) for one in value)
