"""Whatever fails, dies or comes between: an erasure ends, and nothing is left behind."""

from typing import Literal

import pytest

from tests.support.bff import ISSUER, PEPPER
from tests.support.erasing import SUBJECT, Eraser, deleted_at_jumio, items_of, with_history
from tests.support.interruptions import interleaved, killed
from tests.support.pipeline import Pipeline
from verification.domain.errors import OutcomeUnknown, ProviderUnavailable, SessionBusy
from verification.domain.identity import Caller
from verification.domain.standing import LEASE_SECONDS

HOLD = 120


@pytest.fixture
def erase(pipeline: Pipeline) -> Eraser:
    return Eraser(pipeline)


@pytest.mark.parametrize("skip", [0, 1])
def test_when_jumio_fails_in_the_middle_it_is_resumed(
    pipeline: Pipeline, erase: Eraser, skip: int
) -> None:
    executions = with_history(pipeline)
    before = items_of(pipeline)
    pipeline.bff.simulator.admin.add_fault(
        "accounts.delete", "status", status=503, count=20, skip=skip
    )

    with pytest.raises(ProviderUnavailable):
        erase(seconds=1.5)
    assert len(items_of(pipeline)) == len(before)

    pipeline.bff.simulator.admin.clear_faults()
    assert erase().accounts == 2
    assert deleted_at_jumio(pipeline) == {one["accountId"] for one in executions}
    assert len(items_of(pipeline)) == 1


STEPS = [
    ("store", "kept"),
    ("store", "hold"),
    ("jumio", "delete_account"),
    ("store", "remove"),
]


@pytest.mark.parametrize(("part", "method"), STEPS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_anywhere_it_is_resumed(
    pipeline: Pipeline,
    erase: Eraser,
    part: str,
    method: str,
    moment: Literal["before", "after"],
) -> None:
    executions = with_history(pipeline)
    thing = erase.store if part == "store" else pipeline.bff.jumio

    with killed(moment, thing, method):
        erase()
    receipt = erase()

    assert receipt.erased_at is not None
    assert deleted_at_jumio(pipeline) == {one["accountId"] for one in executions}
    (tombstone,) = items_of(pipeline)
    assert tombstone["sk"]["S"] == "TOMBSTONE"


@pytest.mark.parametrize("survived", range(1, 5))
def test_killed_between_its_writes_it_leaves_nothing_behind_in_the_end(
    pipeline: Pipeline, erase: Eraser, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    with_history(pipeline)
    monkeypatch.setattr("verification.store.erasure._BATCH", 2)
    with killed("before", pipeline.bff.table, "write", survives=survived):
        erase()
    pipeline.let_pass(3600)
    erase()

    (tombstone,) = items_of(pipeline)
    assert tombstone["sk"]["S"] == "TOMBSTONE"
    owners = [one for one in pipeline.bff.items() if one["pk"]["S"].startswith("ACCOUNT#")]
    assert owners == []


def test_while_a_session_is_being_opened_it_has_to_wait(pipeline: Pipeline, erase: Eraser) -> None:
    refused: list[int | None] = []

    def operator() -> None:
        with pytest.raises(SessionBusy) as refusal:
            erase()
        refused.append(refusal.value.retry_after)

    with interleaved("after", pipeline.bff.jumio, "open_execution", operator):
        pipeline.bff.ask(user=SUBJECT)

    assert refused == [LEASE_SECONDS]
    assert pipeline.status(SUBJECT) == "pending"
    assert erase().accounts == 1


def test_while_it_runs_no_session_is_opened(pipeline: Pipeline, erase: Eraser) -> None:
    execution = with_history(pipeline)[-1]
    pipeline.bff.simulator.admin.expire(execution["id"])
    pipeline.call_back(execution)
    pipeline.work_off()
    opened = len(pipeline.bff.executions())

    def person() -> None:
        with pytest.raises(SessionBusy):
            pipeline.bff.ask(user=SUBJECT)

    with interleaved("before", pipeline.bff.jumio, "delete_account", person):
        erase()
    assert len(pipeline.bff.executions()) == opened


def test_two_operators_at_once_erase_once(pipeline: Pipeline, erase: Eraser) -> None:
    with_history(pipeline)
    other = Eraser(pipeline)

    with (
        interleaved("before", erase.store, "remove", lambda: other() and None),
        pytest.raises(SessionBusy),
    ):
        erase()
    assert len(items_of(pipeline)) == 1


@pytest.mark.parametrize("method", ["read_execution"])
def test_an_erasure_while_the_worker_reads_is_not_undone(
    pipeline: Pipeline, erase: Eraser, method: str
) -> None:
    execution = pipeline.open(user=SUBJECT)
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)

    with interleaved("after", pipeline.bff.jumio, method, lambda: erase() and None):
        pipeline.work()
    pipeline.work_off()

    (tombstone,) = items_of(pipeline)
    assert tombstone["sk"]["S"] == "TOMBSTONE"
    assert pipeline.consumer.events() == []


def fail_halfway(pipeline: Pipeline, erase: Eraser) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.delete", "status", status=503, count=20)
    with pytest.raises(ProviderUnavailable):
        erase(seconds=1.2)
    pipeline.bff.simulator.admin.clear_faults()


def test_an_erasure_that_was_given_up_does_not_stop_the_person_for_ever(
    pipeline: Pipeline, erase: Eraser
) -> None:
    pipeline.bff.simulator.admin.expire(pipeline.open(user=SUBJECT)["id"])
    pipeline.let_pass(3600)
    fail_halfway(pipeline, erase)
    with pytest.raises(SessionBusy):
        pipeline.bff.ask(user=SUBJECT)

    pipeline.let_pass(HOLD)

    pipeline.open(user=SUBJECT)
    assert erase().accounts == 1


def test_a_session_that_is_opened_after_a_failed_erasure_is_not_torn_away(
    pipeline: Pipeline, erase: Eraser
) -> None:
    pipeline.bff.simulator.admin.expire(pipeline.open(user=SUBJECT)["id"])
    pipeline.let_pass(3600)
    fail_halfway(pipeline, erase)
    pipeline.let_pass(HOLD)

    def operator() -> None:
        with pytest.raises(SessionBusy):
            erase()

    with interleaved("after", pipeline.bff.jumio, "open_execution", operator):
        pipeline.bff.ask(user=SUBJECT)
    erase()
    assert deleted_at_jumio(pipeline) == {
        execution["accountId"] for execution in pipeline.bff.executions()
    }


def test_what_is_adopted_while_it_runs_is_erased_too(pipeline: Pipeline, erase: Eraser) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.create", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask(user=SUBJECT)
    (lost,) = pipeline.bff.executions()
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.open(user=SUBJECT)
    pipeline.call_back(lost)

    with interleaved(
        "before", pipeline.bff.jumio, "delete_account", lambda: pipeline.work() and None
    ):
        erase()
    pipeline.work_off()

    assert len(items_of(pipeline)) == 1
    assert not [one for one in pipeline.bff.items() if one["pk"]["S"].startswith("ACCOUNT#")]


def test_a_worker_that_looked_before_it_began_adopts_nothing_any_more(
    pipeline: Pipeline, erase: Eraser, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.create", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask(user=SUBJECT)
    (lost,) = pipeline.bff.executions()
    pipeline.let_pass(LEASE_SECONDS)
    pipeline.open(user=SUBJECT)
    store, hint = pipeline.bff.outcomes, pipeline.bff.hint(lost)
    before = store.known(hint.user_key, hint.reference)
    pipeline.call_back(lost)

    def worker() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(store, "known", lambda *_: before)
            assert len(pipeline.work()["batchItemFailures"]) == 1

    with interleaved("before", pipeline.bff.jumio, "delete_account", worker):
        erase()
    pipeline.work_off()

    assert len(items_of(pipeline)) == 1
    assert not [one for one in pipeline.bff.items() if one["pk"]["S"].startswith("ACCOUNT#")]


def test_an_erasure_that_was_given_up_takes_no_lease_from_whoever_came_after(
    pipeline: Pipeline, erase: Eraser
) -> None:
    bff = pipeline.bff
    pipeline.open(user=SUBJECT)
    with killed("before", bff.jumio, "delete_account"):
        erase()
    pipeline.let_pass(HOLD)
    user_key = PEPPER.user_key(Caller(ISSUER, SUBJECT))
    bff.store.hold(user_key, "a-request", int(pipeline.clock()))

    with pytest.raises(SessionBusy):
        erase()

    bff.store.let_go(user_key, "a-request")
    assert erase().accounts == 1
