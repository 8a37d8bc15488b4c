"""Scenarios: each keeps its promise, and can be chosen for a user, a request or everybody."""

import pytest
import requests

from jumio_simulator.world.scenarios import SCENARIOS
from simulator_driver import Driver

EXPECTED = {
    "interactive": (None, "INITIATED"),
    "abandons": ("NOT_EXECUTED", "SESSION_EXPIRED"),
    "never starts": ("NOT_EXECUTED", "TOKEN_EXPIRED"),
    "technical error": ("NOT_EXECUTED", "PROCESSED"),
    "unsupported document": ("REJECTED", "PROCESSED"),
}


def _expected(name: str) -> tuple[str | None, str]:
    if name in EXPECTED:
        return EXPECTED[name]
    if name.startswith("declined"):
        return "REJECTED", "PROCESSED"
    return ("WARNING" if name.startswith("needs review") else "PASSED"), "PROCESSED"


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("key", [10011, 10015, 10013, 10163])
def test_every_scenario_keeps_its_promise_on_every_workflow(
    jumio: Driver, name: str, key: int
) -> None:
    state = jumio.sim.admin.play(jumio.opened(key=key).id, name)
    decision = state["decision"]
    assert (decision and decision["type"], state["status"]) == _expected(name)
    assert state["scenario"] == name


@pytest.mark.parametrize(
    ("name", "decision_type"),
    [
        ("dataChecks: LOOKUPS_MEDIUM_RISK_DEVICE", "WARNING"),
        ("imageChecks: GHOST_IMAGE_DIFFERENT", "REJECTED"),
        ("usability: NOT_UPLOADED", "NOT_EXECUTED"),
    ],
)
def test_every_label_of_a_capability_is_a_scenario(
    jumio: Driver, name: str, decision_type: str
) -> None:
    jumio.sim.admin.set_scenario(name, default=True)
    execution = jumio.opened()
    jumio.sim.admin.advance(60)
    capability, label = name.split(": ")
    found = execution.details()["capabilities"][capability][0]["decision"]
    assert found == {"type": decision_type, "details": {"label": label}}
    assert label in jumio.sim.admin.scenarios()["labels"][capability][decision_type]


def test_a_label_comes_before_what_the_data_say(jumio: Driver) -> None:
    jumio.sim.admin.set_scenario("phoneVerification: PERMISSION_DENIED", default=True)
    refused = jumio.opened(key=10065)
    refused.submit({"phoneNumber": "+431230000"})
    other = jumio.opened(key=10066)
    other.submit({"email": "kim+reject@example.com"})
    jumio.sim.admin.advance(5)
    assert refused.details()["decision"]["type"] == "NOT_EXECUTED"
    (found,) = refused.details()["capabilities"]["phoneVerification"]
    assert found["decision"]["details"]["label"] == "PERMISSION_DENIED"
    assert other.details()["decision"]["type"] == "REJECTED"


def test_the_list_names_and_describes_them(jumio: Driver) -> None:
    listed = jumio.sim.admin.scenarios()
    names = {one["name"] for one in listed["scenarios"]}
    assert {"approved", "declined: fake document", "needs review", "abandons", "never starts",
            "callback lost"} <= names  # fmt: skip
    assert all(one["description"] for one in listed["scenarios"])
    assert listed["default"] == "interactive"


def test_request_before_user_before_queue_before_default(jumio: Driver) -> None:
    admin = jumio.sim.admin
    admin.set_scenario("approved", default=True)
    admin.set_scenario("abandons", next_count=1)
    admin.set_scenario("needs review", user_reference="u-1")
    admin.set_scenario("never starts", customer_internal_reference="c-1")
    chosen = [
        admin.execution(jumio.opened(**members).id)["scenario"]
        for members in (
            {"userReference": "u-1", "customerInternalReference": "c-1"},
            {"userReference": "u-1"},
            {"userReference": "u-2"},
            {"userReference": "u-2"},
        )
    ]
    assert chosen == ["never starts", "needs review", "abandons", "approved"]


def test_a_scenario_plays_by_itself_as_time_passes(jumio: Driver) -> None:
    execution = jumio.opened()
    jumio.sim.admin.advance(60)
    assert execution.status() == "INITIATED"
    jumio.sim.admin.set_scenario("abandons", workflow_execution=execution.id)
    jumio.sim.admin.advance(2)
    assert execution.status() == "ACQUISITION_STARTED"
    jumio.sim.admin.advance(900)
    assert execution.status() == "SESSION_EXPIRED"


def test_data_decide_unless_the_scenario_says_otherwise(jumio: Driver) -> None:
    good = {"email": "kim@example.com"}
    outcomes = []
    for scenario in ("declined: fake document", "screening: warning", "screening: declined"):
        jumio.sim.admin.set_scenario(scenario, default=True)
        execution = jumio.opened(key=10066)
        execution.submit(good)
        jumio.sim.admin.advance(5)
        outcomes.append(execution.details()["decision"]["type"])
    assert outcomes == ["PASSED", "WARNING", "REJECTED"]


def test_playing_without_skipping_leaves_the_rest_to_the_clock(jumio: Driver) -> None:
    execution = jumio.opened()
    state = jumio.sim.admin.play(execution.id, "approved", to_end=False)
    assert state["status"] == "ACQUIRED"
    jumio.sim.admin.advance(6)
    assert execution.status() == "PROCESSED"


def test_an_end_is_final(jumio: Driver) -> None:
    execution = jumio.opened()
    jumio.sim.admin.play(execution.id, "declined: fake document")
    state = jumio.sim.admin.play(execution.id, "approved")
    assert state["decision"]["type"] == "REJECTED"
    assert jumio.sim.admin.expire(execution.id)["status"] == "PROCESSED"


def test_unknown_names_are_refused(jumio: Driver) -> None:
    with pytest.raises(requests.HTTPError):
        jumio.sim.admin.set_scenario("lives happily", default=True)
    with pytest.raises(requests.HTTPError):
        jumio.sim.admin.set_scenario("imageChecks: NO_SUCH_LABEL", default=True)
    with pytest.raises(requests.HTTPError):
        jumio.sim.admin.play(jumio.opened().id, "lives happily")
    with pytest.raises(requests.HTTPError):
        jumio.sim.admin.play("nobody", "approved")
    with pytest.raises(requests.HTTPError):
        jumio.sim.admin.set_scenario("approved", workflow_execution="nobody")
