"""The process dies at every point of opening a session, and the person comes back."""

from typing import Any, Literal

import pytest

from tests.support.bff import Bff, Clock
from tests.support.interruptions import interleaved, killed
from verification.domain.errors import (
    AlreadyVerified,
    NotYet,
    OutcomeUnknown,
    SessionBusy,
    TemporarilyUnavailable,
)
from verification.domain.standing import LEASE_SECONDS
from verification.store.operations import Key, delete

Point = tuple[Literal["before", "after"], str, str]
POINTS: dict[str, Point] = {
    "before the intent is recorded": ("before", "store", "begin"),
    "after the intent is recorded": ("after", "store", "begin"),
    "before Jumio is called": ("before", "jumio", "open_execution"),
    "after Jumio has committed": ("after", "jumio", "open_execution"),
    "before the session is saved": ("before", "store", "save"),
    "after the session is saved": ("after", "store", "save"),
}


def later(bff: Bff, seconds: float = LEASE_SECONDS) -> None:
    assert isinstance(bff.clock, Clock)
    bff.clock.now += seconds


def die(bff: Bff, point: Point) -> None:
    when, part, method = point
    with killed(when, getattr(bff, part), method):
        bff.ask()


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
def test_the_person_gets_one_session_and_one_recorded_account(bff: Bff, point: Point) -> None:
    die(bff, point)
    later(bff)

    bff.ask()
    later(bff, 5)
    again = bff.ask()

    account, session = bff.item("ada", "ACCOUNT"), bff.item("ada", "SESSION#identity")
    assert account is not None
    assert session is not None
    assert again.status == 200
    assert account["account_id"] in {execution["accountId"] for execution in bff.executions()}
    assert "lease_owner" not in account
    (current,) = [e for e in bff.executions() if e["sdkToken"] == session["token"]]
    assert current["accountId"] == account["account_id"]


@pytest.mark.parametrize(
    "point", [p for p in POINTS.values() if p[1:] != ("store", "begin") or p[0] == "after"][:-1]
)
def test_within_the_lease_nobody_opens_a_second_execution(bff: Bff, point: Point) -> None:
    die(bff, point)
    opened = len(bff.executions())

    later(bff, LEASE_SECONDS - 2)
    with pytest.raises(SessionBusy) as refusal:
        bff.ask()

    assert len(bff.executions()) == opened
    assert refusal.value.retry_after is not None
    assert 1 <= refusal.value.retry_after <= LEASE_SECONDS


@pytest.mark.parametrize("fault", ["reset_after_commit", "reset_before_body", "truncated"])
def test_an_unknown_outcome_is_adopted_when_its_callback_comes(bff: Bff, fault: str) -> None:
    bff.simulator.admin.add_fault("accounts.create", fault)
    with pytest.raises(OutcomeUnknown) as problem:
        bff.ask()
    (opened,) = bff.executions()
    assert problem.value.retry_after == LEASE_SECONDS

    later(bff)
    bff.simulator.admin.expire(opened["id"])
    bff.settle(opened)

    account = bff.item("ada", "ACCOUNT")
    assert account is not None
    assert account["account_id"] == opened["accountId"]
    assert bff.ask().status == 201
    assert {execution["accountId"] for execution in bff.executions()} == {opened["accountId"]}


def test_an_orphan_is_recorded_and_does_not_replace_the_account(
    bff: Bff, caplog: pytest.LogCaptureFixture
) -> None:
    bff.simulator.admin.add_fault("accounts.create", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        bff.ask()
    (orphan,) = bff.executions()
    later(bff)
    bff.ask()

    bff.simulator.admin.expire(orphan["id"])
    bff.settle(orphan)

    account = bff.item("ada", "ACCOUNT")
    assert account is not None
    assert account["account_id"] == bff.executions()[-1]["accountId"] != orphan["accountId"]
    assert "orphan_recorded" in caplog.messages
    assert bff.status()["status"] == "pending"
    recorded = bff.item("ada", f"EXECUTION#{orphan['customerInternalReference']}")
    assert recorded is not None
    assert recorded["account_id"] == orphan["accountId"]


def test_while_the_request_may_still_save_its_callback_waits(bff: Bff) -> None:
    with killed("before", bff.store, "save"):
        bff.ask()
    (opened,) = bff.executions()

    with pytest.raises(NotYet):
        bff.settle(opened)
    later(bff)
    bff.settle(opened)

    assert bff.item("ada", "ACCOUNT") is not None


def test_a_request_that_lost_its_lease_records_nothing(bff: Bff) -> None:
    winner: list[Any] = []

    def hang_until_overtaken() -> None:
        later(bff)
        winner.append(bff.ask())

    with (
        interleaved("after", bff.jumio, "open_execution", hang_until_overtaken),
        pytest.raises(SessionBusy),
    ):
        bff.ask()

    account = bff.item("ada", "ACCOUNT")
    assert account is not None
    assert account["account_id"] == bff.executions()[-1]["accountId"]
    assert bff.ask().body == winner[0].body


def test_an_outcome_that_comes_while_a_renewal_is_being_opened_is_not_overwritten(
    bff: Bff,
) -> None:
    bff.ask()
    (first,) = bff.executions()

    def the_old_one_is_approved() -> None:
        bff.simulator.admin.play(first["id"], "approved")
        bff.settle(first)

    with (
        interleaved("after", bff.jumio, "open_execution", the_old_one_is_approved),
        pytest.raises(AlreadyVerified),
    ):
        bff.ask(renew=True)

    assert bff.status()["status"] == "approved"
    assert bff.item("ada", "SESSION#identity") is None
    second = bff.executions()[-1]
    recorded = bff.item("ada", f"EXECUTION#{second['customerInternalReference']}")
    assert recorded is not None
    assert recorded["workflow_execution_id"] == second["id"]


def test_what_no_repetition_mends_is_not_repeated(
    bff: Bff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intent is gone though nobody took the lease: as after a hand in the table."""
    saves: list[Any] = []
    save = bff.store.save

    def counted(*arguments: Any, **named: Any) -> None:
        saves.append(arguments)
        save(*arguments, **named)

    def without_the_intent() -> None:
        (intent,) = [one for one in bff.plain_items() if one["sk"].startswith("EXECUTION#")]
        bff.table.write(delete(Key(intent["pk"], intent["sk"])))

    monkeypatch.setattr(bff.store, "save", counted)
    with (
        interleaved("after", bff.jumio, "open_execution", without_the_intent),
        pytest.raises(TemporarilyUnavailable) as refusal,
    ):
        bff.ask()
    assert len(saves) == 1
    assert refusal.value.retry_after == LEASE_SECONDS
