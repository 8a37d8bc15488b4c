"""What schemathesis has to know of this API beyond docs/openapi.yaml; it loads this file itself.

Each request is somebody else's, since one person has few attempts. What no schema can say is put
right where valid data is meant.
"""

import itertools
import json
import os
from datetime import UTC, datetime
from typing import Any

import schemathesis
from iso3166 import countries_by_alpha2
from schemathesis import Case
from schemathesis.generation.meta import TestPhase
from schemathesis.generation.modes import GenerationMode

_TOKENS: list[str] = json.loads(os.environ["CONTRACT_TOKENS"])
_CAPABILITY = os.environ["CONTRACT_CAPABILITY"]
_ASKING, _ASKED_FOR = "onboarding-phone", {"phoneNumber": "+431234567"}
_others = itertools.cycle(_TOKENS[1:])
_NOW = datetime.now(UTC).isoformat(timespec="seconds")


@schemathesis.auth(refresh_interval=None)
class Somebody:
    """The access token of the next person; what follows from one another is of one person."""

    def get(self, case: Case, _context: Any) -> str:
        follows = case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL
        return _TOKENS[0] if follows else next(_others)

    def set(self, case: Case, data: str, _context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(_context: Any, case: Case, _kwargs: Any) -> None:
    """Valid data is also recent, asked for by the journey, and sent to Jumio's own address."""
    if case.meta and case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if "capability" in case.path_parameters:
        case.path_parameters["capability"] = _CAPABILITY
    if isinstance(case.body, dict) and "channel" in case.body:
        if case.body.get("journey") != _ASKING:
            case.body.pop("applicant", None)
        elif case.body.get("applicant"):
            case.body["applicant"] = _ASKED_FOR
        consent = case.body.get("consent")
        if isinstance(consent, dict):
            consent |= {"obtainedAt": _NOW} if consent.get("obtainedAt") else {}
            if consent["country"] not in countries_by_alpha2:
                consent["country"] = "AT"
