"""Hints for honest people: from usability labels alone, and none if anything else objects."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumio_simulator.world.labels import LABELS
from verification.domain.execution import Tip
from verification.jumio.messages import DetailsAnswer
from verification.jumio.usability import tip_of

HINTS: dict[str, set[str]] = {
    "photo-quality": {
        *("BAD_QUALITY", "BAD_QUALITY_IMAGE", "BLURRED", "GLARE", "MISSING_PAGE"),
        *("PART_OF_DOCUMENT_HIDDEN", "PART_OF_DOCUMENT_MISSING"),
    },
    "try-another-document": {
        *("DAMAGED_DOCUMENT", "MISSING_MANDATORY_DATAPOINTS", "MISSING_SIGNATURE"),
    },
    "document-unsupported": {
        *("DOCUMENT_CONTENT_NOT_SUPPORTED", "UNSUPPORTED_COUNTRY", "UNSUPPORTED_DOCUMENT_TYPE"),
    },
    "not-finished": {"NOT_UPLOADED"},
}
SUSPICIOUS = {
    *("BLACK_WHITE", "DIGITAL_COPY", "LIVENESS_UNDETERMINED", "NOT_A_DOCUMENT", "PHOTOCOPY"),
}
SILENT = {*SUSPICIOUS, "TECHNICAL_ERROR"}


def tip_told(capabilities: object) -> Tip | None:
    """As of an answer of Jumio's with these findings."""
    answer = {"workflow": {"status": "PROCESSED"}, "capabilities": capabilities}
    return tip_of(DetailsAnswer.model_validate(answer).capabilities)


def said(decision_type: str, label: str) -> dict[str, Any]:
    return {"id": "c", "decision": {"type": decision_type, "details": {"label": label}}}


BLURRED = said("REJECTED", "BLURRED")
DEPENDENT = said("NOT_EXECUTED", "PRECONDITION_NOT_FULFILLED")
FINDINGS = [
    (capability, said(decision_type, label))
    for capability, types in LABELS.items()
    for decision_type, labels in types.items()
    for label in labels
]


def test_every_label_of_usability_is_decided() -> None:
    labels = set().union(*(LABELS["usability"][kind] for kind in LABELS["usability"])) - {"OK"}
    assert labels == SILENT.union(*HINTS.values())


@pytest.mark.parametrize(
    ("label", "hint"), [(label, hint) for hint, labels in HINTS.items() for label in sorted(labels)]
)
def test_what_is_only_of_no_use_has_its_hint(label: str, hint: Tip) -> None:
    (decision_type,) = [kind for kind, labels in LABELS["usability"].items() if label in labels]
    found = {"usability": [said(decision_type, label)], "imageChecks": [DEPENDENT]}
    assert tip_told(found) == hint


@pytest.mark.parametrize("label", [*sorted(SILENT), "NEW", ""])
def test_what_may_come_of_a_forgery_has_none_even_beside_what_has(label: str) -> None:
    assert tip_told({"usability": [said("REJECTED", label)]}) is None
    assert tip_told({"usability": [BLURRED, said("REJECTED", label)]}) is None


@given(st.sampled_from([one for one in FINDINGS if one[0] != "usability"]), st.booleans())
def test_nothing_that_any_other_check_objects_to_has_one(
    finding: tuple[str, dict[str, Any]], first: bool
) -> None:
    capability, item = finding
    parts = [("usability", [BLURRED]), (capability, [item])]
    objects = item["decision"]["type"] in ("REJECTED", "WARNING")
    found = tip_told(dict(parts if first else parts[::-1]))
    assert found == (None if objects else "photo-quality")


@pytest.mark.parametrize("odd", [None, [], "x", {}, {"usability": None}, {"usability": ["x"]}])
def test_what_makes_no_sense_has_none(odd: object) -> None:
    assert tip_told(odd) is None
    if isinstance(odd, dict):
        assert tip_told({"similarity": [{"decision": 7}], "usability": [BLURRED]}) is None


def test_of_several_the_one_that_helps_most_is_told() -> None:
    both = [BLURRED, said("WARNING", "UNSUPPORTED_COUNTRY")]
    for found in (both, both[::-1]):
        assert tip_told({"usability": found}) == "document-unsupported"
