"""The `capabilities` that details show: an item per finding."""

from jumio_simulator.api.capability_data import finding_data
from jumio_simulator.world.model import Execution, Finding, Json, Verdict
from jumio_simulator.world.options import Options

_REUSABLE = {"liveness": ("PASSED", "WARNING"), "authentication": ("PASSED",)}


def capability_items(execution: Execution, account_href: str, options: Options) -> Json:
    """Lists of items by capability; {} while nothing was found, and after a wipe."""
    if execution.outcome is None:
        return {}
    facemap = next((one for one in execution.credentials if "FACEMAP" in one.parts), None)
    facemap_href = f"{account_href}/credentials/{facemap.id}/parts/FACEMAP" if facemap else None

    def item(capability: str, finding: Finding) -> Json:
        # Later authentications find the facemap beside `data`, not in it, as captured.
        reusable = finding.verdict.type in _REUSABLE.get(capability, ())
        return present(
            {
                "id": finding.id,
                "credentials": [
                    {"id": one.id, "category": one.category} for one in finding.subjects
                ],
                "decision": decision_json(finding.verdict),
                "data": finding_data(capability, finding, execution, options),
                "validFaceMapForAuthentication": facemap_href if reusable else None,
            }
        )

    return {
        capability: [item(capability, finding) for finding in findings]
        for capability, findings in execution.outcome.findings.items()
    }


def decision_json(verdict: Verdict, score: int | None = None) -> Json:
    """`type`, `details.label` and, where there is a score, `risk.score`."""
    decision: Json = {"type": verdict.type, "details": {"label": verdict.label}}
    if score is not None:
        decision["risk"] = {"score": score}
    return decision


def present(document: Json) -> Json:
    """The document without the members that are None."""
    return {name: value for name, value in document.items() if value is not None}
