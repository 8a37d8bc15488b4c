"""From the SAM template to what MiniStack can deploy.

Three steps: the translation that AWS does too (AWS::Serverless::* to plain resources), HTTP APIs
made explicit, and resources left out that MiniStack has no idea of.
"""

import copy
import importlib.util
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local.cloud import http_api


@dataclass(frozen=True)
class Deployable:
    """A template of plain resources, and the types of those that were left out, by logical id."""

    template: dict[str, Any]
    dropped: dict[str, str]


def load(path: Path) -> dict[str, Any]:
    """The template with its short forms (!Ref …) written out."""
    template: dict[str, Any] = yaml_parse(path.read_text())
    return template


def adapt(template: dict[str, Any], parameters: Mapping[str, str], region: str) -> Deployable:
    """What to hand to MiniStack's CloudFormation for these parameters."""
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it misses its feature toggles
    # No names of AWS-managed policies: they would be looked up at AWS.
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    translated: dict[str, Any] = translator.translate(
        copy.deepcopy(template), _values(template, parameters)
    )
    translated["Resources"] = http_api.make_explicit(translated["Resources"])
    return _without_unsupported(_with_secret_arns(translated))


def _with_secret_arns(template: dict[str, Any]) -> dict[str, Any]:
    """A reference to a secret is its ARN; MiniStack's is the name, which no policy matches."""
    secrets = {
        logical_id
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::SecretsManager::Secret"
    }

    def arn(value: dict[str, Any]) -> object:
        name = value.get("Ref")
        return {"Fn::GetAtt": [name, "Id"]} if name in secrets else value

    return {
        key: _rewritten(value, arn) if key in {"Resources", "Outputs"} else value
        for key, value in template.items()
    }


def _values(template: dict[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
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
        if resource["Type"] not in supported or _calculates(resource)
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


def _calculates(resource: dict[str, Any]) -> bool:
    """Whether it is an alarm on more than one metric, which MiniStack refuses."""
    alarm = resource["Type"] == "AWS::CloudWatch::Alarm"
    return alarm and "Metrics" in resource.get("Properties", {})


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

    def name(reference: dict[str, Any]) -> object:
        attribute = reference.get("Fn::GetAtt")
        target = attribute[0] if isinstance(attribute, list) else reference.get("Ref")
        return target if target in dropped else reference

    return _rewritten(value, name)


def _rewritten(value: object, change: Callable[[dict[str, Any]], object]) -> object:
    """The value with the change applied to every mapping in it, from the inside out."""
    if isinstance(value, list):
        return [_rewritten(item, change) for item in value]
    if isinstance(value, dict):
        return change({key: _rewritten(item, change) for key, item in value.items()})
    return value
