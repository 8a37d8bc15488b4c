import itertools

import pytest

from verification.domain.execution import Decision, State, state_of


@pytest.mark.parametrize(
    ("status", "decision", "state"),
    [
        ("INITIATED", None, State.PENDING),
        ("ACQUISITION_STARTED", None, State.STARTED),
        ("ACQUIRED", None, State.PROCESSING),
        ("PROCESSED", "PASSED", State.APPROVED),
        ("PROCESSED", "WARNING", State.REVIEW),
        ("PROCESSED", "REJECTED", State.DECLINED),
        ("PROCESSED", "NOT_EXECUTED", State.EXPIRED),
        ("SESSION_EXPIRED", None, State.EXPIRED),
        ("TOKEN_EXPIRED", "NOT_EXECUTED", State.EXPIRED),
        ("SESSION_EXPIRED", "REJECTED", State.EXPIRED),  # abandoned is not declined
    ],
)
def test_jumios_words_in_ours(status: str, decision: str | None, state: State) -> None:
    assert state_of(status, Decision(decision) if decision else None) is state


@pytest.mark.parametrize(
    ("status", "decision"), [("PAUSED", None), ("PROCESSED", "MAYBE"), ("PROCESSED", None)]
)
def test_unknown_words_are_not_final(status: str, decision: str | None) -> None:
    assert state_of(status, Decision(decision) if decision else None) is None


def test_the_type_decides_and_not_label_or_score() -> None:
    assert state_of("PROCESSED", Decision("PASSED", "REJECTED", 100)) is State.APPROVED


def test_every_path_leads_forward_to_one_final_state() -> None:
    path = [State.REQUESTED, State.PENDING, State.STARTED, State.PROCESSING]
    assert all(a.rank < b.rank for a, b in itertools.pairwise(path))
    finals = set(State) - set(path)
    assert {state.rank for state in finals} == {max(state.rank for state in State)}
    assert {state for state in State if state.final} == finals
