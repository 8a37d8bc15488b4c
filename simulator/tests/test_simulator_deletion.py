"""Deletion: of everything or of biometrics only, by whom, and what is left."""

import pytest

from simulator_driver import Driver, Opened


def _approved(jumio: Driver, **members: object) -> Opened:
    execution = jumio.opened(**members)
    jumio.sim.admin.play(execution.id, "approved")
    return execution


def _facemap(execution: Opened) -> str | None:
    (liveness,) = execution.details()["capabilities"]["liveness"]
    href: str | None = liveness.get("validFaceMapForAuthentication")
    return href


def test_deleting_an_execution(jumio: Driver) -> None:
    execution = _approved(jumio)
    other = jumio.opened(account=execution.account)
    assert jumio.call("DELETE", execution.path).status_code == 200
    assert jumio.call("DELETE", execution.path).status_code == 404
    assert jumio.call("GET", execution.path).status_code == 404
    assert other.status() == "INITIATED"
    jumio.sim.admin.patch_options(details_after_delete="decision_kept")
    kept = execution.details()
    assert kept["decision"]["type"] == "PASSED"
    assert kept["capabilities"] == {}


def test_deleting_an_account(jumio: Driver) -> None:
    execution = _approved(jumio)
    path = f"/api/v1/accounts/{execution.account}"
    assert jumio.call("DELETE", path).status_code == 200
    assert jumio.call("DELETE", path).status_code == 404
    assert jumio.call("GET", execution.path).status_code == 404
    assert jumio.open(account=execution.account).status_code == 404


def test_who_may_not_delete_deletes_nothing(jumio: Driver) -> None:
    execution = _approved(jumio)
    account = f"/api/v1/accounts/{execution.account}"
    default = jumio.sim.admin.options()["clients"][0]
    client = default | {"permissions": ["initiate", "retrieve"]}
    jumio.sim.admin.patch_options(clients=[client])
    for path in (execution.path, account, f"{execution.path}/biometrics", f"{account}/biometrics"):
        refused = jumio.call("DELETE", path)
        assert refused.status_code == 403
        assert "delete" in refused.json()["detail"]
    assert _facemap(execution)
    jumio.sim.admin.patch_options(clients=[default])
    assert jumio.call("DELETE", account).status_code == 200


@pytest.mark.parametrize("of_the_account", [True, False])
def test_biometrics_can_be_deleted_alone(jumio: Driver, of_the_account: bool) -> None:
    execution, other = _approved(jumio), _approved(jumio)
    facemap = _facemap(execution)
    assert facemap
    path = f"/api/v1/accounts/{execution.account}" if of_the_account else execution.path
    assert jumio.call("DELETE", f"{path}/biometrics").status_code == 200
    assert _facemap(execution) is None
    assert jumio.call("GET", facemap).status_code == 404
    details = execution.details()
    assert details["decision"]["type"] == "PASSED"
    classifiers = {part["classifier"] for one in details["credentials"] for part in one["parts"]}
    assert classifiers == {"FRONT", "BACK", "FACE", "LIVENESS_1", "LIVENESS_2", "LIVENESS_3"}
    assert _facemap(other)


def test_an_authentication_may_need_a_face_on_file(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(require_liveness=True)
    execution = jumio.opened()

    def authenticated() -> int:
        return jumio.open(account=execution.account, key=10014).status_code

    assert authenticated() == 400
    jumio.sim.admin.play(execution.id, "approved")
    assert authenticated() == 200
    jumio.call("DELETE", f"{execution.path}/biometrics")
    assert authenticated() == 400


def test_biometrics_of_nobody(jumio: Driver) -> None:
    unknown = "/api/v1/accounts/1d7c6a3e-0000-4000-8000-000000000000"
    assert jumio.call("DELETE", f"{unknown}/biometrics").status_code == 404
    other = f"{unknown}/workflow-executions/{jumio.opened().id}/biometrics"
    assert jumio.call("DELETE", other).status_code == 404


def test_an_account_can_be_gone_without_having_been_deleted_by_us(jumio: Driver) -> None:
    execution = _approved(jumio)
    jumio.sim.admin.delete_account(execution.account)
    assert jumio.call("GET", f"{execution.path}/status").status_code == 404
    assert jumio.open(account=execution.account).status_code == 404


@pytest.mark.parametrize("status", [400, 409, 410])
def test_an_update_of_a_dead_account_can_be_refused_otherwise(jumio: Driver, status: int) -> None:
    execution, alive = jumio.opened(), jumio.opened()
    jumio.sim.admin.delete_account(execution.account)
    jumio.sim.admin.patch_options(unknown_account_status=status)
    assert jumio.open(account=execution.account).status_code == status
    assert jumio.open(account=alive.account).status_code == 200
