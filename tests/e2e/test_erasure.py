"""An operator erases a person through the deployed function, with the rights that it has there."""

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import BusListener, log_lines, table_items
from tests.support.end_to_end import (
    begun,
    decided,
    erase,
    outcomes,
    settled_queue,
)
from tests.support.stack import RunningStack
from tests.support.waiting import eventually


def test_a_person_is_erased_and_may_start_afresh(
    frontend: Frontend, simulator: AdminClient, bus: BusListener, stack: RunningStack
) -> None:
    execution = begun(frontend, simulator)
    simulator.play(execution["id"], "declined: fake document")
    assert decided(frontend)["status"] == "declined"
    assert settled_queue(stack)
    (told,) = eventually(lambda: outcomes(bus, execution), bool)
    person = told["data"]["issuer"], told["data"]["subject"]

    receipt = erase(stack, *person)

    assert receipt["accounts"] == 1
    assert simulator.execution(execution["id"])["deleted"]
    key = execution["userReference"]
    kept = [one for one in table_items(stack.aws, stack.outputs) if key in str(one)]
    assert [one["pk"] for one in kept] == [f"ERASED#{key}"]
    assert person[1] not in str(kept)
    assert erase(stack, *person)["erased_at"] == receipt["erased_at"]
    assert frontend.verification().json()["status"] == "none"

    simulator.send_callback(execution["id"])
    reference = execution["customerInternalReference"]
    assert eventually(lambda: _dropped(stack, reference), bool)
    assert settled_queue(stack)
    assert frontend.verification().json()["status"] == "none"
    assert begun(frontend, simulator)["accountId"] != execution["accountId"]
    assert not any(person[1] in line for line in log_lines(stack.aws))


def _dropped(stack: RunningStack, reference: str) -> bool:
    return any("leftover_gone" in line and reference in line for line in log_lines(stack.aws))
