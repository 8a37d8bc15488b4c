"""Options, reset, clock and the browser's access to the admin API; the process form."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from jumio_simulator.admin.client import AdminClient
from jumio_simulator.wire.limits import RateLimit
from jumio_simulator.world.clock import Clock
from simulator_driver import Driver


def test_options_can_be_read_and_patched(jumio: Driver) -> None:
    admin = jumio.sim.admin
    before = admin.options()
    patched = admin.patch_options(idle_seconds=60, callbacks={"copies": 3})
    assert patched["idle_seconds"] == 60
    assert patched["callbacks"] == before["callbacks"] | {"copies": 3}
    assert admin.options() == patched
    for wrong in ({"idle_second": 1}, {"idle_seconds": -1}, {"callbacks": {"copy": 1}}):
        with pytest.raises(requests.HTTPError):
            admin.patch_options(**wrong)
    assert admin.options() == patched


def test_reset_forgets_everything_but_bearers(jumio: Driver) -> None:
    execution = jumio.opened()
    admin = jumio.sim.admin
    admin.patch_options(idle_seconds=60)
    admin.add_fault("accounts.create", "reset")
    admin.set_scenario("approved", default=True)
    admin.reset()
    assert admin.executions() == []
    assert admin.journal() == []
    assert admin.faults() == []
    assert admin.scenarios()["default"] == "interactive"
    assert admin.options()["idle_seconds"] == 900
    assert admin.options()["account_burst"] == 1000
    assert admin.clock()["frozen"] is False
    assert jumio.call("GET", execution.path).status_code == 404
    admin.reset(bearers=True)
    assert jumio.call("GET", execution.path).status_code == 401


def test_a_frozen_clock_stands_still_until_advanced(jumio: Driver) -> None:
    admin = jumio.sim.admin
    now = admin.clock()["now"]
    assert admin.clock() == {"now": now, "time": admin.clock()["time"], "frozen": True}
    assert admin.advance(90)["now"] == now + 90
    resumed = admin.resume()
    assert resumed["frozen"] is False
    assert resumed["now"] >= now + 90


def test_the_execution_state_is_complete(jumio: Driver) -> None:
    execution = jumio.opened(userReference="u-1", callbackUrl="https://app.example.com/hook")
    state = jumio.sim.admin.execution(execution.id)
    assert state["accountId"] == execution.account
    assert state["userReference"] == "u-1"
    assert state["callbackUrl"] == "https://app.example.com/hook"
    assert state["webHref"] == execution.body["web"]["href"]
    assert state["sdkToken"] == execution.token
    assert state["expiresAt"] > state["createdAt"]
    assert jumio.sim.admin.executions() == [state]


def test_a_result_can_be_wiped_by_hand(jumio: Driver) -> None:
    execution = jumio.opened()
    jumio.sim.admin.play(execution.id, "approved")
    assert jumio.sim.admin.wipe(execution.id)["wipedOutAt"]
    assert execution.details()["capabilities"] == {}


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:5173", True),
        ("http://127.0.0.1:8080", True),
        ("http://demo.localhost", True),
        ("https://evil.example", False),
        ("http://localhost.evil.example", False),
    ],
)
def test_only_local_pages_may_call_the_admin_api(jumio: Driver, origin: str, allowed: bool) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    asked = requests.options(f"{jumio.sim.url}/_simulator/options", headers=headers, timeout=10)
    assert (asked.headers.get("Access-Control-Allow-Origin") == origin) is allowed
    got = requests.get(f"{jumio.sim.url}/_simulator/clock", headers={"Origin": origin}, timeout=10)
    assert (got.headers.get("Access-Control-Allow-Origin") == origin) is allowed


def test_malformed_admin_requests_are_refused(jumio: Driver) -> None:
    base = f"{jumio.sim.url}/_simulator"
    assert requests.patch(f"{base}/options", data="{", timeout=10).status_code == 400
    assert requests.patch(f"{base}/options", json=[1], timeout=10).status_code == 400
    assert requests.get(f"{base}/journal?since=soon", timeout=10).status_code == 400
    for path, body in (
        ("scenarios", {"scenario": "approved"}),
        ("scenarios", {"scenario": "approved", "for": 7}),
        ("scenarios", {"scenario": "approved", "next": "two"}),
        ("clock", {"advance": "an hour"}),
        ("clock", {"advance": -1}),
        ("outage", {"seconds": None}),
    ):
        assert requests.post(f"{base}/{path}", json=body, timeout=10).status_code == 400


def test_a_clock_that_is_resumed_goes_on_where_it_stood() -> None:
    machine = 100.0
    clock = Clock(lambda: machine)
    clock.freeze()
    machine = 250.0
    assert clock.now() == 100
    clock.resume()
    assert clock.now() == 100
    machine = 260.0
    assert clock.now() == 110


def test_a_rate_limit_refills_with_time() -> None:
    moment = 0.0
    limit = RateLimit(lambda: moment)
    assert [limit.admit(1.0, 2) for _ in range(3)] == [True, True, False]
    moment = 0.9
    assert limit.admit(1.0, 2) is False
    moment = 1.0
    assert limit.admit(1.0, 2) is True
    moment = 100.0
    assert [limit.admit(1.0, 2) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_process_announces_itself_and_stops_cleanly(
    tmp_path: Path, number: signal.Signals
) -> None:
    options = tmp_path / "options.json"
    options.write_text(json.dumps({"account_burst": 7}))
    arguments = ["--client-id", "me", "--client-secret", "s", "--data-center", "apac-1"]
    command = [sys.executable, "-m", "jumio_simulator", "--options", str(options), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        assert words[:2] == ["simulator", "ready"]
        with AdminClient(words[2]) as admin:
            chosen = admin.options()
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
    assert chosen["account_burst"] == 7
    assert chosen["data_center"] == "apac-1"
    assert chosen["clients"][0]["id"] == "me"


def test_the_process_refuses_options_that_do_not_exist() -> None:
    command = [sys.executable, "-m", "jumio_simulator", "--options", '{"account_bursts": 7}']
    answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert answer.returncode == 2
    assert "account_bursts" in answer.stderr
