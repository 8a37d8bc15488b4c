"""The product on moto's DynamoDB and EventBridge, in one thread, with the Jumio simulator."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from jumio_simulator.testing import RunningSimulator, running_simulator
from tests.support import aws_clients, quick_moto
from tests.support.bff import Bff
from tests.support.observed import Observed, observing
from tests.support.pipeline import Consumer, Hints, Pipeline
from tests.support.template import table_definition
from verification.aws.bus import Bus
from verification.domain.journeys import load_journeys

quick_moto.hurry()

JOURNEYS = """
{"version": 1, "journeys": [
  {"name": "identity", "steps": [{"name": "identity"}]},
  {"name": "repeated", "repeatable": true,
   "steps": [{"name": "identity", "attempts": {"limit": 2, "window": 3600}}]},
  {"name": "screening", "steps": [{"name": "email", "workflowKey": 10066}]}
]}
"""


@pytest.fixture(scope="session")
def running() -> Iterator[RunningSimulator]:
    with running_simulator(account_rate=1000, account_burst=1000) as simulator:
        yield simulator


@pytest.fixture
def simulator(running: RunningSimulator) -> RunningSimulator:
    running.admin.reset()
    return running


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    # A new boto3 session would read the models of its services anew; data are dropped either way.
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        yield
        aws_clients.as_new()


@pytest.fixture
def dynamodb(aws: None) -> Any:
    client = aws_clients.client("dynamodb")
    client.create_table(**table_definition("verification"))
    return client


@pytest.fixture
def bus(aws: None) -> Bus:
    client = aws_clients.client("events")
    client.create_event_bus(Name="verification")
    return Bus(client, "verification")


@pytest.fixture
def bff(dynamodb: Any, simulator: RunningSimulator, bus: Bus) -> Bff:
    return Bff(dynamodb, "verification", simulator, bus, load_journeys(JOURNEYS))


@pytest.fixture
def observed() -> Iterator[Observed]:
    with observing() as found:
        yield found


@pytest.fixture
def pipeline(bff: Bff) -> Pipeline:
    return Pipeline(bff, Consumer(aws_clients.client("events")), Hints())
