"""What wakes somebody up, and that it is about something that moves."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.alarms import COMPOSITES, METRIC_ALARMS, OURS, identity
from tests.support.deployed import Resources, functions, of_type, translated
from tests.support.metrics import Filter, filters
from tests.support.template import ROOT, template
from verification.observability import LogCode

RESOURCES: Resources = template()["Resources"]
WINDOWS = {
    name
    for one in COMPOSITES.values()
    for name in re.findall(r"ALARM\(\"\$\{(\w+)\}\"\)", one["Properties"]["AlarmRule"]["Fn::Sub"])
}
TELLING = {name: one for name, one in METRIC_ALARMS.items() if name not in WINDOWS} | COMPOSITES
FILTERS = of_type(RESOURCES, "AWS::Logs::MetricFilter")
COUNTED = {(one.metric, frozenset(one.dimensions)) for one in filters()}
FUNCTIONS = functions()
NAMESPACE = {"Fn::Sub": OURS}
PACKAGE = ROOT / "layers/verification"
SEARCHED = re.compile(
    r"""SEARCH\('\{"(?P<namespace>[^"]+)",(?P<names>[\w,]+)\} """
    r"""MetricName="(?P<metric>\w+)"', '\w+', 300\)"""
)
# Dimensions whose values are ours to choose: journeys, channels, states, problem codes, calls.
BOUNDED = {"journey", "channel", "state", "code", "call"}
# What AWS emits, by which dimension, and the type of the resource that the dimension names.
OF_AWS = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ("QueueName", "AWS::SQS::Queue"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): ("QueueName", "AWS::SQS::Queue"),
    ("AWS/ApiGateway", "5xx"): ("ApiId", "AWS::Serverless::HttpApi"),
    ("AWS/ApiGateway", "4xx"): ("ApiId", "AWS::Serverless::HttpApi"),
    ("AWS/ApiGateway", "Count"): ("ApiId", "AWS::Serverless::HttpApi"),
    ("AWS/ApiGateway", "Latency"): ("ApiId", "AWS::Serverless::HttpApi"),
    ("AWS/Lambda", "Errors"): ("FunctionName", "AWS::Serverless::Function"),
    ("AWS/Lambda", "Duration"): ("FunctionName", "AWS::Serverless::Function"),
    ("AWS/Lambda", "Throttles"): ("FunctionName", "AWS::Serverless::Function"),
    ("AWS/Lambda", "Invocations"): ("FunctionName", "AWS::Serverless::Function"),
}

every_metric_alarm = pytest.mark.parametrize("name", sorted(METRIC_ALARMS))
every_alarm = pytest.mark.parametrize("name", sorted(TELLING))
every_filter = pytest.mark.parametrize("one", filters(), ids=lambda one: one.name)


def metrics_of(name: str) -> Iterator[dict[str, Any]]:
    """Each metric that an alarm looks at, alone or in an expression."""
    properties = METRIC_ALARMS[name]["Properties"]
    if "Metrics" not in properties:
        yield properties
    for one in properties.get("Metrics", []):
        if "MetricStat" in one:
            yield one["MetricStat"]["Metric"]


def groups_of(metric: str) -> set[str]:
    """The log groups whose lines are counted in a metric."""
    return {one.group for one in filters() if one.metric == metric}


@cache
def imported(path: Path) -> frozenset[Path]:
    """The modules of the package that a file imports, directly or through others."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        for node in ast.walk(ast.parse(waiting.pop().read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("verification"):
                names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
                for name in names:
                    stem = PACKAGE / str(name).replace(".", "/")
                    for module in (stem.with_suffix(".py"), stem / "__init__.py"):
                        if module.exists() and module not in found:
                            found.add(module)
                            waiting.append(module)
    return frozenset(found)


def says(service: str, word: str) -> bool:
    """Whether a function gets to a place where the package uses this member of an enumeration."""
    modules = imported(ROOT / "functions" / service / "app.py")
    told = PACKAGE / "verification/observability.py"
    return any(re.search(rf"\b{word}\b", path.read_text()) for path in modules - {told})


@every_metric_alarm
def test_an_alarm_is_about_something_that_is_emitted(name: str) -> None:
    for metric in metrics_of(name):
        namespace, counted, resource = identity(metric)
        dimensions = {one["Name"]: resource for one in metric.get("Dimensions", [])}
        assert is_emitted(namespace, counted, dimensions)


def shown() -> list[tuple[str, str, dict[str, str]]]:
    """Namespace, metric and dimensions of whatever is on the dashboard."""
    (dashboard,) = of_type(RESOURCES, "AWS::CloudWatch::Dashboard").values()
    found = []
    for widget in json.loads(dashboard["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]:
        assert widget["properties"]["region"] == "${AWS::Region}"
        for first, *more in widget["properties"]["metrics"]:
            if isinstance(first, dict):  # each combination of values of dimensions
                searched = SEARCHED.fullmatch(first["expression"])
                assert searched, first
                names = searched["names"].split(",")
                found.append((searched["namespace"], searched["metric"], dict.fromkeys(names, "")))
                continue
            metric, *dimensions = [one for one in more if isinstance(one, str)]
            values = [re.sub(r"^\$\{(\w+).*\}$", r"\1", value) for value in dimensions[1::2]]
            found.append((first, metric, dict(zip(dimensions[::2], values, strict=True))))
    return found


def is_emitted(namespace: str, metric: str, dimensions: dict[str, str]) -> bool:
    """Whether somebody writes this metric, of ours or of AWS's, with just these dimensions."""
    if namespace == OURS:
        return (metric, frozenset(dimensions)) in COUNTED
    dimension, kind = OF_AWS[namespace, metric]
    return set(dimensions) == {dimension} and RESOURCES[dimensions[dimension]]["Type"] == kind


def test_the_dashboard_shows_what_is_emitted() -> None:
    assert shown()
    for namespace, metric, dimensions in shown():
        assert is_emitted(namespace, metric, dimensions), metric


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    assert {one.metric for one in filters()} == {
        name for where, name, _ in shown() if where == OURS
    }


@every_filter
def test_a_filter_counts_what_its_function_can_log_in_a_metric_of_this_stack(one: Filter) -> None:
    assert RESOURCES[one.group]["Type"] == "AWS::Logs::LogGroup"
    if one.group != "ApiLogs":
        service = FUNCTIONS[one.group.removesuffix("Logs")]["CodeUri"].partition("/")[2]
        assert one.codes()
        assert all(says(service, LogCode(code).name) for code in one.codes())
    assert set(one.dimensions) <= BOUNDED


def test_metrics_of_two_stacks_are_not_added_up() -> None:
    for one in FILTERS.values():
        (transformed,) = one["Properties"]["MetricTransformations"]
        assert transformed["MetricNamespace"] == {"Fn::Sub": OURS}


def test_a_defect_of_any_function_is_counted() -> None:
    assert groups_of("Defects") == {f"{name}Logs" for name in FUNCTIONS}


@pytest.mark.parametrize(
    ("metric", "secret"),
    [("CredentialsRefused", "JUMIO_SECRET_ID"), ("PepperUnusable", "USER_KEY_SECRET_ID")],
)
def test_whoever_needs_a_secret_tells_when_it_is_of_no_use(metric: str, secret: str) -> None:
    assert groups_of(metric) == {
        f"{name}Logs"
        for name, one in FUNCTIONS.items()
        if secret in one["Environment"]["Variables"]
    }


def test_saved_queries_look_into_every_log_of_a_function() -> None:
    for query in of_type(RESOURCES, "AWS::Logs::QueryDefinition").values():
        groups = {group["Ref"] for group in query["Properties"]["LogGroupNames"]}
        assert groups == {f"{name}Logs" for name in FUNCTIONS}


def test_whoever_looks_for_a_log_finds_its_group_among_the_outputs() -> None:
    groups = of_type(RESOURCES, "AWS::Logs::LogGroup")
    told = {name: {"Value": {"Ref": name}} for name in groups}
    assert told.items() <= template()["Outputs"].items()


@every_alarm
def test_an_alarm_reaches_the_topic_and_names_its_page(name: str) -> None:
    properties = TELLING[name]["Properties"]
    notify = ["AlarmsNotify", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]
    assert name.endswith("Alarm")
    assert properties["AlarmActions"] == {"Fn::If": notify}
    assert properties["AlarmDescription"].endswith("See docs/runbook.md.")


def test_windows_of_an_objective_wake_nobody_themselves() -> None:
    assert set(METRIC_ALARMS) >= WINDOWS
    assert not [name for name in WINDOWS if "AlarmActions" in METRIC_ALARMS[name]["Properties"]]


@every_metric_alarm
def test_silence_is_no_alarm_but_of_the_sweeper(name: str) -> None:
    silence = "breaching" if name == "SweeperStoppedAlarm" else "notBreaching"
    assert METRIC_ALARMS[name]["Properties"]["TreatMissingData"] == silence


def test_a_sweeper_that_stops_is_noticed() -> None:
    """Whatever the reason: it is not there any more to say so itself."""
    alarm = METRIC_ALARMS["SweeperStoppedAlarm"]["Properties"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("Invocations", "Sum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert 60 < alarm["Period"] * alarm["EvaluationPeriods"] <= 900


def test_every_function_that_runs_by_itself_is_watched() -> None:
    watched = {
        one["Dimensions"][0]["Value"]["Ref"]
        for one in metrics_of("FunctionsFailAlarm")
        if one["MetricName"] == "Errors"
    }
    assert watched == {name for name, one in FUNCTIONS.items() if one.get("Events")}


def test_a_rollout_goes_back_when_functions_fail() -> None:
    groups = of_type(translated()["Resources"], "AWS::CodeDeploy::DeploymentGroup")
    assert len(groups) == len(FUNCTIONS)
    for group in groups.values():
        configured = group["Properties"]["AlarmConfiguration"]
        watched = {one["Name"]["Ref"] for one in configured["Alarms"]}
        assert configured["Enabled"] is True
        assert watched == {"FunctionsFailAlarm", "DefectsAlarm"} <= set(METRIC_ALARMS)
        assert (
            "DEPLOYMENT_STOP_ON_ALARM" in group["Properties"]["AutoRollbackConfiguration"]["Events"]
        )
