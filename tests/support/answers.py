"""Jumio's answers in the shapes that it documents, with invented values."""

from typing import Any

ACCOUNT, EXECUTION = "11111111-aaaa-4bbb-8ccc-222222222222", "33333333-dddd-4eee-8fff-444444444444"
TOKEN, HREF = (
    "the.sdk.token",
    "https://tenant.web.emea-1.jumio.ai/web/client?authorizationToken=the.web.token",
)


def credential(category: str) -> dict[str, Any]:
    """One of the credentials that a person is to present, with secrets of its own."""
    upload = f"https://api.example/api/v1/accounts/{ACCOUNT}/parts/{category}"
    return {
        "id": f"id-of-{category}",
        "category": category,
        "allowedChannels": ["WEB", "API", "SDK"],
        "api": {
            "token": f"upload-token-of-{category}",
            "parts": {"front": upload, "back": upload},
            "workflowExecution": upload,
        },
    }


def created(*categories: str, **members: object) -> dict[str, Any]:
    """Of creating or updating an account, with these categories of credentials."""
    return {
        "timestamp": "2026-11-23T08:15:00.000Z",
        "account": {"id": ACCOUNT},
        "web": {"href": HREF},
        "sdk": {"token": TOKEN},
        "workflowExecution": {"id": EXECUTION, "credentials": [*map(credential, categories)]},
        **members,
    }


DETAILS: dict[str, Any] = {
    "workflow": {
        "id": EXECUTION,
        "status": "PROCESSED",
        "userReference": "1-user_key",
        "customerInternalReference": "0123456789abcdef0123456789abcdef",
    },
    "account": {"id": ACCOUNT},
    "decision": {
        "type": "REJECTED",
        "details": {"label": "REJECTED"},
        "risk": {"score": 100.0},
    },
    "capabilities": {
        "extraction": [
            {"decision": {"type": "PASSED"}, "data": {"firstName": "PERSONAL", "dateOfBirth": "X"}}
        ],
        "usability": [{"decision": {"type": "PASSED"}}, {"decision": {"type": "REJECTED"}}],
        "similarity": [],
        "imageChecks": [{"decision": {"type": "NOT_EXECUTED"}}],
        "somethingNew": {"shape": "unknown"},
    },
}
PROCESSED = {"workflowExecution": {"id": EXECUTION, "status": "PROCESSED"}}
