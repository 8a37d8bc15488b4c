"""What wakes somebody up, and that it is about something that moves."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.deployed import Resources, functions, of_type, translated
from tests.support.template import ROOT, template
from verification.observability import LogCode, Metric

RESOURCES: Resources = template()["Resources"]
ALARMS = of_type(RESOURCES, "AWS::CloudWatch::Alarm")
FILTERS = of_type(RESOURCES, "AWS::Logs::MetricFilter")
FUNCTIONS = functions()
OURS = "JumioBff/${AWS::StackName}"
NAMESPACE = {"Fn::Sub": OURS}
PACKAGE = ROOT / "layers/verification"
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

every_alarm = pytest.mark.parametrize("name", sorted(ALARMS))
every_filter = pytest.mark.parametrize("name", sorted(FILTERS))


def metrics_of(name: str) -> Iterator[dict[str, Any]]:
    """Each metric that an alarm looks at, alone or in an expression."""
    properties = ALARMS[name]["Properties"]
    if "Metrics" not in properties:
        yield properties
    for one in properties.get("Metrics", []):
        if "MetricStat" in one:
            yield one["MetricStat"]["Metric"]


def metric_of(metric_filter: dict[str, Any]) -> str:
    """The metric that a filter counts in."""
    (transformed,) = metric_filter["Properties"]["MetricTransformations"]
    return str(transformed["MetricName"])


def groups_of(metric: str) -> set[str]:
    """The log groups whose lines are counted in a metric."""
    counting = [one for one in FILTERS.values() if metric_of(one) == metric]
    return {one["Properties"]["LogGroupName"]["Ref"] for one in counting}


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


@every_alarm
def test_an_alarm_is_about_something_that_is_emitted(name: str) -> None:
    for metric in metrics_of(name):
        dimensions = {}
        for one in metric.get("Dimensions", []):
            value = one["Value"]
            named = isinstance(value, dict)
            dimensions[one["Name"]] = resource_of(value) if named else value
        namespace = OURS if metric["Namespace"] == NAMESPACE else metric["Namespace"]
        assert is_emitted(namespace, metric["MetricName"], dimensions)


def test_the_dashboard_shows_what_is_emitted() -> None:
    (dashboard,) = of_type(RESOURCES, "AWS::CloudWatch::Dashboard").values()
    widgets = json.loads(dashboard["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]
    assert widgets
    for widget in widgets:
        assert widget["properties"]["region"] == "${AWS::Region}"
        for namespace, metric, *dimensions in widget["properties"]["metrics"]:
            values = [re.sub(r"^\$\{(\w+).*\}$", r"\1", value) for value in dimensions[1::2]]
            assert is_emitted(namespace, metric, dict(zip(dimensions[::2], values, strict=True)))


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    (dashboard,) = of_type(RESOURCES, "AWS::CloudWatch::Dashboard").values()
    body = dashboard["Properties"]["DashboardBody"]["Fn::Sub"]
    counted = {metric_of(one) for one in FILTERS.values()} | set(Metric)
    assert {name for name in counted if f'"{name}"' not in body} == set()


def resource_of(value: dict[str, Any]) -> str:
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def is_emitted(namespace: str, metric: str, dimensions: dict[str, str]) -> bool:
    """Whether somebody writes this metric, of ours or of AWS's, with just these dimensions."""
    if namespace != OURS:
        dimension, kind = OF_AWS[namespace, metric]
        return set(dimensions) == {dimension} and RESOURCES[dimensions[dimension]]["Type"] == kind
    if metric in {metric_of(one) for one in FILTERS.values()}:
        return not dimensions
    return set(dimensions) == {"service"} and says(dimensions["service"], Metric(metric).name)


@every_filter
def test_a_filter_counts_what_its_function_can_log_in_a_metric_of_this_stack(name: str) -> None:
    properties = FILTERS[name]["Properties"]
    group = properties["LogGroupName"]["Ref"]
    assert RESOURCES[group]["Type"] == "AWS::Logs::LogGroup"
    codes = re.findall(r'\$\.message = "(\w+)"', properties["FilterPattern"])
    service = FUNCTIONS[group.removesuffix("Logs")]["CodeUri"].partition("/")[2]
    assert codes
    assert all(says(service, LogCode(code).name) for code in codes)
    (transformed,) = properties["MetricTransformations"]
    assert (transformed["MetricNamespace"], transformed["MetricValue"]) == (NAMESPACE, "1")


def test_a_defect_of_any_function_is_counted() -> None:
    assert groups_of("Defects") == {f"{name}Logs" for name in FUNCTIONS}


def test_whoever_signs_in_at_jumio_tells_when_it_is_refused() -> None:
    secret = "JUMIO_SECRET_ID"
    assert groups_of("CredentialsRefused") == {
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
    properties = ALARMS[name]["Properties"]
    notify = ["AlarmsNotify", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]
    assert properties["AlarmActions"] == {"Fn::If": notify}
    assert properties["AlarmDescription"].endswith("See docs/runbook.md.")
    silence = "breaching" if name == "SweeperStoppedAlarm" else "notBreaching"
    assert properties["TreatMissingData"] == silence


def test_a_sweeper_that_stops_is_noticed() -> None:
    """Whatever the reason: it is not there any more to say so itself."""
    alarm = ALARMS["SweeperStoppedAlarm"]["Properties"]
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
        assert watched == {"FunctionsFailAlarm", "DefectsAlarm"} <= set(ALARMS)
        assert (
            "DEPLOYMENT_STOP_ON_ALARM" in group["Properties"]["AutoRollbackConfiguration"]["Events"]
        )
