"""A table that throttles, fails, conflicts or does not answer: nothing that was paid for is lost.

Before Jumio is asked, trouble undoes what was begun; after that, every second is used.
"""

from types import SimpleNamespace
from typing import Any, Literal

import pytest

from tests.support.bff import Bff
from tests.support.faults import (
    PASSING,
    PUT_OFF,
    READ,
    STEP,
    WRITE,
    Failure,
    Faults,
    cancelled,
    code,
)
from tests.support.observed import Observed
from verification.cloud import Refused
from verification.domain.errors import (
    AlreadyVerified,
    Misconfigured,
    Problem,
    SessionBusy,
    TemporarilyUnavailable,
)
from verification.domain.standing import LEASE_SECONDS
from verification.edge.http.response import respond_problem

LONG = 1000

moments = pytest.mark.parametrize("when", ["before", "after"])


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verification.cloud.time", SimpleNamespace(sleep=lambda _seconds: None))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trouble is taken for lasting after a moment, and so is Jumio's slowness."""
    monkeypatch.setattr("verification.cloud._PATIENCE", 0.02)
    monkeypatch.setattr("verification.use_cases.open_execution._SAVING", 0.1)


@pytest.fixture
def faults(bff: Bff) -> Faults:
    bff.is_in_use()
    return Faults(bff.dynamodb)


def account(bff: Bff, user: str = "ada") -> dict[str, Any]:
    return bff.item(user, "ACCOUNT") or {}


def is_free(bff: Bff, user: str = "ada") -> bool:
    """Nothing of an attempt is left that would hold the person up."""
    held = {"lease_owner", "lease_until", "not_before", "failures"}
    kept = [item for item in bff.plain_items() if item["pk"] == account(bff, user).get("pk")]
    kinds = {item["sk"].partition("#")[0] for item in kept}
    return not held & set(account(bff, user)) and kinds <= {"ACCOUNT"}


def told(problem: Problem) -> tuple[int, bool]:
    """The status, and whether it helps to come back."""
    response = respond_problem(problem)
    return response["statusCode"], "Retry-After" in response["headers"]


# ------------------------------------------------------------------ trouble that passes


@moments
@pytest.mark.parametrize("write", ["intent", "commit"])
def test_a_write_that_is_put_off_is_made_all_the_same(
    bff: Bff, faults: Faults, when: Literal["before", "after"], write: str
) -> None:
    for user, failure in PUT_OFF.items():
        faults.clear()
        faults.plan(WRITE, failure, when=when, skip=0 if write == "intent" else 1, count=3)

        answered = bff.ask(user=user, key="k")

        assert answered.status == 201
        assert faults.calls[WRITE] == 2 + 3
        assert account(bff, user)["account_id"] == bff.executions()[-1]["accountId"]
        assert "lease_owner" not in account(bff, user)
        assert bff.ask(user=user, key="k") == answered
    assert len(bff.executions()) == len(PUT_OFF)


@moments
@pytest.mark.parametrize("operation", [READ, STEP])
def test_a_read_or_a_turn_that_is_put_off_is_had_all_the_same(
    bff: Bff, faults: Faults, when: Literal["before", "after"], operation: str
) -> None:
    for user, failure in PASSING.items():
        faults.clear()
        faults.plan(operation, failure, when=when, count=3)
        assert bff.ask(user=user).status == 201
        assert faults.calls[operation] == 1 + 3


def test_keys_that_are_left_unread_are_read_in_the_end(
    bff: Bff, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    bff.ask()
    carry_out, left = faults._carry_out, [4]

    def only_some(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        wanted = arguments["RequestItems"][bff.table_name]["Keys"]
        if operation != READ or not left[0]:
            return carry_out(operation, arguments)
        left[0] -= 1
        return {"Responses": {}, "UnprocessedKeys": {bff.table_name: {"Keys": wanted}}}

    monkeypatch.setattr(faults, "_carry_out", only_some)
    assert bff.ask().status == 200
    assert left == [0]


# ------------------------------------------------------------------ trouble that lasts


@moments
def test_before_jumio_is_asked_trouble_undoes_the_intent(
    bff: Bff, faults: Faults, impatient: None, when: Literal["before", "after"]
) -> None:
    """Then the release succeeds: what fails is the intent, for as long as that is tried."""
    original = bff.store.begin
    for user, failure in PUT_OFF.items():

        def begin(*arguments: Any, failure: Failure = failure) -> None:
            faults.plan(WRITE, failure, when=when, count=LONG)
            try:
                original(*arguments)
            finally:
                faults.clear()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bff.store, "begin", begin)
            with pytest.raises(TemporarilyUnavailable) as refusal:
                bff.ask(user=user, key="k")

        assert told(refusal.value) == (503, True)
        assert is_free(bff, user)
    assert bff.executions() == []
    assert {bff.ask(user=user, key="k").status for user in PUT_OFF} == {201}


def test_a_turn_that_cannot_be_had_costs_nothing(
    bff: Bff, faults: Faults, impatient: None, observed: Observed
) -> None:
    for user, failure in PASSING.items():
        faults.plan(STEP, failure, count=LONG)

        with pytest.raises(TemporarilyUnavailable) as refusal:
            bff.ask(user=user, key="k")

        assert told(refusal.value) == (503, True)
        assert is_free(bff, user)
        assert observed.codes()[-2:] == ["aws_unavailable", "attempt_released"]
        faults.clear()
    assert "words" not in "".join(observed.lines())
    assert {bff.ask(user=user, key="k").status for user in PASSING} == {201}


@pytest.mark.parametrize("error", [Misconfigured("CALLBACK_SECRET_ID"), KeyError("x")])
def test_whatever_goes_wrong_before_jumio_is_asked_holds_nobody_up(
    bff: Bff, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def unreadable(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr("verification.use_cases.open_execution.sign", unreadable)
    with pytest.raises(type(error)):
        bff.ask(key="k")
    assert is_free(bff)


def test_what_goes_wrong_while_jumio_is_asked_may_have_had_an_effect(
    bff: Bff, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = bff.jumio.open_execution

    def broken(*arguments: Any, **named: Any) -> Any:
        original(*arguments, **named)
        raise KeyError("a defect behind the answer")

    with monkeypatch.context() as patch:
        patch.setattr(bff.jumio, "open_execution", broken)
        with pytest.raises(KeyError):
            bff.ask()
    with pytest.raises(SessionBusy):
        bff.ask()
    assert len(bff.executions()) == 1


@pytest.mark.parametrize("operation", [READ, WRITE])
def test_a_request_that_only_reads_or_remembers_is_told_to_come_back(
    bff: Bff, faults: Faults, impatient: None, operation: str
) -> None:
    bff.ask()
    for failure in PASSING.values():
        faults.plan(operation, failure, count=LONG)
        with pytest.raises(TemporarilyUnavailable) as refusal:
            bff.ask(key="another")
        assert told(refusal.value) == (503, True)
        if operation == READ:
            with pytest.raises(TemporarilyUnavailable):
                bff.status()
        faults.clear()
    assert bff.ask(key="another").status == 200


def test_the_commit_is_tried_for_as_long_as_there_is_time(
    bff: Bff, faults: Faults, impatient: None
) -> None:
    """Other writes are given up much sooner."""
    for user, failure in PUT_OFF.items():
        faults.clear()
        faults.plan(WRITE, failure, skip=1, count=30)
        assert bff.ask(user=user).status == 201
        assert faults.calls[WRITE] == 2 + 30
        assert bff.ask(user=user).status == 200
    assert len(bff.executions()) == len(PUT_OFF)


def test_a_commit_that_the_table_never_takes_is_made_up_for(
    bff: Bff, faults: Faults, impatient: None, observed: Observed
) -> None:
    for user, failure in PUT_OFF.items():
        faults.plan(WRITE, failure, skip=1, count=10**6)
        with pytest.raises(TemporarilyUnavailable) as refusal:
            bff.ask(user=user, seconds=0.4)
        assert (told(refusal.value), refusal.value.retry_after) == ((503, True), LEASE_SECONDS)
        faults.clear()
        with pytest.raises(SessionBusy):  # Jumio has opened something: nobody opens another
            bff.ask(user=user)
    assert observed.codes().count("attempt_left_open") == len(PUT_OFF)

    bff.clock.now += LEASE_SECONDS  # type: ignore[attr-defined]
    for opened in bff.executions():
        bff.simulator.admin.play(opened["id"], "approved")
        bff.settle(opened)
    assert {bff.status(user)["status"] for user in PUT_OFF} == {"approved"}


def test_the_commit_goes_on_where_the_progress_has_moved(
    bff: Bff, faults: Faults, impatient: None
) -> None:
    """A failed condition is no trouble: what was read is read again, in spite of trouble."""
    bff.ask()
    (first,) = bff.executions()
    original = bff.jumio.open_execution

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        opened = original(*arguments, **named)
        bff.simulator.admin.play(first["id"], "approved")
        bff.settle(first)
        faults.plan(READ, code("ThrottlingException"), count=10)
        faults.plan(WRITE, cancelled("TransactionConflict"), count=10)
        return opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bff.jumio, "open_execution", meanwhile)
        with pytest.raises(AlreadyVerified):
            bff.ask(renew=True)

    second = bff.executions()[-1]
    recorded = bff.item("ada", f"EXECUTION#{second['customerInternalReference']}")
    assert recorded is not None
    assert recorded["workflow_execution_id"] == second["id"]


def test_a_failed_condition_beside_a_conflict_is_a_failed_condition(
    bff: Bff, faults: Faults
) -> None:
    faults.plan(WRITE, cancelled("TransactionConflict", "ConditionalCheckFailed"))
    assert bff.ask().status == 201
    assert faults.calls[READ] == 2  # it was read again


@pytest.mark.parametrize("name", ["AccessDeniedException", "ResourceNotFoundException"])
@pytest.mark.parametrize("operation", [READ, WRITE, STEP])
def test_what_an_operator_has_to_mend_is_named_at_once(
    bff: Bff, faults: Faults, name: str, operation: str
) -> None:
    faults.plan(operation, code(name), count=LONG)
    with pytest.raises(Misconfigured) as refusal:
        bff.ask()
    assert refusal.value.setting == f"TABLE_NAME: {name}"
    assert faults.calls[operation] == (2 if operation == WRITE else 1)  # and the release
    assert told(refusal.value) == (500, False)


@pytest.mark.parametrize(
    "failure", [code("ValidationException"), cancelled("None", "ValidationError")]
)
def test_a_request_of_ours_that_makes_no_sense_is_not_repeated(
    bff: Bff, faults: Faults, observed: Observed, failure: Failure
) -> None:
    faults.plan(WRITE, failure)
    with pytest.raises(Refused):
        bff.ask()
    assert "aws_refused" in observed.codes()
    assert is_free(bff)
