"""The functions as the template declares them."""

import re
from typing import Any

import pytest

from tests.support.deployed import Resources, functions, of_type
from tests.support.functions import loaded
from tests.support.template import ROOT, template
from verification.domain.standing import LEASE_SECONDS
from verification.edge.batch import delay_after

WHOLE = template()
RESOURCES: Resources = WHOLE["Resources"]
FUNCTIONS = functions()
GATEWAY_WAITS = 30  # seconds; API Gateway's longest integration timeout for an HTTP API
OF_LIBRARIES = {"AWS_CA_BUNDLE", "POWERTOOLS_SERVICE_NAME"}

every_function = pytest.mark.parametrize("name", sorted(FUNCTIONS))


def target(value: dict[str, Any]) -> str:
    """The logical id that a !Ref or !GetAtt means."""
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def variables(name: str) -> dict[str, Any]:
    return dict(FUNCTIONS[name]["Environment"]["Variables"])


@pytest.fixture(autouse=True)
def _environment_of_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")


def test_every_function_has_its_folder_and_every_folder_its_function() -> None:
    folders = {f"functions/{path.parent.name}" for path in (ROOT / "functions").glob("*/app.py")}
    declared = [properties["CodeUri"] for properties in FUNCTIONS.values()]
    assert folders == set(declared)
    assert len(declared) == len(set(declared))


@every_function
def test_a_function_is_named_after_what_it_does(name: str) -> None:
    verb_noun = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    assert FUNCTIONS[name]["CodeUri"] == f"functions/{verb_noun}"
    assert variables(name)["POWERTOOLS_SERVICE_NAME"] == verb_noun
    assert FUNCTIONS[name]["Description"].endswith(".")


@every_function
def test_a_function_runs_on_the_python_that_is_tested(name: str) -> None:
    properties = FUNCTIONS[name]
    assert properties["Runtime"] == "python3.13"
    assert properties["Handler"] == "app.lambda_handler"
    with loaded(properties["CodeUri"].partition("/")[2]) as module:
        assert callable(module.lambda_handler)
    (wanted,) = re.findall(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert properties["Runtime"] == f"python{wanted}"


@every_function
def test_a_function_has_its_layers_for_its_own_runtime_and_processor(name: str) -> None:
    properties = FUNCTIONS[name]
    layers = [target(layer) for layer in properties["Layers"]]
    code, documents = ["DependenciesLayer", "VerificationLayer"], ["JourneysLayer"]
    reads = "JOURNEYS" in properties["Environment"]["Variables"]
    assert layers == code + (documents if reads else [])
    for layer in layers:
        assert properties["Runtime"] in RESOURCES[layer]["Properties"]["CompatibleRuntimes"]
        assert [RESOURCES[layer]["Metadata"]["BuildArchitecture"]] == properties["Architectures"]


@every_function
def test_a_function_logs_to_a_group_of_its_own_that_forgets(name: str) -> None:
    group = target(FUNCTIONS[name]["LoggingConfig"]["LogGroup"])
    assert group == f"{name}Logs"
    assert RESOURCES[group]["Type"] == "AWS::Logs::LogGroup"


def test_every_log_group_forgets() -> None:
    groups = of_type(RESOURCES, "AWS::Logs::LogGroup")
    assert groups
    for group in groups.values():
        assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert WHOLE["Parameters"]["LogRetentionDays"]["Default"] > 0


def settings_read(name: str) -> dict[str, Any]:
    """The fields of what a function reads from its environment, by name."""
    with loaded(FUNCTIONS[name]["CodeUri"].partition("/")[2]) as module:
        return dict(module.FunctionSettings.model_fields)


@every_function
def test_a_function_is_told_all_that_it_needs_and_nothing_that_it_does_not_read(name: str) -> None:
    fields = settings_read(name)
    required = {field.upper() for field, info in fields.items() if info.is_required()}
    told = set(variables(name))
    assert required <= told
    assert told <= {field.upper() for field in fields} | OF_LIBRARIES


@every_function
def test_every_setting_can_be_set_in_a_deployment(name: str) -> None:
    fields = settings_read(name)
    assert {field.upper() for field in fields} <= set(variables(name))


@every_function
def test_a_function_is_told_no_secret(name: str) -> None:
    for variable, value in variables(name).items():
        if variable not in OF_LIBRARIES:
            assert {"Ref"} == set(value) or variable == "PUBLIC_BASE_URL", variable
        if variable.endswith("SECRET_ID"):
            assert RESOURCES[value["Ref"]]["Type"] == "AWS::SecretsManager::Secret"


def test_whoever_opens_an_execution_has_ended_before_the_lease_and_before_the_gateway() -> None:
    assert FUNCTIONS["CreateSession"]["Timeout"] < LEASE_SECONDS
    assert FUNCTIONS["CreateSession"]["Timeout"] < GATEWAY_WAITS
    for name in ("GetVerification", "ReceiveCallback"):
        assert FUNCTIONS[name]["Timeout"] <= GATEWAY_WAITS


def test_the_queue_hides_a_message_for_six_times_as_long_as_it_may_be_worked_on() -> None:
    queue = RESOURCES["CallbackQueue"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS["SettleExecution"]["Timeout"]


def test_what_merely_waits_is_not_set_aside_before_two_hours_have_passed() -> None:
    receives = RESOURCES["CallbackQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
    assert sum(delay_after(received) for received in range(1, receives)) > 2 * 3600


def test_the_worker_takes_one_message_at_a_time_and_says_what_failed() -> None:
    (source,) = [
        event["Properties"]
        for properties in FUNCTIONS.values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    assert target(source["Queue"]) == "CallbackQueue"
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BatchSize"] == 1


def test_a_scheduled_function_has_ended_before_it_is_due_again() -> None:
    scheduled = {
        name: event["Properties"]["ScheduleExpression"]
        for name, properties in FUNCTIONS.items()
        for event in properties.get("Events", {}).values()
        if event["Type"].startswith("Schedule")
    }
    assert scheduled == {"SweepOverdue": "rate(1 minute)"}
    assert FUNCTIONS["SweepOverdue"]["Timeout"] < 60


def test_a_sweep_that_fails_is_followed_by_the_next_and_not_repeated() -> None:
    """The schedule only delivers: it is Lambda's own queue that would repeat a failure."""
    invoked = FUNCTIONS["SweepOverdue"]["EventInvokeConfig"]
    assert invoked == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}


@every_function
def test_whatever_writes_into_a_log_writes_json(name: str) -> None:
    common = WHOLE["Globals"]["Function"]["LoggingConfig"]
    assert {**common, **FUNCTIONS[name]["LoggingConfig"]}["LogFormat"] == "JSON"


def test_a_message_that_cannot_be_settled_is_set_aside_where_somebody_is_told() -> None:
    redrive = RESOURCES["CallbackQueue"]["Properties"]["RedrivePolicy"]
    assert target(redrive["deadLetterTargetArn"]) == "CallbackDeadLetters"
    assert redrive["maxReceiveCount"] >= 3
    alarms = [
        alarm["Properties"]
        for alarm in of_type(RESOURCES, "AWS::CloudWatch::Alarm").values()
        if alarm["Properties"].get("MetricName") == "ApproximateNumberOfMessagesVisible"
    ]
    (alarm,) = [
        one
        for one in alarms
        if one["Dimensions"]
        == [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["CallbackDeadLetters", "QueueName"]}}]
    ]
    assert (alarm["Namespace"], alarm["Statistic"]) == ("AWS/SQS", "Maximum")
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["Threshold"] == 1
    assert alarm["AlarmActions"]


def test_messages_wait_for_people_who_are_on_holiday() -> None:
    for queue in of_type(RESOURCES, "AWS::SQS::Queue").values():
        assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 86400
        assert queue["Properties"]["SqsManagedSseEnabled"] is True
