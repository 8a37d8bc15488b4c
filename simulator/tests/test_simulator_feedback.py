"""Feedback on an execution, and what it makes of the person's next one."""

import pytest

from simulator_driver import Driver, Opened


def _played(jumio: Driver, scenario: str = "approved", **members: object) -> Opened:
    execution = jumio.opened(**members)
    jumio.sim.admin.play(execution.id, scenario)
    return execution


def _tell(jumio: Driver, execution: Opened, **body: object) -> int:
    return jumio.call("PUT", f"{execution.path}/feedback", json=body).status_code


def _data_checks(execution: Opened) -> tuple[str, str, str]:
    details = execution.details()
    (item,) = details["capabilities"]["dataChecks"]
    found = item["decision"]
    return found["type"], found["details"]["label"], details["decision"]["type"]


def test_fraud_rejects_the_same_document_from_then_on(jumio: Driver) -> None:
    first = _played(jumio)
    assert "feedback" not in first.details()
    fraud = {"status": "FRAUD", "reason": "FIRST_PARTY_FRAUD"}
    assert _tell(jumio, first, **fraud) == 200
    assert first.details()["feedback"] == fraud
    assert first.details()["decision"]["type"] == "PASSED"
    rejected = ("REJECTED", "CUSTOMER_FEEDBACK", "REJECTED")
    assert _data_checks(_played(jumio, account=first.account)) == rejected
    assert _data_checks(_played(jumio)) == ("PASSED", "OK", "PASSED")


def test_it_follows_a_person_to_another_account(jumio: Driver) -> None:
    first = _played(jumio, userReference="u-1")
    _tell(jumio, first, status="FRAUD", reason="FIRST_PARTY_FRAUD")
    elsewhere = _played(jumio, userReference="u-1")
    assert elsewhere.account != first.account
    assert _data_checks(elsewhere)[1] == "CUSTOMER_FEEDBACK"


def test_no_fraud_approves_the_data_checks_again(jumio: Driver) -> None:
    first = _played(jumio, "declined: data mismatch")
    assert _tell(jumio, first, status="NOT_FRAUD") == 200
    again = _played(jumio, "declined: data mismatch", account=first.account)
    assert _data_checks(again) == ("PASSED", "OK", "PASSED")
    _tell(jumio, again, status="FRAUD", reason="OTHER")
    assert _data_checks(_played(jumio, account=first.account))[0] == "REJECTED"


def test_a_face_without_a_document_condemns_no_document(jumio: Driver) -> None:
    liveness = _played(jumio, key=10016)
    assert _tell(jumio, liveness, status="FRAUD", reason="FIRST_PARTY_FRAUD") == 200
    assert _data_checks(_played(jumio, account=liveness.account))[0] == "PASSED"


@pytest.mark.parametrize(
    "body", [{}, {"status": "FRAUD"}, {"status": "MAYBE"}, {"status": "FRAUD", "reason": ""}]
)
def test_feedback_that_is_not_whole_is_refused(jumio: Driver, body: dict) -> None:
    execution = _played(jumio)
    assert _tell(jumio, execution, **body) == 400
    assert "feedback" not in execution.details()


def test_feedback_is_for_what_was_processed_and_is_there(jumio: Driver) -> None:
    execution = jumio.opened()
    assert _tell(jumio, execution, status="NOT_FRAUD") == 400
    jumio.sim.admin.play(execution.id, "approved")
    jumio.call("DELETE", execution.path)
    assert _tell(jumio, execution, status="NOT_FRAUD") == 404
