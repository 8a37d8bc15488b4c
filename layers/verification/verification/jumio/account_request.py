"""The body with which Jumio is asked to open an execution."""

from dataclasses import dataclass, field
from typing import Any

from verification.domain.journeys import Step


@dataclass(frozen=True)
class Person:
    """What Jumio wants to know about a person's whereabouts and consent (never stored).

    ``country`` is ISO alpha-3; ``obtained`` is ``yes``, ``no`` or ``na``; ``obtained_at``
    is UTC like 2026-11-23T08:15:00.000Z. Source: "End-user consent".
    """

    ip: str | None = field(repr=False)
    country: str
    state: str | None = None
    obtained: str | None = None
    obtained_at: str | None = None


def account_request(
    step: Step,
    *,
    user_key: str,
    reference: str,
    callback_url: str,
    locale: str | None,
    person: Person | None,
) -> dict[str, Any]:
    """The request for one execution of a step. Source: "Creating and updating accounts"."""
    workflow = {
        "key": step.workflow_key,
        "credentials": [
            preset.model_dump(by_alias=True, exclude_none=True) for preset in step.credentials
        ],
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
            "web": _without_empty(web),
            "userConsent": _consent(person) if person else None,
        }
    )


def _consent(person: Person) -> dict[str, Any]:
    return _without_empty(
        {
            "userIp": person.ip,
            "userLocation": _without_empty({"country": person.country, "state": person.state}),
            "consent": _without_empty(
                {"obtained": person.obtained, "obtainedAt": person.obtained_at}
            ),
        }
    )


def _without_empty(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, {}, [])}
