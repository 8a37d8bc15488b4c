"""The policies of the template's roles with names as at AWS, for scanners without references."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.support.deployed import of_type
from tests.support.template import template

PLACE = "eu-central-1:123456789012"
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{PLACE}:table/{{}}",
    "AWS::Events::EventBus": f"arn:aws:events:{PLACE}:event-bus/{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{PLACE}:log-group:{{}}:*",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{PLACE}:secret:{{}}-AbCdEf",
    "AWS::SQS::Queue": f"arn:aws:sqs:{PLACE}:{{}}",
}
_GIVEN = {"AttestationFunction": f"arn:aws:lambda:{PLACE}:function:judge"}


def policies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each policy by its name, as IAM gets it."""
    for role in of_type(template()["Resources"], "AWS::IAM::Role").values():
        for policy in role["Properties"].get("Policies", []):
            statements = _statements(policy["PolicyDocument"], _GIVEN)
            yield policy["PolicyName"], policy["PolicyDocument"] | {"Statement": statements}


def statements_of(role: str, arns: Mapping[str, str]) -> list[dict[str, Any]]:
    """What a role may do, with these ARNs for these logical ids."""
    policies = template()["Resources"][role]["Properties"]["Policies"]
    return [one for each in policies for one in _statements(each["PolicyDocument"], arns)]


def _statements(document: dict[str, Any], arns: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        one
        | {
            "Action": listed(one["Action"]),
            "Resource": [_named(part, arns) for part in listed(one["Resource"])],
        }
        for one in map(_if_wanted, document["Statement"])
    ]


def _if_wanted(statement: dict[str, Any]) -> dict[str, Any]:
    """The statement itself, also where it depends on a parameter."""
    return dict(statement["Fn::If"][1]) if "Fn::If" in statement else statement


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def arn(name: str, arns: Mapping[str, str]) -> str:
    """The given one of a logical id, or one as it could be."""
    return arns.get(name) or _ARNS[template()["Resources"][name]["Type"]].format(name)


def _named(reference: dict[str, Any], arns: Mapping[str, str]) -> str:
    if "Fn::Sub" in reference:
        name, _, part = reference["Fn::Sub"].removeprefix("${").partition(".Arn}")
        return arn(name, arns) + part
    return arn(reference.get("Ref") or reference["Fn::GetAtt"][0], arns)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for outdated in folder.iterdir():
        outdated.unlink()
    for name, document in policies():
        (folder / f"{name}.json").write_text(json.dumps(document))
