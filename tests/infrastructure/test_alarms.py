"""What wakes somebody up, and that it is about something that moves."""

import ast
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
NAMESPACE = {"Fn::Sub": "JumioBff/${AWS::StackName}"}
PACKAGE = ROOT / "layers/verification"
# What AWS emits, by which dimension, and the type of the resource that the dimension names.
OF_AWS = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ("QueueName", "AWS::SQS::Queue"),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): ("QueueName", "AWS::SQS::Queue"),
    ("AWS/ApiGateway", "5xx"): ("ApiId", "AWS::Serverless::HttpApi"),
    ("AWS/ApiGateway", "Count"): ("ApiId", "AWS::Serverless::HttpApi"),
    ("AWS/Lambda", "Errors"): ("FunctionName", "AWS::Serverless::Function"),
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
    filtered = {metric_of(one) for one in FILTERS.values()}
    for metric in metrics_of(name):
        dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", [])}
        if metric["Namespace"] != NAMESPACE:
            dimension, kind = OF_AWS[metric["Namespace"], metric["MetricName"]]
            (value,) = [dimensions.pop(dimension)]
            target = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
            assert RESOURCES[target]["Type"] == kind
            assert not dimensions
        elif metric["MetricName"] in filtered:
            assert not dimensions
        else:
            assert set(dimensions) == {"service"}
            assert says(dimensions["service"], Metric(metric["MetricName"]).name)


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
