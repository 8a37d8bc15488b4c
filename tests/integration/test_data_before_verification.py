"""A verification that wants data about the person: nothing is handed out before Jumio has them."""

import json
from typing import Any, Literal

import pytest

from tests.support.bff import Bff, Clock
from tests.support.interruptions import interleaved, killed
from tests.support.journeys import bodies, calls, in_a_row, opened_for, screening_first
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from tests.support.reply import Reply
from verification.domain.errors import (
    ApplicantRequired,
    AttemptsExhausted,
    Misconfigured,
    ProviderRejected,
    SessionBusy,
)
from verification.domain.journeys import Journeys, load_journeys
from verification.domain.schedule import IDLE
from verification.domain.standing import LEASE_SECONDS

Point = tuple[Literal["before", "after"], str, str]
DATA = {"email": "ada@people.example", "address": {"country": "AT"}}
SENT = {"email": "ada@people.example", "address": {"country": "AUT"}}
INPUTS = {"email": {"from": "applicant"}, "address.country": {"from": "applicant"}}
OPENED = ["accounts.create", "parts.upload"]
POINTS: dict[str, Point] = {
    "before it is opened": ("before", "jumio", "open_execution"),
    "after it is saved": ("after", "store", "save"),
    "before the lease for the upload": ("before", "store", "hold"),
    "after the lease for the upload": ("after", "store", "hold"),
    "before the upload": ("before", "jumio", "upload_prepared_data"),
    "after the upload": ("after", "jumio", "upload_prepared_data"),
    "before the upload is recorded": ("before", "store", "supplied"),
    "after the upload is recorded": ("after", "store", "supplied"),
    "before the lease is let go": ("before", "store", "let_go"),
    "after the lease is let go": ("after", "store", "let_go"),
}


def journeys(key: int | str = 10163, **step: object) -> Journeys:
    only = {"name": "identity", "workflowKey": key, "inputs": INPUTS, **step}
    journey = {"name": "identity", "steps": [only], "unchecked": key == 10170}
    return load_journeys(json.dumps({"journeys": [journey]}))


@pytest.fixture
def supplied(bff: Bff) -> Bff:
    bff.journeys = journeys()
    return bff


def later(bff: Bff) -> None:
    assert isinstance(bff.clock, Clock)
    bff.clock.now += LEASE_SECONDS


@pytest.mark.parametrize(
    ("channel", "opener", "kept"), [("sdk", "token", "sdkToken"), ("web", "href", "webHref")]
)
def test_the_data_are_there_before_anything_is_handed_out(
    supplied: Bff, channel: str, opener: str, kept: str
) -> None:
    answered = supplied.ask(channel, applicant=DATA)

    (execution,) = supplied.executions()
    assert (answered.status, answered.body) == (201, {channel: {opener: execution[kept]}})
    assert calls(supplied) == OPENED  # finalized by the SDK or the web client
    assert bodies(supplied, "parts.upload") == [SENT]
    session = supplied.item("ada", "SESSION#identity") or {}
    assert session.keys().isdisjoint({"upload_token", "credential_id"})


def test_who_has_a_session_is_asked_for_nothing_again(supplied: Bff) -> None:
    first = supplied.ask(applicant=DATA)
    again = supplied.ask()
    assert (again.status, again.body) == (200, first.body)
    assert calls(supplied) == OPENED


def test_what_is_missing_is_asked_for_before_anything_is_opened(supplied: Bff) -> None:
    with pytest.raises(ApplicantRequired) as refusal:
        supplied.ask()
    assert [one["field"] for one in refusal.value.fields] == [
        "applicant.email",
        "applicant.address.country",
    ]
    assert calls(supplied) == []


def test_it_may_follow_a_screening(bff: Bff) -> None:
    bff.simulator.admin.patch_options(processing_seconds=0)
    bff.journeys = in_a_row(screening_first(), journeys())

    assert bff.ask(applicant=DATA).status == 201
    assert opened_for(bff) == [10066, 10163]
    assert bodies(bff, "parts.upload") == [{"email": DATA["email"]}, SENT]
    assert calls(bff).count("executions.finalize") == 1


@pytest.mark.parametrize("renew", [False, True])
@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
def test_the_next_request_goes_on_where_the_last_one_died(
    supplied: Bff, point: Point, renew: bool
) -> None:
    when, part, method = point
    target: Any = getattr(supplied, part)
    with killed(when, target, method):
        supplied.ask(applicant=DATA, key="k", renew=renew)
    later(supplied)

    answered = supplied.ask(applicant=DATA, key="k", renew=renew)

    (execution,) = supplied.executions()
    assert (answered.status, answered.body) == (201, {"sdk": {"token": execution["sdkToken"]}})
    assert SENT in bodies(supplied, "parts.upload")


@pytest.mark.parametrize("when", ["before", "after"])
def test_nobody_gets_the_session_while_the_data_are_on_their_way(
    supplied: Bff, when: Literal["before", "after"]
) -> None:
    def another() -> None:
        with pytest.raises(SessionBusy):
            supplied.ask(applicant=DATA)

    with interleaved(when, supplied.jumio, "upload_prepared_data", another):
        assert supplied.ask(applicant=DATA).status == 201
    assert calls(supplied) == OPENED


def unfinished(bff: Bff, given: dict[str, Any]) -> None:
    """Somebody has opened the step and died before the upload."""
    with killed("before", bff.jumio, "upload_prepared_data"):
        bff.ask(applicant=given)
    later(bff)


@pytest.mark.parametrize("refused", [False, True])
def test_who_comes_late_for_the_upload_leaves_what_was_handed_out(
    supplied: Bff, refused: bool
) -> None:
    unfinished(supplied, DATA)
    handed_out: list[Reply] = []

    def another() -> None:
        handed_out.append(supplied.ask(applicant=DATA))
        if refused:
            supplied.simulator.admin.add_fault("parts.*", "status", status=403, count=2)

    with interleaved("before", supplied.store, "hold", another):
        late = supplied.ask(applicant={**DATA, "email": "other@people.example"})

    assert (late.status, late.body) == (200, handed_out[0].body)
    assert bodies(supplied, "parts.upload") == [SENT]
    assert supplied.ask().body == late.body


@pytest.mark.parametrize("mended", [journeys(10164, inputs={}), journeys(10163)])
def test_a_mended_configuration_works_at_once(bff: Bff, mended: Journeys) -> None:
    bff.journeys = journeys(10164)
    with pytest.raises(Misconfigured):
        bff.ask(applicant=DATA)
    bff.journeys = mended
    given = {"applicant": DATA} if mended.journeys[0].steps[0].inputs else {}
    assert bff.ask(**given).status == 201


def test_inputs_that_are_taken_away_meanwhile_are_not_waited_for(supplied: Bff) -> None:
    unfinished(supplied, DATA)
    supplied.journeys = journeys(inputs={})
    assert supplied.ask().status == 201
    assert calls(supplied) == ["accounts.create"]


def test_a_session_that_jumio_has_ended_meanwhile_is_replaced(pipeline: Pipeline) -> None:
    bff = pipeline.bff
    bff.journeys = journeys()
    with killed("after", bff.jumio, "upload_prepared_data"):
        bff.ask(applicant=DATA)
    pipeline.let_pass(17 * 60)
    assert bff.ask(applicant=DATA).status == 201
    assert len(bff.executions()) == 2


def test_nobody_gets_a_session_that_idled_away_since_the_upload(pipeline: Pipeline) -> None:
    bff = pipeline.bff
    bff.journeys = journeys(tokenLifetime="60d", callback=False)
    first = bff.ask(applicant=DATA)
    pipeline.let_pass(IDLE)
    assert pipeline.sweep() == 1
    pipeline.work_off()
    assert pipeline.status() == "expired"
    assert bff.ask(applicant=DATA).body != first.body


def test_a_new_session_gets_the_data_too(supplied: Bff) -> None:
    supplied.ask(applicant=DATA)
    assert supplied.ask(applicant=DATA, renew=True).status == 201
    assert calls(supplied) == [*OPENED, "accounts.update", "parts.upload"]


@pytest.mark.parametrize("kind", ["user", "screening"])
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_refused_data_end_the_session_and_the_next_request_begins_anew(
    bff: Bff, observed: Observed, kind: str, status: int
) -> None:
    bff.simulator.admin.patch_options(processing_seconds=0)
    bff.journeys = journeys() if kind == "user" else screening_first()
    given = DATA if kind == "user" else {"email": DATA["email"]}
    bff.simulator.admin.add_fault("parts.*", "status", status=status, count=2)
    with pytest.raises(ProviderRejected):
        bff.ask(applicant=given)
    assert observed.codes().count("data_refused") == 1

    assert bff.ask(applicant=given).status == 201
    first = 10163 if kind == "user" else 10066
    assert opened_for(bff)[:2] == [first, first]


def test_data_that_are_always_refused_use_up_the_attempts(bff: Bff) -> None:
    bff.journeys = journeys(attempts={"limit": 2})
    bff.simulator.admin.add_fault("parts.*", "status", status=400, count=99)
    for _ in range(2):
        with pytest.raises(ProviderRejected):
            bff.ask(applicant=DATA)
    with pytest.raises(AttemptsExhausted):
        bff.ask(applicant=DATA)
    assert len(bff.executions()) == 2


@pytest.mark.parametrize("kind", ["user", "screening"])
def test_a_workflow_that_takes_no_data_is_a_misconfiguration(bff: Bff, kind: str) -> None:
    bff.journeys = journeys(10164, kind=kind)
    for _ in range(2):
        with pytest.raises(Misconfigured) as refusal:
            bff.ask(applicant=DATA)
        assert refusal.value.setting.startswith("JOURNEYS: identity.identity: ")
    assert len(bff.executions()) == 2  # so that a mended configuration works at once
    assert "lease_owner" not in (bff.item("ada", "ACCOUNT") or {})


CUSTOM = {
    "credentials": ["DATA", "ID"],
    "capabilities": ["usability"],
    "channels": ["WEB", "SDK", "API"],
}
NONE: dict[str, object] = {}


@pytest.mark.parametrize(
    ("key", "inputs"),
    [
        (10013, NONE),
        (10015, NONE),
        (10120, INPUTS),
        (10163, NONE),
        (10163, INPUTS),
        (10164, NONE),
        (10170, NONE),
        (10170, INPUTS),
        ("designer-7", NONE),
        ("designer-7", INPUTS),
    ],
)
def test_any_workflow_of_a_tenant_works_by_configuration_alone(
    pipeline: Pipeline, key: int | str, inputs: dict[str, object]
) -> None:
    bff = pipeline.bff
    bff.simulator.admin.patch_options(workflows={"designer-7": CUSTOM})
    bff.journeys = journeys(key, inputs=inputs)
    given = {"applicant": DATA} if inputs else {}
    execution = pipeline.open(**given)
    assert opened_for(bff) == [key]
    assert bodies(bff, "parts.upload") == ([SENT] if inputs else [])

    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    pipeline.work_off()

    assert pipeline.status() == "approved"
