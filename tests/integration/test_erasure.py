"""A person is erased, at Jumio and here; a tombstone without a name stays."""

import json
from typing import Any

import pytest

from tests.support.bff import ISSUER, PEPPER
from tests.support.erasing import SUBJECT, Eraser, deleted_at_jumio, items_of, with_history
from tests.support.interruptions import interleaved, killed
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.errors import OutcomeUnknown, SessionBusy
from verification.domain.identity import Caller
from verification.domain.standing import LEASE_SECONDS
from verification.store.table import Key, delete
from verification.use_cases.erase_subject import Erased

Json = dict[str, Any]


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

    assert receipt.result == "erased"
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

    assert erase() == Erased("erased-before", None, first.erased_at)
    assert len(pipeline.bff.simulator.admin.journal(method="DELETE")) == calls
    assert len(items_of(pipeline)) == 1


def test_somebody_whom_nobody_knows_is_said_to_be_unknown(
    pipeline: Pipeline, erase: Eraser, observed: Observed
) -> None:
    """As with an issuer whose last slash was forgotten."""
    assert erase("nobody") == Erased("unknown", None, None)
    assert pipeline.bff.items() == []
    assert observed.codes() == ["subject_unknown"]


def test_orphaned_accounts_are_deleted_too(pipeline: Pipeline, erase: Eraser) -> None:
    orphan = lost(pipeline)
    recorded = pipeline.open(user=SUBJECT)
    pipeline.call_back(orphan)
    pipeline.work_off()

    assert erase().accounts == 2
    assert deleted_at_jumio(pipeline) == {orphan["accountId"], recorded["accountId"]}
    assert len(items_of(pipeline)) == 1


def lost(pipeline: Pipeline, user: str = SUBJECT) -> Json:
    """Jumio opens an account for a person, and the answer never comes."""
    pipeline.bff.simulator.admin.add_fault("accounts.create", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        pipeline.bff.ask(user=user)
    pipeline.let_pass(LEASE_SECONDS)
    return pipeline.bff.executions()[-1]


def test_an_account_that_nobody_knew_of_is_deleted_at_its_callback(
    pipeline: Pipeline, erase: Eraser, observed: Observed
) -> None:
    leftover = lost(pipeline)
    receipt = erase()
    assert (receipt.accounts, receipt.unanswered) == (0, 1)
    again = pipeline.open(user=SUBJECT)  # the person has come back meanwhile

    pipeline.call_back(leftover)
    pipeline.work_off()
    pipeline.call_back(leftover)
    pipeline.work_off()

    assert deleted_at_jumio(pipeline) == {leftover["accountId"]} != {again["accountId"]}
    codes = observed.codes()
    assert (codes.count("leftover_erased"), codes.count("leftover_gone")) == (1, 1)
    assert pipeline.execution(again, SUBJECT)["account_id"] == again["accountId"]


def test_whoever_knows_an_address_of_an_erased_person_can_delete_nobody_elses_account(
    pipeline: Pipeline, erase: Eraser, observed: Observed
) -> None:
    leftover = lost(pipeline)
    erase()
    again, bobs = pipeline.open(user=SUBJECT), pipeline.open(user="bob")

    for other in (again, bobs):
        pipeline.call_back(
            leftover,
            account={"id": other["accountId"]},
            workflowExecution={"id": other["id"], "status": "PROCESSED"},
        )
    pipeline.work_off()

    assert deleted_at_jumio(pipeline) == set()
    assert observed.codes().count("callback_mismatch") == 2
    assert observed.metrics()["CallbacksRefused"] == 2


def test_a_leftover_of_which_only_an_expiry_is_known_is_told_and_not_deleted(
    pipeline: Pipeline, erase: Eraser, observed: Observed
) -> None:
    leftover = lost(pipeline)
    assert erase().unanswered == 1
    pipeline.play(leftover, "never starts")

    pipeline.call_back(leftover)
    pipeline.work_off()

    assert deleted_at_jumio(pipeline) == set()
    (record,) = observed.with_code("leftover_unconfirmed")
    assert record["account_id"] == leftover["accountId"]
    assert observed.metrics()["Orphans"] == 1


def test_an_account_that_is_somebodys_again_is_not_a_leftover(
    pipeline: Pipeline, erase: Eraser, observed: Observed
) -> None:
    """As after the table was restored to a moment before the latest attempt."""
    pipeline.open(user=SUBJECT)
    erase()
    live = pipeline.open(user=SUBJECT)
    forgotten = pipeline.open(user=SUBJECT, renew=True)
    reference = forgotten["customerInternalReference"]
    (item,) = [one for one in items_of(pipeline) if one["sk"]["S"].endswith(reference)]
    pipeline.bff.table.write(delete(Key(item["pk"]["S"], item["sk"]["S"])))

    pipeline.call_back(forgotten)
    pipeline.work_off()

    assert live["accountId"] == forgotten["accountId"] not in deleted_at_jumio(pipeline)
    assert observed.codes().count("callback_mismatch") == 1


def test_jumio_has_to_name_the_account_itself(
    pipeline: Pipeline, erase: Eraser, observed: Observed
) -> None:
    """Should it ever look for an execution by its own id alone."""
    leftover = lost(pipeline)
    erase()
    bobs, admin = pipeline.open(user="bob"), pipeline.bff.simulator.admin
    details = {
        "account": {"id": leftover["accountId"]},
        "workflow": {
            "status": "TOKEN_EXPIRED",
            "userReference": leftover["userReference"],
            "customerInternalReference": leftover["customerInternalReference"],
        },
    }
    status = {"workflowExecution": {"status": "TOKEN_EXPIRED"}}
    admin.add_fault("retrieval.status", "status", status=200, body=status)
    admin.add_fault("retrieval.details", "status", status=200, body=details)

    pipeline.call_back(
        leftover,
        account={"id": bobs["accountId"]},
        workflowExecution={"id": bobs["id"], "status": "TOKEN_EXPIRED"},
    )
    pipeline.work_off()

    assert deleted_at_jumio(pipeline) == set()
    assert observed.codes().count("callback_mismatch") == 1


def test_a_leftover_that_cannot_be_read_for_a_moment_is_deleted_all_the_same(
    pipeline: Pipeline, erase: Eraser
) -> None:
    leftover = lost(pipeline)
    erase()
    pipeline.bff.simulator.admin.add_fault("retrieval.details", "status", status=404, count=2)
    pipeline.call_back(leftover)
    pipeline.work_off()
    assert deleted_at_jumio(pipeline) == {leftover["accountId"]}


def test_a_leftover_whose_result_stays_unreadable_is_kept_in_mind(
    pipeline: Pipeline, erase: Eraser
) -> None:
    leftover = lost(pipeline)
    erase()
    pipeline.bff.simulator.admin.add_fault("retrieval.details", "status", status=404, count=99)
    pipeline.call_back(leftover)
    assert len(pipeline.work()["batchItemFailures"]) == 1

    pipeline.bff.simulator.admin.clear_faults()
    pipeline.work_off()
    assert deleted_at_jumio(pipeline) == {leftover["accountId"]}


def test_nothing_is_handed_out_of_what_is_being_erased(pipeline: Pipeline, erase: Eraser) -> None:
    pipeline.open(user=SUBJECT)
    with killed("after", pipeline.bff.jumio, "delete_account"):
        erase()
    with pytest.raises(SessionBusy) as refusal:
        pipeline.bff.ask(user=SUBJECT)
    assert refusal.value.retry_after == 119  # it has looked for a second

    pipeline.let_pass(120)
    assert pipeline.bff.ask(user=SUBJECT).status == 201  # given up: the person is a new one


@pytest.mark.parametrize("endpoint", ["retrieval.*", "accounts.delete"])
def test_a_leftover_is_tried_again_until_jumio_has_deleted_it(
    pipeline: Pipeline, erase: Eraser, endpoint: str
) -> None:
    leftover = lost(pipeline)
    erase()
    pipeline.bff.simulator.admin.add_fault(endpoint, "status", status=503, count=4)
    pipeline.call_back(leftover)

    assert len(pipeline.work()["batchItemFailures"]) == 1
    assert deleted_at_jumio(pipeline) == set()

    pipeline.work_off()
    assert deleted_at_jumio(pipeline) == {leftover["accountId"]}


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

    assert observed.codes().count("leftover_gone") == 3
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
