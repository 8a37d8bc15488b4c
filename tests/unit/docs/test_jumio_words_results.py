"""docs/jumio.md names what Jumio finds out about people, and that hardly any of it is read."""

from typing import Any, get_args

import pytest

from jumio_simulator.world.labels import LABELS
from jumio_simulator.world.scenarios import SCENARIOS
from jumio_simulator.world.workflows import CATALOGUE
from simulator_driver import Driver, Opened
from tests.support.everything import (
    opened,
    opened_everywhere,
    opened_on_a_known_account,
    read_members,
    readings,
)
from tests.support.jumio import LONG, told
from tests.support.words import Row, paths, rows, words
from verification.domain.deadline import Deadline
from verification.domain.facts import Fact

DOCUMENTS = ("PASSPORT", "ID_CARD", "DRIVING_LICENSE", "VISA")


def generalised(details: Any) -> set[str]:
    """Paths of details, with ``*`` for the name of a capability, and without what is found."""
    return {path for path in map(any_capability, paths(details)) if ".data" not in path}


def any_capability(path: str) -> str:
    first, _, rest = path.partition(".")
    if first != "capabilities" or not rest:
        return path
    return f"capabilities.*[]{rest.partition('[]')[2]}"


def finished(jumio: Driver) -> list[Any]:
    """Details of every workflow that was approved, and of odd ends."""
    executions = opened_everywhere(jumio)
    jumio.sim.admin.patch_options(expired_details="not_executed")
    for execution in executions[1:]:
        jumio.sim.admin.play(execution.id, "approved")
    fraud = {"status": "FRAUD", "reason": "FIRST_PARTY_FRAUD"}
    jumio.call("PUT", f"{executions[1].path}/feedback", json=fraud)
    left = opened(jumio, "10011")
    for action in ("start", "capture"):
        jumio.call("POST", f"/web/client/{action}", data={"authorizationToken": left.token})
    jumio.sim.admin.expire(left.id)
    wiped = jumio.opened()
    jumio.sim.admin.play(wiped.id, "approved")
    jumio.sim.admin.wipe(wiped.id)
    return [one.details() for one in (*executions, left, wiped)]


def test_the_details_members(jumio: Driver) -> None:
    found = set().union(*map(generalised, finished(jumio)))
    empty = {"capabilities", "capabilities.*[].credentials"}
    assert found - empty == words("Details", simulated=True)


@pytest.mark.parametrize("key", sorted(CATALOGUE))
def test_of_details_only_the_named_members_are_read(jumio: Driver, key: str) -> None:
    status = {"account": {"id": "a"}, "workflowExecution": {"id": "w", "status": "PROCESSED"}}
    found: set[str] = set()
    for scenario in ("approved", "usability: BLURRED"):
        execution = opened_on_a_known_account(jumio, key)
        jumio.sim.admin.play(execution.id, scenario)
        details = execution.details()
        found |= read_members(details, lambda body: readings(status, (200, body)))
    read = words("Details", product="reads")
    if "usability" not in details["capabilities"]:
        read -= {"capabilities.*[].decision.details.label"}
    assert {any_capability(path) for path in found} == read & generalised(details)


def test_an_operator_can_ask_for_the_named_members_and_no_others(jumio: Driver) -> None:
    documented = [row for row in rows("Capabilities") if "reads" in row.cells["Product"]]
    assert {capability for row in documented for capability in row.words} == {"extraction"}
    named = set().union(*(row.named("Members") for row in documented))
    known = set().union(
        *(row.named("Members") for row in rows("Capabilities") if "extraction" in row.words)
    )
    data: dict[str, Any] = {}
    for path in known:
        *outer, last = path.replace("[]", "").split(".")
        (data.setdefault(outer[0], {}) if outer else data)[last] = "a word"
    details = {
        "workflow": {"status": "PROCESSED"},
        "capabilities": {"extraction": [{"data": data}]},
    }

    def read(body: Any) -> object:
        return told((200, body)).read_facts("a", "w", get_args(Fact), deadline=Deadline(LONG))

    found = {path for path in read_members(details, read) if "data" in path}
    assert {path.partition(".data.")[2] for path in found} == named


def test_every_capability_is_documented_with_what_it_finds(jumio: Driver) -> None:
    assert words("Capabilities", simulated=True) == LABELS.keys()
    found: dict[str, set[str]] = {}
    for details in (*finished(jumio), *document_by_document(jumio), *findings_of_their_own(jumio)):
        for capability, items in details["capabilities"].items():
            data = set().union(*(paths(item["data"]) for item in items if item.get("data")))
            found.setdefault(capability, set()).update(data)
    documented: dict[str, set[str]] = {name: set() for name in LABELS}
    for row in rows("Capabilities"):
        for capability in row.words if row.simulated else ():
            documented[capability].update(row.named("Members"))
    assert found == documented


def document_by_document(jumio: Driver) -> list[Any]:
    shown = []
    for kind in DOCUMENTS:
        execution = jumio.opened()
        form = {"authorizationToken": execution.token, "country": "USA", "type": kind}
        jumio.call("POST", "/web/client/document", data=form)
        jumio.sim.admin.play(execution.id, "approved")
        shown.append(execution.details())
    return shown


def findings_of_their_own(jumio: Driver) -> list[Any]:
    """Of what no workflow of the catalogue checks, and of a face that was seen before."""
    workflow = {"credentials": ["DATA"], "capabilities": ["deviceRiskVerification"]}
    jumio.sim.admin.patch_options(workflows={"20001": {**workflow, "channels": ["API"]}})
    device, repeated = jumio.opened(key=20001), jumio.opened()
    jumio.sim.admin.play(device.id, "approved")
    jumio.sim.admin.play(repeated.id, "imageChecks: REPEATED_FACE")
    return [device.details(), repeated.details()]


def documented_labels(*, simulated: bool) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows("Labels"):
        (decision_type,) = row.named("Type")
        for capability in row.words if row.simulated is simulated else ():
            found.setdefault((capability, decision_type), set()).update(row.named("Labels"))
    return found


def test_every_label_of_the_simulator_is_documented_and_the_other_way_round() -> None:
    known = {
        (capability, decision_type): set(labels)
        for capability, types in LABELS.items()
        for decision_type, labels in types.items()
    }
    assert documented_labels(simulated=True) == known


@pytest.mark.parametrize(
    "scenario", [name for name, one in SCENARIOS.items() if one.acts != "waits"]
)
@pytest.mark.parametrize("key", ["10013", "10021", "10014"])
def test_no_course_of_events_has_another_label(jumio: Driver, scenario: str, key: str) -> None:
    jumio.sim.admin.patch_options(expired_details="rejected")
    execution = opened_on_a_known_account(jumio, key)
    jumio.sim.admin.play(execution.id, scenario)
    jumio.sim.admin.advance(1)
    documented = documented_labels(simulated=True)
    for _ in range(3):  # a scenario may keep its result back for a while
        answer = jumio.call("GET", execution.path)
    found = answer.json()["capabilities"]
    assert found
    for capability, items in found.items():
        for decision in (item["decision"] for item in items):
            label = decision["details"]["label"]
            assert label in documented[capability, decision["type"]]


@pytest.mark.parametrize("row", [row for row in rows("Labels") if row.simulated])
def test_every_label_is_played_and_none_is_read(jumio: Driver, row: Row) -> None:
    (decision_type,) = row.named("Type")
    for capability in row.words:
        workflow = {"credentials": ["ID", "SELFIE", "DATA"], "capabilities": [capability]}
        jumio.sim.admin.patch_options(workflows={"20001": workflow})
        for label in row.named("Labels"):
            execution = jumio.opened(key=20001)
            jumio.sim.admin.play(execution.id, f"{capability}: {label}")
            details = execution.details()
            found = details["capabilities"][capability][0]["decision"]
            assert found == {"type": decision_type, "details": {"label": label}}
            status = jumio.call("GET", f"{execution.path}/status").json()
            decision = readings(status, (200, details)).decision
            assert decision.failed == ((capability,) if decision_type != "PASSED" else ())
            assert decision.type == details["decision"]["type"] == decision_type
            assert label not in {decision.label, *decision.failed}


def test_the_steps_members_and_names(jumio: Driver) -> None:
    members, names = set(), set()
    executions = opened_everywhere(jumio)[1:]
    for execution in executions:
        refused = "authentication" in CATALOGUE[key_of(execution)].capabilities
        scenario = "declined: authentication failed" if refused else "approved"
        jumio.sim.admin.play(execution.id, scenario)
        steps = jumio.call("GET", f"{execution.path}/steps").json()
        members |= paths(steps)
        names |= {step["name"] for step in steps["steps"]}
    assert members - {"steps"} == words("Steps", "Member", simulated=True)
    assert names == words("Steps", "Name of a step", simulated=True)


def key_of(execution: Opened) -> str:
    return str(execution.details()["workflow"]["definitionKey"])
