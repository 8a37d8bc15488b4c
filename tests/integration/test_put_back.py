"""What the table has lost is put back from a restored one, while nobody is served."""

from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from scripts import erase_again, pause, put_back
from scripts.deployment import Deployment
from tests.integration.test_restored import OLD, STACK, copied
from tests.support.erasing import SUBJECT, Eraser, items_of, with_history
from tests.support.pipeline import Pipeline
from verification.domain.deadline import moment

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

Json = dict[str, Any]
STOPPED_AND_WORKER = ("CreateSession", "GetVerification", "SweepOverdue", "SettleExecution")
SHORT_LIVED = ("SESSION#", "IDEMPOTENCY#")


@pytest.fixture
def command(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Put back from the restored table; how many items met with which fate."""

    def run(since: float, *more: str) -> dict[str, int]:
        with monkeypatch.context() as patch:
            patch.setattr(Deployment, "outputs", {"TableName": pipeline.bff.table_name})
            patch.setattr(Deployment, "client", lambda *_: pipeline.bff.dynamodb)
            capsys.readouterr()
            told = ["--from", OLD, "--since", moment(int(since)), *more]
            assert put_back.main([*STACK, *told]) == 0
        lines = (line.partition(" ") for line in capsys.readouterr().out.splitlines())
        return {fate: int(number) for number, _, fate in lines}

    return run


def lose(pipeline: Pipeline, items: list[Json]) -> None:
    for item in items:
        key = {"pk": item["pk"], "sk": item["sk"]}
        pipeline.bff.dynamodb.delete_item(TableName=pipeline.bff.table_name, Key=key)


def lasting(items: list[Json]) -> list[Json]:
    return [one for one in items if not one["sk"]["S"].startswith(SHORT_LIVED)]


def test_what_was_lost_is_as_it_was_but_for_what_is_soon_over(
    pipeline: Pipeline, command: Any
) -> None:
    with_history(pipeline)
    before = pipeline.bff.items()
    copied(pipeline, OLD)
    at = pipeline.clock()
    lose(pipeline, before)

    told = command(at)

    assert sorted(pipeline.bff.items(), key=str) == sorted(lasting(before), key=str)
    gone = len(before) - len(lasting(before))
    assert gone >= 2
    assert told == {"put back": len(before) - gone, "short-lived": gone}
    assert command(at) == {"short-lived": gone, "there already": len(before) - gone}


def test_who_was_lost_goes_on_with_their_account(pipeline: Pipeline, command: Any) -> None:
    first = pipeline.open(user=SUBJECT)
    copied(pipeline, OLD)
    at = pipeline.clock()
    lose(pipeline, pipeline.bff.items())
    command(at)
    assert pipeline.open(user=SUBJECT)["accountId"] == first["accountId"]


def test_what_has_happened_since_stays(pipeline: Pipeline, command: Any) -> None:
    execution = pipeline.open()
    copied(pipeline, OLD)
    at = pipeline.clock()
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    pipeline.work_off()
    since = pipeline.bff.items()
    command(at)
    assert pipeline.bff.items() == since
    assert pipeline.status() == "approved"


@pytest.mark.parametrize("comes_back", [False, True])
def test_nothing_of_who_was_erased_since_comes_back(
    pipeline: Pipeline, command: Any, comes_back: bool
) -> None:
    with_history(pipeline)
    bob = pipeline.open(user="bob")
    copied(pipeline, OLD)
    at = pipeline.clock()
    pipeline.let_pass(60)
    Eraser(pipeline)()
    if comes_back:
        pipeline.open(user=SUBJECT)
    since = items_of(pipeline)
    lose(pipeline, items_of(pipeline, "bob"))

    assert command(at)["erased since"] > 4

    assert items_of(pipeline) == since
    assert pipeline.execution(bob, "bob")["account_id"] == bob["accountId"]


def test_an_erasure_before_the_backup_keeps_nobody_out(pipeline: Pipeline, command: Any) -> None:
    pipeline.open(user=SUBJECT)
    Eraser(pipeline)()
    pipeline.let_pass(60)
    back = pipeline.open(user=SUBJECT)
    copied(pipeline, OLD)
    at = pipeline.clock()
    lose(pipeline, [one for one in items_of(pipeline) if one["sk"]["S"] != "TOMBSTONE"])
    command(at)
    assert pipeline.execution(back, SUBJECT)["account_id"] == back["accountId"]


def test_tombstones_that_were_lost_too_are_read_elsewhere(pipeline: Pipeline, command: Any) -> None:
    pipeline.open(user=SUBJECT)
    copied(pipeline, OLD)
    at = pipeline.clock()
    pipeline.let_pass(60)
    Eraser(pipeline)()
    copied(pipeline, "later")
    lose(pipeline, pipeline.bff.items())
    assert command(at, "--tombstones", "later")["erased since"] > 0
    assert items_of(pipeline) == []


@pytest.fixture
def functions(aws: None) -> "Iterator[LambdaClient]":
    with mock_aws(config={"lambda": {"use_docker": False}}):
        role = boto3.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")
        client, sqs = boto3.client("lambda"), boto3.client("sqs")
        for logical_id in STOPPED_AND_WORKER:
            client.create_function(
                FunctionName=f"deployed-{logical_id}-1A",
                Role=role["Role"]["Arn"],
                Runtime="python3.13",
                Handler="app.lambda_handler",
                Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
            )
        queue = sqs.create_queue(QueueName="hints")["QueueUrl"]
        names: list[Any] = ["QueueArn"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        worker = "deployed-SettleExecution-1A"
        client.publish_version(FunctionName=worker)
        client.create_alias(FunctionName=worker, Name="live", FunctionVersion="1")
        client.create_event_source_mapping(
            FunctionName=f"{worker}:live", EventSourceArn=arn["QueueArn"]
        )
        yield client


@pytest.mark.parametrize("kept", [None, 20])
def test_a_pause_stops_them_and_then_all_is_as_the_parameters_say(
    functions: "LambdaClient", monkeypatch: pytest.MonkeyPatch, kept: int | None
) -> None:
    told = {"SessionConcurrency": str(kept)} if kept else {"SessionConcurrency": "0"}
    monkeypatch.setattr(Deployment, "parameters", told)
    monkeypatch.setattr(Deployment, "client", lambda *_: functions)

    assert pause.main(STACK) == 0
    assert state(functions) == ([0, 0, 0, None], "Disabled")
    assert pause.main([*STACK, "--resume"]) == 0
    assert state(functions) == ([kept, None, None, None], "Enabled")


def state(functions: "LambdaClient") -> tuple[list[int | None], str]:
    """How often each function may run at once, and whether the worker takes messages."""
    names = [f"deployed-{logical_id}-1A" for logical_id in STOPPED_AND_WORKER]
    found = [functions.get_function_concurrency(FunctionName=name) for name in names]
    (mapping,) = functions.list_event_source_mappings()["EventSourceMappings"]
    return [one.get("ReservedConcurrentExecutions") for one in found], mapping["State"]


@pytest.mark.parametrize("script", [put_back, erase_again])
@pytest.mark.parametrize("said", ["yesterday", "2026-11-23T08:15:00"])
def test_a_time_that_is_none_or_has_no_zone_is_refused_in_a_line(
    capsys: pytest.CaptureFixture[str], script: ModuleType, said: str
) -> None:
    with pytest.raises(SystemExit):
        script.main([*STACK, "--from", OLD, "--tombstones", OLD, "--since", said])
    assert f"argument --since: invalid moment value: '{said}'" in capsys.readouterr().err
