"""The stand-in for the mobile SDK."""

import json

import pytest

from jumio_simulator.person.sdk import main
from simulator_driver import Driver


def _run(jumio: Driver, capsys: pytest.CaptureFixture[str], token: str, *options: str) -> tuple:
    arguments = [token, "--url", jumio.sim.url, *options]
    if "--data-center" not in options:
        arguments += ["--data-center", "EU"]
    code = main(arguments)
    return code, json.loads(capsys.readouterr().out)


def test_a_finished_journey(jumio: Driver, capsys: pytest.CaptureFixture[str]) -> None:
    execution = jumio.opened()
    options = ("--scenario", "needs review")
    code, result = _run(jumio, capsys, execution.body["sdk"]["token"], *options)
    assert code == 0
    assert result["accountId"] == execution.account
    assert result["workflowId"] == execution.id
    assert {one["credentialCategory"] for one in result["credentials"]} == {
        "ID",
        "FACEMAP",
        "SELFIE",
    }
    jumio.sim.admin.advance(10)
    assert execution.details()["decision"]["type"] == "WARNING"


@pytest.mark.parametrize(
    ("how", "letter", "status"),
    [
        ("cancel", "G", "ACQUISITION_STARTED"),
        ("network", "A", "ACQUISITION_STARTED"),
        ("camera", "H", "ACQUISITION_STARTED"),
        ("images", "N", "ACQUISITION_STARTED"),
        ("timeout", "J", "SESSION_EXPIRED"),
        ("offline", "E", "INITIATED"),
        ("outdated", "I", "INITIATED"),
        ("resources", "F", "INITIATED"),
    ],
)
def test_other_ends(
    jumio: Driver, capsys: pytest.CaptureFixture[str], how: str, letter: str, status: str
) -> None:
    execution = jumio.opened()
    code, result = _run(jumio, capsys, execution.body["sdk"]["token"], "--do", how)
    assert code == 1
    assert result["errorCode"].startswith(letter)
    assert execution.status() == status


def test_a_cancelled_session_can_be_taken_up_again(
    jumio: Driver, capsys: pytest.CaptureFixture[str]
) -> None:
    token = jumio.opened().body["sdk"]["token"]
    _run(jumio, capsys, token, "--do", "cancel")
    assert _run(jumio, capsys, token)[0] == 0
    assert _run(jumio, capsys, token)[1]["errorCode"] == "J00000"


def test_a_token_may_be_good_for_one_start_only(
    jumio: Driver, capsys: pytest.CaptureFixture[str]
) -> None:
    jumio.sim.admin.patch_options(token_single_use=True)
    token = jumio.opened().body["sdk"]["token"]
    _run(jumio, capsys, token, "--do", "cancel")
    assert _run(jumio, capsys, token)[1]["errorCode"] == "J00000"


@pytest.mark.parametrize("data_center", ["US", "SG"])
def test_the_wrong_data_centre(
    jumio: Driver, capsys: pytest.CaptureFixture[str], data_center: str
) -> None:
    execution = jumio.opened()
    token = execution.body["sdk"]["token"]
    code, result = _run(jumio, capsys, token, "--data-center", data_center)
    assert (code, result["errorCode"]) == (1, "A10404")
    assert execution.status() == "INITIATED"


def test_a_data_centre_that_does_not_exist(
    jumio: Driver, capsys: pytest.CaptureFixture[str]
) -> None:
    code, result = _run(jumio, capsys, "t", "--data-center", "eu")
    assert (code, result["errorMessage"]) == (1, "Invalid Datacenter value.")


def test_tokens_that_are_no_good(jumio: Driver, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(jumio, capsys, "a.b.c")[1]["errorCode"] == "C10401"
    expired = jumio.opened(tokenLifetime="5m").body["sdk"]["token"]
    jumio.sim.admin.advance(300)
    assert _run(jumio, capsys, expired)[1]["errorCode"] == "J00000"


def test_a_token_cut_out_of_a_web_link(jumio: Driver, capsys: pytest.CaptureFixture[str]) -> None:
    def from_link() -> str:
        href: str = jumio.opened().body["web"]["href"]
        return href.partition("authorizationToken=")[2].partition("&")[0]

    assert _run(jumio, capsys, from_link())[0] == 0
    jumio.sim.admin.patch_options(web_token="separate")
    assert _run(jumio, capsys, from_link())[1]["errorCode"] == "A10404"


def test_a_simulator_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["t", "--data-center", "EU", "--url", "http://127.0.0.1:9"]) == 1
    assert json.loads(capsys.readouterr().out)["errorCode"] == "A10000"


def test_a_request_that_the_service_does_not_take(
    jumio: Driver, capsys: pytest.CaptureFixture[str]
) -> None:
    token = jumio.opened().body["sdk"]["token"]
    code, result = _run(jumio, capsys, token, "--scenario", "no such scenario")
    assert code != 0
    assert result["errorCode"].startswith("B")
