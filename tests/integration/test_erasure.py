"""A person is erased, at Jumio and here; a tombstone without a name stays."""

import json

import pytest

from tests.support.bff import ISSUER, PEPPER
from tests.support.erasing import SUBJECT, Eraser, deleted_at_jumio, items_of, with_history
from tests.support.interruptions import interleaved
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.errors import OutcomeUnknown
from verification.identity import Caller
from verification.standing import LEASE_SECONDS
from verification.use_cases.erase_subject import Erased


@pytest.fixture
def erase(pipeline: Pipeline) -> Eraser:
    return Eraser(pipeline)


def test_everything_goes_and_a_tombstone_stays(
    pipeline: Pipeline, erase: Eraser, observed: Observed
) -> None:
    executions = with_history(pipeline)
    pipeline.open(user="bob")
    bobs = items_of(pipeline, "bob")
    before = len(items_of(pipeline))

    receipt = erase()

    assert (receipt.accounts, receipt.items) == (2, before - 2)  # less the two account look-ups
    assert deleted_at_jumio(pipeline) == {one["accountId"] for one in executions}
    (tombstone,) = items_of(pipeline)
    user_key = PEPPER.user_key(Caller(ISSUER, SUBJECT))
    assert tombstone == {
        "pk": {"S": f"ERASED#{user_key}"},
        "sk": {"S": "TOMBSTONE"},
        "erased_at": {"N": str(int(pipeline.clock()))},
        "erasure": {"S": str(receipt.erasure)},
    }
    assert items_of(pipeline, "bob") == bobs
    everything = json.dumps(pipeline.bff.items())
    assert not any(one[name] in everything for one in executions for name in ("id", "accountId"))
    (logged,) = observed.with_code("subject_erased")
    assert logged["erasure"] == receipt.erasure
    said = json.dumps([logged, receipt.__dict__])
    assert SUBJECT not in said
    assert user_key not in said


def test_repeating_it_changes_nothing(pipeline: Pipeline, erase: Eraser) -> None:
    with_history(pipeline)
    first = erase()
    calls = len(pipeline.bff.simulator.admin.journal(method="DELETE"))
    pipeline.let_pass(3600)

    assert erase() == Erased(None, first.erased_at, 0, 0)
    assert len(pipeline.bff.simulator.admin.journal(method="DELETE")) == calls
    assert len(items_of(pipeline)) == 1


def test_somebody_whom_nobody_knows_leaves_nothing(pipeline: Pipeline, erase: Eraser) -> None:
    assert erase("nobody") == Erased(None, None, 0, 0)
    assert pipeline.bff.items() == []


def test_orphaned_accounts_are_deleted_too(pipeline: Pipeline, erase: Eraser) -> None:
    pipeline.bff.simulator.admin.add_fault("accounts.create", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask(user=SUBJECT)
    (lost,) = pipeline.bff.executions()
    pipeline.let_pass(LEASE_SECONDS)
    recorded = pipeline.open(user=SUBJECT)
    pipeline.call_back(lost)
    pipeline.work_off()

    assert erase().accounts == 2
    assert deleted_at_jumio(pipeline) == {lost["accountId"], recorded["accountId"]}
    assert len(items_of(pipeline)) == 1


def test_later_callbacks_are_answered_and_dropped(
    pipeline: Pipeline, erase: Eraser, observed: Observed
) -> None:
    executions = with_history(pipeline)
    pipeline.call_back(executions[1])
    erase()
    tombstone = items_of(pipeline)

    for execution in executions:
        pipeline.call_back(execution)
    assert pipeline.work() == {"batchItemFailures": []}

    assert observed.codes().count("execution_unknown") == 3
    assert items_of(pipeline) == tombstone
    assert [one["data"]["status"] for one in pipeline.consumer.events()] == ["declined"]


def test_the_person_may_start_afresh(pipeline: Pipeline, erase: Eraser) -> None:
    old = with_history(pipeline)
    first = erase()

    again = pipeline.open(user=SUBJECT)

    assert again["accountId"] not in {one["accountId"] for one in old}
    assert pipeline.told(SUBJECT).body["retry"] == {"allowed": True, "remaining": 4, "after": 0}
    pipeline.let_pass(60)
    second = erase()
    assert second.accounts == 1
    assert second.erasure != first.erasure
    (tombstone,) = items_of(pipeline)
    assert tombstone["erasure"]["S"] == second.erasure


def test_a_session_that_is_opened_just_before_goes_with_the_rest(
    pipeline: Pipeline, erase: Eraser
) -> None:
    executions = with_history(pipeline)

    with interleaved("before", erase.store, "hold", lambda: _ask(pipeline)):
        receipt = erase()

    opened = {one["accountId"] for one in pipeline.bff.executions()}
    assert deleted_at_jumio(pipeline) == opened
    assert len(pipeline.bff.executions()) == len(executions) + 1
    assert receipt.accounts == 2
    assert len(items_of(pipeline)) == 1


def _ask(pipeline: Pipeline) -> None:
    pipeline.bff.ask(user=SUBJECT, journey="repeated")
