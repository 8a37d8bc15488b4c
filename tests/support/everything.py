"""The simulator's executions with all that can be asked for, and what the product reads of them."""

from collections.abc import Callable
from typing import Any

from jumio_simulator.world.workflows import CATALOGUE
from simulator_driver import Driver, Opened
from tests.support.jumio import LONG, told
from tests.support.words import another, changed, paths
from verification.domain.deadline import Deadline
from verification.domain.errors import Problem, ResultNotAtProvider

WEB = {"successUrl": "https://app.example.com/done", "errorUrl": "https://app.example.com/failed"}
CONSENT = {
    "userIp": "203.0.113.7",
    "userLocation": {"country": "USA"},
    "consent": {"obtained": "yes", "obtainedAt": "2026-11-23T08:15:00.000Z"},
}
TYPES = {"ID": "PASSPORT", "FACEMAP": "JUMIO_STANDARD", "SELFIE": "ANY", "DOCUMENT": "BS"}


def read_members(document: Any, read: Callable[[Any], object]) -> set[str]:
    """The paths whose values make a difference to what is read."""
    usual = read(document)
    return {path for path in paths(document) if read(changed(document, path, another)) != usual}


def opened_everywhere(jumio: Driver) -> list[Opened]:
    """One execution of each workflow, on one account, with all that can be asked for."""
    first = jumio.opened()
    jumio.sim.admin.play(first.id, "approved")
    return [first, *(opened(jumio, key, first.account) for key in CATALOGUE)]


def opened(jumio: Driver, key: str, account: str | None = None) -> Opened:
    presets = [
        {
            "category": one,
            "label": one,
            "country": {"values": ["AUT"]},
            "type": {"values": [TYPES[one]]},
        }
        for one in CATALOGUE[key].credentials
        if one != "DATA"
    ]
    return jumio.opened(
        account=account,
        workflowDefinition={"key": key, "credentials": presets},
        userReference="u",
        reportingCriteria="campaign-7",
        callbackUrl="https://bff.example.com/callbacks/x",
        web=WEB,
        userConsent=CONSENT,
    )


def opened_on_a_known_account(jumio: Driver, key: str) -> Opened:
    first = jumio.opened()
    jumio.sim.admin.play(first.id, "approved")
    return opened(jumio, key, first.account)


def readings(status: Any, details: tuple[int, Any]) -> object:
    """What the product makes of a status answer and of details."""
    try:
        return told((200, status), details).read_execution(
            status["account"]["id"],
            status["workflowExecution"]["id"],
            with_details=True,
            deadline=Deadline(LONG),
        )
    except ResultNotAtProvider as problem:
        return vars(problem)
    except Problem as problem:
        return type(problem)
