"""Commands for a stack that is up, on an AWS and a Jumio of their own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumio_simulator.testing import RunningSimulator, running_simulator
from local.__main__ import main
from local.cloud.aws import LocalAws
from local.demo.observer import table_items
from local.demo.people import enrol
from local.demo.sign_in import SCOPES
from local.stack import ROOT
from tests.support.bff import jumio_client
from tests.support.jumio import REQUEST
from tests.support.ministack import running_ministack
from tests.support.servers import answer_json, socket_server
from tests.support.waiting import FAILSAFE
from verification.domain.deadline import Deadline

PAGE = "http://127.0.0.1:5173"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.fixture(scope="module")
def simulator() -> Iterator[RunningSimulator]:
    with running_simulator(processing_seconds=0) as running:
        yield running


@pytest.fixture(scope="module")
def outputs(aws: LocalAws) -> dict[str, str]:
    """A table, a bus and a user pool as the template makes them."""
    aws.dynamodb.create_table(
        TableName="table",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.events.create_event_bus(Name="bus")
    made = aws.cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])
    pool = made["UserPool"]["Id"]
    start = {"ScopeName": "start", "ScopeDescription": "Be verified"}
    aws.cognito.create_resource_server(
        UserPoolId=pool, Identifier="verification", Name="verification", Scopes=[start]
    )
    client = aws.cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="app",
        CallbackURLs=[PAGE],
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=SCOPES.split(),
        SupportedIdentityProviders=["COGNITO"],
    )["UserPoolClient"]["ClientId"]
    return {
        "TableName": "table",
        "BusName": "bus",
        "UserPoolId": pool,
        "UserPoolClientId": client,
    }


@pytest.fixture(scope="module")
def directory(
    aws: LocalAws,
    simulator: RunningSimulator,
    outputs: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("stack")
    facts: dict[str, Any] = {
        "api": "http://127.0.0.1:1",
        "aws_endpoint": aws.endpoint,
        "region": aws.region,
        "simulator": simulator.url,
        "outputs": outputs,
        "page": PAGE,
    }
    facts["users"] = enrol(aws, facts, 3)
    (folder / "stack.json").write_text(json.dumps(facts))
    return folder


def test_who_is_not_named_is_the_last_of_the_people(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    users = json.loads((directory / "stack.json").read_text())["users"]
    assert [user["username"] for user in users] == ["ada.demo", "ben.demo", "cleo.demo"]
    assert main(["token", "cleo.demo", str(directory)]) == 0
    assert capsys.readouterr().out.count(".") == 2


def test_events_and_callbacks_are_heard_with_their_bodies(
    directory: Path, aws: LocalAws, simulator: RunningSimulator
) -> None:
    listener = subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-m", "local", "listen", "--count=2", "--directory", directory],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert listener.stdout
        assert listener.stdout.readline() == "listening\n"
        detail = json.dumps({"data": {"status": "approved"}})
        entry = {"Source": "x", "DetailType": "y", "Detail": detail, "EventBusName": "bus"}
        aws.events.put_events(Entries=[entry])
        with socket_server(answer_json(200, {})) as receiver:
            request = REQUEST | {"callbackUrl": f"{receiver.url}/callbacks/a-capability"}
            jumio_client(simulator).open_execution(request, account_id=None, deadline=Deadline(5))
            execution = simulator.admin.executions()[0]["id"]
            simulator.admin.play(execution, "approved")
        printed = listener.communicate(timeout=FAILSAFE)[0]
        heard = [json.loads(line) for line in printed.splitlines()]
    finally:
        listener.kill()
    (event,) = (one["event"] for one in heard if "event" in one)
    assert event["detail"] == json.loads(detail)
    (callback,) = (one for one in heard if "callback" in one)
    assert callback["answered"] == 200
    assert callback["callback"]["workflowExecution"]["id"] == execution
    assert "a-capability" not in printed


def test_a_reset_forgets_verifications_and_leaves_people_and_their_tokens(
    directory: Path, aws: LocalAws, simulator: RunningSimulator, outputs: dict[str, str]
) -> None:
    for number in range(30):
        key = {"pk": {"S": f"person#{number}"}, "sk": {"S": "ACCOUNT"}}
        aws.dynamodb.put_item(TableName="table", Item=key)
    simulator.admin.set_scenario("needs review", default=True)
    before = (directory / "stack.json").read_text()

    assert main(["reset", "--directory", str(directory)]) == 0

    assert table_items(aws, outputs) == []
    assert simulator.admin.executions() == []
    assert simulator.admin.scenarios()["default"] == "needs review"
    assert (directory / "stack.json").read_text() == before
