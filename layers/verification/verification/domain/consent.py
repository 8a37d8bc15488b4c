"""Where a person is and what they agreed to: told to Jumio, and on record with the attempt.

Source: "End-user consent".
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verification.domain.errors import ConsentRequired

if TYPE_CHECKING:
    from verification.domain.steps import Step

_STRICT = "USA"
"""Where Jumio demands to know whether the person agreed, and live tenants the state, too."""


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
        strict, undated = self.country == _STRICT, self.obtained_at is None
        needed = {
            "consent.state": strict and self.state is None,
            "consent.obtained": self.obtained is None and (strict or not undated),
            "consent.obtainedAt": self.obtained == "yes" and undated,
        }
        return [field for field, missing in needed.items() if missing]

    @property
    def record(self) -> dict[str, str]:
        """What a company has to be able to show."""
        said = {name: getattr(self, name) for name in ("country", "obtained", "obtained_at")}
        return {name: value for name, value in said.items() if value is not None}


def require_consent(step: "Step", consent: Consent | None) -> None:
    """Raises ConsentRequired with the fields to ask the person for, if any are missing."""
    if consent:
        missing = consent.missing()
    else:
        missing = ["consent.country"] if step.consent == "required" else []
    if missing:
        raise ConsentRequired.asking_for(missing)
