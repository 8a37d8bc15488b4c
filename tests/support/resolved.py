"""What CloudFormation makes of a template for values of its parameters, as far as they decide."""

import re
from collections.abc import Mapping
from typing import Any

_NOTHING = {"Ref": "AWS::NoValue"}
_LISTS = "CommaDelimitedList"


def resolved(template: dict[str, Any], **given: str) -> dict[str, Any]:
    """The template with its conditions decided; what depends on the deployment stays as it is."""
    values: dict[str, Any] = {}
    for name, declared in template["Parameters"].items():
        value = given.get(name, str(declared["Default"]))
        values[name] = value.split(",") if declared["Type"] == _LISTS else value
    decide = _Decided(template["Conditions"], values)
    return {
        part: {
            name: decide.value(one)
            for name, one in template[part].items()
            if "Condition" not in one or decide.holds({"Condition": one["Condition"]})
        }
        for part in ("Resources", "Outputs")
    }


class _Decided:
    def __init__(self, conditions: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self._conditions, self._values = conditions, values

    def holds(self, condition: dict[str, Any]) -> bool:
        ((function, arguments),) = condition.items()
        match function:
            case "Condition":
                return self.holds(self._conditions[arguments])
            case "Fn::Not":
                return not self.holds(arguments[0])
            case "Fn::Or":
                return any(self.holds(one) for one in arguments)
            case "Fn::And":
                return all(self.holds(one) for one in arguments)
            case "Fn::Equals":
                left, right = (str(self.value(one)) for one in arguments)
                return left == right
        raise AssertionError(f"a condition cannot use {function}")

    def value(self, given: Any) -> Any:
        if isinstance(given, list):
            return [self.value(one) for one in given if self._chosen(one) != _NOTHING]
        if not isinstance(given, dict):
            return given
        chosen = self._chosen(given)
        if chosen is not given:
            return self.value(chosen)
        if list(given) == ["Ref"]:
            return self._values.get(given["Ref"], given)
        made = {
            name: self.value(one) for name, one in given.items() if self._chosen(one) != _NOTHING
        }
        return self._text(made)

    def _chosen(self, given: Any) -> Any:
        while isinstance(given, dict) and list(given) == ["Fn::If"]:
            name, so, otherwise = given["Fn::If"]
            given = so if self.holds({"Condition": name}) else otherwise
        return given

    def _text(self, made: dict[str, Any]) -> Any:
        """A text of which all parts are known."""
        match made:
            case {"Fn::Join": [between, [*parts]]} if all(isinstance(one, str) for one in parts):
                return between.join(parts)
            case {"Fn::Split": [between, str(whole)]}:
                return whole.split(between)
            case {"Fn::Sub": str(pattern)}:
                known = re.sub(r"\$\{(\w+)\}", self._known, pattern)
                return made | {"Fn::Sub": known} if "${" in known else known
        return made

    def _known(self, found: re.Match[str]) -> str:
        return str(self._values.get(found[1], found[0]))
