"""Status, details, steps, parts and health."""

from simulator_driver import Driver, Opened

CHILDREN = ["liveness", "similarity", "imageChecks", "extraction", "dataChecks"]


def _labels(details: dict) -> dict[str, str]:
    return {
        name: items[0]["decision"]["details"]["label"]
        for name, items in details["capabilities"].items()
    }


def _played(jumio: Driver, scenario: str, **members: object) -> Opened:
    execution = jumio.opened(**members)
    jumio.sim.admin.play(execution.id, scenario)
    return execution


def test_the_status_document(jumio: Driver) -> None:
    execution = jumio.opened(key=10011)
    base = f"{jumio.sim.url}/api/v1"
    assert jumio.call("GET", f"{execution.path}/status").json() == {
        "account": {"id": execution.account, "href": f"{base}/accounts/{execution.account}"},
        "workflowExecution": {
            "id": execution.id,
            "href": f"{base}/workflow-executions/{execution.id}",
            "definitionKey": "10011",
            "status": "INITIATED",
        },
    }


def test_the_details_of_an_approved_execution(jumio: Driver) -> None:
    execution = _played(jumio, "approved", userReference="u-1", reportingCriteria="r")
    details = execution.details()
    assert details["workflow"] == {
        "id": execution.id,
        "status": "PROCESSED",
        "definitionKey": "10011",
        "userReference": "u-1",
        "customerInternalReference": "attempt-1",
        "reportingCriteria": "r",
    }
    assert details["decision"] == {
        "type": "PASSED",
        "details": {"label": "PASSED"},
        "risk": {"score": 10},
    }
    assert set(_labels(details).values()) == {"OK", "MATCH"}
    parts = {
        one["category"]: [part["classifier"] for part in one["parts"]]
        for one in details["credentials"]
    }
    stills = ["LIVENESS_1", "LIVENESS_2", "LIVENESS_3"]
    assert parts == {
        "ID": ["FRONT", "BACK"],
        "FACEMAP": ["FACEMAP", *stills],
        "SELFIE": ["FACE"],
    }
    facemap = next(one for one in details["credentials"] if one["category"] == "FACEMAP")
    assert [part["classifier"] for part in facemap["parts"] if "href" in part] == stills
    (liveness,) = details["capabilities"]["liveness"]
    href = liveness["validFaceMapForAuthentication"]
    assert href.endswith(f"/credentials/{facemap['id']}/parts/FACEMAP")
    assert jumio.call("GET", href).headers["Content-Type"] == "application/octet-stream"
    assert set(liveness["data"]) == {"type", "predictedAge", "ageConfidenceRange"}
    front = details["credentials"][0]["parts"][0]["href"]
    picture = jumio.call("GET", front)
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


def test_a_failed_capability_keeps_its_children_from_being_executed(jumio: Driver) -> None:
    labels = _labels(_played(jumio, "declined: fake document").details())
    assert labels == {
        "usability": "OK",
        "liveness": "OK",
        "similarity": "MATCH",
        "imageChecks": "FAKE",
        "extraction": "PRECONDITION_NOT_FULFILLED",
        "dataChecks": "PRECONDITION_NOT_FULFILLED",
    }


def test_an_unreadable_document_stops_what_needs_the_document_only(jumio: Driver) -> None:
    details = _played(jumio, "declined: unreadable").details()
    labels = _labels(details)
    assert labels["usability"] == "BLURRED"
    assert labels["liveness"] == "OK"
    faces = details["capabilities"]["imageChecks"][0]["data"]["faceSearchFindings"]
    assert faces == {"status": "DONE", "findings": [details["workflow"]["id"]]}
    stopped = {name: labels[name] for name in CHILDREN if name != "liveness"}
    assert set(stopped.values()) == {"PRECONDITION_NOT_FULFILLED"}
    assert details["decision"]["risk"]["score"] == 100


def test_an_unsupported_document_is_compared_but_not_looked_into(jumio: Driver) -> None:
    details = _played(jumio, "unsupported document").details()
    labels = _labels(details)
    assert labels["usability"] == "UNSUPPORTED_DOCUMENT_TYPE"
    assert labels["similarity"] == "MATCH"
    assert "data" not in details["capabilities"]["imageChecks"][0]
    looked_into = {labels[name] for name in ("imageChecks", "extraction", "dataChecks")}
    assert looked_into == {"PRECONDITION_NOT_FULFILLED"}
    assert details["decision"]["risk"]["score"] == 100


def test_a_repeated_face_is_a_warning_that_names_the_others(jumio: Driver) -> None:
    tree = _played(jumio, "needs review: repeated face").details()["capabilities"]
    assert tree["imageChecks"][0]["data"]["faceSearchFindings"]["status"] == "DONE"
    assert tree["extraction"][0]["decision"]["type"] == "PASSED"


def test_steps_group_the_capabilities_and_their_decisions(jumio: Driver) -> None:
    execution = _played(jumio, "needs review: watchlist hit", key=10013)
    details = execution.details()
    steps = {
        one["name"]: one for one in jumio.call("GET", f"{execution.path}/steps").json()["steps"]
    }
    assert set(steps) == {"ID_IV", "SCREENING", "ADDRESS_VERIFICATION", "DL_VERIFICATION"}
    assert steps["SCREENING"]["decision"]["type"] == "WARNING"
    assert steps["ID_IV"]["decision"]["type"] == "PASSED"
    listed = {one for step in steps.values() for one in step["capabilityIds"]}
    assert listed == {one["id"] for items in details["capabilities"].values() for one in items}
    assert details["steps"]["href"] == f"{jumio.sim.url}{execution.path}/steps"
    (screening,) = details["capabilities"]["watchlistScreening"]
    listed_as = {"id": screening["id"], "category": "watchlistScreening"}
    assert steps["SCREENING"]["capabilities"] == [listed_as]


def test_score_bands_and_labels_are_the_tenants(jumio: Driver) -> None:
    borderline = "approved: borderline"
    assert _played(jumio, borderline).details()["decision"]["type"] == "PASSED"
    jumio.sim.admin.patch_options(passed_max_score=20, decision_labels={"WARNING": "LOOK_AT_IT"})
    decision = _played(jumio, borderline).details()["decision"]
    assert decision["type"] == "WARNING"
    assert decision["details"]["label"] == "LOOK_AT_IT"
    assert decision["risk"]["score"] == 30


def test_an_open_execution_has_no_decision_unless_switched(jumio: Driver) -> None:
    execution = jumio.opened()
    assert "decision" not in execution.details()
    jumio.sim.admin.patch_options(pending_decision="not_executed")
    assert execution.details()["decision"]["type"] == "NOT_EXECUTED"


def test_results_can_be_unreadable_just_after_the_end(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(unreadable_reads=2)
    execution = _played(jumio, "approved")
    assert execution.status() == "PROCESSED"
    statuses = [jumio.call("GET", execution.path).status_code for _ in range(3)]
    assert statuses == [404, 404, 200]

    jumio.sim.admin.patch_options(unreadable_reads=0, unreadable_seconds=5)
    execution = _played(jumio, "approved")
    assert jumio.call("GET", execution.path).status_code == 404
    jumio.sim.admin.advance(5)
    assert jumio.call("GET", execution.path).status_code == 200


def test_wiped_results(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(wipe_after_seconds=840)
    execution = _played(jumio, "approved")
    href = execution.details()["credentials"][0]["parts"][0]["href"]
    assert "wipedOutAt" not in execution.details()
    jumio.sim.admin.advance(840)
    wiped = execution.details()
    assert wiped["wipedOutAt"] > wiped["completedAt"]
    assert wiped["capabilities"] == {}
    assert all("parts" not in one for one in wiped["credentials"])
    assert wiped["decision"]["type"] == "PASSED"
    assert jumio.call("GET", href).status_code == 404


def test_retrieval_refuses_what_it_must(jumio: Driver) -> None:
    execution = jumio.opened()
    stranger = jumio.opened()
    assert jumio.call("GET", execution.path, {"Authorization": ""}).status_code == 401
    assert jumio.call("GET", execution.path, {"User-Agent": "curl/8"}).status_code == 403
    mixed = execution.path.replace(execution.account, stranger.account)
    assert jumio.call("GET", mixed).status_code == 404
    sdk = {"Authorization": f"Bearer {execution.token}"}
    assert jumio.call("GET", execution.path, sdk).status_code == 401
    jumio.sim.admin.patch_options(retrieval_rate=0.001, retrieval_burst=15)
    jumio.sim.admin.reset()
    jumio.sim.admin.patch_options(retrieval_rate=0.001, retrieval_burst=15)
    statuses = [jumio.call("GET", execution.path).status_code for _ in range(16)]
    assert statuses == [404] * 15 + [429]


def test_health_lists_only_what_is_affected(jumio: Driver) -> None:
    assert jumio.call("GET", "/").json() == {"status": "UP"}
    jumio.sim.admin.patch_options(health={"callback": "DEGRADED"})
    assert jumio.call("GET", "/").json() == {
        "status": "DEGRADED",
        "details": {"callback": "DEGRADED"},
    }
    jumio.sim.admin.patch_options(health={"callback": "DEGRADED", "api": "DOWN"})
    assert jumio.call("GET", "/").json()["status"] == "DOWN"
