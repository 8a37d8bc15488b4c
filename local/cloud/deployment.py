"""`sam deploy`, to the AWS on this machine."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.cloud import adapter, artefacts
from local.cloud.aws import LocalAws
from local.processes.group import StackError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

STACK_NAME = "jumio-bff"
_DEPLOY_SECONDS = 60


def deploy(
    aws: LocalAws,
    build: Path,
    cache: Path,
    parameters: Mapping[str, str],
    say: Callable[[str], None],
) -> dict[str, str]:
    """Deploy a build; returns the stack's outputs by name.

    The cache is a folder for what can be kept until the next deployment.
    """
    template = adapter.load(build / "template.yaml")
    say("compiling and uploading the functions and layers")
    artefacts.upload(template, build, cache, aws)
    deployable = adapter.adapt(template, dict(parameters), aws.region)
    for logical_id, kind in deployable.dropped.items():
        say(f"left out, MiniStack has no {kind}: {logical_id}")
    say(f"deploying {len(deployable.template['Resources'])} resources")
    return _create_stack(aws.cloudformation, deployable.template, parameters)


def _create_stack(
    cloudformation: "CloudFormationClient", template: dict[str, Any], parameters: Mapping[str, str]
) -> dict[str, str]:
    cloudformation.create_stack(
        StackName=STACK_NAME,
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while time.monotonic() < deadline:
        stack = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return {
                output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])
            }
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            raise StackError(f"the deployment failed:\n{_reasons(cloudformation)}")
        time.sleep(0.2)
    raise StackError(f"the deployment did not end in {_DEPLOY_SECONDS} s")


def _reasons(cloudformation: "CloudFormationClient") -> str:
    events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    return "\n".join(
        f"    {event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    )
