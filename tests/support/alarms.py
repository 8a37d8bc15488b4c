"""Alarms as CloudWatch evaluates them: metrics in periods, expressions, missing data, rules."""

import ast
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.deployed import of_type
from tests.support.template import template

Json = dict[str, Any]
OURS = "JumioBff/${AWS::StackName}"
_RESOURCES = template()["Resources"]
METRIC_ALARMS = of_type(_RESOURCES, "AWS::CloudWatch::Alarm")
COMPOSITES = of_type(_RESOURCES, "AWS::CloudWatch::CompositeAlarm")
_COMPARE = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
}
_STATISTICS = {"Sum": sum, "Maximum": max, "SampleCount": len}
_OPERATORS = {ast.Mult: operator.mul, ast.Div: operator.truediv, ast.GtE: operator.ge}

Identity = tuple[str, str, str]
"""Namespace, name, and the resource that the one dimension names ("" without dimensions)."""


def resource_of(value: Json | str) -> str:
    """The logical id that a !Ref or !GetAtt means."""
    if isinstance(value, str):
        return value
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def identity(metric: Json) -> Identity:
    """Which metric an alarm means."""
    named = metric["Namespace"]
    namespace = named["Fn::Sub"] if isinstance(named, dict) else named
    values = [resource_of(one["Value"]) for one in metric.get("Dimensions", [])]
    assert len(values) <= 1
    return namespace, metric["MetricName"], "".join(values)


@dataclass
class Series:
    """Values of metrics at moments, in seconds from when somebody began to look."""

    until: int
    values: dict[Identity, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, metric: Identity, at: float, value: float = 1) -> None:
        self.values.setdefault(metric, []).append((at, value))

    def ringing(self, name: str) -> bool:
        """Whether an alarm is in state ALARM at any moment (a minute apart)."""
        return any(self.state(name, now) for now in range(0, self.until + 1, 60))

    def state(self, name: str, now: int) -> bool:
        """Whether an alarm is in state ALARM at a moment."""
        if name in COMPOSITES:
            return self._rule(COMPOSITES[name]["Properties"]["AlarmRule"]["Fn::Sub"], now)
        alarm = METRIC_ALARMS[name]["Properties"]
        period = _period(alarm)
        breaching = []
        for number in range(alarm["EvaluationPeriods"]):
            end = now - number * period
            if end < period and alarm["TreatMissingData"] == "breaching":
                return False  # nobody has looked for so long
            value = self._value(alarm, end - period, end)
            if value is None:
                breaching.append(alarm["TreatMissingData"] == "breaching")
            else:
                compare = _COMPARE[alarm["ComparisonOperator"]]
                breaching.append(bool(compare(value, alarm["Threshold"])))
        return all(breaching)

    def _rule(self, rule: str, now: int) -> bool:
        states = re.sub(
            r'ALARM\("\$\{(\w+)\}"\)', lambda named: str(self.state(named[1], now)), rule
        )
        words = states.replace("AND", "and").replace("OR", "or")
        assert re.fullmatch(r"(?:True|False|and|or|[\s()])+", words), rule
        return bool(eval(words.replace("\n", " ")))  # noqa: S307 nothing but these words

    def _value(self, alarm: Json, start: float, end: float) -> float | None:
        if "Metrics" not in alarm:
            return self._statistic(alarm, alarm["Statistic"], start, end)
        found = {
            one["Id"]: self._statistic(
                one["MetricStat"]["Metric"], one["MetricStat"]["Stat"], start, end
            )
            for one in alarm["Metrics"]
            if "MetricStat" in one
        }
        (expression,) = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
        return evaluated(expression, found)

    def _statistic(self, metric: Json, statistic: str, start: float, end: float) -> float | None:
        known = self.values.get(identity(metric), [])
        inside = [value for at, value in known if start <= at < end]
        return float(_STATISTICS[statistic](inside)) if inside else None  # type: ignore[operator]


def evaluated(expression: str, metrics: Mapping[str, float | None]) -> float | None:
    """Metric math, as far as the template uses it; None where a metric has no value."""

    def value(node: ast.AST) -> Any:
        match node:
            case ast.Constant(value=number):
                return number
            case ast.Name(id=name):
                return metrics[name]
            case ast.BinOp(left=left, op=op, right=right):
                return both(_OPERATORS[type(op)], value(left), value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return both(_OPERATORS[type(op)], value(left), value(right))
            case ast.Call(func=ast.Name(id="IF"), args=[test, yes, no]):
                tested = value(test)
                return None if tested is None else value(yes) if tested else value(no)
            case ast.Call(func=ast.Name(id="SUM"), args=[ast.Call(func=ast.Name(id="METRICS"))]):
                there = [one for one in metrics.values() if one is not None]
                return sum(there) if there else None
        raise AssertionError(ast.dump(node))

    def both(apply: Any, left: Any, right: Any) -> Any:
        return None if left is None or right is None else apply(left, right)

    found = value(ast.parse(expression, mode="eval").body)
    return None if found is None else float(found)


def _period(alarm: Json) -> int:
    """Of all that an alarm looks at."""
    periods: Sequence[int] = [
        one["MetricStat"]["Period"] for one in alarm.get("Metrics", []) if "MetricStat" in one
    ] or [alarm["Period"]]
    (period,) = set(periods)
    return period
