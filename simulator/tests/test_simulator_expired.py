"""What is to be read of executions that ran out of time."""

import pytest

from simulator_driver import Driver, Opened

ENDS = [("never starts", "TOKEN_EXPIRED"), ("abandons", "SESSION_EXPIRED")]


def _expired(jumio: Driver, scenario: str) -> Opened:
    execution = jumio.opened()
    jumio.sim.admin.play(execution.id, scenario)
    return execution


@pytest.mark.parametrize(("scenario", "status"), ENDS)
def test_its_status_can_be_read_and_its_details_cannot(
    jumio: Driver, scenario: str, status: str
) -> None:
    execution = _expired(jumio, scenario)
    assert execution.status() == status
    for path in (execution.path, f"{execution.path}/steps"):
        refused = jumio.call("GET", path)
        assert refused.status_code == 404
        assert set(refused.json()) == {"title", "status", "detail"}


@pytest.mark.parametrize(("scenario", "status"), ENDS)
def test_other_pages_and_captures_show_two_more_forms(
    jumio: Driver, scenario: str, status: str
) -> None:
    jumio.sim.admin.patch_options(expired_details="not_executed")
    shown = _expired(jumio, scenario).details()
    assert shown["workflow"]["status"] == status
    assert shown["decision"] == {
        "type": "NOT_EXECUTED",
        "details": {"label": status},
        "risk": {"score": -1},
    }
    assert "startedAt" not in shown
    jumio.sim.admin.patch_options(expired_details="rejected")
    captured = _expired(jumio, scenario).details()
    assert captured["decision"] == {
        "type": "REJECTED",
        "details": {"label": "REJECTED"},
        "risk": {"score": 100},
    }
    items = [one for found in captured["capabilities"].values() for one in found]
    assert {one["decision"]["type"] for one in items} == {"NOT_EXECUTED"}
    labels = {one["decision"]["details"]["label"] for one in items}
    assert labels == {"NOT_UPLOADED", "PRECONDITION_NOT_FULFILLED"}
    assert "data" not in captured["capabilities"]["imageChecks"][0]


def test_each_of_the_two_statuses_can_be_switched_alone(jumio: Driver) -> None:
    patched = jumio.sim.admin.patch_options(expired_details={"SESSION_EXPIRED": "rejected"})
    both = {"SESSION_EXPIRED": "rejected", "TOKEN_EXPIRED": "unavailable"}
    assert patched["expired_details"] == both
    assert _expired(jumio, "abandons").details()["decision"]["type"] == "REJECTED"
    assert jumio.call("GET", _expired(jumio, "never starts").path).status_code == 404
    patched = jumio.sim.admin.patch_options(expired_details={"TOKEN_EXPIRED": "not_executed"})
    assert patched["expired_details"] == both | {"TOKEN_EXPIRED": "not_executed"}


def test_who_went_away_in_mid_journey_left_a_last_credential(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(expired_details="not_executed")
    execution = jumio.opened()
    form = {"authorizationToken": execution.token}
    jumio.call("POST", "/web/client/start", data=form)
    jumio.call("POST", "/web/client/capture", data=form)
    jumio.sim.admin.expire(execution.id)
    last = execution.details()["dropOff"]["lastCapturedCredential"]
    assert last == {"id": execution.credential("ID")["id"], "category": "ID"}
