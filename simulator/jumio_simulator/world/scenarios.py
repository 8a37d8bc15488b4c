"""Named courses of events, and who is to live through which."""

from dataclasses import dataclass, field
from typing import Any, Literal

from jumio_simulator.world.labels import LABELS
from jumio_simulator.world.model import Verdict
from jumio_simulator.world.verdicts import TECHNICAL_ERROR

Acts = Literal["waits", "finishes", "abandons", "never starts"]


@dataclass(frozen=True)
class Scenario:
    """What the person does, what Jumio finds, and what happens to the callbacks.

    `wanted` is the decision type the execution must end with, whatever its workflow checks;
    `data` the one a data-only execution must end with (None: its data decide). With `exact`, the
    verdicts hold for data-only executions, too.
    """

    name: str
    description: str
    acts: Acts = "finishes"
    wanted: str | None = None
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    score: int | None = None
    data: str | None = None
    exact: bool = False
    callbacks: dict[str, Any] = field(default_factory=dict)
    unreadable_reads: int = 0


def _declined(name: str, description: str, capability: str, label: str) -> Scenario:
    verdict = Verdict("REJECTED", label)
    return Scenario(
        f"declined: {name}", description, wanted="REJECTED", verdicts={capability: verdict}
    )


def _review(name: str, description: str, capability: str, label: str) -> Scenario:
    verdict = Verdict("WARNING", label)
    return Scenario(name, description, wanted="WARNING", verdicts={capability: verdict})


INTERACTIVE = Scenario("interactive", "Nothing happens until the person acts.", acts="waits")

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        INTERACTIVE,
        Scenario("approved", "The person finishes; everything passes.", wanted="PASSED"),
        Scenario(
            "approved: borderline",
            "Everything passes, with the highest score that still passes by default.",
            score=30,
        ),
        _declined("fake document", "The document is a forgery.", "imageChecks", "FAKE"),
        _declined(
            "manipulated document",
            "The photo was exchanged.",
            "imageChecks",
            "MANIPULATED_DOCUMENT_PHOTO",
        ),
        _declined("selfie mismatch", "Somebody else's document.", "similarity", "NO_MATCH"),
        _declined("not a live person", "A photo of a screen.", "liveness", "DIGITAL_COPY"),
        _declined("unreadable", "The picture is blurred.", "usability.ID", "BLURRED"),
        _declined(
            "data mismatch", "Printed and coded data differ.", "dataChecks", "MISMATCH_HRZ_MRZ_DATA"
        ),
        _declined(
            "authentication failed",
            "A returning person is not recognised.",
            "authentication",
            "FAILED",
        ),
        _review("needs review", "The faces cannot be compared.", "similarity", "NOT_POSSIBLE"),
        _review(
            "needs review: repeated face",
            "The face was seen before under another name.",
            "imageChecks",
            "REPEATED_FACE",
        ),
        _review(
            "needs review: watchlist hit", "The name is on a list.", "watchlistScreening", "ALERT"
        ),
        Scenario(
            "unsupported document",
            "Jumio does not know this kind of document; captured once with a score of 100.",
            wanted="WARNING",
            verdicts={"usability.ID": Verdict("WARNING", "UNSUPPORTED_DOCUMENT_TYPE")},
            score=100,
        ),
        Scenario(
            "technical error",
            "Processing breaks; nothing is executed.",
            verdicts={"*": TECHNICAL_ERROR},
        ),
        Scenario(
            "screening: warning",
            "Finishes; data-only steps end in a warning.",
            wanted="PASSED",
            data="WARNING",
        ),
        Scenario(
            "screening: declined",
            "Finishes; data-only steps are rejected.",
            wanted="PASSED",
            data="REJECTED",
        ),
        Scenario("abandons", "Starts and goes away: the session expires.", acts="abandons"),
        Scenario("never starts", "Never opens the link: the token expires.", acts="never starts"),
        Scenario(
            "callback lost",
            "Approved, but no callback arrives.",
            wanted="PASSED",
            callbacks={"drop": True},
        ),
        Scenario(
            "callback twice",
            "Approved; every callback arrives twice.",
            wanted="PASSED",
            callbacks={"copies": 2},
        ),
        Scenario(
            "callback late",
            "Approved; the callback is ten minutes late.",
            wanted="PASSED",
            callbacks={"delay_seconds": 600.0},
        ),
        Scenario(
            "callbacks of every status",
            "Approved; interim statuses are called back too.",
            wanted="PASSED",
            callbacks={"interim": True},
        ),
        Scenario(
            "callbacks reordered",
            "Approved; interim callbacks come after the last one.",
            wanted="PASSED",
            callbacks={"interim": True, "reorder": True},
        ),
        Scenario(
            "callback before result",
            "Approved; details answer 404 twice after the callback.",
            wanted="PASSED",
            unreadable_reads=2,
        ),
        Scenario(
            "callback wrong reference",
            "Approved; the callback names another user.",
            wanted="PASSED",
            callbacks={"wrong_user_reference": True},
        ),
    )
}


class UnknownScenarioError(LookupError):
    """There is no scenario of this name."""


def named_scenario(name: object) -> Scenario:
    """The scenario; `UnknownScenarioError` where there is none.

    Beside the listed ones there is `capability: LABEL` for every label of every capability.
    """
    scenario = SCENARIOS.get(str(name)) or _of_a_label(str(name))
    if scenario is None:
        raise UnknownScenarioError(f"There is no scenario {name!r}")
    return scenario


def _of_a_label(name: str) -> Scenario | None:
    capability, _, label = name.partition(": ")
    for decision_type, labels in LABELS.get(capability, {}).items():
        if label in labels:
            return Scenario(
                name,
                f"The person finishes; {capability} finds {label}.",
                wanted=None if decision_type == "NOT_EXECUTED" else decision_type,
                verdicts={capability: Verdict(decision_type, label)},
                exact=True,
            )
    return None


class ScenarioBook:
    """Which scenario the next executions get."""

    def __init__(self) -> None:
        self.default = INTERACTIVE.name
        self._next: list[str] = []
        self._for: dict[tuple[str, str], str] = {}

    def assign(self, name: str, attribute: str, value: str) -> None:
        self._for[attribute, value] = name

    def queue(self, name: str, count: int) -> None:
        self._next.extend([name] * count)

    def choose(self, user_reference: str | None, customer_internal_reference: str) -> str:
        """For this request first, then for this user, then the queue, then the default."""
        for key in (
            ("customerInternalReference", customer_internal_reference),
            ("userReference", user_reference or ""),
        ):
            if key in self._for:
                return self._for[key]
        return self._next.pop(0) if self._next else self.default

    def state(self) -> dict[str, Any]:
        assigned = [
            {attribute: value, "scenario": s} for (attribute, value), s in self._for.items()
        ]
        return {"default": self.default, "next": list(self._next), "for": assigned}
