"""Uploads, finalize, and workflows that decide from data."""

import json

import pytest

from simulator_driver import Driver, Opened

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64
PDF = b"%PDF-1.7 " + b"0" * 64


def test_a_picture_is_uploaded_replaced_and_read_back(jumio: Driver) -> None:
    execution = jumio.opened()
    answer = execution.upload("ID", "front", files={"file": ("f.png", PNG, "image/png")})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"timestamp", "account", "workflowExecution", "credential", "part", "api"}
    assert body["api"]["token"] == execution.token
    assert set(body["api"]["parts"]) == {"front", "back"}
    assert execution.status() == "ACQUISITION_STARTED"

    replaced = execution.upload("ID", "front", "PUT", files={"file": ("f.jpg", JPEG, "image/jpeg")})
    assert replaced.status_code == 200
    credential = execution.credential("ID")["id"]
    path = f"/api/v1/accounts/{execution.account}/credentials/{credential}/parts/FRONT"
    part = jumio.call("GET", path)
    assert (part.content, part.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert jumio.call("GET", path.replace("FRONT", "BACK")).status_code == 404


def test_uploads_start_the_idle_time_again(jumio: Driver) -> None:
    execution = jumio.opened()
    for _ in range(2):
        execution.upload("ID", "front", files={"file": PNG})
        jumio.sim.admin.advance(800)
    assert execution.status() == "ACQUISITION_STARTED"
    jumio.sim.admin.advance(100)
    assert execution.status() == "SESSION_EXPIRED"


def test_finalize_answers_ids_and_ends_the_acquisition(jumio: Driver) -> None:
    execution = jumio.opened()
    execution.upload("ID", "front", files={"file": PNG})
    answer = execution.finalize()
    assert answer.status_code == 200
    assert set(answer.json()) == {"timestamp", "account", "workflowExecution"}
    assert execution.status() == "ACQUIRED"
    assert execution.finalize().status_code == 403
    assert execution.upload("ID", "back", files={"file": PNG}).status_code == 403
    jumio.sim.admin.advance(6)
    usability = {
        one["credentials"][0]["category"]: one["decision"]["details"]["label"]
        for one in execution.details()["capabilities"]["usability"]
    }
    assert usability == {"ID": "OK", "FACEMAP": "NOT_UPLOADED", "SELFIE": "NOT_UPLOADED"}


def test_wrong_uploads_are_refused(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(upload_max_bytes=1000)
    execution = jumio.opened()
    url = execution.credential("ID")["api"]["parts"]["front"]
    good = {"file": PNG}
    assert execution.upload("ID", "front", files={"file": b"text"}).status_code == 400
    assert execution.upload("ID", "front", files={"picture": PNG}).status_code == 400
    assert execution.upload("ID", "front", data=PNG).status_code == 400
    assert execution.upload("ID", "front", files={"file": PNG + b"0" * 1000}).status_code == 400
    assert jumio.call("POST", url, {"Authorization": "Bearer x"}, files=good).status_code == 401
    assert jumio.call("POST", f"{url}S", files=good).status_code == 404
    other = jumio.opened()
    bearer = {"Authorization": f"Bearer {other.token}"}
    assert jumio.call("POST", url, bearer, files=good).status_code == 401
    assert execution.status() == "INITIATED"


def test_an_expired_token_uploads_nothing(jumio: Driver) -> None:
    execution = jumio.opened(tokenLifetime="5m")
    jumio.sim.admin.advance(300)
    assert execution.upload("ID", "front", files={"file": PNG}).status_code == 401


def test_the_oauth_bearer_uploads_unless_switched_off(jumio: Driver) -> None:
    url = jumio.opened().credential("ID")["api"]["parts"]["front"]
    assert jumio.call("POST", url, files={"file": PNG}).status_code == 200
    jumio.sim.admin.patch_options(upload_bearer="transaction")
    assert jumio.call("POST", url, files={"file": PNG}).status_code == 401


def test_documents_have_no_classifier_and_take_pdf(jumio: Driver) -> None:
    execution = jumio.opened(key=10170)
    categories = [one["category"] for one in execution.body["workflowExecution"]["credentials"]]
    assert categories == ["DATA", "DOCUMENT"]
    parts = execution.credential("DOCUMENT")["api"]["parts"]
    assert parts["document"].endswith("/parts")
    assert execution.upload("DOCUMENT", "document", files={"file": PDF}).status_code == 200
    refused = execution.upload("DOCUMENT", "document", "PUT", files={"file": PDF})
    assert refused.status_code == 405
    execution.finalize()
    jumio.sim.admin.advance(10)
    details = execution.details()
    assert details["decision"]["type"] == "PASSED"
    assert details["capabilities"] == {}


def test_prepared_data_answer_empty_parts_and_can_be_read_back(jumio: Driver) -> None:
    execution = jumio.opened(key=10066)
    answer = execution.upload("DATA", "prepared_data", json={"email": "a@example.com"})
    assert answer.json()["api"]["parts"] == {}
    credential = execution.credential("DATA")["id"]
    path = f"/api/v1/accounts/{execution.account}/credentials/{credential}/parts/PREPARED_DATA"
    assert jumio.call("GET", path).json() == {"email": "a@example.com"}
    assert execution.upload("DATA", "prepared_data", json=["a"]).status_code == 400
    assert execution.upload("DATA", "prepared_data", data="{}").status_code == 400


def _decided(jumio: Driver, key: int, data: dict) -> tuple[str, str, str, int]:
    execution: Opened = jumio.opened(key=key, userReference="u-1")
    assert execution.submit(data).status_code == 200
    jumio.sim.admin.advance(5)
    details = execution.details()
    ((item,),) = details["capabilities"].values()
    decision = details["decision"]
    return (
        item["decision"]["type"],
        item["decision"]["details"]["label"],
        decision["type"],
        decision["risk"]["score"],
    )


NAMED = {"firstName": "Kim", "lastName": "Sample"}
ADDRESS = {
    "line1": "7 Sample Street",
    "city": "Sampleton",
    "postalCode": "97001",
    "subdivision": "OR",
    "country": "USA",
}
LICENSED = NAMED | {"dateOfBirth": "1991-04-17", "address": ADDRESS}
PASS, WARN, DENY = ("PASSED", 10), ("WARNING", 50), ("REJECTED", 100)


@pytest.mark.parametrize(
    ("key", "data", "label", "overall"),
    [
        (10066, {"email": "kim@example.com"}, "LOW_RISK", PASS),
        (10066, {"email": "kim+warn@example.com"}, "MEDIUM_RISK", WARN),
        (10066, {"email": "kim+reject@example.com"}, "HIGH_RISK", DENY),
        (10065, {"phoneNumber": "+431234567"}, "LOW_RISK", PASS),
        (10065, {"phoneNumber": "+431231111"}, "MEDIUM_RISK", WARN),
        (10065, {"phoneNumber": "+431230000"}, "HIGH_RISK", DENY),
        (10118, {"ipAddress": "203.0.113.7"}, "LOW_RISK", PASS),
        (10118, {"ipAddress": "203.0.113.150"}, "MEDIUM_RISK", WARN),
        (10118, {"ipAddress": "203.0.113.250"}, "HIGH_RISK", DENY),
        (10118, {"ipAddress": "2001:db8::bad"}, "HIGH_RISK", DENY),
        (10010, NAMED, "OK", PASS),
        (10010, NAMED | {"lastName": "Alert"}, "ALERT", WARN),
        (10010, NAMED | {"lastName": "Sanctioned"}, "ALERT", DENY),
        (10008, LICENSED | {"id": {"idNumber": "D770000", "type": "ID_CARD"}}, "DENY", DENY),
        (10005, {"id": {"idNumber": "12345671111"}, "address": ADDRESS}, "ALERT", WARN),
    ],
)
def test_data_only_workflows_decide_from_the_data(
    jumio: Driver, key: int, data: dict, label: str, overall: tuple[str, int]
) -> None:
    decided = _decided(jumio, key, data)
    assert decided[1] == label
    assert decided[2:] == overall


@pytest.mark.parametrize(
    ("key", "data"),
    [
        (10066, {}),
        (10010, {"firstName": "Kim"}),
        (10008, NAMED | {"id": {"idNumber": "D770001"}}),
        (10005, {"personalNumber": "12345678901", "address": ADDRESS}),
    ],
)
def test_missing_data_are_not_judged(jumio: Driver, key: int, data: dict) -> None:
    assert _decided(jumio, key, data) == ("NOT_EXECUTED", "NOT_ENOUGH_DATA", "NOT_EXECUTED", -1)


def test_a_tenant_can_define_further_data_only_workflows(jumio: Driver) -> None:
    address = {"line1": "1 Reject Road", "city": "Vienna", "country": "AUT"}
    workflow = {
        "credentials": ["DATA"],
        "capabilities": ["addressValidation"],
        "channels": ["API"],
        "required_data": ["address.city"],
    }
    jumio.sim.admin.patch_options(workflows={"20001": workflow})
    assert _decided(jumio, 20001, {"address": address})[1:3] == ("DENY", "REJECTED")
    assert _decided(jumio, 20001, {})[1] == "NOT_ENOUGH_DATA"


def test_screening_data_describe_the_search(jumio: Driver) -> None:
    execution = jumio.opened(key=10010, userReference="u-1")
    execution.submit(NAMED | {"lastName": "Alert"})
    jumio.sim.admin.advance(1.3)
    data = execution.details()["capabilities"]["watchlistScreening"][0]["data"]
    assert (data["searchStatus"], data["searchResults"]) == ("SUCCESS", 3)
    assert json.dumps(NAMED["firstName"]) not in json.dumps(data)
