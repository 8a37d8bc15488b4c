"""What the simulated Jumio remembers."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

Json = dict[str, Any]

TERMINAL = frozenset({"PROCESSED", "SESSION_EXPIRED", "TOKEN_EXPIRED"})


def new_id() -> str:
    return str(uuid4())


@dataclass
class Part:
    """An uploaded or captured piece of a credential; captured ones carry no content."""

    classifier: str
    content: bytes = b""
    media_type: str = "image/png"
    id: str = field(default_factory=new_id)


@dataclass
class Credential:
    """`wanted` lists the classifiers to be captured, `parts` what is there already."""

    id: str
    category: str
    channels: list[str]
    wanted: list[str]
    label: str | None = None
    country: Json | None = None
    type: Json | None = None
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def uploaded(self) -> bool:
        return bool(self.parts)


@dataclass
class Delivery:
    """One attempt to deliver a callback; `answered` is the receiver's status code."""

    status: str
    url: str
    payload: Json
    attempt: int
    sent_at: str
    answered: int | None = None
    error: str | None = None
    dropped: bool = False


@dataclass(frozen=True)
class Verdict:
    """`type` is PASSED, WARNING, REJECTED or NOT_EXECUTED; `label` one of Jumio's for it."""

    type: str
    label: str


@dataclass
class Finding:
    """What one capability says about some credentials."""

    subjects: list[Credential]
    verdict: Verdict
    id: str = field(default_factory=new_id)


@dataclass
class Outcome:
    """How the execution was decided: overall, with a risk score, and capability by capability."""

    verdict: Verdict
    score: int
    findings: dict[str, list[Finding]]


@dataclass
class Execution:
    """One workflow execution. Moments are epoch seconds on the simulated clock."""

    id: str
    account_id: str
    definition_key: str
    customer_internal_reference: str
    user_reference: str | None
    reporting_criteria: str | None
    callback_url: str | None
    success_url: str | None
    error_url: str | None
    locale: str
    consent: Json | None
    created_at: float
    expires_at: float
    credentials: list[Credential]
    scenario: str
    token: str = ""
    web_token: str = ""
    offers_web: bool = False
    offers_sdk: bool = False
    status: str = "INITIATED"
    acquisition_started_at: float | None = None
    started_at: float | None = None
    completed_at: float | None = None
    wiped_at: float | None = None
    last_activity_at: float = 0.0
    processing_seconds: float = 0.0
    played: bool = False
    deleted: bool = False
    unreadable_reads: int = 0
    unreadable_until: float = 0.0
    document: Json | None = None
    last_captured: Credential | None = None
    feedback: Json | None = None
    outcome: Outcome | None = None
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def terminal(self) -> bool:
        return self.status in TERMINAL

    @property
    def prepared_data(self) -> Json:
        """What was submitted as PREPARED_DATA; {} when nothing was."""
        for credential in self.credentials:
            part = credential.parts.get("PREPARED_DATA")
            if part is not None:
                data: Json = json.loads(part.content)
                return data
        return {}

    def credential(self, credential_id: str) -> Credential | None:
        return next((item for item in self.credentials if item.id == credential_id), None)


@dataclass
class Account:
    id: str
    created_at: float
    execution_ids: list[str] = field(default_factory=list)
    deleted: bool = False
