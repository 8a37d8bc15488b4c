"""The published description of our events, as a check."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from tests.support.template import ROOT

SCHEMA: dict[str, Any] = json.loads(
    (ROOT / "docs/schemas/verification.event.schema.json").read_text()
)
_validator = Draft202012Validator(SCHEMA)


def violations(event: object) -> list[str]:
    """What is wrong with an event."""
    return [f"{error.json_path}: {error.message}" for error in _validator.iter_errors(event)]
