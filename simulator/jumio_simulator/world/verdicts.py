"""Coherent capability trees: what fails, and what is therefore never executed."""

from collections.abc import Iterable, Mapping

from jumio_simulator.world.labels import LABELS, UNNAMED
from jumio_simulator.world.model import Credential, Finding, Outcome, Verdict
from jumio_simulator.world.options import Options
from jumio_simulator.world.workflows import Workflow

Tree = dict[str, list[Finding]]

PRECONDITION = Verdict("NOT_EXECUTED", "PRECONDITION_NOT_FULFILLED")
NOT_UPLOADED = Verdict("NOT_EXECUTED", "NOT_UPLOADED")
NOT_ENOUGH_DATA = Verdict("NOT_EXECUTED", "NOT_ENOUGH_DATA")
TECHNICAL_ERROR = Verdict("NOT_EXECUTED", "TECHNICAL_ERROR")

PARENTS = {
    "liveness": "usability",
    "similarity": "usability",
    "authentication": "usability",
    "biometricVerification": "usability",
    "imageChecks": "usability",
    "extraction": "imageChecks",
    "dataChecks": "extraction",
    "watchlistScreening": "extraction",
    "addressValidation": "extraction",
    "proofOfResidency": "extraction",
    "drivingLicenseVerification": "extraction",
}

FACE_CHECKS = frozenset({"liveness", "similarity", "authentication", "biometricVerification"})

SUBJECTS = {
    "liveness": ("SELFIE", "FACEMAP"),
    "authentication": ("FACEMAP",),
    "biometricVerification": ("DATA", "SELFIE"),
    "similarity": ("SELFIE", "ID"),
    "imageChecks": ("SELFIE", "ID"),
    "extraction": ("ID", "DOCUMENT"),
    "dataChecks": ("ID",),
    "watchlistScreening": ("ID", "DATA"),
    "addressValidation": ("ID", "DATA"),
    "proofOfResidency": ("ID", "DATA"),
    "drivingLicenseVerification": ("ID", "DATA"),
}


def passed(capability: str) -> Verdict:
    return Verdict("PASSED", LABELS.get(capability, UNNAMED)["PASSED"][0])


def usual_verdict(capability: str, decision_type: str) -> Verdict | None:
    """The capability's usual verdict of that type; None when it knows no such type."""
    labels = LABELS.get(capability, UNNAMED).get(decision_type)
    return Verdict(decision_type, labels[0]) if labels else None


def _fulfilled(verdict: Verdict, capability: str) -> bool:
    """Whether the capability is executed after its parent's verdict.

    A warning lets everything go on, as captured, except that what looks into an unsupported
    document is not executed; faces are still compared with it.
    """
    if verdict.label.startswith("UNSUPPORTED_"):
        return capability in FACE_CHECKS
    return verdict.type in {"PASSED", "WARNING"}


def _usability(
    credentials: list[Credential], verdicts: Mapping[str, Verdict]
) -> dict[str, Verdict]:
    """A verdict per credential, by its id."""
    usability = {}
    for credential in credentials:
        given = verdicts.get(f"usability.{credential.category}", verdicts.get("usability"))
        usability[credential.id] = (
            (given or passed("usability")) if credential.uploaded else NOT_UPLOADED
        )
    return usability


def _subjects(capability: str, credentials: list[Credential]) -> list[Credential]:
    categories = SUBJECTS.get(capability, ("DATA",))
    return [item for category in categories for item in credentials if item.category == category]


def _precondition(
    capability: str,
    workflow: Workflow,
    subjects: list[Credential],
    decided: Mapping[str, Verdict],
    usability: Mapping[str, Verdict],
) -> bool:
    parent = PARENTS.get(capability)
    while parent is not None and parent not in workflow.capabilities:
        parent = PARENTS.get(parent)
    if parent is None:
        return True
    if parent == "usability":
        relevant = [usability[item.id] for item in subjects if item.id in usability]
        return all(_fulfilled(verdict, capability) for verdict in relevant)
    return _fulfilled(decided[parent], capability)


def capability_tree(
    workflow: Workflow, credentials: list[Credential], verdicts: Mapping[str, Verdict]
) -> Tree:
    """What each capability of the workflow finds; where no verdict is given, it has passed."""
    pictures = [item for item in credentials if item.category != "DATA"]
    usability = _usability(pictures, verdicts)
    decided: dict[str, Verdict] = {}
    tree: Tree = {}
    for capability in workflow.capabilities:
        if capability == "usability":
            tree[capability] = [Finding([one], usability[one.id]) for one in pictures]
            continue
        subjects = _subjects(capability, credentials)
        if _precondition(capability, workflow, subjects, decided, usability):
            decided[capability] = verdicts.get(capability, passed(capability))
        else:
            decided[capability] = PRECONDITION
        tree[capability] = [Finding(subjects, decided[capability])]
    return tree


SCORES = {"PASSED": 10, "WARNING": 50, "REJECTED": 100}


def score_type(score: int, options: Options) -> str:
    """The decision type of a risk score under the tenant's bands."""
    if score < 0:
        return "NOT_EXECUTED"
    if score <= options.passed_max_score:
        return "PASSED"
    return "WARNING" if score <= options.warning_max_score else "REJECTED"


def worst_type(findings: Iterable[Finding]) -> str:
    """REJECTED before WARNING before PASSED; NOT_EXECUTED only when nothing was executed."""
    types = {finding.verdict.type for finding in findings}
    for decision_type in ("REJECTED", "WARNING", "PASSED"):
        if decision_type in types:
            return decision_type
    return "NOT_EXECUTED" if types else "PASSED"


def overall_outcome(
    tree: Tree, score: int | None, options: Options, label: str | None = None
) -> Outcome:
    """The tree with its decision: of the given score, or of that of the worst capability.

    The label is the tenant's for the decision type, unless one is given.
    """
    if score is None:
        score = SCORES.get(worst_type(item for items in tree.values() for item in items), -1)
    decision_type = score_type(score, options)
    usual = options.decision_labels.get(decision_type, decision_type)
    return Outcome(Verdict(decision_type, label or usual), score, tree)
