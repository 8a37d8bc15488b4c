"""The shipped journeys, and what the simulator's journal says that each of them did."""

import json
from pathlib import Path
from typing import Any

from tests.support.bff import Bff
from verification.domain.journeys import Journeys, load_journeys

FOLDER = Path(__file__).parents[2] / "layers" / "journeys"
DEFAULT, EXAMPLES = FOLDER / "default.json", FOLDER / "examples.json"
VERIFIED = {"email": "ada@people.example", "email_verified": "true"}
Json = dict[str, Any]


def shipped() -> Journeys:
    return load_journeys(EXAMPLES.read_text())


def screening_first(**step: object) -> Journeys:
    """An e-mail address from the request, then an identity verification."""
    screening = {
        "name": "email",
        "kind": "screening",
        "workflowKey": 10066,
        "inputs": {"email": {"from": "applicant"}},
        "attempts": {"limit": 3},
        **step,
    }
    journey = {"name": "onboarding", "steps": [screening, {"name": "identity"}]}
    return load_journeys(json.dumps({"journeys": [journey]}))


def in_a_row(*configured: Journeys) -> Journeys:
    """One journey with the first step of each."""
    first = [each.journeys[0].steps[0] for each in configured]
    steps = [step.model_dump(mode="json", by_alias=True, exclude_unset=True) for step in first]
    return load_journeys(json.dumps({"journeys": [{"name": "in-a-row", "steps": steps}]}))


def calls(bff: Bff) -> list[str]:
    """What was asked of Jumio, in order, without reads and access tokens."""
    asked = (entry["endpoint"] for entry in bff.simulator.admin.journal())
    return [name for name in asked if not name.startswith(("token", "retrieval", "web"))]


def bodies(bff: Bff, endpoint: str) -> list[Json]:
    return [entry["body"] for entry in bff.simulator.admin.journal(endpoint=endpoint)]


def opened_for(bff: Bff) -> list[object]:
    """The workflow keys of what was opened, in order."""
    opened = bodies(bff, "accounts.create") + bodies(bff, "accounts.update")
    return [body["workflowDefinition"]["key"] for body in opened]


def accounts(bff: Bff) -> set[str]:
    return {execution["accountId"] for execution in bff.executions()}
