"""`make deploy` notes where people were led before, and `make rollback` leads them back."""

import io
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from samcli.cli.types import CfnParameterOverridesType
from samcli.yamlhelper import yaml_dump

from scripts import deploy

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

EMPTY = {"Parameters": {}, "Globals": {"Function": {}}, "Resources": {}}


@pytest.fixture
def functions() -> "Iterator[LambdaClient]":
    with mock_aws(config={"lambda": {"use_docker": False}}):
        iam = boto3.client("iam", region_name="eu-central-1")
        role = iam.create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        client = boto3.client("lambda", region_name="eu-central-1")
        for name in ("opens", "settles"):
            client.create_function(
                FunctionName=name,
                Role=role,
                Runtime="python3.13",
                Handler="app.lambda_handler",
                Code={"ZipFile": code("first")},
            )
            client.publish_version(FunctionName=name)
            client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        yield client


def code(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", text)
    return packed.getvalue()


def led_to(functions: "LambdaClient", name: str) -> str:
    return functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"]


def released(functions: "LambdaClient", name: str, text: str) -> None:
    functions.update_function_code(FunctionName=name, ZipFile=code(text))
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)


def both(functions: "LambdaClient") -> dict[str, str]:
    return {name: led_to(functions, name) for name in ("opens", "settles")}


def test_a_rollback_leads_back_to_where_the_last_deployment_came_from(
    functions: "LambdaClient",
) -> None:
    before = both(functions)
    released(functions, "opens", "second")
    deploy.note(before, both(functions), functions)
    assert deploy.roll_back(before, functions) == ["opens"]
    assert both(functions) == {"opens": "1", "settles": "1"}


def test_only_the_last_deployment_is_taken_back_and_only_once(functions: "LambdaClient") -> None:
    for name in ("opens", "settles"):
        before = both(functions)
        released(functions, name, "second")
        deploy.note(before, both(functions), functions)
    assert deploy.roll_back(both(functions), functions) == ["settles"]
    assert deploy.roll_back(both(functions), functions) == []
    assert both(functions) == {"opens": "2", "settles": "1"}


def test_a_first_deployment_leaves_nothing_to_go_back_to(functions: "LambdaClient") -> None:
    deploy.note({}, both(functions), functions)
    assert deploy.roll_back(both(functions), functions) == []


def test_what_did_not_reach_people_is_told(functions: "LambdaClient") -> None:
    assert deploy.stale(both(functions), functions) == []
    functions.update_function_configuration(
        FunctionName="opens", Environment={"Variables": {"DAILY_CEILING": "0"}}
    )
    assert deploy.stale(both(functions), functions) == ["opens"]


def test_sam_reads_the_parameters_that_were_meant() -> None:
    meant = {
        "JumioUserAgent": "Acme Onboarding/2.1",
        "AllowedOrigins": "https://www.acme.example,https://acme.example",
        "CallbackSources": "192.0.2.1, 2001:db8::/32",
        "JwtIssuer": "https://issuer.example/",
        "PublicBaseUrl": "",
    }
    _, *given = deploy.overriding(meant)
    assert CfnParameterOverridesType().convert(tuple(given), None, None) == meant
    assert deploy.overriding({}) == []


def test_a_stage_has_its_own_stack_and_is_not_asked() -> None:
    names = set()
    for stage in ("staging", "production"):
        name, parameters = deploy.configured(stage)
        names.add(name)
        assert parameters["Rollout"] == {"staging": "AllAtOnce"}.get(
            stage, "Canary10Percent5Minutes"
        )
    assert names == {"jumio-bff-staging", "jumio-bff-production"}


@pytest.mark.parametrize(
    ("parameters", "architecture"), [([], "x86_64"), (["Architecture=arm64"], "arm64")]
)
def test_the_layers_are_built_for_the_processors_that_the_parameter_names(
    parameters: list[str], architecture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy.main(["--architecture", "--region", "eu-central-1", *parameters]) == 0
    assert capsys.readouterr().out == architecture


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "which region? Say REGION=…, or set AWS_REGION\n"),
        (["--stage", "nowhere"], "samconfig.toml has no environment nowhere\n"),
    ],
)
@pytest.mark.parametrize("command", [["--architecture"], ["--rollback"], []])
def test_what_is_missing_is_told_in_a_line_before_anything_is_built_or_asked(
    arguments: list[str],
    told: str,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(SystemExit) as ended:
        deploy.main([*command, *arguments])
    assert (ended.value.code, capsys.readouterr().err) == (2, told)


def test_sam_deploys_to_where_the_script_looks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SAM by itself would not read AWS_REGION, and deploy to the region of the profile."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setattr(deploy, "_BUILT", tmp_path / "template.yaml")
    (tmp_path / "template.yaml").write_text(yaml_dump(EMPTY))
    monkeypatch.setattr(deploy, "_BUILT_FOR", tmp_path / "architecture")
    (tmp_path / "architecture").write_text("x86_64\n")
    asked: list[list[str]] = []

    def sam(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 3)

    with mock_aws():
        monkeypatch.setattr("scripts.deploy.subprocess.run", sam)
        assert deploy.main(["--stage", "staging"]) == 3
    (command,) = asked
    assert command[command.index("--region") + 1] == "eu-west-1"
    assert command[command.index("--stack-name") + 1] == "jumio-bff-staging"


@pytest.mark.usefixtures("functions")
def test_layers_for_other_processors_are_not_deployed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for name, text in {"_BUILT": "Parameters: {}", "_BUILT_FOR": "x86_64"}.items():
        (tmp_path / name).write_text(text + "\n")
        monkeypatch.setattr(deploy, name, tmp_path / name)
    monkeypatch.setattr(deploy, "_sam_deploy", lambda *_: pytest.fail("it was deployed"))
    assert deploy.main(["Architecture=arm64"]) == 1
    assert "say Architecture=arm64" in capsys.readouterr().err
