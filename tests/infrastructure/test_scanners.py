"""The scanners of `make scan` find what they are there for."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.policies import policies
from tests.support.template import ROOT

SCANNERS = ROOT / ".local/scanners/bin"  # made by `make scan`
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:queue"


def findings(*command: object, text: str = "") -> str:
    """What a scanner says before it ends with an error; nothing if it has no complaint."""
    ended = subprocess.run(  # noqa: S603 our own
        [SCANNERS / "python", "-W", "ignore", *map(str, command)],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.stdout if ended.returncode else ""


def about_policy(**statement: Any) -> str:
    whole = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    return findings(SCANNERS / "parliament", "--string", json.dumps(whole))


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ({"Action": "sqs:SendMesage", "Resource": QUEUE}, "Unknown action"),
        ({"Action": "events:PutEvents", "Resource": QUEUE}, "No resources match"),
    ],
)
def test_a_right_that_is_none_is_found(statement: dict[str, str], finding: str) -> None:
    assert finding in about_policy(**statement)


def test_a_right_that_is_one_is_not() -> None:
    assert about_policy(Action="sqs:SendMessage", Resource=QUEUE) == ""


def test_every_policy_of_the_template_is_looked_at() -> None:
    names = [name for name, _ in policies()]
    assert len(names) == len(set(names)) == len(list((ROOT / "functions").glob("*/app.py")))


def test_a_table_without_backups_is_found(tmp_path: Path) -> None:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]},
    }
    template = tmp_path / "template.json"
    whole = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Table": table}}
    template.write_text(json.dumps(whole))
    said = findings(SCANNERS / "checkov", "--config-file", ROOT / ".checkov.yaml", "-f", template)
    assert "CKV_AWS_28" in said
