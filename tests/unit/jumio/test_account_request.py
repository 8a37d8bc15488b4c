"""The body with which Jumio is asked to open an execution: all that a step says, and no more."""

from typing import Any

from verification.domain.consent import Consent
from verification.domain.steps import Step
from verification.jumio import account_request

FACTS: dict[str, Any] = {
    "user_key": "1-key",
    "reference": "a" * 32,
    "callback_url": "https://bff.example/callbacks/x",
    "source_ip": "203.0.113.7",
}
CREDENTIAL = {
    "category": "ID",
    "id": "6a1d5e3c-0000-4000-8000-3d8a1b2c4e5f",
    "label": "passport",
    "country": {"predefinedType": "DEFINED", "values": ["AUT"]},
    "type": {"predefinedType": "RECOMMENDED", "values": ["PASSPORT"]},
}
CAPABILITIES = {
    "watchlistScreening": {"searchProfile": "all-lists", "searchType": "STANDALONE"},
    "workflowDecision": {"decisionLabelRulesetId": "rules-1", "riskScoreRulesetId": "rules-2"},
    "documentVerification": {"enableExtraction": True},
}


def body(consent: Consent | None = None, locale: str | None = None, **step: object) -> Any:
    configured = Step.model_validate({"name": "identity", **step})
    return account_request(configured, consent=consent, locale=locale, **FACTS)


def test_a_step_that_says_nothing_leaves_the_rest_to_the_portal() -> None:
    assert body() == {
        "customerInternalReference": "a" * 32,
        "userReference": "1-key",
        "workflowDefinition": {"key": 10011},
        "callbackUrl": "https://bff.example/callbacks/x",
        "tokenLifetime": "30m",
    }


def test_everything_that_a_step_can_say_arrives() -> None:
    sent = body(
        workflowKey="10016",
        credentials=[CREDENTIAL],
        capabilities=CAPABILITIES,
        reportingCriteria="campaign-7",
        overrideSettings={"forceCrossDevice": "false"},
        successUrl="https://app.example/done",
        errorUrl="https://app.example/failed",
        locale="pt-BR",
        tokenLifetime="2h",
    )
    assert sent["workflowDefinition"] == {
        "key": "10016",
        "credentials": [CREDENTIAL],
        "capabilities": CAPABILITIES,
    }
    assert sent["reportingCriteria"] == "campaign-7"
    assert sent["overrideSettings"] == {"forceCrossDevice": "false"}
    assert sent["web"] == {
        "successUrl": "https://app.example/done",
        "errorUrl": "https://app.example/failed",
        "locale": "pt-BR",
    }
    assert sent["tokenLifetime"] == "2h"


def test_a_requests_language_comes_before_the_configured_one() -> None:
    assert body(locale="de")["web"] == {"locale": "de"}


def test_without_a_callback_the_portals_address_counts() -> None:
    assert "callbackUrl" not in body(callback=False)


def test_consent_is_sent_with_the_address_that_the_gateway_saw() -> None:
    agreed = Consent("USA", "IL", "yes", "2026-11-23T08:15:00.000Z")
    assert body(agreed)["userConsent"] == {
        "userIp": "203.0.113.7",
        "userLocation": {"country": "USA", "state": "IL"},
        "consent": {"obtained": "yes", "obtainedAt": "2026-11-23T08:15:00.000Z"},
    }
    assert body(Consent("AUT"))["userConsent"] == {
        "userIp": "203.0.113.7",
        "userLocation": {"country": "AUT"},
    }
