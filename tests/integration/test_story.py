"""An operator asks what happened to a person, and hears all that is on record."""

import json
from contextlib import suppress
from typing import Any, get_args

import pytest

from jumio_simulator.wire.faults import Kind
from jumio_simulator.world.scenarios import SCENARIOS
from tests.integration.test_no_personal_data import details_of, private, quoted
from tests.integration.test_review import says
from tests.support.bff import ISSUER, PEPPER
from tests.support.erasing import Eraser
from tests.support.interruptions import killed
from tests.support.operators import decide, story
from tests.support.pipeline import Pipeline
from verification.domain.deadline import moment
from verification.domain.errors import InvalidRequest, NotFound, OutcomeUnknown, Problem
from verification.domain.identity import Caller
from verification.domain.standing import LEASE_SECONDS

Json = dict[str, Any]


def happened(told: Json, *members: str) -> list[list[object]]:
    return [[one["what"], *(one.get(name) for name in members)] for one in told["timeline"]]


def played(pipeline: Pipeline, scenario: str, **asked: Any) -> Json:
    execution = pipeline.open(**asked)
    pipeline.play(execution, scenario)
    pipeline.call_back(execution)
    pipeline.work_off()
    return execution


def with_a_past(pipeline: Pipeline) -> list[Json]:
    """Declined, then reviewed, approved by an operator, and revoked by another."""
    declined = played(pipeline, "declined: fake document")
    pipeline.let_pass(60)
    reviewed = played(pipeline, "needs review: watchlist hit")
    for decision in ("approve", "revoke"):
        pipeline.let_pass(60)
        decide(pipeline, reviewed, decision)
        pipeline.work_off()
    pipeline.let_pass(60)
    return [declined, reviewed, pipeline.open()]


def test_a_story_is_told_in_its_order(pipeline: Pipeline) -> None:
    first, second, third = (one["customerInternalReference"] for one in with_a_past(pipeline))
    told = story(pipeline)
    assert happened(told, "reference", "verdict", "told") == [
        ["begun", first, None, None],
        ["ended", first, "declined", True],
        ["begun", second, None, None],
        ["ended", second, None, None],
        ["decided", second, "approved", None],
        ["decided", second, "declined", True],
        ["begun", third, None, None],
    ]
    decided = told["timeline"][4]
    assert (decided["decision"], decided["by"]) == ("approve", "operator-7")
    assert decided["reason"] == "document-checked-by-hand"
    assert told["timeline"][3]["state"] == "review"
    assert told["timeline"][3]["decision"]["type"] == "WARNING"
    identity = told["journeys"]["identity"]
    assert (identity["status"], identity["reference"]) == ("pending", third)
    assert len(identity["attempts"]["identity"]) == 3
    assert told["sessions"]["identity"]["reference"] == third
    assert all(at <= later for at, later in zip(*shifted(told), strict=False))


def shifted(told: Json) -> tuple[list[str], list[str]]:
    times = [one["at"] for one in told["timeline"]]
    return times, times[1:]


def test_whatever_names_the_person_leads_to_the_same_story(pipeline: Pipeline) -> None:
    pipeline.open(user="bob")
    first, *_ = with_a_past(pipeline)
    told = story(pipeline)
    user_key = PEPPER.user_key(Caller(ISSUER, "ada"))
    assert told["user_key"] == user_key
    assert story(pipeline, user_key=user_key) == told
    assert story(pipeline, account_id=first["accountId"]) == told
    assert story(pipeline, reference=first["customerInternalReference"]) == told


def test_it_says_nothing_about_the_person_and_opens_nothing(pipeline: Pipeline) -> None:
    past = with_a_past(pipeline)
    session = pipeline.bff.item("ada", "SESSION#identity")
    assert session is not None
    words = private(details_of(pipeline.bff, past[0]), past[0]) - VERDICTS
    assert len(words) > 15
    before = pipeline.bff.items()
    told = {"story": json.dumps(story(pipeline, ask_jumio=True))}
    assert quoted({"ada", ISSUER, session["token"]}, told) == []
    assert quoted(words, told) == []
    assert pipeline.bff.items() == before


VERDICTS = {"PROCESSED", "imageChecks"}  # of what is found, all that is on record beside the type


def test_jumio_is_asked_only_if_the_operator_wants_it(pipeline: Pipeline) -> None:
    declined, reviewed, pending = (
        one["customerInternalReference"] for one in with_a_past(pipeline)
    )
    pipeline.bff.simulator.admin.clear_journal()
    assert story(pipeline)["jumio"] == {}
    assert pipeline.bff.simulator.admin.journal() == []
    assert story(pipeline, ask_jumio=True)["jumio"] == {
        declined: "PROCESSED REJECTED",
        reviewed: "PROCESSED WARNING",
        pending: "INITIATED",
    }


def test_what_jumio_has_deleted_and_that_it_is_away_is_said(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    reference = execution["customerInternalReference"]
    pipeline.bff.simulator.admin.add_fault("retrieval.status", "status", status=503, count=9)
    assert story(pipeline, ask_jumio=True)["jumio"] == {reference: "provider-unavailable"}
    pipeline.bff.simulator.admin.clear_faults()
    pipeline.bff.delete_account(execution["accountId"])
    assert story(pipeline, ask_jumio=True)["jumio"] == {reference: "not there"}


def test_an_erasure_leaves_only_when_it_was(pipeline: Pipeline) -> None:
    with_a_past(pipeline)
    erased_at = pipeline.clock()
    Eraser(pipeline)("ada")
    told = story(pipeline)
    assert told.keys() == {"user_key", "timeline", "not_on_record"}
    assert happened(told) == [["erased"]]
    pipeline.let_pass(60)
    pipeline.open()
    assert happened(story(pipeline)) == [["erased"], ["begun"]]
    assert erased_at < pipeline.clock()


def test_an_erasure_that_stopped_half_way_is_seen(pipeline: Pipeline) -> None:
    with_a_past(pipeline)
    eraser = Eraser(pipeline)
    with killed("before", eraser.store, "remove"):
        eraser("ada")
    assert story(pipeline)["account"]["erasing"] is True


SHARED = {"connection_refused"}  # would hit other tests, too: the simulator is theirs as well
MEMBERS: dict[str, Json] = {
    "altered_json": {"without": ["account"]},
    "latency": {"seconds": 0.01},
    "slow_drip": {"seconds": 0},
}


@pytest.mark.parametrize("fault", sorted(set(get_args(Kind)) - SHARED))
def test_every_opening_is_in_it_however_jumio_failed(pipeline: Pipeline, fault: str) -> None:
    """By the simulator's word; what it has not opened is in it only if it might have."""
    admin = pipeline.bff.simulator.admin
    admin.add_fault("accounts.*", fault, **MEMBERS.get(fault, {}))
    with suppress(Problem):
        pipeline.bff.ask()
    admin.clear_faults()
    pipeline.let_pass(LEASE_SECONDS + 1)
    with suppress(Problem):
        pipeline.bff.ask()

    opened = {one["customerInternalReference"] for one in pipeline.bff.executions()}
    told = {one["reference"]: one for one in story(pipeline)["timeline"]}
    assert opened
    assert opened <= told.keys()
    unanswered = {reference for reference, one in told.items() if one["account_id"] is None}
    assert told.keys() - opened <= unanswered
    assert len(told) <= len(admin.journal(endpoint="accounts.*"))


COURSE = [
    ("abandons", False, "started"),
    ("needs review", False, "processing"),
    ("needs review", True, "review"),
    ("approved", True, "approved"),
]
READABLE = {"latency", "slow_drip"}


@pytest.mark.parametrize("fault", sorted(set(get_args(Kind)) - SHARED))
def test_every_change_is_in_it_when_jumio_said_so_however_reading_failed(
    pipeline: Pipeline, fault: str
) -> None:
    """By the simulator's journal: the first read that was answered after each change, and no other.

    Callbacks that come twice, and reads that find nothing new, are not in it, and it says so.
    """
    admin, execution = pipeline.bff.simulator.admin, pipeline.open()
    members = {**MEMBERS, "altered_json": {"without": ["workflowExecution"]}}
    reads, expected = 0, [["begun", moment(int(pipeline.clock())), None]]
    for scenario, to_end, state in COURSE:
        pipeline.let_pass(60)
        admin.clear_journal()
        if state == "approved":
            says(pipeline, "PASSED")
        else:
            pipeline.play(execution, scenario, to_end=to_end)
            admin.add_fault("retrieval.status", fault, **members.get(fault, {}))
        for _ in range(3):
            pipeline.call_back(execution)
        pipeline.work_off()
        journal = admin.journal(endpoint="retrieval.status")
        readable = fault in READABLE or state == "approved"
        answered = [one for one in journal if readable or one["fault"] is None]
        first = next(one["time"] for one in answered if one["status"] == 200)
        expected.append(["ended" if state == "approved" else "advanced", f"{first[:19]}Z", state])
        reads += len(journal)
    told = story(pipeline)
    assert happened(told, "at", "state") == expected
    assert reads > len(expected)
    assert "callbacks and reads that changed nothing" in told["not_on_record"]


@pytest.mark.parametrize("scenario", sorted(SCENARIOS.keys() - {"interactive"}))
def test_every_course_of_events_is_told_to_its_end(pipeline: Pipeline, scenario: str) -> None:
    execution = played(pipeline, scenario)
    begun, ended = story(pipeline)["timeline"]
    assert begun["workflow_execution_id"] == execution["id"]
    assert begun["account_id"] == execution["accountId"]
    (course,) = pipeline.bff.executions()
    assert ended["state"] == WORDS[course["decision"]["type"]]
    assert (ended["verdict"], ended["told"]) == (ended["state"], True)
    assert begun["next_look"] is None


WORDS = {
    "PASSED": "approved",
    "WARNING": "review",
    "REJECTED": "declined",
    "NOT_EXECUTED": "expired",
}


def test_an_orphan_is_marked(pipeline: Pipeline) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.*", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask()
    (lost,) = pipeline.bff.executions()
    pipeline.let_pass(LEASE_SECONDS + 1)
    pipeline.open()
    pipeline.call_back(lost)
    pipeline.work_off()
    marked = {one["reference"]: one["orphan"] for one in story(pipeline)["timeline"]}
    assert marked.pop(lost["customerInternalReference"]) is True
    assert list(marked.values()) == [False]
    assert story(pipeline, account_id=lost["accountId"])["user_key"] == lost["userReference"]


def test_an_outcome_that_the_bus_does_not_have_yet_is_seen(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    pipeline.play(execution, "approved")
    with killed("before", pipeline.bus, "publish"):
        pipeline.bff.settle(execution)
    begun, ended = story(pipeline)["timeline"]
    assert (ended["verdict"], ended["told"]) == ("approved", False)
    assert begun["next_look"] is not None


def test_what_a_newer_version_wrote_does_not_hide_the_rest(pipeline: Pipeline) -> None:
    execution = pipeline.open()
    key = {"pk": {"S": f"USER#{execution['userReference']}"}, "sk": {"S": "EXECUTION#" + "0" * 32}}
    item = {**key, "state": {"S": "levitating"}, "due_at": {"N": "7"}}
    pipeline.bff.dynamodb.put_item(TableName=pipeline.bff.table_name, Item=item)
    assert happened(story(pipeline), "reference") == [
        ["unreadable", "0" * 32],
        ["begun", execution["customerInternalReference"]],
    ]


@pytest.mark.parametrize("name", ["subject", "user_key", "account_id", "reference"])
def test_a_stranger_has_no_story(pipeline: Pipeline, name: str) -> None:
    pipeline.open()
    issuer = {"issuer": ISSUER} if name == "subject" else {}
    with pytest.raises(NotFound):
        story(pipeline, **issuer, **{name: "0" * 32})


@pytest.mark.parametrize(
    "whom",
    [
        {"issuer": ISSUER},
        {"subject": "ada"},
        {"issuer": ISSUER, "subject": ""},
        {"issuer": ISSUER, "subject": "ada", "user_key": "x"},
        {"user_key": "x", "reference": "0" * 32},
        {"reference": "x"},
        {"name": "Ada"},
        {"user_key": None},
    ],
)
def test_a_person_is_named_in_one_way(pipeline: Pipeline, whom: Json) -> None:
    with pytest.raises(InvalidRequest):
        story(pipeline, **whom)
