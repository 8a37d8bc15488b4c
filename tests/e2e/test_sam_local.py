"""What a stack writes for `sam local`: the SAM CLI's own reading of it, under Lambda's runtime."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from samcli.local.lambdafn.env_vars import EnvironmentVariables

from jumio_simulator.admin.client import AdminClient
from local.cloud import sam_local
from local.cloud.runtime_emulator import RuntimeEmulator
from local.stack import ROOT
from tests.support.stack import RunningStack

NOWHERE = "http://127.0.0.1:1"  # the address of AWS has to come from the files


def passed(stack: RunningStack, name: str) -> dict[str, str]:
    """The variables that `sam local invoke NAME` gives to the function."""
    folder = stack.directory / sam_local.FOLDER
    template = json.loads((folder / sam_local.TEMPLATE).read_text())
    declared = (
        template["Globals"]["Function"]["Environment"]["Variables"]
        | template["Resources"][name]["Properties"]["Environment"]["Variables"]
    )
    told = json.loads((folder / sam_local.LINUX).read_text())[name]
    read = EnvironmentVariables(
        name, 256, 20, "app.handler", variables=declared, override_values=told
    )
    resolved: dict[str, str] = read.resolve()
    return {key: value for key, value in resolved.items() if key in declared}


def test_a_session_is_opened_on_the_stacks_own_aws_and_jumio(
    stack: RunningStack, simulator: AdminClient, tmp_path: Path
) -> None:
    event = json.loads((ROOT / "events/create_session.json").read_text())
    event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = str(uuid4())
    variables = passed(stack, "CreateSession")
    build = ROOT / ".aws-sam/build"
    function = RuntimeEmulator(build, "CreateSession", variables, NOWHERE, "us-east-1", tmp_path)
    with function:
        answer = function.invoke(event).payload
    assert answer["statusCode"] in {200, 201}
    token = json.loads(answer["body"])["sdk"]["token"]
    assert token in {one["sdkToken"] for one in simulator.executions()}


def test_every_function_is_told_the_same_as_the_deployed_one(stack: RunningStack) -> None:
    for function in stack.aws.functions.list_functions()["Functions"]:
        if "Environment" not in function:  # not one of the template's
            continue
        name = function["FunctionName"].split("-")[-2]
        own = function["Environment"]["Variables"]
        assert own.items() <= passed(stack, name).items()


def test_a_container_of_docker_desktop_reaches_this_machine_by_its_name(
    stack: RunningStack,
) -> None:
    folder = stack.directory / sam_local.FOLDER
    told: dict[str, Any] = json.loads((folder / sam_local.DESKTOP).read_text())
    reached = told["CreateSession"]
    for variable, fact in [("AWS_ENDPOINT_URL", "aws_endpoint"), ("JUMIO_BASE_URL", "simulator")]:
        port = stack.facts[fact].rpartition(":")[2]
        assert reached[variable] == f"http://host.docker.internal:{port}"
    for variable, fact in [("PUBLIC_BASE_URL", "api"), ("SUCCESS_URL", "page")]:
        assert reached[variable].startswith(stack.facts[fact])  # this machine's own business


@pytest.mark.parametrize("kind", ["CodeUri", "ContentUri"])
def test_code_is_where_the_template_says(stack: RunningStack, kind: str) -> None:
    folder = stack.directory / sam_local.FOLDER
    resources = json.loads((folder / sam_local.TEMPLATE).read_text())["Resources"].values()
    found = [
        Path(one["Properties"][kind]) for one in resources if kind in one.get("Properties", {})
    ]
    assert found
    assert all(path.is_absolute() and path.is_dir() for path in found)
