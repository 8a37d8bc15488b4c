"""Members of details that not every execution has."""

import pytest

from simulator_driver import Driver, Opened


def _played(jumio: Driver, scenario: str, **members: object) -> Opened:
    execution = jumio.opened(**members)
    jumio.sim.admin.play(execution.id, scenario)
    return execution


def test_an_authentication_tells_its_kind_and_where_the_next_facemap_is(jumio: Driver) -> None:
    first = _played(jumio, "approved")
    again = _played(jumio, "approved", account=first.account, key=10014)
    (passed,) = again.details()["capabilities"]["authentication"]
    facemap = again.credential("FACEMAP")["id"]
    assert passed["credentials"] == [{"id": facemap, "category": "FACEMAP"}]
    assert passed["data"] == {"type": "JUMIO_STANDARD"}
    assert passed["validFaceMapForAuthentication"].endswith(f"/credentials/{facemap}/parts/FACEMAP")
    steps = jumio.call("GET", f"{again.path}/steps").json()["steps"]
    (step,) = [one for one in steps if one["name"] == "AUTHENTICATION"]
    assert step["capabilityIds"] == [passed["id"]]

    again = _played(jumio, "declined: authentication failed", account=first.account, key=10014)
    failed = again.details()["capabilities"]["authentication"][0]
    assert failed["decision"]["type"] == "REJECTED"
    assert failed["data"] == {"type": "JUMIO_STANDARD"}
    assert "validFaceMapForAuthentication" not in failed
    assert "reasons" not in step["decision"]
    steps = jumio.call("GET", f"{again.path}/steps").json()["steps"]
    (step,) = [one for one in steps if one["name"] == "AUTHENTICATION"]
    reason = {"label": "FACE_INVALID_DIGITAL_COPY", "type": "REJECTED"}
    assert step["decision"]["reasons"] == [reason]


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("PASSPORT", "personalNumber"),
        ("ID_CARD", "placeOfBirth"),
        ("DRIVING_LICENSE", "dlCategories"),
        ("VISA", "visaCategory"),
    ],
)
def test_a_document_shows_what_is_on_its_kind(jumio: Driver, kind: str, member: str) -> None:
    execution = jumio.opened()
    form = {"authorizationToken": execution.token, "country": "USA", "type": kind}
    jumio.call("POST", "/web/client/document", data=form)
    jumio.sim.admin.play(execution.id, "approved")
    shown = execution.details()["capabilities"]["extraction"][0]["data"]
    assert (shown["type"], shown["issuingCountry"]) == (kind, "USA")
    assert shown[member]
    assert ("line1" in shown["address"]) is (kind in {"ID_CARD", "DRIVING_LICENSE"})


@pytest.mark.parametrize(
    ("capability", "member", "passed", "rejected"),
    [
        ("biometricVerification", "faceMatch", "MATCH", "NOT_MATCH"),
        ("drivingLicenseVerification", "nameMatch", "MATCH", "NOT_MATCH"),
        ("phoneVerification", "blocked", False, True),
        ("deviceRiskVerification", "deviceAlerts", [], ["Device Risk Global"]),
    ],
)
def test_a_risk_signal_describes_what_it_found(
    jumio: Driver, capability: str, member: str, passed: object, rejected: object
) -> None:
    workflow = {"credentials": ["DATA"], "capabilities": [capability], "channels": ["API"]}
    jumio.sim.admin.patch_options(workflows={"20001": workflow})
    found = []
    for outcome in ("approved", "screening: declined"):
        execution = _played(jumio, outcome, key=20001)
        found.append(execution.details()["capabilities"][capability][0]["data"][member])
    assert found == [passed, rejected]


def test_an_email_check_names_the_company_behind_the_domain(jumio: Driver) -> None:
    execution = jumio.opened(key=10066)
    execution.submit({"email": "kim@mail.example"})
    jumio.sim.admin.advance(5)
    (checked,) = execution.details()["capabilities"]["emailVerification"]
    assert checked["data"]["domainName"] == "mail.example"
    assert checked["data"]["domainCompany"]
    assert checked["data"]["domainCorporate"] == "No"


def test_what_a_person_captured_says_how(jumio: Driver) -> None:
    def captured(execution: Opened) -> dict[str, tuple]:
        parts = [part for one in execution.details()["credentials"] for part in one["parts"]]
        return {
            part["classifier"]: (part.get("captureType"), part.get("captureClient"))
            for part in parts
        }

    how = captured(_played(jumio, "approved"))
    assert {how[name] for name in ("FRONT", "BACK", "FACE")} == {("camera", "auto_capture")}
    assert {how[name] for name in ("FACEMAP", "LIVENESS_1")} == {(None, None)}
    jumio.sim.admin.patch_options(capture_client="manual_capture")
    assert captured(_played(jumio, "approved"))["FRONT"] == ("camera", "manual_capture")
    uploaded = jumio.opened(key=10015)
    uploaded.upload("ID", "front", files={"file": b"\x89PNG" + b"0" * 9})
    assert captured(uploaded) == {"FRONT": (None, None)}


def test_details_tell_where_somebody_went_away(jumio: Driver) -> None:
    execution = jumio.opened()
    form = {"authorizationToken": execution.token}
    jumio.call("POST", "/web/client/start", data=form)
    assert "dropOff" not in execution.details()
    jumio.call("POST", "/web/client/capture", data=form)
    last = {"id": execution.credential("ID")["id"], "category": "ID"}
    assert execution.details()["dropOff"] == {"lastCapturedCredential": last}
    jumio.sim.admin.patch_options(drop_off=False)
    assert "dropOff" not in execution.details()
    jumio.sim.admin.patch_options(drop_off=True)
    jumio.sim.admin.play(execution.id, "approved")
    assert "dropOff" not in execution.details()
