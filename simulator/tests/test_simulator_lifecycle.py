"""The statuses of an execution on the controllable clock."""

from simulator_driver import Driver, Opened


def _form(jumio: Driver, execution: Opened, action: str, **fields: str) -> int:
    data = {"authorizationToken": execution.body["sdk"]["token"], **fields}
    return jumio.call("POST", f"/web/client/{action}", data=data).status_code


def test_from_initiated_to_processed(jumio: Driver) -> None:
    execution = jumio.opened()
    assert execution.status() == "INITIATED"
    _form(jumio, execution, "start")
    assert execution.status() == "ACQUISITION_STARTED"
    _form(jumio, execution, "finish", scenario="approved")
    assert execution.status() == "ACQUIRED"
    jumio.sim.admin.advance(5)
    assert execution.status() == "ACQUIRED"
    jumio.sim.admin.advance(1)
    assert execution.status() == "PROCESSED"


def test_processing_can_take_no_time_at_all(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(processing_seconds=0)
    execution = jumio.opened()
    _form(jumio, execution, "finish", scenario="approved")
    assert execution.status() == "PROCESSED"


def test_a_token_expires_when_it_is_not_used_in_time(jumio: Driver) -> None:
    execution = jumio.opened(tokenLifetime="5m")
    jumio.sim.admin.advance(299)
    assert execution.status() == "INITIATED"
    jumio.sim.admin.advance(1)
    assert execution.status() == "TOKEN_EXPIRED"
    assert jumio.sim.admin.execution(execution.id)["startedAt"] is None


def test_the_default_lifetime_is_thirty_minutes(jumio: Driver) -> None:
    execution = jumio.opened()
    jumio.sim.admin.advance(30 * 60 - 1)
    assert execution.status() == "INITIATED"
    jumio.sim.admin.advance(1)
    assert execution.status() == "TOKEN_EXPIRED"


def test_a_started_session_outlives_its_token_and_expires_when_idle(jumio: Driver) -> None:
    execution = jumio.opened(tokenLifetime="5m")
    _form(jumio, execution, "start")
    jumio.sim.admin.advance(899)
    assert execution.status() == "ACQUISITION_STARTED"
    jumio.sim.admin.advance(1)
    assert execution.status() == "SESSION_EXPIRED"


def test_activity_starts_the_idle_time_again(jumio: Driver) -> None:
    execution = jumio.opened()
    _form(jumio, execution, "start")
    jumio.sim.admin.advance(800)
    _form(jumio, execution, "capture")
    jumio.sim.admin.advance(800)
    assert execution.status() == "ACQUISITION_STARTED"
    jumio.sim.admin.advance(100)
    assert execution.status() == "SESSION_EXPIRED"


def test_one_long_step_of_the_clock_passes_every_stage_at_its_moment(jumio: Driver) -> None:
    jumio.sim.admin.set_scenario("approved", default=True)
    before = jumio.sim.admin.clock()["now"]
    execution = jumio.opened()
    jumio.sim.admin.advance(86400)
    state = jumio.sim.admin.execution(execution.id)
    assert state["status"] == "PROCESSED"
    moments = [state[name][17:23] for name in ("createdAt", "startedAt", "completedAt")]
    seconds = [float(text) for text in moments]
    assert round((seconds[1] - seconds[0]) % 60, 2) == 4
    assert round((seconds[2] - seconds[1]) % 60, 2) == 6
    assert jumio.sim.admin.clock()["now"] == before + 86400


def test_a_running_clock_moves_executions_by_itself(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(
        processing_seconds=0.01, person_starts_after_seconds=0, person_takes_seconds=0
    )
    jumio.sim.admin.set_scenario("approved", default=True)
    execution = jumio.opened()
    assert execution.status() == "INITIATED" or execution.status() == "ACQUIRED"
    clock = jumio.sim.admin.resume()
    assert clock["frozen"] is False
    while jumio.sim.admin.execution(execution.id)["status"] != "PROCESSED":
        assert jumio.sim.admin.clock()["now"] < clock["now"] + 60


def test_api_only_executions_start_when_they_are_finalized(jumio: Driver) -> None:
    execution = jumio.opened(key=10066)
    jumio.sim.admin.advance(60)
    execution.upload("DATA", "prepared_data", json={"email": "a@example.com"})
    assert execution.status() == "INITIATED"
    jumio.sim.admin.advance(30)
    assert execution.finalize().status_code == 200
    jumio.sim.admin.advance(2.7)
    details = execution.details()
    assert details["workflow"]["status"] == "PROCESSED"
    state = jumio.sim.admin.execution(execution.id)
    assert state["startedAt"] > state["createdAt"]
    assert details["startedAt"] == state["startedAt"]
