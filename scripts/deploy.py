"""`make deploy` and `make rollback`: a change reaches people in one step, and can be taken back.

Functions run behind an alias, and SAM makes a new version when code or layers change, but not when
only the value of a parameter does. So what a function is told by parameters is written into its
description first, as a digest: a version is made of exactly the functions that are told something
else. What an alias led to before is noted at the alias, for `make rollback`.
"""

import argparse
import copy
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from samcli.yamlhelper import yaml_dump, yaml_parse

from scripts import smoke
from scripts.deployment import Deployment, DeploymentError, region, told_in_a_line

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_lambda.client import LambdaClient

_ROOT = Path(__file__).parents[1]
_BUILT = _ROOT / ".aws-sam/build/template.yaml"
_BUILT_FOR = _ROOT / ".aws-sam/architecture"
_ALIAS = "live"
_BEFORE = "before this: "
_USUAL = "x86_64"
# A first deployment that fails leaves nothing behind; one that succeeds is protected at once.
_NEW, _KEPT = {"DeletionProtection": "false"}, {"DeletionProtection": "true"}
# What belongs to a function as such, and to no version of it.
_UNVERSIONED = {
    "DeploymentPreference",
    "Events",
    "EventInvokeConfig",
    "ReservedConcurrentExecutions",
    "Role",
}
Template = dict[str, Any]


def stamped(template: Template, values: Mapping[str, str]) -> Template:
    """The template with, in each function's description, what the parameters tell the function."""
    made = copy.deepcopy(template)
    known = {name: str(one.get("Default", "")) for name, one in made["Parameters"].items()}
    known |= values
    common = made["Globals"]["Function"]
    for resource in made["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            own = {**resource["Properties"], "common": common}
            told = sorted({name: known[name] for name in _referred(own) if name in known}.items())
            digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]
            resource["Properties"]["Description"] += f" Settings {digest}."
    return made


def _referred(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield str(inner)
            elif key == "Fn::Sub":
                yield from re.findall(r"\$\{(\w+)\}", str(inner))
            elif key not in _UNVERSIONED:
                yield from _referred(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _referred(inner)


def values_of(stack: str, cloudformation: "CloudFormationClient") -> dict[str, str] | None:
    """The parameters of a stack as it is; None if there is none."""
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    if found["StackStatus"] == "REVIEW_IN_PROGRESS":  # a change set that nobody executed
        return None
    return {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}


def versions_of(
    stack: str, cloudformation: "CloudFormationClient", functions: "LambdaClient"
) -> dict[str, str]:
    """The version that the alias of each function of a stack leads to, by the function's name."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    aliases = [
        one["PhysicalResourceId"]
        for page in pages
        for one in page["StackResourceSummaries"]
        if one["ResourceType"] == "AWS::Lambda::Alias"
    ]
    names = [alias.split(":")[6] for alias in aliases]
    return {
        name: functions.get_alias(FunctionName=name, Name=_ALIAS)["FunctionVersion"]
        for name in names
    }


def note(before: Mapping[str, str], after: Mapping[str, str], functions: "LambdaClient") -> None:
    """Note at each alias what it led to; only what this deployment has moved can be taken back."""
    for name, version in after.items():
        old = before.get(name, version)
        text = f"{_BEFORE}{old}" if old != version else ""
        functions.update_alias(FunctionName=name, Name=_ALIAS, Description=text)


def stale(names: Mapping[str, str], functions: "LambdaClient") -> list[str]:
    """The functions whose alias leads to something else than what was deployed last."""
    told = ("Environment", "Layers", "CodeSha256", "Description")
    found = []
    for name in names:
        live, latest = (
            functions.get_function_configuration(FunctionName=name, Qualifier=qualifier)
            for qualifier in (_ALIAS, "$LATEST")
        )
        if any(live.get(member) != latest.get(member) for member in told):
            found.append(name)
    return found


def roll_back(names: Mapping[str, str], functions: "LambdaClient") -> list[str]:
    """Lead each alias back to where it led before the last deployment; returns what was moved."""
    moved = []
    for name in names:
        text = functions.get_alias(FunctionName=name, Name=_ALIAS).get("Description", "")
        if text.startswith(_BEFORE):
            functions.update_alias(
                FunctionName=name,
                Name=_ALIAS,
                FunctionVersion=text.removeprefix(_BEFORE),
                RoutingConfig={"AdditionalVersionWeights": {}},
                Description="",
            )
            moved.append(name)
    return moved


def configured(stage: str) -> tuple[str, dict[str, str]]:
    """Name and parameters of a stack, as an environment of samconfig.toml has them.

    Raises DeploymentError if it has no such environment.
    """
    stages = tomllib.loads((_ROOT / "samconfig.toml").read_text())
    if "deploy" not in (config := stages.get(stage, {})):
        raise DeploymentError(f"samconfig.toml has no environment {stage}")
    given = config["deploy"]["parameters"].get("parameter_overrides", [])
    pairs = shlex.split(given) if isinstance(given, str) else given
    return config["global"]["parameters"]["stack_name"], dict(_pair(one) for one in pairs)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def overriding(parameters: Mapping[str, str]) -> list[str]:
    """The arguments from which SAM reads these parameters; it splits what is not in quotes."""
    given = [f"{name}={shlex.quote(value)}" for name, value in parameters.items()]
    return ["--parameter-overrides", *given] if given else []


def _sam_deploy(
    stage: str, deployment: Deployment, template: Template, overrides: dict[str, str]
) -> int:
    path = _BUILT.with_name("stamped.yaml")
    path.write_text(yaml_dump(template))
    command = ["sam", "deploy", "--config-env", stage, "--stack-name", deployment.stack]
    command += ["--region", str(deployment.region)]
    command += ["--template-file", str(path), *overriding(overrides)]
    return subprocess.run(command, cwd=_ROOT, check=False).returncode  # noqa: S603 our own


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.deploy", description=__doc__)
    parser.add_argument("--stage", default="default", help="environment of samconfig.toml")
    parser.add_argument("--stack", help="name of the stack, if not that of the stage")
    parser.add_argument("--region", help="where it is to be; default: as boto3 finds it")
    parser.add_argument("--rollback", action="store_true", help="take the last deployment back")
    parser.add_argument("--architecture", action="store_true", help="say what to build for")
    parser.add_argument("parameters", nargs="*", help="Name=value, on top of the stage's")
    options = parser.parse_args(arguments)
    with told_in_a_line():
        name, overrides = configured(options.stage)
        overrides |= dict(_pair(one) for one in options.parameters)
        deployment = Deployment(options.stack or name, region(options.region))
        if options.architecture:  # what is missing is told before anything is built
            sys.stdout.write(overrides.get("Architecture", _USUAL))
            return 0
        if options.rollback:
            return _go_back(deployment)
        return _go_on(deployment, options.stage, overrides)


def _go_back(deployment: Deployment) -> int:
    functions = deployment.client("lambda")
    names = versions_of(deployment.stack, deployment.client("cloudformation"), functions)
    moved = roll_back(names, functions)
    sys.stdout.write("".join(f"{one} is what it was before\n" for one in moved))
    return 0 if moved else 1


def _go_on(deployment: Deployment, stage: str, overrides: dict[str, str]) -> int:
    stack = deployment.stack
    cloudformation, functions = deployment.client("cloudformation"), deployment.client("lambda")
    built = yaml_parse(_BUILT.read_text())
    present = values_of(stack, cloudformation)
    wanted = ((present or {}) | overrides).get("Architecture", _USUAL)
    if (there := _BUILT_FOR.read_text().strip()) != wanted:
        sys.stderr.write(f"built for {there}, to run on {wanted}: say Architecture={wanted}\n")
        return 1
    before = versions_of(stack, cloudformation, functions) if present is not None else {}
    for step in [overrides] if present else [overrides | _NEW, _KEPT | overrides]:
        present = (present or {}) | step
        if status := _sam_deploy(stage, deployment, stamped(built, present), step):
            return status  # SAM has said why; people have what they had
    policy = (_ROOT / "stack-policy.json").read_text()
    cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=policy)
    after = versions_of(stack, cloudformation, functions)
    note(before, after, functions)
    left = stale(after, functions)
    for one in left:
        sys.stderr.write(f"{one}: people still get what was deployed before\n")
    return 1 if left else _smoke(deployment)


def _smoke(deployment: Deployment) -> int:
    """Ask the deployment from outside, if there is somebody's token to do it with."""
    api = deployment.outputs["ApiUrl"]
    if not os.environ.get("TOKEN"):
        sys.stdout.write(f"not asked for want of a TOKEN: make smoke API={api}\n")
        return 0
    return smoke.main([api, "--no-session"])


if __name__ == "__main__":
    sys.exit(main())
