"""The JSON that retrieval answers: status, details, steps."""

from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.model import Credential, Execution, Json, new_id
from jumio_simulator.world.options import Options
from jumio_simulator.world.verdicts import SCORES, score_type, worst_type

_STEP = {
    "watchlistScreening": "SCREENING",
    "addressValidation": "ADDRESS_VERIFICATION",
    "proofOfResidency": "ADDRESS_VERIFICATION",
    "drivingLicenseVerification": "DL_VERIFICATION",
    "braCpfValidation": "BRA_CPF_VALIDATION",
    "emailVerification": "EMAIL_VERIFICATION",
    "phoneVerification": "PHONE_VERIFICATION",
    "geoIpVerification": "GEO_IP_VERIFICATION",
}


def status_document(execution: Execution, base: str) -> Json:
    """The small document; its workflow href has no account segment, as in Jumio's sample."""
    return {
        "account": {
            "id": execution.account_id,
            "href": f"{base}/api/v1/accounts/{execution.account_id}",
        },
        "workflowExecution": {
            "id": execution.id,
            "href": f"{base}/api/v1/workflow-executions/{execution.id}",
            "definitionKey": execution.definition_key,
            "status": execution.status,
        },
    }


def details_document(execution: Execution, base: str, options: Options) -> Json:
    """The full document; members that do not apply are left out."""
    account_href = f"{base}/api/v1/accounts/{execution.account_id}"
    workflow: Json = {
        "id": execution.id,
        "status": execution.status,
        "definitionKey": execution.definition_key,
        "userReference": execution.user_reference,
        "customerInternalReference": execution.customer_internal_reference,
        "reportingCriteria": execution.reporting_criteria,
    }
    outcome = execution.outcome
    decision = outcome.decision if outcome else _pending_decision(options)
    document: Json = {
        "workflow": _present(workflow),
        "account": {"id": execution.account_id},
        "createdAt": timestamp(execution.created_at),
        "startedAt": _moment(execution.started_at),
        "completedAt": _moment(execution.completed_at),
        "wipedOutAt": _moment(execution.wiped_at),
        "credentials": [
            _credential(item, execution, account_href) for item in execution.credentials
        ],
        "decision": decision,
        "steps": {"href": f"{account_href}/workflow-executions/{execution.id}/steps"},
        "capabilities": outcome.capabilities if outcome else {},
        "consent": (execution.consent or {}).get("consent"),
    }
    return _present(document)


def steps_document(execution: Execution, options: Options) -> Json:
    """One entry per group of capabilities, each with the decision of its worst."""
    groups: dict[str, list[Json]] = {}
    if execution.outcome is not None:
        for capability, items in execution.outcome.capabilities.items():
            groups.setdefault(_STEP.get(capability, "ID_IV"), []).extend(items)
    steps = []
    for name, items in groups.items():
        score = SCORES.get(worst_type(items), -1)
        decision_type = score_type(score, options)
        label = options.decision_labels.get(decision_type, decision_type)
        steps.append(
            {
                "id": new_id(),
                "name": name,
                "capabilityIds": [item["id"] for item in items],
                "decision": {
                    "type": decision_type,
                    "details": {"label": label},
                    "risk": {"score": score},
                },
            }
        )
    return {"steps": steps}


def _credential(credential: Credential, execution: Execution, account_href: str) -> Json:
    parts = []
    for part in credential.parts.values():
        listed: Json = {"classifier": part.classifier}
        if part.classifier != "FACEMAP":
            listed["href"] = f"{account_href}/credentials/{credential.id}/parts/{part.classifier}"
        parts.append(listed)
    consent = None
    if execution.consent is not None and credential.category in {"SELFIE", "FACEMAP"}:
        consent = {"decisionAccepted": True, "collectedBy": "CUSTOMER"}
    return _present(
        {
            "id": credential.id,
            "category": credential.category,
            "label": credential.label,
            "parts": parts or None,
            "consent": consent,
        }
    )


def _pending_decision(options: Options) -> Json | None:
    if options.pending_decision == "absent":
        return None
    return {
        "type": "NOT_EXECUTED",
        "details": {"label": "NOT_EXECUTED"},
        "risk": {"score": -1},
    }


def _moment(moment: float | None) -> str | None:
    return None if moment is None else timestamp(moment)


def _present(document: Json) -> Json:
    return {name: value for name, value in document.items() if value is not None}
