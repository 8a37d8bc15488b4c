"""What CloudFormation has against parameters of the template, before it creates anything."""

import re
from typing import Any

from tests.support.template import template

_WHOLE = template()
DECLARED: dict[str, dict[str, Any]] = _WHOLE["Parameters"]


def refusals(given: dict[str, str]) -> list[str]:
    """Everything that CloudFormation has against these values."""
    values = {name: given.get(name, str(one["Default"])) for name, one in DECLARED.items()}
    broken = [name for name, value in values.items() if not _allowed(DECLARED[name], value)]
    for rule in _WHOLE["Rules"].values():
        if _holds(rule["RuleCondition"], values):
            broken += [
                assertion["AssertDescription"]
                for assertion in rule["Assertions"]
                if not _holds(assertion["Assert"], values)
            ]
    return broken


def _allowed(declared: dict[str, Any], value: str) -> bool:
    single = value.split(",") if declared["Type"] == "CommaDelimitedList" else [value]
    return (
        all(re.search(declared.get("AllowedPattern", ""), one) for one in single)
        and value in [str(one) for one in declared.get("AllowedValues", [value])]
        and (declared["Type"] != "Number" or float(value) >= declared.get("MinValue", 0))
        and len(value) <= declared.get("MaxLength", 4096)
    )


def _holds(condition: dict[str, Any], values: dict[str, str]) -> bool:
    ((function, arguments),) = condition.items()

    def value(operand: dict[str, str] | str) -> str:
        return values[operand["Ref"]] if isinstance(operand, dict) else operand

    match function:
        case "Fn::Not":
            return not _holds(arguments[0], values)
        case "Fn::Equals":
            return value(arguments[0]) == value(arguments[1])
        case "Fn::Contains":
            return value(arguments[1]) in value(arguments[0]).split(",")
        case "Fn::EachMemberEquals":
            return all(one == value(arguments[1]) for one in value(arguments[0]).split(","))
    raise AssertionError(f"a rule cannot use {function}")
