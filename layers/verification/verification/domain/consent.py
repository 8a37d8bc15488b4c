"""Where a person is and what they agreed to: told to Jumio, never stored.

Source: "End-user consent".
"""

from dataclasses import dataclass

from verification.domain.errors import ConsentRequired
from verification.domain.journeys import Step

_CONSENT_COUNTRY = "USA"


@dataclass(frozen=True)
class Consent:
    """``country`` is ISO alpha-3; ``obtained`` is ``yes``, ``no`` or ``na``.

    ``obtained_at`` is UTC like 2026-11-23T08:15:00.000Z.
    """

    country: str
    state: str | None = None
    obtained: str | None = None
    obtained_at: str | None = None

    def missing(self) -> list[str]:
        """Names of the fields that Jumio demands on top of what is here."""
        if self.country == _CONSENT_COUNTRY and self.obtained is None:
            return ["consent.obtained"]
        if self.obtained == "yes" and self.obtained_at is None:
            return ["consent.obtainedAt"]
        return []


def require_consent(step: Step, consent: Consent | None) -> None:
    """Raises ConsentRequired with the fields to ask the person for, if any are missing."""
    if consent:
        missing = consent.missing()
    else:
        missing = ["consent.country"] if step.consent == "required" else []
    if missing:
        raise ConsentRequired(
            "Ask the person, then send the request again with these fields.",
            fields=[{"field": field, "reason": "needed"} for field in missing],
        )
