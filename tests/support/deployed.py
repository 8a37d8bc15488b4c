"""What template.yaml deploys: its functions, and the CloudFormation that AWS makes of it."""

import copy
import json
import sys
from collections.abc import Mapping
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.support.template import template

Resources = dict[str, dict[str, Any]]
_ARTEFACT = "s3://example-artefacts/artefact"
_LISTS = "CommaDelimitedList"


def of_type(resources: Resources, kind: str) -> Resources:
    """The resources of one type, by logical id."""
    return {name: one for name, one in resources.items() if one["Type"] == kind}


def functions() -> Resources:
    """Properties of each function in the template, with the globals merged in."""
    whole = template()
    common = whole["Globals"]["Function"]
    merged = {}
    for name, resource in of_type(whole["Resources"], "AWS::Serverless::Function").items():
        properties = {**common, **resource["Properties"]}
        properties["Layers"] = common["Layers"] + resource["Properties"].get("Layers", [])
        variables = [
            part.get("Environment", {}).get("Variables", {})
            for part in (common, resource["Properties"])
        ]
        properties["Environment"] = {"Variables": {**variables[0], **variables[1]}}
        merged[name] = properties
    return merged


def translated(**parameters: str) -> dict[str, Any]:
    """The template as CloudFormation gets it, for these parameters."""
    whole = copy.deepcopy(template())
    for resource in whole["Resources"].values():
        for member in {"CodeUri", "ContentUri"} & set(resource["Properties"]):
            resource["Properties"][member] = _ARTEFACT
    return translate(whole, parameters)


def translate(whole: dict[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """What CloudFormation makes of a template whose artefacts are in a bucket."""
    values: dict[str, Any] = {}
    for name, declared in whole["Parameters"].items():
        value = parameters.get(name, declared.get("Default"))
        if value is not None:
            values[name] = value.split(",") if declared["Type"] == _LISTS else value
    session = boto3.Session(region_name="eu-central-1")
    made: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(
        copy.deepcopy(whole), values
    )
    return made


if __name__ == "__main__":
    sys.stdout.write(json.dumps(translated(), indent=1))
