"""`sam deploy`, to the AWS on this machine."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local.cloud import adapter, artefacts
from local.cloud.aws import LocalAws
from local.errors import StackError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

_DEPLOY_SECONDS = 180


@dataclass(frozen=True)
class Deployment:
    """What `sam deploy` is told, and layers that are taken from other folders than the build's."""

    name: str
    build: Path
    parameters: Mapping[str, str]
    layers: Mapping[str, Path] = field(default_factory=dict)


def deploy(
    aws: LocalAws, deployment: Deployment, cache: Path, say: Callable[[str], None]
) -> dict[str, str]:
    """Deploy a build, over the stack if it is there; returns its outputs, or raises StackError.

    The cache is a folder for what can be kept until the next deployment.
    """
    template = adapter.load(deployment.build / "template.yaml")
    if unknown := deployment.parameters.keys() - template.get("Parameters", {}).keys():
        raise StackError(f"the template has no parameter {', '.join(sorted(unknown))}")
    for name, folder in deployment.layers.items():
        template["Resources"][name]["Properties"]["ContentUri"] = str(folder)
    say("compiling and uploading the functions and layers")
    artefacts.upload(template, deployment.build, cache, aws)
    deployable = adapter.adapt(template, deployment.parameters, aws.region)
    if deployable.dropped:
        kinds = ", ".join(sorted(set(deployable.dropped.values())))
        say(
            f"left out {len(deployable.dropped)} resources, of which MiniStack has no kind: {kinds}"
        )
    say(f"deploying {len(deployable.template['Resources'])} resources")
    try:
        url = artefacts.keep(deployable.template, aws)
        return _change_stack(aws.cloudformation, deployment, url)
    except ClientError as error:
        raise StackError(f"the deployment was refused: {error}") from None


def _change_stack(
    cloudformation: "CloudFormationClient", deployment: Deployment, url: str
) -> dict[str, str]:
    there = {one["StackName"] for one in cloudformation.describe_stacks()["Stacks"]}
    known = deployment.name in there
    change = cloudformation.update_stack if known else cloudformation.create_stack
    change(
        StackName=deployment.name,
        TemplateURL=url,
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in deployment.parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=deployment.name)["Stacks"][0]
        if stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return {
                output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])
            }
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            reasons = _reasons(cloudformation, deployment.name)
            raise StackError(f"the deployment failed:\n{reasons}")
        time.sleep(0.2)
    raise StackError(f"the deployment did not end in {_DEPLOY_SECONDS} s")


def _reasons(cloudformation: "CloudFormationClient", name: str) -> str:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return "\n".join(
        f"    {event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    )
