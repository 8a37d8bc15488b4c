"""What schemathesis has to know of this API; it loads this file by itself.

Each request is somebody else's, since the answers to one person get fewer with every attempt.
What no schema can say is put right where valid data is meant.
"""

import itertools
import json
import os
from datetime import UTC, datetime
from typing import Any

import schemathesis
from schemathesis import Case
from schemathesis.generation.modes import GenerationMode

_TOKENS = itertools.cycle(json.loads(os.environ["CONTRACT_TOKENS"]))
_CAPABILITY = os.environ["CONTRACT_CAPABILITY"]
_MOMENT = datetime.now(UTC).isoformat(timespec="seconds")


@schemathesis.auth(refresh_interval=None)
class SomebodyElse:
    """The access token of the next person."""

    def get(self, _case: Case, _context: Any) -> str:
        return str(next(_TOKENS))

    def set(self, case: Case, data: str, _context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


def _valid(case: Case) -> bool:
    return case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE


@schemathesis.hook
def before_call(_context: Any, case: Case, _kwargs: Any) -> None:
    """Valid is also a moment that is not long ago, nothing but what a journey asks for, and Jumio's
    own address."""
    if not _valid(case):
        return
    if "capability" in case.path_parameters:
        case.path_parameters["capability"] = _CAPABILITY
    if isinstance(case.body, dict) and "channel" in case.body:
        case.body.pop("applicant", None)
        consent = case.body.get("consent")
        if isinstance(consent, dict) and consent.get("obtainedAt"):
            consent["obtainedAt"] = _MOMENT
