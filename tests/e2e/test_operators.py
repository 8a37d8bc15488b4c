"""An operator decides, asks and is told, through the deployed functions."""

import json
from typing import Any

from jumio_simulator.admin.client import AdminClient
from local.demo.frontend import Frontend
from local.demo.observer import BusListener
from tests.e2e.test_redrive import make
from tests.support.end_to_end import begun, decided, outcomes
from tests.support.events import event
from tests.support.stack import RunningStack
from tests.support.waiting import eventually

Json = dict[str, Any]


def said(stack: RunningStack, name: str, function: str, **members: Any) -> Json:
    """An operator invokes a function with its ready event, changed; what it answers."""
    answer = stack.aws.functions.invoke(
        FunctionName=stack.outputs[function],
        Payload=json.dumps(event(name, **members)).encode(),
    )
    return dict(json.load(answer["Payload"]))


def test_a_review_is_ended_revoked_and_told(
    frontend: Frontend, simulator: AdminClient, bus: BusListener, stack: RunningStack
) -> None:
    execution = begun(frontend, simulator)
    reference = execution["customerInternalReference"]
    simulator.play(execution["id"], "needs review: watchlist hit")
    assert decided(frontend)["status"] == "review"
    (told,) = eventually(lambda: outcomes(bus, execution), bool)
    person = {name: told["data"][name] for name in ("issuer", "subject")}

    def decide(decision: str) -> Json:
        about = {**person, "execution": reference, "decision": decision}
        return said(stack, "decide_review", "DecideReviewFunction", **about)

    def heard(number: int) -> list[str]:
        def events() -> list[Json]:
            return list({one["id"]: one for one in outcomes(bus, execution)}.values())

        found = eventually(events, lambda told: len(told) >= number)
        return [one["data"]["status"] for one in found]

    assert decide("approve")["status"] == "approved"
    assert frontend.verification().json()["status"] == "approved"
    assert heard(2) == ["review", "approved"]
    assert decide("decline")["errorMessage"] == "not-decidable"
    facts = said(stack, "read_facts", "ReadFactsFunction", **person)
    assert facts["facts"]["lastName"] == "SAMPLE"
    assert decide("revoke")["status"] == "declined"
    assert heard(3) == ["review", "approved", "declined"]

    told_story = make(stack, "story", f"ARGS=--reference {reference} --ask-jumio")
    begun_, ended, approved, revoked = told_story.splitlines()[:4]
    assert "begun" in begun_
    assert "ended" in ended
    assert "decision=approve" in approved
    assert "decision=revoke" in revoked
    assert "PROCESSED WARNING" in told_story
    assert person["subject"] not in told_story
