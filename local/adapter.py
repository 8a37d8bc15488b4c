"""From the SAM template to what MiniStack can deploy. Knows nothing about the product.

Three steps: the translation that AWS does too (AWS::Serverless::* to plain resources), HTTP APIs
made explicit, and resources left out that MiniStack has no idea of.
"""

import copy
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local import http_api


@dataclass(frozen=True)
class Deployable:
    """A template of plain resources, and the types of those that were left out, by logical id."""

    template: dict[str, Any]
    dropped: dict[str, str]


def load(path: Path) -> dict[str, Any]:
    """The template with its short forms (!Ref …) written out."""
    template: dict[str, Any] = yaml_parse(path.read_text())
    return template


def adapt(template: dict[str, Any], parameters: dict[str, str], region: str) -> Deployable:
    """What to hand to MiniStack's CloudFormation for these parameters."""
    # No names of AWS-managed policies: they would be looked up at AWS.
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    translated: dict[str, Any] = translator.translate(
        copy.deepcopy(template), _values(template, parameters)
    )
    translated["Resources"] = http_api.make_explicit(translated["Resources"])
    return _without_unsupported(translated)


def _values(template: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    """Parameter values as the translation wants them: lists where the parameter is a list."""
    values: dict[str, Any] = {}
    for name, declared in template.get("Parameters", {}).items():
        value = parameters.get(name, declared.get("Default"))
        if declared["Type"] == "CommaDelimitedList" and isinstance(value, str):
            value = value.split(",")
        if value is not None:
            values[name] = value
    return values


def _supported_types() -> frozenset[str]:
    """The resource types that MiniStack has a handler for.

    Read from its source: it publishes no list, and importing the module starts its threads here.
    """
    package = importlib.util.find_spec("ministack")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("ministack")
    source = Path(package.origin).parent / "services" / "cloudformation" / "provisioners.py"
    handlers = source.read_text().partition("\n_RESOURCE_HANDLERS")[2]
    return frozenset(re.findall(r'^    "(AWS::\w+::\w+)": ', handlers, re.MULTILINE))


def _without_unsupported(template: dict[str, Any]) -> Deployable:
    supported = _supported_types()
    dropped = {
        logical_id: resource["Type"]
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] not in supported
    }
    kept = {
        logical_id: _without_references(_without_dependencies(resource, dropped), dropped)
        for logical_id, resource in template["Resources"].items()
        if logical_id not in dropped
    }
    outputs = {
        name: output
        for name, output in template.get("Outputs", {}).items()
        if _without_references(output, dropped) == output
    }
    return Deployable({**template, "Resources": kept, "Outputs": outputs}, dropped)


def _without_dependencies(resource: dict[str, Any], dropped: dict[str, str]) -> dict[str, Any]:
    depends = resource.get("DependsOn", [])
    names = [depends] if isinstance(depends, str) else depends
    rest = {
        key: value for key, value in resource.items() if key not in {"DependsOn", "UpdatePolicy"}
    }
    left = [name for name in names if name not in dropped]
    return {**rest, "DependsOn": left} if left else rest


def _without_references(value: object, dropped: dict[str, str]) -> object:
    """The value with every reference to a dropped resource replaced by its name as a text."""
    if isinstance(value, list):
        return [_without_references(item, dropped) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("Ref") in dropped:
        return value["Ref"]
    attribute = value.get("Fn::GetAtt")
    if isinstance(attribute, list) and attribute[0] in dropped:
        return attribute[0]
    return {key: _without_references(item, dropped) for key, item in value.items()}
