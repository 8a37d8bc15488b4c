from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agreement import disagreement
from verification.domain.backoff import Failures
from verification.domain.eligibility import (
    coming_step,
    require_new_execution_allowed,
    retry_advice,
    word_of,
)
from verification.domain.errors import (
    AlreadyVerified,
    AttemptsExhausted,
    VerificationInProgress,
)
from verification.domain.execution import State
from verification.domain.journeys import Journey
from verification.domain.standing import LAPSED, Account, Progress, Session, Standing

NOW = 1_800_000_000


ANYBODY = Account()
SOMEBODY = Account(account_id="account-1")


def journey(*, repeatable: bool = False, **step: object) -> Journey:
    steps = [{"name": "identity", **step}]
    return Journey.model_validate({"name": "identity", "steps": steps, "repeatable": repeatable})


def attempts(*times: int) -> Progress:
    return Progress(attempts={"identity": times})


def standing(session: Session | None, reference: str | None = "r1") -> Standing:
    progress = Progress(State.PENDING, "identity", reference)
    return Standing(ANYBODY, progress, session, None)


@pytest.mark.parametrize(("seconds_left", "alive"), [(61, True), (60, False), (-1, False)])
def test_a_session_is_handed_out_only_while_there_is_time_to_start_it(
    seconds_left: int, alive: bool
) -> None:
    session = Session("r1", NOW + seconds_left, "token", "href")
    assert (standing(session).live_session(NOW) is session) is alive


def test_a_session_of_a_replaced_execution_is_not_handed_out() -> None:
    assert standing(Session("r0", NOW + 600, "token", "href")).live_session(NOW) is None


@pytest.mark.parametrize(
    "state", [None, State.PENDING, State.STARTED, State.DECLINED, State.EXPIRED]
)
def test_a_person_without_a_good_outcome_may_try_again(state: State | None) -> None:
    require_new_execution_allowed(journey(), Progress(state), ANYBODY, NOW)
    assert retry_advice(journey(), Progress(state), ANYBODY, NOW).allowed


@pytest.mark.parametrize("state", [State.PROCESSING, State.REVIEW])
def test_a_person_whose_result_is_awaited_may_not(state: State) -> None:
    with pytest.raises(VerificationInProgress):
        require_new_execution_allowed(journey(), Progress(state), ANYBODY, NOW)
    assert not retry_advice(journey(), Progress(state), ANYBODY, NOW).allowed


def test_an_approved_person_may_repeat_only_a_repeatable_journey() -> None:
    approved = Progress(State.APPROVED)
    with pytest.raises(AlreadyVerified):
        require_new_execution_allowed(journey(), approved, SOMEBODY, NOW)
    require_new_execution_allowed(journey(repeatable=True), approved, SOMEBODY, NOW)


def test_who_was_approved_on_an_account_that_is_gone_may_begin_anew() -> None:
    require_new_execution_allowed(journey(), Progress(State.APPROVED), ANYBODY, NOW)


def a_standing() -> st.SearchStrategy[tuple[Journey, Progress, Account]]:
    """Every state of a person in journeys of every kind, as far as a decision depends on it."""
    steps = st.lists(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["user", "screening"]),
                "validity": st.sampled_from([None, 60, 10_000]),
                "attempts": st.just({"limit": 2, "window": 3600}),
            }
        ),
        min_size=1,
        max_size=3,
    )
    return st.builds(
        _standing,
        steps,
        st.booleans(),
        st.booleans(),
        st.sampled_from([None, *State]),
        st.integers(0, 2),
        st.lists(st.integers(int(NOW) - 7200, int(NOW)), max_size=3),
        st.sets(st.integers(0, 2)),
        st.sampled_from(["", "account-1"]),
        st.integers(0, 5),
        st.sampled_from([None, int(NOW) - 200, int(NOW) - 50, int(NOW) + 50]),
    )


def _standing(
    steps: list[dict[str, object]],
    repeatable: bool,
    needs_account: bool,
    state: State | None,
    at: int,
    attempts_made: list[int],
    passed: set[int],
    account_id: str,
    failures: int,
    valid_until: int | None,
) -> tuple[Journey, Progress, Account]:
    named = [
        {**step, "name": f"step-{number}", "inputs": {"email": {"from": "applicant"}}}
        for number, step in enumerate(steps)
    ]
    way = Journey.model_validate(
        {
            "name": "way",
            "steps": named,
            "repeatable": repeatable,
            "needsAccount": needs_account,
        }
    )
    name = f"step-{at}"
    progress = Progress(
        state,
        name if state else None,
        "reference" if state else None,
        {name: tuple(attempts_made)},
        {f"step-{number}": int(NOW) - 100 for number in passed},
        valid_until,
        updated_at=int(NOW) - 100,
    )
    return (
        way,
        progress,
        Account(account_id=account_id or None, failures=Failures(failures, int(NOW) + failures)),
    )


@settings(max_examples=1500)
@given(a_standing())
def test_what_a_person_is_told_is_what_happens_when_they_ask(
    standing: tuple[Journey, Progress, Account],
) -> None:
    assert disagreement(*standing, NOW) is None


def test_attempts_count_within_their_window_only() -> None:
    limited = journey(attempts={"limit": 2, "window": 3600})
    require_new_execution_allowed(limited, attempts(NOW - 3600, NOW - 10), ANYBODY, NOW)
    with pytest.raises(AttemptsExhausted) as refusal:
        require_new_execution_allowed(limited, attempts(NOW - 3000, NOW - 10), ANYBODY, NOW)
    assert refusal.value.retry_after == 600
    assert (refusal.value.limit, refusal.value.window) == (2, 3600)


def test_after_the_limit_was_lowered_enough_attempts_must_lapse() -> None:
    limited = journey(attempts={"limit": 1, "window": 3600})
    retry = retry_advice(limited, attempts(NOW - 3000, NOW - 1000), ANYBODY, NOW)
    assert (retry.allowed, retry.remaining, retry.after) == (False, 0, 2600)


TWO: dict[str, Any] = {
    "name": "two",
    "steps": [
        {
            "name": "mail",
            "kind": "screening",
            "inputs": {"email": {"from": "applicant"}},
            "validity": 60,
            "attempts": {"limit": 1},
        },
        {"name": "identity"},
    ],
}


def test_a_step_that_is_open_comes_before_a_screening_that_has_lapsed() -> None:
    way = Journey.model_validate(TWO)
    opened = {"mail": (NOW - 100,), "identity": (NOW - 90,)}
    progress = Progress(State.PENDING, "identity", "r1", opened, passed={"mail": NOW - 100})
    coming = coming_step(way, progress, NOW)
    assert coming is way.steps[1]
    assert retry_advice(way, progress, ANYBODY, NOW).remaining == 4
    with pytest.raises(AttemptsExhausted):  # a new one would begin with the screening again
        require_new_execution_allowed(way, progress, ANYBODY, NOW)


def test_a_screening_that_still_counts_is_not_repeated_even_if_the_journey_may_be() -> None:
    way = Journey.model_validate({**TWO, "steps": TWO["steps"][:1], "repeatable": True})
    progress = Progress(State.APPROVED, "mail", "r1", passed={"mail": NOW - 10})
    assert not retry_advice(way, progress, ANYBODY, NOW).allowed
    with pytest.raises(AlreadyVerified):
        require_new_execution_allowed(way, progress, ANYBODY, NOW)
    assert require_new_execution_allowed(way, progress, ANYBODY, NOW + 60) is way.steps[0]
    assert retry_advice(way, progress, ANYBODY, NOW + 60).allowed


def test_who_has_passed_all_that_is_left_of_a_journey_is_not_stuck() -> None:
    """The rest of it was taken away while they were on their way."""
    progress = Progress(State.PENDING, "identity", "r1", passed={"identity": NOW - 10})
    assert require_new_execution_allowed(journey(), progress, SOMEBODY, NOW).name == "identity"
    assert disagreement(journey(), progress, SOMEBODY, NOW) is None


def test_an_approval_whose_time_is_over_is_no_approval() -> None:
    way = journey(validity=100)
    approved = Progress(State.APPROVED, "identity", "r1", valid_until=NOW, updated_at=NOW - 100)
    assert word_of(way, approved, NOW - 1) == "approved"
    with pytest.raises(AlreadyVerified):
        require_new_execution_allowed(way, approved, SOMEBODY, NOW - 1)
    assert word_of(way, approved, NOW) == LAPSED
    require_new_execution_allowed(way, approved, SOMEBODY, NOW)
