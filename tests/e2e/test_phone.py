"""A mobile app that does what docs/frontends/android.md says brings people through."""

from collections.abc import Callable

import pytest

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from tests.support.phone import Phone
from tests.support.stack import RunningStack


@pytest.fixture
def phone(stack: RunningStack, frontend: Frontend, simulator: AdminClient) -> Phone:
    return Phone(frontend, stack.facts["simulator"])


@pytest.fixture
def restarted(stack: RunningStack, phone: Phone) -> Callable[[], Phone]:
    """The app of the same person after it was killed."""
    return lambda: Phone(phone.backend, stack.facts["simulator"])


def test_from_a_cold_start_to_approved(phone: Phone, restarted: Callable[[], Phone]) -> None:
    assert phone.begin() == "start"
    assert phone.press() == "approved"
    assert restarted().begin() == "approved"


def test_an_app_that_was_killed_before_the_sdk_ended_goes_on_with_the_same_session(
    phone: Phone, restarted: Callable[[], Phone], simulator: AdminClient
) -> None:
    phone.press(do="cancel", killed=True)
    again = restarted()
    assert again.begin() == "go on"
    assert again.press() == "approved"
    assert len(simulator.executions()) == 1


def test_an_app_that_was_killed_after_the_sdk_ended_finds_the_outcome(
    phone: Phone, restarted: Callable[[], Phone], simulator: AdminClient
) -> None:
    simulator.patch_options(callbacks={"drop": True}, processing_seconds=0)
    phone.press(killed=True)
    again = restarted()
    assert again.begin() == "go on"  # nobody has told the backend
    assert again.press() == "approved"
    assert len(simulator.executions()) == 1


def test_who_gives_up_is_offered_to_go_on(phone: Phone, simulator: AdminClient) -> None:
    assert phone.press(do="cancel") == "go on"
    assert phone.press(do="offline") == "go on"
    assert phone.press() == "approved"
    assert len(simulator.executions()) == 1


def test_a_wrong_data_centre_rings_a_bell_and_costs_nobody_an_attempt(
    phone: Phone, simulator: AdminClient
) -> None:
    phone.data_center = "US"
    assert phone.press() == "alarm"
    phone.data_center = "EU"  # with the next release
    assert phone.press() == "approved"
    assert phone.ended == ["A10404", "result"]
    assert len(simulator.executions()) == 1


def test_a_session_that_is_dead_is_renewed_once(phone: Phone, simulator: AdminClient) -> None:
    simulator.patch_options(callbacks={"drop": True})
    phone.press(do="cancel", killed=True)
    (dead,) = simulator.executions()
    simulator.expire(dead["id"])
    assert phone.begin() == "go on"
    simulator.patch_options(callbacks={"drop": False})
    assert phone.press() == "approved"
    assert phone.ended[1:] == ["J00000", "result"]
    executions = simulator.executions()
    assert len(executions) == 2
    assert len({one["accountId"] for one in executions}) == 1


def test_who_was_refused_may_try_again(phone: Phone, restarted: Callable[[], Phone]) -> None:
    assert phone.press(scenario="declined: fake document") == "start"
    assert restarted().begin() == "start"
    assert phone.press(scenario="needs review") == "review"


def test_who_has_no_attempt_left_is_not_offered_any(phone: Phone) -> None:
    for _ in range(50):
        if phone.press(scenario="declined: fake document") != "start":
            break
    assert phone.begin() == "another way"
    assert phone.press() == "attempts-exhausted"


def test_whoever_is_signed_out_is_told_so(phone: Phone) -> None:
    phone.backend.use_token("expired")
    assert phone.begin() == "sign in"
    assert phone.press() == "sign in"
