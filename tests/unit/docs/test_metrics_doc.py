"""docs/metrics.md lists the metrics that the template's filters count, and no others."""

import re

from tests.support.metrics import Filter, filters
from tests.support.template import ROOT, template

TEXT = (ROOT / "docs/metrics.md").read_text()
ROWS = {
    re.findall(r"`(\w+)`", row)[0]: [cell.strip() for cell in row.strip(" |").split(" |")]
    for row in TEXT.splitlines()
    if row.startswith("| `")
}
UNITS = {"1": None, "s": "Seconds", "ms": "Milliseconds"}


def counting(metric: str) -> list[Filter]:
    return [one for one in filters() if one.metric == metric]


def test_each_metric_has_its_row_and_each_row_its_metric() -> None:
    assert set(ROWS) == {one.metric for one in filters()}


def test_a_row_says_by_what_a_metric_is_counted() -> None:
    for metric, (_, dimensions, *_rest) in ROWS.items():
        named = set(re.findall(r"`(\w+)`", dimensions.partition(":")[0]))
        assert all(named == set(one.dimensions) for one in counting(metric)), metric


def test_a_row_says_in_what_unit_it_is_counted() -> None:
    resources = template()["Resources"]
    for metric, (_, _, unit, *_rest) in ROWS.items():
        for one in counting(metric):
            (made,) = resources[one.name]["Properties"]["MetricTransformations"]
            assert made.get("Unit") == UNITS[unit], metric


def test_a_row_names_the_lines_that_are_counted_and_who_writes_them() -> None:
    names = {one["Properties"]["CodeUri"].partition("/")[2]: f"{name}Logs" for name, one in
             template()["Resources"].items() if "CodeUri" in one["Properties"]}  # fmt: skip
    for metric, (*_, source) in ROWS.items():
        words = set(re.findall(r"`(\w+)`", source))
        groups = {one.group for one in counting(metric)}
        codes = {code for one in counting(metric) for code in one.codes()}
        if "the same" not in source:
            assert codes <= words, metric
        written = {names[word] for word in words & set(names)}
        if written:
            assert written == groups, metric
