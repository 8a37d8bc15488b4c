"""Answers that took effect and look as no answer of Jumio's ever did."""

import pytest
import requests

from simulator_driver import Driver

CREATE = "accounts.create"


def test_members_of_an_answer_can_be_altered_although_it_took_effect(jumio: Driver) -> None:
    members = {
        "web": {"href": ""},
        "sdk": None,
        "workflowExecution.credentials.0.id": 7,
        "workflowExecution.credentials.*.allowedChannels": [],
        "tier": "gold",
    }
    jumio.sim.admin.add_fault(CREATE, "altered_json", members=members, without=["account.id"])
    answer = jumio.open()
    assert answer.status_code == 200
    body = answer.json()
    assert (body["web"], body["sdk"], body["tier"]) == ({"href": ""}, None, "gold")
    assert body["account"] == {}
    listed = body["workflowExecution"]["credentials"]
    assert listed[0]["id"] == 7
    assert [one["allowedChannels"] for one in listed] == [[], [], []]
    assert len(jumio.sim.admin.executions()) == 1
    assert "web" in jumio.open().json()


@pytest.mark.parametrize("whole", [None, [], "text", {"account": {}}])
def test_an_answer_can_be_another_document(jumio: Driver, whole: object) -> None:
    execution = jumio.opened()
    jumio.sim.admin.add_fault("retrieval.details", "altered_json", members={"": whole})
    assert jumio.call("GET", execution.path).json() == whole


@pytest.mark.parametrize(
    "alteration",
    [
        {"members": {"workflow.id.deep": 1}},
        {"members": {"credentials.9.id": 1}},
        {"members": {"nothing.here": 1}},
        {"without": ["wipedOutAt"]},
        {"without": ["credentials.0"]},
    ],
)
def test_an_alteration_that_would_change_nothing_is_told(jumio: Driver, alteration: dict) -> None:
    execution = jumio.opened()
    jumio.sim.admin.add_fault("retrieval.details", "altered_json", **alteration)
    answer = jumio.call("GET", execution.path)
    assert answer.status_code == 500
    assert answer.json()["detail"].startswith("altered_json: ")


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [("altered_json", {}), ("status", {"members": {"a": 1}}), ("status", {"without": ["a"]})],
)
def test_alterations_belong_to_their_fault(jumio: Driver, kind: str, parameters: dict) -> None:
    with pytest.raises(requests.HTTPError):
        jumio.sim.admin.add_fault(CREATE, kind, **parameters)
