"""The JSON that retrieval answers and callbacks carry: status, details, steps, callback."""

from jumio_simulator.api.capabilities import capability_items, decision_json, present
from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.model import Credential, Execution, Finding, Json, Part, Verdict, new_id
from jumio_simulator.world.options import CallbackOptions, Options
from jumio_simulator.world.verdicts import SCORES, score_type, worst_type
from jumio_simulator.world.world import World

_STEP = {
    "authentication": "AUTHENTICATION",
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


def callback_document(
    world: World, execution: Execution, plan: CallbackOptions, when: float
) -> Json:
    """The body of a callback about the execution's present status, as captured."""
    base = world.base_url
    if plan.real_hosts:
        base = f"https://retrieval.{world.options.data_center}.jumio.ai"
    account = f"{base}/api/v1/accounts/{execution.account_id}"
    within = account if plan.href_with_account else f"{base}/api/v1"
    reference = "somebody-else" if plan.wrong_user_reference else execution.user_reference
    return present(
        {
            "callbackSentAt": timestamp(when),
            "userReference": reference,
            "reportingCriteria": execution.reporting_criteria if plan.reporting_criteria else None,
            "workflowExecution": {
                "id": execution.id,
                "href": f"{within}/workflow-executions/{execution.id}",
                "definitionKey": execution.definition_key,
                "status": execution.status,
            },
            "account": {"id": execution.account_id, "href": account},
        }
    )


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
    document: Json = {
        "workflow": present(workflow),
        "account": {"id": execution.account_id},
        "createdAt": timestamp(execution.created_at),
        "startedAt": _moment(execution.started_at),
        "completedAt": _moment(execution.completed_at),
        "wipedOutAt": _moment(execution.wiped_at),
        "credentials": [
            _credential(item, execution, account_href, options) for item in execution.credentials
        ],
        "decision": decision_document(execution) or _pending_decision(options),
        "steps": {"href": f"{account_href}/workflow-executions/{execution.id}/steps"},
        "capabilities": capability_items(execution, account_href, options),
        "feedback": execution.feedback,
        "dropOff": _drop_off(execution, options),
        "consent": (execution.consent or {}).get("consent"),
    }
    return present(document)


def steps_document(execution: Execution, options: Options) -> Json:
    """One entry per group of capabilities, each with the decision of its worst."""
    groups: dict[str, list[tuple[str, Finding]]] = {}
    if execution.outcome is not None:
        for capability, findings in execution.outcome.findings.items():
            group = groups.setdefault(_STEP.get(capability, "ID_IV"), [])
            group.extend((capability, finding) for finding in findings)
    steps = []
    for name, group in groups.items():
        score = SCORES.get(worst_type(finding for _, finding in group), -1)
        decision_type = score_type(score, options)
        label = options.decision_labels.get(decision_type, decision_type)
        decision = decision_json(Verdict(decision_type, label), score)
        if name == "AUTHENTICATION" and decision_type == "REJECTED":
            decision["reasons"] = [{"label": "FACE_INVALID_DIGITAL_COPY", "type": "REJECTED"}]
        steps.append(
            {
                "id": new_id(),
                "name": name,
                "capabilities": [
                    {"id": one.id, "category": capability} for capability, one in group
                ],
                "capabilityIds": [finding.id for _, finding in group],
                "decision": decision,
            }
        )
    return {"steps": steps}


def _drop_off(execution: Execution, options: Options) -> Json | None:
    """The last credential captured, while and after somebody went away in mid-journey."""
    last = execution.last_captured
    left = execution.status in {"ACQUISITION_STARTED", "SESSION_EXPIRED"}
    if last is None or not left or not options.drop_off:
        return None
    return {"lastCapturedCredential": {"id": last.id, "category": last.category}}


def _part(part: Part, credential: Credential, account_href: str, options: Options) -> Json:
    """Facemaps cannot be downloaded by their address; what the person captured says how."""
    href = f"{account_href}/credentials/{credential.id}/parts/{part.classifier}"
    photographed = not part.content and part.classifier in {"FRONT", "BACK", "FACE"}
    return present(
        {
            "classifier": part.classifier,
            "href": None if part.classifier == "FACEMAP" else href,
            "captureType": "camera" if photographed else None,
            "captureClient": options.capture_client if photographed else None,
        }
    )


def _credential(
    credential: Credential, execution: Execution, account_href: str, options: Options
) -> Json:
    parts = [_part(part, credential, account_href, options) for part in credential.parts.values()]
    consent = None
    if execution.consent is not None and credential.category in {"SELFIE", "FACEMAP"}:
        consent = {"decisionAccepted": True, "collectedBy": "CUSTOMER"}
    return present(
        {
            "id": credential.id,
            "category": credential.category,
            "label": credential.label,
            "parts": parts or None,
            "consent": consent,
        }
    )


def decision_document(execution: Execution) -> Json | None:
    """The overall decision with its risk score; None while there is none."""
    outcome = execution.outcome
    return None if outcome is None else decision_json(outcome.verdict, outcome.score)


def _pending_decision(options: Options) -> Json | None:
    if options.pending_decision == "absent":
        return None
    return decision_json(Verdict("NOT_EXECUTED", "NOT_EXECUTED"), -1)


def _moment(moment: float | None) -> str | None:
    return None if moment is None else timestamp(moment)
