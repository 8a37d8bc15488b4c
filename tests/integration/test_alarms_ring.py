"""Each alarm rings when it should, and not before: lines that the product writes, replayed.

A line is written once by real code; here it is repeated at moments, counted by the template's
filters, and looked at as CloudWatch looks (tests/support/alarms.py).
"""

import json
import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.integration.test_adoption import open_and_lose
from tests.integration.test_breaker import fail, names
from tests.integration.test_functions_in_trouble import started
from tests.integration.test_sweeper_survives import LIFETIME, spoil
from tests.support.alarms import COMPOSITES, METRIC_ALARMS, OURS, Identity, Series, evaluated
from tests.support.callbacks import call, cold_start, create_secret
from tests.support.events import event
from tests.support.metrics import samples
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from tests.support.template import template
from verification.domain.errors import DailyCeilingReached, Misconfigured, ProviderUnavailable
from verification.domain.limits import Limits
from verification.domain.schedule import GRACE
from verification.domain.standing import LEASE_SECONDS

Json = dict[str, Any]
MINUTE, HOUR = 60, 3600
Moments = list[float]


def every(seconds: float, until: float, begin: float = 0) -> Moments:
    return [begin + number * seconds for number in range(int((until - begin) / seconds))]


def replayed(group: str, *lines: tuple[Json, Moments], until: int = 2 * HOUR) -> Series:
    """What the filters of a group count if each line is written at these moments."""
    series = Series(until)
    for line, moments in lines:
        for one in samples([line], group):
            if not one.dimensions:
                for at in moments:
                    series.add((OURS, one.metric, ""), at, one.value)
    return series


def of_aws(*metrics: tuple[Identity, Moments, float], until: int = 2 * HOUR) -> Series:
    """What AWS counts by itself."""
    series = Series(until)
    for metric, moments, value in metrics:
        for at in moments:
            series.add(metric, at, value)
    return series


def jumio_answers_nobody(pipeline: Pipeline) -> None:
    fail(pipeline.bff, *names(5))
    with pytest.raises(ProviderUnavailable):
        pipeline.bff.ask(user="ada")


def an_orphan(pipeline: Pipeline) -> None:
    lost = open_and_lose(pipeline)
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.open()
    pipeline.play(lost, "approved")
    pipeline.call_back(lost)
    pipeline.work_off()


def overdue(pipeline: Pipeline) -> None:
    spoil(pipeline, pipeline.open(), {"state": {"S": "paused"}})
    pipeline.let_pass(LIFETIME + GRACE)
    pipeline.sweep()


def the_ceiling(pipeline: Pipeline) -> None:
    pipeline.bff.limits = Limits(100, 100, daily=1)
    pipeline.bff.ask(user="ada")
    with pytest.raises(DailyCeilingReached):
        pipeline.bff.ask(user="bob")


def refused_credentials(pipeline: Pipeline) -> None:
    pipeline.bff.simulator.admin.add_fault("token", "status", status=401, count=9)
    with pytest.raises(Misconfigured):
        pipeline.bff.ask(user="ada")


LOST = "attempt_left_open"
OURS_ALONE: list[tuple[str, Callable[[Pipeline], None], str, str, Moments, Moments]] = [
    ("JumioDownAlarm", jumio_answers_nobody, "jumio_down", "CreateSession", [0], []),
    ("OutcomesUnknownAlarm", jumio_answers_nobody, LOST, "CreateSession",
     every(30, 300), every(90, 3600)),
    ("OrphansAlarm", an_orphan, "orphan_recorded", "SettleExecution",
     every(HOUR / 3, HOUR), every(HOUR / 2, 2 * HOUR)),
    ("ExecutionsOverdueAlarm", overdue, "execution_unreadable", "SweepOverdue",
     every(600, HOUR), every(1200, 2 * HOUR)),
    ("DailyCeilingAlarm", the_ceiling, "daily_ceiling_reached", "CreateSession", [0], []),
    ("CredentialsRefusedAlarm", refused_credentials, "jumio_token_refused", "SettleExecution",
     every(60, 600), every(60, 300)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("alarm", "happens", "code", "function", "loud", "quiet"),
    OURS_ALONE,
    ids=[one[0] for one in OURS_ALONE],
)
def test_an_alarm_of_ours_rings_when_its_line_is_written_too_often(
    pipeline: Pipeline,
    observed: Observed,
    alarm: str,
    happens: Callable[[Pipeline], None],
    code: str,
    function: str,
    loud: Moments,
    quiet: Moments,
) -> None:
    happens(pipeline)
    line = next(one for one in observed.emitted() if one["message"] == code)
    group = f"{function}Logs"
    assert replayed(group, (line, loud)).ringing(alarm)
    assert not replayed(group, (line, quiet)).ringing(alarm)


@pytest.mark.usefixtures("aws")
def test_defects_of_any_function_ring_at_once() -> None:
    with started("get_verification", TABLE_NAME="") as function:
        function(event("get_verification"))
    (line,) = function.logged("misconfigured")
    assert replayed("GetVerificationLogs", (line, [0])).ringing("DefectsAlarm")
    assert not replayed("GetVerificationLogs", (line, [])).ringing("DefectsAlarm")


PEPPERS = {
    "lost": None,
    "replaced": {"version": "1", "key": "x" * 64},
    "unreadable": {"version": "1", "key": "too short"},
}


@pytest.mark.parametrize("pepper", PEPPERS.values(), ids=PEPPERS)
@pytest.mark.parametrize("name", ["get_verification", "create_session"])
def test_a_pepper_that_serves_nobody_rings_at_once_and_by_its_name(
    pipeline: Pipeline, name: str, pepper: Json | None
) -> None:
    pipeline.open()
    if pepper:
        value = json.dumps(pepper)
        boto3.client("secretsmanager").create_secret(Name="user-key", SecretString=value)
    with started(name, JOURNEYS="examples") as function:
        assert function(event(name))["statusCode"] == 500
    (line,) = function.logged("misconfigured")
    group = "".join(word.capitalize() for word in name.split("_")) + "Logs"
    assert replayed(group, (line, [0])).ringing("PepperUnusableAlarm")
    other = {**line, "setting": "JOURNEYS: there is no document"}
    assert not replayed(group, (other, [0])).ringing("PepperUnusableAlarm")


def test_many_refused_callbacks_ring_and_a_few_do_not(pipeline: Pipeline) -> None:
    create_secret()
    with cold_start(pipeline.hints) as function:
        function(call(capability="forged"))
    (line,) = function.logged("callback_refused")
    flood, noise = every(5, 900), every(5, 600)  # fifteen minutes of it, and ten
    assert replayed("ReceiveCallbackLogs", (line, flood)).ringing("CallbacksRefusedAlarm")
    assert not replayed("ReceiveCallbackLogs", (line, noise)).ringing("CallbacksRefusedAlarm")


def access(status: int, route: str = "POST /sessions") -> Json:
    """A line of the API's log, as API Gateway makes it of the template's format."""
    whole = template()["Resources"]["Api"]["Properties"]["AccessLogSettings"]["Format"]
    said = {"routeKey": route, "status": str(status), "responseLatency": "12"}
    filled = re.sub(r"\$context\.([\w.]+)", lambda named: said.get(named[1], "-"), whole)
    line: Json = json.loads(filled)
    return line


def asked(good: Moments, bad: Moments, refused: Moments = []) -> Series:  # noqa: B006 not changed
    lines = [(access(201), good), (access(503), bad), (access(401), refused)]
    return replayed("ApiLogs", *lines, until=7 * HOUR)


EVERY_WINDOW = 7 * HOUR
A_MINUTE = every(5, 6 * HOUR + MINUTE, 6 * HOUR)


@pytest.mark.parametrize(
    ("series", "rings"),
    [
        (asked(every(20, EVERY_WINDOW), []), False),
        (asked(every(20, EVERY_WINDOW), every(60, HOUR, 10)), True),  # a quarter for an hour
        (asked(every(20, EVERY_WINDOW), A_MINUTE), False),
        (asked(every(20, EVERY_WINDOW), every(400, EVERY_WINDOW)), True),  # 5 %, for hours
        (asked(every(20, EVERY_WINDOW), every(2000, EVERY_WINDOW)), False),  # 1 %: two budgets
        (asked(every(HOUR, EVERY_WINDOW), [HOUR]), False),  # one of few
        (asked(every(20, EVERY_WINDOW), every(60, HOUR, 10), every(1, HOUR)), True),
    ],
    ids=["good", "fast", "short", "slow", "slight", "few", "behind a flood of refusals"],
)
def test_the_objective_of_sessions_rings_if_its_budget_goes_too_fast(
    series: Series, rings: bool
) -> None:
    assert series.ringing("SessionsBurnAlarm") == rings


def test_it_stops_when_the_trouble_is_over_though_the_hour_is_not() -> None:
    half_an_hour = every(30, HOUR + 1800, HOUR)
    series, over = asked(every(20, EVERY_WINDOW), half_an_hour), HOUR + 1800
    assert series.state("SessionsBurnAlarm", over)
    assert series.state("SessionsHour", over + 1800)
    assert not series.state("SessionsBurnAlarm", over + 1800)


def test_the_objective_of_outcomes_rings_when_many_are_on_record_too_late(
    pipeline: Pipeline, observed: Observed
) -> None:
    for user, wait in (("ada", 0), ("bob", 600)):
        execution = pipeline.open(user=user)
        pipeline.play(execution, "approved")
        pipeline.let_pass(wait)
        pipeline.call_back(execution)
        pipeline.work_off()
    advanced = [one for one in observed.emitted() if one["message"] == "execution_advanced"]
    soon, late = advanced[0], advanced[-1]

    def told(moments: Moments) -> Series:
        lines = [(soon, every(30, EVERY_WINDOW)), (late, moments)]
        return replayed("SettleExecutionLogs", *lines, until=EVERY_WINDOW)

    assert told(every(60, HOUR)).ringing("OutcomesBurnAlarm")
    assert told(every(300, EVERY_WINDOW)).ringing("OutcomesBurnAlarm")
    assert not told(every(3000, EVERY_WINDOW)).ringing("OutcomesBurnAlarm")


API_5XX, API_ALL = ("AWS/ApiGateway", "5xx", "Api"), ("AWS/ApiGateway", "Count", "Api")
WAITS = ("AWS/SQS", "ApproximateAgeOfOldestMessage", "CallbackQueue")
SET_ASIDE = ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "CallbackDeadLetters")
FORGOTTEN = ("AWS/SQS", "ApproximateAgeOfOldestMessage", "CallbackDeadLetters")
FAILS = ("AWS/Lambda", "Errors", "SettleExecution")
SWEEPS = ("AWS/Lambda", "Invocations", "SweepOverdue")
ALWAYS = every(60, 2 * HOUR)
BY_AWS = {
    "CallbackDeadLettersAlarm": (of_aws((SET_ASIDE, ALWAYS, 1)), of_aws((SET_ASIDE, ALWAYS, 0))),
    "DeadLettersForgottenAlarm": (
        of_aws((FORGOTTEN, ALWAYS, 172_800)), of_aws((FORGOTTEN, ALWAYS, 172_000))
    ),
    "HintsWaitAlarm": (of_aws((WAITS, ALWAYS, 3600)), of_aws((WAITS, every(60, 900), 3599))),
    "RequestsFailAlarm": (
        of_aws((API_5XX, every(60, 600), 6), (API_ALL, ALWAYS, 100)),
        of_aws((API_5XX, ALWAYS, 3), (API_ALL, ALWAYS, 4)),
    ),
    "FunctionsFailAlarm": (
        of_aws((FAILS, every(20, 120), 1)), of_aws((FAILS, every(40, HOUR), 1))
    ),
    "SweeperStoppedAlarm": (of_aws((SWEEPS, every(60, HOUR), 1)), of_aws((SWEEPS, ALWAYS, 1))),
}  # fmt: skip


@pytest.mark.parametrize("alarm", BY_AWS)
def test_an_alarm_about_what_aws_counts_rings_and_stays_quiet(alarm: str) -> None:
    loud, quiet = BY_AWS[alarm]
    assert loud.ringing(alarm)
    assert not quiet.ringing(alarm)


def test_no_alarm_is_left_out() -> None:
    others = {"DefectsAlarm", "CallbacksRefusedAlarm", "PepperUnusableAlarm"}
    known = {one[0] for one in OURS_ALONE} | BY_AWS.keys() | others | COMPOSITES.keys()
    telling = {name for name, one in METRIC_ALARMS.items() if "AlarmActions" in one["Properties"]}
    assert known == telling | COMPOSITES.keys()


@pytest.mark.parametrize(
    ("bad", "all_", "value"), [(None, 100, None), (3, 4, 0), (4, 8, 50), (8, None, None)]
)
def test_expressions_are_worked_out_as_cloudwatch_does(
    bad: float | None, all_: float | None, value: float | None
) -> None:
    assert evaluated("IF(m0 >= 4, 100 * m0 / m1, 0)", {"m0": bad, "m1": all_}) == value
