"""What an honest person can do better next time, from Jumio's usability labels alone.

Source: "Capabilities". A label that may as well come of a forgery (a copy, no document at all, a
face that is not sure to live) has no hint, and nothing has one if any other check objects: who
tries to deceive learns nothing. A check that did not run for want of another objects to nothing.
"""

from verification.domain.execution import Tip
from verification.jumio.messages import Capabilities

_LABELS: dict[Tip, str] = {  # the first that applies is told
    "document-unsupported": """
        DOCUMENT_CONTENT_NOT_SUPPORTED UNSUPPORTED_COUNTRY UNSUPPORTED_DOCUMENT_TYPE""",
    "try-another-document": "DAMAGED_DOCUMENT MISSING_MANDATORY_DATAPOINTS MISSING_SIGNATURE",
    "photo-quality": """
        BAD_QUALITY BAD_QUALITY_IMAGE BLURRED GLARE MISSING_PAGE PART_OF_DOCUMENT_HIDDEN
        PART_OF_DOCUMENT_MISSING""",
    "not-finished": "NOT_UPLOADED",
}
_TIPS = {label: tip for tip, labels in _LABELS.items() for label in labels.split()}


def tip_of(capabilities: Capabilities) -> Tip | None:
    """The hint for what Jumio found, if that is to be told."""
    found: set[Tip | None] = set()
    for name, findings in capabilities.items():
        for decision in (one.decision for one in findings):
            if decision is None:
                return None
            if name == "usability" and decision.type != "PASSED":
                found.add(_TIPS.get(decision.label or ""))
            elif decision.type not in ("PASSED", "NOT_EXECUTED"):
                return None
    return None if None in found else next((tip for tip in _LABELS if tip in found), None)
