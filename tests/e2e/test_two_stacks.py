"""Two stacks in one account and region: each has people of its own, and sees nobody else's."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

import scripts.deployment
from jumio_simulator.admin.client import AdminClient
from local.cloud.aws import CREDENTIALS, LocalAws
from local.cloud.deployment import Deployment, deploy
from local.cloud.door import Door
from local.demo.frontend import Frontend
from local.demo.observer import BusListener, log_lines, table_items
from local.demo.people import Person, access_token, add
from local.processes.server import ThreadedServer
from local.stack import AT_ONCE, NAME, ROOT
from scripts.deploy import values_of
from tests.support.end_to_end import begun, decided, one_outcome, outcomes, settled_queue
from tests.support.reconfigured import reconfigured
from tests.support.stack import RunningStack
from tests.support.waiting import eventually

Json = dict[str, Any]
OTHER = "another-stage"
# Of an API, and of a pool.
NAMED_WITHIN = {"AWS::ApiGatewayV2::Stage", "AWS::Cognito::UserPoolResourceServer"}
PERSON = Person("Two Stacks", "two.stacks", "Invented-Password-0")


@pytest.fixture(scope="module")
def other(stack: RunningStack, artefacts: Path) -> Iterator[RunningStack]:
    """The same build with the same parameters once more, at an address of its own."""
    aws, door = stack.aws, Door(AT_ONCE)
    with ThreadedServer(door.application) as server:
        values = (values_of(NAME, aws.cloudformation) or {}) | {"PublicBaseUrl": server.url}
        plan = Deployment(OTHER, ROOT / ".aws-sam/build", values)
        outputs = deploy(aws, plan, artefacts, lambda _: None)
        try:
            door.lead_to(aws.endpoint, outputs["ApiId"])
            known = aws.secrets.get_secret_value(SecretId=stack.outputs["JumioSecretArn"])
            aws.secrets.put_secret_value(
                SecretId=outputs["JumioSecretArn"], SecretString=known["SecretString"]
            )
            facts = {**stack.facts, "api": server.url, "outputs": outputs}
            yield RunningStack(stack.directory, facts, stack.process)
        finally:
            aws.cloudformation.delete_stack(StackName=OTHER)
            assert eventually(lambda: running(aws, OTHER), lambda left: not left) == []


def running(aws: LocalAws, name: str) -> list[str]:
    """The functions of a stack."""
    found = (one["FunctionName"] for one in aws.functions.list_functions()["Functions"])
    return [one for one in found if one.startswith(f"{name}-")]


@pytest.fixture(scope="module")
def both(stack: RunningStack, other: RunningStack) -> tuple[RunningStack, RunningStack]:
    return stack, other


@pytest.fixture(scope="module")
def apps(both: tuple[RunningStack, RunningStack]) -> Iterator[list[Frontend]]:
    """One of each stack, with a person of the same name signed in."""
    with Frontend(both[0].facts) as one, Frontend(both[1].facts) as another:
        for stack, app in zip(both, (one, another), strict=True):
            add(stack.aws.cognito, stack.outputs["UserPoolId"], PERSON)
            app.use_token(access_token(stack.facts, PERSON))
        yield [one, another]


def physical(stack: RunningStack, name: str) -> set[tuple[str, str]]:
    """What a stack consists of: kinds, and names in the account."""
    found = stack.aws.cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return {
        (one["ResourceType"], one["PhysicalResourceId"])
        for one in found
        if one["ResourceType"] not in NAMED_WITHIN
    }


def test_nothing_belongs_to_both(both: tuple[RunningStack, RunningStack]) -> None:
    ours, theirs = (physical(both[0], name) for name in (NAME, OTHER))
    assert len(ours) == len(theirs) > 50
    assert ours & theirs == set()
    outputs = [set(one.outputs.values()) for one in both]
    assert outputs[0] & outputs[1] == set()


def test_a_person_verifies_on_each_and_neither_hears_of_the_others(
    both: tuple[RunningStack, RunningStack], apps: list[Frontend], simulator: AdminClient
) -> None:
    buses = [BusListener(one.aws, one.outputs) for one in both]
    executions = []
    for app in apps:
        executions.append(begun(app, simulator))
        simulator.play(executions[-1]["id"], "approved")
        assert decided(app)["status"] == "approved"
    for number, (stack, execution) in enumerate(zip(both, executions, strict=True)):
        other = executions[1 - number]
        assert one_outcome(buses[number], execution) == "approved"
        assert settled_queue(stack)
        assert outcomes(buses[number], other) == []
        rows = json.dumps(table_items(stack.aws, stack.outputs), default=str)
        for name in ("userReference", "accountId", "customerInternalReference"):
            assert execution[name] in rows
            assert other[name] not in rows
        (callback,) = simulator.execution(execution["id"])["callbacks"][-1:]
        assert callback["answered"] == httpx.codes.OK
    for bus in buses:
        bus.close()


def test_a_token_of_one_is_worth_nothing_at_the_other(
    both: tuple[RunningStack, RunningStack], apps: list[Frontend]
) -> None:
    for number, stack in enumerate(both):
        with Frontend(stack.facts) as stranger:
            stranger.use_token(apps[1 - number]._token)
            assert stranger.verification().status_code == httpx.codes.UNAUTHORIZED
    assert [one.verification().status_code for one in apps] == [200, 200]


def test_a_deployment_is_found_by_its_name(both: tuple[RunningStack, RunningStack]) -> None:
    """By operators' commands, which look for functions among all of the account's."""
    for stack, name in zip(both, (NAME, OTHER), strict=True):
        found = scripts.deployment.Deployment(name, stack.facts["region"], stack.aws.endpoint)
        assert found.outputs == {**found.outputs, **stack.outputs}
        worker = stack.outputs["SettleExecutionFunction"]
        assert worker.endswith(f":{found.function('SettleExecution')}")


def test_each_has_a_schedule_and_a_worker_at_its_own_queue(
    both: tuple[RunningStack, RunningStack],
) -> None:
    own = {name.lower(): value for name, value in CREDENTIALS.items()}
    region, endpoint = both[0].facts["region"], both[0].facts["aws_endpoint"]
    scheduler: Any = boto3.client("scheduler", region, endpoint_url=endpoint, **own)  # type: ignore[call-overload]
    schedules = scheduler.list_schedules()["Schedules"]
    targets = {scheduler.get_schedule(Name=one["Name"])["Target"]["Arn"] for one in schedules}
    mapped = both[0].aws.functions.list_event_source_mappings()["EventSourceMappings"]
    queues = {one["FunctionArn"]: one["EventSourceArn"].rpartition(":")[2] for one in mapped}
    for stack in both:
        assert stack.outputs["SweepOverdueFunction"] in targets
        queue = stack.outputs["CallbackQueueUrl"].rpartition("/")[2]
        assert queues[stack.outputs["SettleExecutionFunction"]] == queue


@pytest.mark.parametrize(
    ("variable", "output"),
    [
        ("TABLE_NAME", "TableName"),
        ("USER_KEY_SECRET_ID", "UserKeySecretArn"),
        ("QUEUE_URL", "CallbackQueueUrl"),
    ],
)
def test_a_function_may_not_touch_what_is_the_others_even_if_told_to(
    both: tuple[RunningStack, RunningStack],
    frontend: Frontend,
    simulator: AdminClient,
    variable: str,
    output: str,
) -> None:
    stack, other = both
    begun(frontend, simulator)
    with reconfigured(stack, "get_verification", **{variable: other.outputs[output]}):
        refused = frontend.verification("?returned=true")
    assert (refused.status_code, refused.json()["code"]) == (500, "misconfigured")
    settings = [one["setting"] for one in logged(stack, "misconfigured") if "setting" in one]
    assert any(one.startswith(variable) and "AccessDenied" in one for one in settings), settings


def logged(stack: RunningStack, code: str) -> list[Json]:
    lines = [line for line in log_lines(stack.aws) if line.startswith("{") and code in line]
    return [dict(json.loads(line)) for line in lines]
