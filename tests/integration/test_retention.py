"""What a journey retains for some days is erased when they are over: by itself, and whole."""

import json
from functools import partial
from typing import Any, Literal

import pytest

from tests.integration.test_validity import goes_through, lapses, minute
from tests.support.erasing import deleted_at_jumio, items_of
from tests.support.interruptions import interleaved, killed
from tests.support.observed import Observed
from tests.support.operators import decide
from tests.support.pipeline import Pipeline
from verification.domain.errors import NotFound, OutcomeUnknown, SessionBusy
from verification.domain.journeys import load_journeys
from verification.domain.schedule import RHYTHM
from verification.domain.standing import ERASURE_SECONDS, LEASE_SECONDS

Json = dict[str, Any]
DAY = 86400
MONTH = 30 * DAY


def with_journeys(pipeline: Pipeline, *journeys: Json) -> Pipeline:
    step = {"name": "identity", "attempts": {"limit": 9}}
    usual = {"steps": [step], "repeatable": True}
    document = {"version": 1, "journeys": [{**usual, **one} for one in journeys]}
    pipeline.bff.journeys = load_journeys(json.dumps(document))
    return pipeline


@pytest.fixture
def monthly(pipeline: Pipeline) -> Pipeline:
    """What ends in ``identity`` is retained for thirty days; in ``lasting``, for ever."""
    return with_journeys(pipeline, {"name": "identity", "retainDays": 30}, {"name": "lasting"})


def later(pipeline: Pipeline, seconds: float) -> None:
    """Time passes, in whose last minute the sweeper comes by."""
    pipeline.let_pass(seconds - 60)
    minute(pipeline)


def is_erased(pipeline: Pipeline) -> bool:
    found = items_of(pipeline, "ada")
    assert found
    accounts = {one["accountId"] for one in pipeline.bff.executions()}
    nothing_left = [one["sk"]["S"] for one in found] == ["TOMBSTONE"]
    assert nothing_left is (deleted_at_jumio(pipeline) == accounts)
    return nothing_left


def forget_hints(pipeline: Pipeline) -> None:
    pipeline.hints.retained.clear()
    pipeline.hints.sqs.purge_queue(QueueUrl=pipeline.hints.url)


def test_a_person_is_erased_so_many_days_after_their_outcome(
    monthly: Pipeline, observed: Observed
) -> None:
    execution = goes_through(monthly)
    later(monthly, MONTH - 1)
    assert not is_erased(monthly)
    assert monthly.status() == "approved"

    minute(monthly)

    assert is_erased(monthly)
    (receipt,) = observed.with_code("subject_erased")
    assert (receipt["result"], receipt["accounts"]) == ("erased", 1)
    assert receipt["erasure"] == items_of(monthly, "ada")[0]["erasure"]["S"]
    assert len(monthly.consumer.events()) == 1
    assert monthly.status() == "none"
    assert monthly.open()["accountId"] != execution["accountId"]


@pytest.mark.parametrize("scenario", ["declined: fake document", "never starts", "technical error"])
def test_whatever_the_end_was(monthly: Pipeline, scenario: str) -> None:
    goes_through(monthly, scenario)
    later(monthly, MONTH)
    assert is_erased(monthly)


def test_also_of_who_has_never_gone_on_to_the_next_step(pipeline: Pipeline) -> None:
    steps = [{"name": "face"}, {"name": "identity"}]
    with_journeys(pipeline, {"name": "identity", "retainDays": 30, "steps": steps})
    goes_through(pipeline)
    assert pipeline.consumer.events() == []
    later(pipeline, MONTH - 1)
    assert not is_erased(pipeline)
    minute(pipeline)
    assert is_erased(pipeline)


def test_without_the_word_nobody_is_looked_at_any_more(monthly: Pipeline) -> None:
    execution = monthly.open(journey="lasting")
    monthly.play(execution, "approved")
    monthly.call_back(execution)
    monthly.work_off()
    assert "due_at" not in monthly.execution(execution)


def test_nobody_else_is_touched(monthly: Pipeline) -> None:
    goes_through(monthly)
    monthly.let_pass(DAY)
    bob = monthly.open(user="bob")
    before = items_of(monthly, "bob")
    monthly.let_pass(29 * DAY)
    monthly.sweep()
    forget_hints(monthly)  # that of bob's session, which has ended meanwhile
    monthly.let_pass(RHYTHM[0])
    monthly.sweep()
    monthly.work()
    assert [one["sk"] for one in items_of(monthly, "ada")] == [{"S": "TOMBSTONE"}]
    assert deleted_at_jumio(monthly).isdisjoint({bob["accountId"]})
    assert len(items_of(monthly, "bob")) >= len(before) - 1


def test_every_attempt_begins_the_days_anew(monthly: Pipeline) -> None:
    goes_through(monthly, "declined: fake document")
    monthly.let_pass(20 * DAY)
    goes_through(monthly)
    monthly.let_pass(10 * DAY)
    for _ in range(5):
        minute(monthly)
    assert monthly.sweep() == 0  # once is enough to see that it is not time yet
    assert not is_erased(monthly)
    later(monthly, 20 * DAY)
    assert is_erased(monthly)


def test_an_attempt_that_is_under_way_is_not_cut_off(monthly: Pipeline) -> None:
    goes_through(monthly, "declined: fake document")
    monthly.let_pass(MONTH - 120)
    running = monthly.open()
    for _ in range(5):
        minute(monthly)
    assert not is_erased(monthly)
    assert monthly.bff.ask().status == 200
    monthly.play(running, "approved")
    monthly.call_back(running)
    monthly.work_off()
    later(monthly, MONTH)
    assert is_erased(monthly)


def test_who_is_under_review_is_kept_until_somebody_has_judged(monthly: Pipeline) -> None:
    execution = goes_through(monthly, "needs review")
    assert "due_at" not in monthly.execution(execution)
    later(monthly, 3 * MONTH)
    assert not is_erased(monthly)
    decide(monthly, execution, "decline")
    monthly.work_off()
    later(monthly, MONTH - 1)
    assert not is_erased(monthly)
    minute(monthly)
    assert is_erased(monthly)


def test_who_is_revoked_is_kept_for_as_long_from_then_on(monthly: Pipeline) -> None:
    execution = goes_through(monthly)
    monthly.let_pass(20 * DAY)
    decide(monthly, execution, "revoke")
    monthly.work_off()
    later(monthly, 10 * DAY)
    assert not is_erased(monthly)
    later(monthly, 20 * DAY)
    assert is_erased(monthly)


@pytest.mark.parametrize("first", ["identity", "lasting"])
def test_a_journey_without_the_word_keeps_the_whole_person(monthly: Pipeline, first: str) -> None:
    second = "lasting" if first == "identity" else "identity"
    for journey in (first, second):
        execution = monthly.open(journey=journey)
        monthly.play(execution, "approved")
        monthly.call_back(execution)
        monthly.work_off()
    later(monthly, MONTH)
    later(monthly, 2 * MONTH)
    assert not is_erased(monthly)
    assert monthly.sweep() == 0
    assert [monthly.status(journey=one) for one in (first, second)] == ["approved"] * 2


def test_of_two_journeys_the_one_that_retains_longer_decides(pipeline: Pipeline) -> None:
    words: list[Json] = [
        {"name": "identity", "retainDays": 30},
        {"name": "longer", "retainDays": 60},
    ]
    with_journeys(pipeline, *words)
    for journey in ("longer", "identity"):
        execution = pipeline.open(journey=journey)
        pipeline.play(execution, "approved")
        pipeline.call_back(execution)
        pipeline.work_off()
    later(pipeline, 2 * MONTH - 1)
    assert not is_erased(pipeline)
    minute(pipeline)
    assert is_erased(pipeline)


@pytest.mark.parametrize("days", [20, 30])
def test_a_lapse_is_told_before_once(pipeline: Pipeline, days: int) -> None:
    """Also if both are due in the same second."""
    step = {"name": "identity", "validity": days * DAY}
    with_journeys(pipeline, {"name": "identity", "retainDays": 30, "steps": [step]})
    execution = goes_through(pipeline)
    later(pipeline, days * DAY)
    assert len(lapses(pipeline)) == 1
    pipeline.call_back(execution)
    pipeline.work_off()
    later(pipeline, MONTH - days * DAY + 60)
    minute(pipeline)
    assert is_erased(pipeline)
    assert len(lapses(pipeline)) == 1


def test_who_has_renewed_an_approval_is_kept_with_it(pipeline: Pipeline) -> None:
    step = {"name": "identity", "validity": 20 * DAY}
    with_journeys(pipeline, {"name": "identity", "retainDays": 30, "steps": [step]})
    goes_through(pipeline)
    pipeline.let_pass(15 * DAY)
    goes_through(pipeline)
    later(pipeline, 15 * DAY)
    later(pipeline, 4 * DAY)
    assert pipeline.status() == "approved"
    later(pipeline, 2 * DAY)
    assert pipeline.status() == "lapsed"
    later(pipeline, 9 * DAY)
    assert is_erased(pipeline)
    assert len(lapses(pipeline)) == 1


def test_an_approval_for_longer_than_the_days_that_came_later_keeps_its_time(
    pipeline: Pipeline,
) -> None:
    step = {"name": "identity", "validity": 90 * DAY, "attempts": {"limit": 9}}
    with_journeys(pipeline, {"name": "identity", "steps": [step]})
    goes_through(pipeline)
    with_journeys(pipeline, {"name": "identity", "retainDays": 30})
    goes_through(pipeline, "declined: fake document")
    for _ in range(2):
        later(pipeline, MONTH)
        assert pipeline.status() == "approved"
    later(pipeline, MONTH)
    assert len(lapses(pipeline)) == 1
    later(pipeline, DAY)
    assert is_erased(pipeline)


def test_an_outcome_that_the_bus_does_not_have_is_told_first(monthly: Pipeline) -> None:
    first = goes_through(monthly, "declined: fake document")
    second = monthly.open()
    monthly.play(second, "approved")
    with killed("before", monthly.bus, "publish"):
        monthly.bff.settle(second)
    monthly.let_pass(MONTH)

    monthly.bff.settle(first)

    assert not is_erased(monthly)
    minute(monthly)
    assert [status for _, status in monthly.consumer.outcomes()] == ["declined", "approved"]
    later(monthly, DAY)
    later(monthly, DAY)
    assert is_erased(monthly)


STEPS = [
    ("erasures", "kept"),
    ("erasures", "hold"),
    ("jumio", "delete_account"),
    ("erasures", "remove"),
]


@pytest.mark.parametrize(("part", "method"), STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_anywhere_is_made_up_for_by_the_sweeper(
    monthly: Pipeline, part: str, method: str, when: Literal["before", "after"]
) -> None:
    goes_through(monthly)
    monthly.let_pass(MONTH)
    monthly.sweep()
    with killed(when, getattr(monthly.bff, part), method):
        monthly.work()
    forget_hints(monthly)

    later(monthly, 120)

    assert is_erased(monthly)


@pytest.mark.parametrize("survived", range(1, 4))
def test_also_between_its_writes(
    monthly: Pipeline, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    monkeypatch.setattr("verification.store.erasure._BATCH", 2)
    goes_through(monthly, "declined: fake document")
    goes_through(monthly)
    monthly.let_pass(MONTH)
    monthly.sweep()
    with killed("before", monthly.bff.table, "write", survives=survived):
        monthly.work()
    forget_hints(monthly)

    for _ in range(5):
        minute(monthly)
    later(monthly, 2 * 3600)

    assert is_erased(monthly)


def test_a_jumio_that_does_not_delete_is_asked_until_it_does(
    monthly: Pipeline, observed: Observed
) -> None:
    admin = monthly.bff.simulator.admin
    goes_through(monthly)
    admin.add_fault("accounts.delete", "status", status=403, count=2)
    monthly.let_pass(MONTH)
    monthly.sweep()
    assert len(monthly.work()["batchItemFailures"]) == 1
    assert not is_erased(monthly)
    forget_hints(monthly)

    for _ in range(3):
        minute(monthly)

    assert is_erased(monthly)
    assert len(observed.with_code("subject_erased")) == 1


def test_while_jumio_does_not_delete_the_person_can_come_back(monthly: Pipeline) -> None:
    goes_through(monthly)
    monthly.bff.simulator.admin.add_fault("accounts.delete", "status", status=403)
    monthly.let_pass(MONTH)
    monthly.sweep()
    monthly.work()
    with pytest.raises(SessionBusy):
        monthly.bff.ask()
    monthly.let_pass(ERASURE_SECONDS)

    again = monthly.open()
    monthly.bff.simulator.admin.clear_faults()
    minute(monthly)

    assert not is_erased(monthly)
    assert monthly.bff.ask().status == 200
    monthly.play(again, "approved")
    monthly.call_back(again)
    monthly.work_off()
    later(monthly, MONTH)
    assert is_erased(monthly)


def test_who_begins_again_at_that_moment_keeps_their_session(monthly: Pipeline) -> None:
    goes_through(monthly)
    monthly.let_pass(MONTH)
    monthly.sweep()
    with interleaved("before", monthly.bff.erasures, "hold", partial(opened, monthly)):
        monthly.work()
    assert not is_erased(monthly)
    assert monthly.bff.ask().status == 200
    monthly.work_off()
    minute(monthly)
    assert monthly.bff.ask().status == 200


def opened(pipeline: Pipeline) -> None:
    pipeline.open()


def test_who_begins_while_it_runs_waits_and_is_a_new_person(monthly: Pipeline) -> None:
    old = goes_through(monthly)
    monthly.let_pass(MONTH)
    monthly.sweep()
    refused: list[int | None] = []

    def person() -> None:
        with pytest.raises(SessionBusy) as refusal:
            monthly.bff.ask()
        refused.append(refusal.value.retry_after)

    with interleaved("before", monthly.bff.jumio, "delete_account", person):
        monthly.work()
    assert refused
    assert is_erased(monthly)
    assert monthly.open()["accountId"] != old["accountId"]


def test_a_request_that_is_at_work_is_not_disturbed(monthly: Pipeline) -> None:
    goes_through(monthly)
    monthly.let_pass(MONTH)
    monthly.sweep()
    with interleaved("before", monthly.bff.jumio, "open_execution", monthly.work_off):
        monthly.bff.ask()
    assert not is_erased(monthly)
    assert monthly.bff.ask().status == 200


def test_an_operators_word_at_that_moment_is_heard_or_refused(monthly: Pipeline) -> None:
    """Never taken and forgotten: a receipt means that the bus hears of it."""
    execution = goes_through(monthly)
    monthly.let_pass(MONTH)
    monthly.sweep()

    def refused() -> None:
        with pytest.raises(SessionBusy):
            decide(monthly, execution, "revoke")

    with interleaved("before", monthly.bff.erasures, "remove", refused):
        monthly.work()
    assert is_erased(monthly)
    with pytest.raises(NotFound):
        decide(monthly, execution, "revoke")


def test_an_operators_word_right_before_counts(monthly: Pipeline) -> None:
    execution = goes_through(monthly)
    monthly.let_pass(MONTH)
    monthly.sweep()

    def revoked() -> None:
        decide(monthly, execution, "revoke")

    with interleaved("before", monthly.bff.erasures, "hold", revoked):
        monthly.work()
    monthly.work_off()
    assert not is_erased(monthly)
    assert monthly.consumer.outcomes()[-1][1] == "declined"
    later(monthly, MONTH)
    assert is_erased(monthly)


def test_two_workers_at_once_erase_once(monthly: Pipeline, observed: Observed) -> None:
    execution = goes_through(monthly)
    monthly.let_pass(MONTH)
    other = partial(monthly.bff.settle, execution)
    with interleaved("after", monthly.bff.erasures, "kept", other):
        monthly.bff.settle(execution)
    assert is_erased(monthly)
    assert len(observed.with_code("subject_erased")) == 1


def test_what_a_restored_backup_brings_back_goes_again(monthly: Pipeline) -> None:
    goes_through(monthly)
    backup = monthly.bff.items()
    later(monthly, MONTH)
    for item in backup:
        monthly.bff.dynamodb.put_item(TableName=monthly.bff.table_name, Item=item)
    minute(monthly)
    assert is_erased(monthly)


def test_the_document_as_it_is_now_decides(monthly: Pipeline) -> None:
    execution = goes_through(monthly)
    monthly.let_pass(DAY)
    with_journeys(monthly, {"name": "identity", "retainDays": 60})
    later(monthly, 29 * DAY)
    assert not is_erased(monthly)
    assert monthly.sweep() == 0
    with_journeys(monthly, {"name": "identity"})
    later(monthly, MONTH)
    assert not is_erased(monthly)
    assert "due_at" not in monthly.execution(execution)


def test_what_was_found_later_begins_the_days_too(monthly: Pipeline) -> None:
    """Opened by a call whose answer never came, and given up before Jumio told of it."""
    monthly.bff.simulator.admin.add_fault("accounts.create", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        monthly.bff.ask()
    monthly.let_pass(LEASE_SECONDS)
    (lost,) = monthly.bff.executions()
    later(monthly, DAY)
    monthly.play(lost, "never starts")
    monthly.call_back(lost)
    monthly.work_off()
    assert monthly.execution(lost)["account_id"] == lost["accountId"]
    later(monthly, MONTH)
    assert is_erased(monthly)


def test_an_attempt_that_never_reached_jumio_holds_nothing_up(monthly: Pipeline) -> None:
    monthly.bff.simulator.admin.add_fault("accounts.create", "reset")
    with pytest.raises(OutcomeUnknown):
        monthly.bff.ask()
    monthly.let_pass(LEASE_SECONDS)
    goes_through(monthly)
    later(monthly, DAY)
    later(monthly, MONTH)
    assert is_erased(monthly)
