"""The policies of the template's roles with names as at AWS, for scanners without references."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.deployed import of_type
from tests.support.template import template

_PLACE = "eu-central-1:123456789012"
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_PLACE}:table/{{}}",
    "AWS::Events::EventBus": f"arn:aws:events:{_PLACE}:event-bus/{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_PLACE}:log-group:{{}}:*",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{_PLACE}:secret:{{}}-AbCdEf",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_PLACE}:{{}}",
}
_GIVEN = {"AttestationFunction": f"arn:aws:lambda:{_PLACE}:function:judge"}


def policies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each policy by its name, as IAM gets it."""
    for role in of_type(template()["Resources"], "AWS::IAM::Role").values():
        for policy in role["Properties"].get("Policies", []):
            document = policy["PolicyDocument"]
            statements = [
                one | {"Resource": [_arn(part) for part in _listed(one["Resource"])]}
                for one in map(_if_wanted, document["Statement"])
            ]
            yield policy["PolicyName"], document | {"Statement": statements}


def _if_wanted(statement: dict[str, Any]) -> dict[str, Any]:
    """The statement itself, also where it depends on a parameter."""
    return dict(statement["Fn::If"][1]) if "Fn::If" in statement else statement


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _arn(reference: dict[str, Any]) -> str:
    part = ""
    if "Fn::Sub" in reference:
        name, _, part = reference["Fn::Sub"].removeprefix("${").partition(".Arn}")
    else:
        name = reference.get("Ref") or reference["Fn::GetAtt"][0]
    if name in _GIVEN:
        return _GIVEN[name]
    return _ARNS[template()["Resources"][name]["Type"]].format(name) + part


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for outdated in folder.iterdir():
        outdated.unlink()
    for name, document in policies():
        (folder / f"{name}.json").write_text(json.dumps(document))
