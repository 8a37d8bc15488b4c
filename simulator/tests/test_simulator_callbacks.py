"""Callbacks: their shape, and everything that can go wrong with them."""

import pytest

from simulator_driver import Driver, Opened, Receiver


def _finished(jumio: Driver, receiver: Receiver, scenario: str = "approved") -> Opened:
    execution = jumio.opened(callbackUrl=receiver.url, userReference="u-1")
    jumio.sim.admin.play(execution.id, scenario)
    return execution


def test_the_captured_shape(jumio: Driver, receiver: Receiver) -> None:
    execution = _finished(jumio, receiver)
    (body,) = receiver.received
    sent_at = body.pop("callbackSentAt")
    assert body == {
        "userReference": "u-1",
        "workflowExecution": {
            "id": execution.id,
            "href": f"{jumio.sim.url}/api/v1/workflow-executions/{execution.id}",
            "definitionKey": "10011",
            "status": "PROCESSED",
        },
        "account": {
            "id": execution.account,
            "href": f"{jumio.sim.url}/api/v1/accounts/{execution.account}",
        },
    }
    assert len(sent_at) == len("2026-01-01T00:00:00.000Z")
    assert sent_at.endswith("Z")
    assert receiver.headers[0]["Content-Type"] == "application/json"


def test_hrefs_can_take_the_documented_form_and_the_real_hosts(
    jumio: Driver, receiver: Receiver
) -> None:
    jumio.sim.admin.patch_options(callbacks={"href_with_account": True, "real_hosts": True})
    execution = _finished(jumio, receiver)
    assert receiver.received[0]["workflowExecution"]["href"] == (
        f"https://retrieval.emea-1.jumio.ai{execution.path}"
    )


def test_the_user_reference_is_left_out_when_there_is_none(
    jumio: Driver, receiver: Receiver
) -> None:
    jumio.sim.admin.patch_options(default_callback_url=receiver.url)
    jumio.sim.admin.play(jumio.opened().id, "approved")
    assert "userReference" not in receiver.received[0]


def test_reporting_criteria_are_said_unless_switched_off(jumio: Driver, receiver: Receiver) -> None:
    for said in (True, False):
        jumio.sim.admin.patch_options(callbacks={"reporting_criteria": said})
        execution = jumio.opened(callbackUrl=receiver.url, reportingCriteria="campaign 7")
        jumio.sim.admin.play(execution.id, "approved")
    assert receiver.received[0]["reportingCriteria"] == "campaign 7"
    assert "reportingCriteria" not in receiver.received[1]


def test_without_any_url_nothing_is_sent(jumio: Driver) -> None:
    execution = jumio.opened()
    jumio.sim.admin.play(execution.id, "approved")
    assert jumio.sim.admin.execution(execution.id)["callbacks"] == []


def test_only_the_end_is_called_back_by_default(jumio: Driver, receiver: Receiver) -> None:
    _finished(jumio, receiver, "abandons")
    _finished(jumio, receiver, "never starts")
    assert receiver.statuses() == ["SESSION_EXPIRED", "TOKEN_EXPIRED"]


def test_interim_statuses_can_be_called_back(jumio: Driver, receiver: Receiver) -> None:
    jumio.sim.admin.patch_options(callbacks={"interim": True})
    _finished(jumio, receiver)
    assert receiver.statuses() == ["ACQUISITION_STARTED", "ACQUIRED", "PROCESSED"]


def test_reordered_callbacks_arrive_after_the_last_one(jumio: Driver, receiver: Receiver) -> None:
    execution = jumio.opened(callbackUrl=receiver.url)
    jumio.sim.admin.play(execution.id, "callbacks reordered", to_end=False)
    assert receiver.received == []
    jumio.sim.admin.advance(10)
    assert receiver.statuses() == ["PROCESSED", "ACQUIRED", "ACQUISITION_STARTED"]
    sent = [body["callbackSentAt"] for body in receiver.received]
    assert sent[0] > sent[1]
    receiver.received.clear()
    _finished(jumio, receiver, "callbacks reordered")
    assert receiver.statuses() == ["PROCESSED", "ACQUIRED", "ACQUISITION_STARTED"]


def test_a_callback_can_be_sent_twice(jumio: Driver, receiver: Receiver) -> None:
    _finished(jumio, receiver, "callback twice")
    first, second = receiver.received
    assert first == second


def test_a_callback_can_be_late(jumio: Driver, receiver: Receiver) -> None:
    execution = _finished(jumio, receiver, "callback late")
    assert execution.status() == "PROCESSED"
    jumio.sim.admin.advance(599)
    assert receiver.received == []
    jumio.sim.admin.advance(1)
    assert receiver.statuses() == ["PROCESSED"]


def test_a_callback_can_be_lost(jumio: Driver, receiver: Receiver) -> None:
    execution = _finished(jumio, receiver, "callback lost")
    jumio.sim.admin.advance(86400)
    assert receiver.received == []
    (delivery,) = jumio.sim.admin.execution(execution.id)["callbacks"]
    assert delivery["dropped"] is True


def test_a_callback_can_come_before_the_result(jumio: Driver, receiver: Receiver) -> None:
    execution = _finished(jumio, receiver, "callback before result")
    assert receiver.statuses() == ["PROCESSED"]
    statuses = [jumio.call("GET", execution.path).status_code for _ in range(3)]
    assert statuses == [404, 404, 200]


def test_a_callback_can_name_another_user(jumio: Driver, receiver: Receiver) -> None:
    _finished(jumio, receiver, "callback wrong reference")
    assert receiver.received[0]["userReference"] != "u-1"


@pytest.mark.parametrize("answer", [202, 404, 500])
def test_anything_but_200_is_retried_on_schedule(
    jumio: Driver, receiver: Receiver, answer: int
) -> None:
    receiver.answers = [answer, answer]
    execution = _finished(jumio, receiver)
    assert len(receiver.received) == 1
    jumio.sim.admin.advance(29)
    assert len(receiver.received) == 1
    jumio.sim.admin.advance(1)
    assert len(receiver.received) == 2
    jumio.sim.admin.advance(300)
    assert len(receiver.received) == 3
    jumio.sim.admin.advance(86400)
    assert len(receiver.received) == 3
    tried = jumio.sim.admin.execution(execution.id)["callbacks"]
    assert [(one["attempt"], one["answered"]) for one in tried] == [
        (1, answer),
        (2, answer),
        (3, 200),
    ]


def test_retries_end_with_the_schedule(jumio: Driver, receiver: Receiver) -> None:
    jumio.sim.admin.patch_options(callbacks={"retry_seconds": [10]})
    receiver.answers = [500] * 10
    _finished(jumio, receiver)
    jumio.sim.admin.advance(86400)
    assert len(receiver.received) == 2


def test_any_success_can_be_made_to_count(jumio: Driver, receiver: Receiver) -> None:
    jumio.sim.admin.patch_options(callbacks={"success_statuses": [200, 202]})
    receiver.answers = [202]
    _finished(jumio, receiver)
    jumio.sim.admin.advance(86400)
    assert len(receiver.received) == 1


def test_a_receiver_that_is_not_there_is_noted(jumio: Driver, receiver: Receiver) -> None:
    receiver.close()
    execution = _finished(jumio, receiver)
    (delivery,) = jumio.sim.admin.execution(execution.id)["callbacks"]
    assert (delivery["answered"], delivery["error"]) == (None, "ConnectError")


def test_a_callback_can_be_sent_by_hand(jumio: Driver, receiver: Receiver) -> None:
    execution = jumio.opened(callbackUrl=receiver.url, userReference="u-1")
    jumio.sim.admin.send_callback(execution.id)
    jumio.sim.admin.send_callback(execution.id, status="PROCESSED", userReference="u-2")
    assert receiver.statuses() == ["INITIATED", "PROCESSED"]
    assert [body["userReference"] for body in receiver.received] == ["u-1", "u-2"]
    assert execution.status() == "INITIATED"
