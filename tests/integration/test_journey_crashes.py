"""The process dies between any two calls of a journey, and the person comes back."""

from typing import Any, Literal

import pytest

from tests.support.bff import Bff, Clock
from tests.support.interruptions import Killed, interleaved, killed
from tests.support.journeys import accounts, calls, opened_for, screening_first
from verification.domain.errors import (
    OutcomeUnknown,
    ProviderRejected,
    ProviderUnavailable,
    SessionBusy,
)
from verification.domain.standing import LEASE_SECONDS

Point = tuple[Literal["before", "after"], str, str]
PASS = {"email": "ada@people.example"}
POINTS: dict[str, Point] = {
    "before the screening is opened": ("before", "jumio", "open_execution"),
    "after the screening is saved": ("after", "store", "save"),
    "before the lease for the upload": ("before", "store", "hold"),
    "after the lease for the upload": ("after", "store", "hold"),
    "before the upload": ("before", "jumio", "upload_prepared_data"),
    "between upload and finalize": ("after", "jumio", "upload_prepared_data"),
    "after the finalize": ("after", "jumio", "finalize"),
    "before the submission is recorded": ("before", "outcomes", "advance"),
    "after the submission is recorded": ("after", "outcomes", "advance"),
    "before the lease is let go": ("before", "store", "let_go"),
    "after the lease is let go": ("after", "store", "let_go"),
    "before the result is read": ("before", "jumio", "read_execution"),
    "after the result is read": ("after", "jumio", "read_execution"),
}


@pytest.fixture
def screening(bff: Bff) -> Bff:
    bff.simulator.admin.patch_options(processing_seconds=0)
    bff.journeys = screening_first()
    return bff


def later(bff: Bff, seconds: float = LEASE_SECONDS) -> None:
    assert isinstance(bff.clock, Clock)
    bff.clock.now += seconds


def come_back(bff: Bff, **asked: Any) -> int:
    """Ask again as told, settling what waits for Jumio's callback; the status in the end."""
    answered = bff.ask(applicant=PASS, **asked)
    if answered.status == 202:
        bff.settle(bff.executions()[-1])
        answered = bff.ask(applicant=PASS, **asked)
    return answered.status


@pytest.mark.parametrize("renew", [False, True])
@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
def test_the_next_request_goes_on_where_the_last_one_died(
    screening: Bff, point: Point, renew: bool
) -> None:
    when, part, method = point
    target: Any = getattr(screening, part)
    with killed(when, target, method):
        screening.ask(applicant=PASS, renew=renew, key="k")
    later(screening)

    assert come_back(screening, renew=renew, key="k") == 201
    assert opened_for(screening) == [10066, 10011]
    assert len(accounts(screening)) == 1
    assert calls(screening).count("executions.finalize") == 1


@pytest.mark.parametrize("method", ["begin", "save"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_dying_while_the_verification_is_opened_screens_nobody_twice(
    screening: Bff, when: Literal["before", "after"], method: str
) -> None:
    original = getattr(screening.store, method)
    times = 0

    def second_dies(*args: Any, **named: Any) -> None:
        nonlocal times
        times += 1
        if times == 1 or when == "after":
            original(*args, **named)
        if times == 2:
            raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(screening.store, method, second_dies)
        with pytest.raises(Killed):
            screening.ask(applicant=PASS)
    later(screening)

    assert come_back(screening) in (200, 201)
    assert opened_for(screening).count(10066) == 1
    assert len(accounts(screening)) == 1


@pytest.mark.parametrize("endpoint", ["parts.upload", "executions.finalize"])
def test_an_upload_without_an_answer_goes_on_later(screening: Bff, endpoint: str) -> None:
    screening.simulator.admin.add_fault(endpoint, "status", status=503, count=4)
    with pytest.raises(ProviderUnavailable):
        screening.ask(applicant=PASS)

    assert come_back(screening) == 201
    assert opened_for(screening) == [10066, 10011]
    assert len(accounts(screening)) == 1


@pytest.mark.parametrize("endpoint", ["parts.upload", "executions.finalize"])
def test_what_took_effect_without_an_answer_is_not_opened_again(
    screening: Bff, endpoint: str
) -> None:
    screening.simulator.admin.add_fault(endpoint, "reset_after_commit")
    assert come_back(screening) == 201
    assert opened_for(screening) == [10066, 10011]


def test_an_unknown_outcome_of_the_update_keeps_the_account(screening: Bff) -> None:
    screening.simulator.admin.add_fault("accounts.update", "reset_after_commit")
    with pytest.raises(OutcomeUnknown):
        screening.ask(applicant=PASS)
    with pytest.raises(SessionBusy):
        screening.ask(applicant=PASS)
    later(screening)

    assert come_back(screening) == 201
    assert len(accounts(screening)) == 1
    assert opened_for(screening).count(10066) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_one_of_two_requests_uploads(screening: Bff, when: Literal["before", "after"]) -> None:
    turned_away: list[SessionBusy] = []

    def another() -> None:
        with pytest.raises(SessionBusy) as refusal:
            screening.ask(applicant=PASS)
        turned_away.append(refusal.value)

    with interleaved(when, screening.jumio, "upload_prepared_data", another):
        assert screening.ask(applicant=PASS).status == 201

    assert len(turned_away) == 1
    assert calls(screening).count("parts.upload") == 1
    assert opened_for(screening) == [10066, 10011]


def test_a_lost_screening_that_has_passed_is_not_paid_for_again(screening: Bff) -> None:
    with killed("after", screening.jumio, "finalize"):
        screening.ask(applicant=PASS)
    later(screening, 1800)

    assert screening.ask(applicant=PASS).status == 201

    assert opened_for(screening) == [10066, 10011]


def test_a_lost_screening_that_passes_late_takes_nothing_back(screening: Bff) -> None:
    with killed("after", screening.jumio, "finalize"):
        screening.ask(applicant=PASS)
    later(screening, 1800)
    screening.simulator.admin.add_fault("retrieval.status", "status", status=404)
    assert screening.ask(applicant=PASS).status == 201
    lost, identity = screening.executions()[0], screening.executions()[-1]
    screening.simulator.admin.play(identity["id"], "approved")
    screening.settle(identity)

    assert screening.status()["status"] == "approved"
    assert opened_for(screening) == [10066, 10066, 10011]
    screening.settle(lost)

    assert screening.status()["status"] == "approved"


def test_a_late_request_does_not_run_a_screening_that_was_replaced(screening: Bff) -> None:
    with killed("before", screening.jumio, "upload_prepared_data"):
        screening.ask(applicant=PASS)
    later(screening)

    def another() -> None:
        screening.simulator.admin.add_fault("parts.*", "status", status=403, count=2)
        with pytest.raises(ProviderRejected):
            screening.ask(applicant=PASS)
        with killed("before", screening.jumio, "upload_prepared_data"):
            screening.ask(applicant=PASS)
        later(screening)

    with interleaved("before", screening.store, "hold", another):
        screening.ask(applicant=PASS)

    assert come_back(screening) in (200, 201)
    assert opened_for(screening) == [10066, 10066, 10011]
    assert calls(screening).count("executions.finalize") == 1


def test_what_is_finalized_is_not_given_up_while_jumio_takes_a_moment_to_say_so(
    screening: Bff,
) -> None:
    screening.simulator.admin.add_fault("executions.finalize", "reset_after_commit")
    lagging = {"workflowExecution": {"status": "ACQUISITION_STARTED"}}
    screening.simulator.admin.add_fault("retrieval.status", "status", status=200, body=lagging)
    assert come_back(screening) == 201
    assert opened_for(screening) == [10066, 10011]
