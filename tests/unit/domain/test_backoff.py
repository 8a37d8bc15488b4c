"""How long a person is held back whose attempts lead to no session."""

import pytest

from verification.domain.backoff import Failures, Fault
from verification.domain.eligibility import require_new_execution_allowed, retry_advice
from verification.domain.errors import HeldBack
from verification.domain.journeys import Journey
from verification.domain.standing import Account, Progress

NOW = 1_800_000_000
JOURNEY = Journey.model_validate({"name": "identity", "steps": [{"name": "identity"}]})
DAY = 86400


def in_a_row(*faults: Fault) -> list[int]:
    """How long the person waits after each, coming back as soon as that is allowed."""
    now, failures, waits = NOW, Failures(), []
    for fault in faults:
        failures = failures.and_another(fault, now)
        waits.append(failures.wait(now))
        now += waits[-1]
    return waits


def test_the_first_failure_may_be_repeated_at_once_and_then_it_takes_longer_and_longer() -> None:
    assert in_a_row(*[Fault.REFUSED] * 11) == [
        *(0, 4, 16, 64, 256, 1024, 4096, 16384),
        *(6 * 3600,) * 3,
    ]


@pytest.mark.parametrize(("fault", "longest"), [(Fault.TROUBLE, 64), (Fault.UNKNOWN, 1024)])
def test_what_is_nobodys_fault_counts_for_less(fault: Fault, longest: int) -> None:
    assert max(in_a_row(*[fault] * 20)) == longest


def test_an_outage_does_not_add_up_for_what_comes_after_it() -> None:
    assert in_a_row(*[Fault.TROUBLE] * 50, Fault.REFUSED)[-1] == 256
    assert in_a_row(*[Fault.REFUSED] * 8, Fault.TROUBLE)[-1] == 64


@pytest.mark.parametrize("fault", Fault)
def test_a_day_has_few_turns_for_one_person(fault: Fault) -> None:
    waits = in_a_row(*[fault] * 2000)
    per_day = next(number for number in range(len(waits)) if sum(waits[:number]) > DAY)
    assert per_day <= {Fault.TROUBLE: 1400, Fault.UNKNOWN: 100, Fault.REFUSED: 15}[fault]


def test_a_day_without_trouble_makes_it_good() -> None:
    failures = Failures(8, NOW)
    assert failures.and_another(Fault.REFUSED, NOW + DAY).number == 9
    assert failures.and_another(Fault.REFUSED, NOW + DAY + 1) == Failures(1, NOW + DAY + 1)


def test_a_wrong_clock_holds_nobody_back_for_longer_than_the_failures_are_worth() -> None:
    assert Failures(3, NOW + 300).wait(NOW) == 16
    assert Failures(1, NOW + 300).wait(NOW) == 0


def held_back(**more: int) -> Account:
    return Account(failures=Failures(5, NOW + 256), **more)


def test_a_person_who_is_held_back_hears_for_how_long() -> None:
    with pytest.raises(HeldBack) as refusal:
        require_new_execution_allowed(JOURNEY, Progress(), held_back(), NOW + 6)
    assert (refusal.value.code, refusal.value.retry_after) == ("attempts-exhausted", 250)
    require_new_execution_allowed(JOURNEY, Progress(), held_back(), NOW + 256)


def test_the_advice_says_the_same() -> None:
    advice = retry_advice(JOURNEY, Progress(), held_back(), NOW + 6)
    assert (advice.allowed, advice.remaining, advice.after) == (False, 5, 250)
    assert retry_advice(JOURNEY, Progress(), held_back(), NOW + 256).allowed


def test_while_an_attempt_is_at_work_it_may_still_succeed() -> None:
    at_work = held_back(lease_until=NOW + 30)
    require_new_execution_allowed(JOURNEY, Progress(), at_work, NOW)
    assert retry_advice(JOURNEY, Progress(), at_work, NOW).allowed
