"""The body with which Jumio is asked to open an execution."""

from typing import TYPE_CHECKING, Any

from verification.domain.consent import Consent

if TYPE_CHECKING:
    from verification.domain.steps import Step


def account_request(
    step: "Step",
    *,
    user_key: str,
    reference: str,
    callback_url: str,
    locale: str | None,
    consent: Consent | None,
    source_ip: str,
) -> dict[str, Any]:
    """The request for one execution of a step. Source: "Creating and updating accounts"."""
    workflow = {
        "key": step.workflow_key,
        "credentials": [
            preset.model_dump(by_alias=True, exclude_none=True) for preset in step.credentials
        ],
        "capabilities": step.capabilities,
    }
    web = {
        "successUrl": str(step.success_url) if step.success_url else None,
        "errorUrl": str(step.error_url) if step.error_url else None,
        "locale": locale or step.locale,
    }
    return _without_empty(
        {
            "customerInternalReference": reference,
            "userReference": user_key,
            "workflowDefinition": _without_empty(workflow),
            "callbackUrl": callback_url if step.callback else None,
            "tokenLifetime": step.token_lifetime,
            "reportingCriteria": step.reporting_criteria,
            "overrideSettings": step.override_settings,
            "web": _without_empty(web),
            "userConsent": _consent(consent, source_ip) if consent else None,
        }
    )


def _consent(consent: Consent, source_ip: str) -> dict[str, Any]:
    return _without_empty(
        {
            "userIp": source_ip,
            "userLocation": _without_empty({"country": consent.country, "state": consent.state}),
            "consent": _without_empty(
                {"obtained": consent.obtained, "obtainedAt": consent.obtained_at}
            ),
        }
    )


def _without_empty(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", {}, [])}
