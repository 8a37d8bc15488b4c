"""What `sam local` needs to run the functions in Lambda's own image on the AWS of this machine.

It passes to a function only variables that the template declares, and the template knows nothing of
another AWS: so the build's template goes along, with those variables and absolute paths.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.cloud import adapter
from local.cloud.aws import CREDENTIALS, LocalAws

FOLDER = "sam-local"
TEMPLATE = "template.json"
LINUX, DESKTOP = "linux.json", "docker-desktop.json"
"""For --env-vars: a container in the host's own network, and one that reaches it by a name."""

_HOST_FROM_DESKTOP = "host.docker.internal"
_CALLED = {"AWS_ENDPOINT_URL", "JUMIO_BASE_URL"}  # by the function; others call the rest
_FUNCTION = "AWS::Serverless::Function"


def write(folder: Path, build: Path, layers: Mapping[str, Path], aws: LocalAws) -> None:
    """Write the template and both environments for a stack, deployed with these layers."""
    reach = {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_REGION": aws.region,
        "AWS_DEFAULT_REGION": aws.region,
        **CREDENTIALS,
    }
    template = adapter.load(build / "template.yaml")
    for name, resource in template["Resources"].items():
        for key in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][key] = str(layers.get(name, build / resource["Properties"][key]))
    common = template["Globals"]["Function"].setdefault("Environment", {})
    common["Variables"] = {**common.get("Variables", {}), **reach}
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    (folder / TEMPLATE).write_text(json.dumps(template, indent=2) + "\n")
    told = _variables(template, aws, reach)
    (folder / LINUX).write_text(json.dumps(told, indent=2) + "\n")
    for variables in told.values():
        for name in _CALLED & variables.keys():
            variables[name] = variables[name].replace("127.0.0.1", _HOST_FROM_DESKTOP)
    (folder / DESKTOP).write_text(json.dumps(told, indent=2) + "\n")


def _variables(
    template: dict[str, Any], aws: LocalAws, reach: dict[str, str]
) -> dict[str, dict[str, str]]:
    deployed = aws.functions.list_functions()["Functions"]
    return {
        name: function["Environment"]["Variables"] | reach
        for name, resource in template["Resources"].items()
        for function in deployed
        if resource["Type"] == _FUNCTION and f"-{name}-" in function["FunctionName"]
    }
