"""Metrics as CloudWatch counts them: the template's filters, applied to what is logged."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from tests.support.deployed import of_type
from tests.support.template import template

Json = dict[str, Any]
_TERM = re.compile(r'\$\.(\w+) (=|>=|>|<) ("[^"]*"|\d+)')
_COMPARED = {
    # An asterisk in a text stands for whatever there may be.
    "=": lambda found, wanted: fnmatchcase(str(found), str(wanted)),
    ">": lambda found, wanted: found > wanted,
    ">=": lambda found, wanted: found >= wanted,
    "<": lambda found, wanted: found < wanted,
}


@dataclass(frozen=True)
class Sample:
    """One value of a metric."""

    metric: str
    value: float
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Filter:
    """A metric filter: which lines of a group count, as what."""

    name: str
    group: str
    pattern: str
    metric: str
    value: str
    dimensions: Mapping[str, str] = field(default_factory=dict)

    def sample(self, line: Json) -> Sample | None:
        """What a line counts as; None if it does not, or misses what it is to be counted by."""
        if not self._matches(line):
            return None
        found = {name: line.get(key) for name, key in self.dimensions.items()}
        value = line.get(self.value[2:]) if self.value.startswith("$.") else float(self.value)
        if value is None or not all(isinstance(one, str) for one in found.values()):
            return None
        return Sample(self.metric, float(value), tuple(sorted(found.items())))  # type: ignore[arg-type]

    def codes(self) -> list[str]:
        """The log codes that it looks for."""
        return re.findall(r'\$\.message = "(\w+)"', self.pattern)

    def keys(self) -> set[str]:
        """The keys that a line must have beside its code."""
        read = {name for name, _, _ in _TERM.findall(self.pattern)} - {"message"}
        return read | set(self.dimensions.values()) | set(re.findall(r"^\$\.(\w+)$", self.value))

    def _matches(self, line: Json) -> bool:
        """The pattern as far as the template uses it: terms with &&, || and brackets."""
        inner = self.pattern.removeprefix("{").removesuffix("}")

        def judged(term: re.Match[str]) -> str:
            name, compare, wanted = term.groups()
            found, value = line.get(name), json.loads(wanted)
            same = isinstance(found, str) == isinstance(value, str) and found is not None
            return str(bool(same and _COMPARED[compare](found, value)))

        words = _TERM.sub(judged, inner).replace("&&", " and ").replace("||", " or ")
        assert re.fullmatch(r"(?:True|False|and|or|[ ()])+", words), self.pattern
        return bool(eval(words))  # noqa: S307 nothing but these words


@cache
def filters() -> tuple[Filter, ...]:
    """All filters of the template."""
    found = []
    for name, one in of_type(template()["Resources"], "AWS::Logs::MetricFilter").items():
        properties = one["Properties"]
        (counted,) = properties["MetricTransformations"]
        found.append(
            Filter(
                name=name,
                group=properties["LogGroupName"]["Ref"],
                pattern=properties["FilterPattern"],
                metric=counted["MetricName"],
                value=counted["MetricValue"],
                dimensions={
                    one["Key"]: one["Value"].removeprefix("$.")
                    for one in counted.get("Dimensions", [])
                },
            )
        )
    return tuple(found)


def samples(lines: Iterable[Json], group: str | None = None) -> Iterator[Sample]:
    """What lines of a group count as; without a group, of whichever function it may be."""
    for line in lines:
        found = [one.sample(line) for one in filters() if group in (None, one.group)]
        # Filters of several groups may look for the same line, which is in one of them.
        yield from dict.fromkeys(one for one in found if one)
