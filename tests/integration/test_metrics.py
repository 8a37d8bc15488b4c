"""What is counted of functions as Lambda runs them, by the template's filters."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.integration.test_functions_in_trouble import started
from tests.integration.test_review import called_back, under_review
from tests.support.bff import PEPPER
from tests.support.callbacks import create_secret
from tests.support.events import event
from tests.support.functions import Function
from tests.support.metrics import Sample, samples
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline

Json = dict[str, Any]


@pytest.fixture
def deployed(pipeline: Pipeline) -> Json:
    """Variables of functions that work on what the pipeline works on."""
    secrets, simulator = boto3.client("secretsmanager"), pipeline.bff.simulator
    pepper = {"version": PEPPER.version, "key": PEPPER.key}
    jumio = {"client_id": simulator.client_id, "client_secret": simulator.client_secret}
    for name, value in {"user-key": pepper, "jumio": jumio}.items():
        secrets.create_secret(Name=name, SecretString=json.dumps(value))
    create_secret()
    return {
        "ENVIRONMENT": "local",
        "JUMIO_BASE_URL": simulator.url,
        "JOURNEYS": "default",
        "QUEUE_URL": pipeline.hints.url,
        "ACCOUNT_CALLS_PER_SECOND": "1000",
        "ACCOUNT_CALLS_BURST": "1000",
        "DAILY_CEILING": "1000",
    }


@pytest.fixture
def create_session(deployed: Json) -> Iterator[Function]:
    with started("create_session", **deployed) as function:
        yield function


def asked(**members: object) -> Json:
    return event("create_session", body=json.dumps({"channel": "sdk", **members}))


def counted(function: Function, metric: str) -> Counter[tuple[str, ...]]:
    """How often a metric was counted, by the values of its dimensions."""
    return Counter(
        tuple(value for _, value in one.dimensions)
        for one in function.samples()
        if one.metric == metric
    )


def test_sessions_are_counted_by_channel_and_journey(create_session: Function) -> None:
    for channel in ("sdk", "web", "web"):
        person = asked(channel=channel, renew=True)
        assert create_session(person, seconds=20)["statusCode"] == 201

    opened = counted(create_session, "SessionsOpened")
    assert opened == {("sdk", "identity"): 1, ("web", "identity"): 2}


def test_refusals_are_counted_by_their_code(create_session: Function) -> None:
    create_session(asked(channel="fax"))
    create_session(asked(journey="of-nobody"))

    refused = counted(create_session, "RequestsRefused")
    assert refused == {("invalid-request",): 1, ("unknown-journey",): 1}
    assert "of-nobody" not in "".join(create_session.lines)  # nobody's words become dimensions


def test_calls_to_jumio_are_timed_by_what_they_are_and_counted_if_they_fail(
    create_session: Function, pipeline: Pipeline
) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.*", "status", status=500)
    create_session(asked(), seconds=20)

    assert counted(create_session, "JumioLatency") == {("token",): 1, ("open",): 1}
    assert create_session.counted("JumioErrors") == 1
    assert create_session.counted("OutcomesUnknown") == 1


def test_a_call_that_is_not_answered_is_an_error_of_jumios(
    create_session: Function, pipeline: Pipeline
) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.*", "reset")
    create_session(asked(), seconds=20)

    assert create_session.counted("JumioErrors") == 1
    assert [one["status"] for one in create_session.logged("jumio_called")] == [200, 0]


@pytest.mark.parametrize(("delay", "late"), [(0, 0), (298, 0), (302, 1)])
def test_how_late_an_outcome_is_on_record_is_counted_from_when_jumio_had_it(
    pipeline: Pipeline, observed: Observed, delay: int, late: int
) -> None:
    execution = pipeline.open()
    pipeline.let_pass(60)
    pipeline.play(execution, "approved")
    pipeline.let_pass(delay)
    pipeline.call_back(execution)
    pipeline.work_off()

    found = list(samples(observed.emitted(), "SettleExecutionLogs"))
    state = (("journey", "identity"), ("state", "approved"))
    assert Sample("ExecutionsAdvanced", 1, state) in found
    (told,) = [one.value for one in found if one.metric == "OutcomeDelay"]
    assert abs(told - delay) <= 1  # Jumio's time has fractions of a second
    assert observed.metrics()["OutcomesLate"] == late
    (took,) = [one.value for one in found if one.metric == "TimeToOutcome"]
    assert took >= 60 + delay


def test_an_outcome_is_timed_once_whatever_becomes_of_its_review(
    pipeline: Pipeline, observed: Observed
) -> None:
    execution = under_review(pipeline)
    pipeline.let_pass(3600)
    called_back(pipeline, execution, "PASSED")
    assert pipeline.status() == "approved"
    assert observed.metrics()["ExecutionsAdvanced"] == 2
    assert observed.metrics()["TimeToOutcome"] == 1


def test_an_outcome_without_jumios_time_is_timed_but_not_late(
    pipeline: Pipeline, observed: Observed
) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "never starts")
    pipeline.let_pass(3600)
    pipeline.call_back(execution)
    pipeline.work_off()
    assert pipeline.status() == "expired"
    assert (observed.metrics()["TimeToOutcome"], observed.metrics()["OutcomeDelay"]) == (1, 0)
