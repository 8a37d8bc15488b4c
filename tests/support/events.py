"""The ready events in events/, to be changed and handed to a function."""

import copy
import json
from typing import Any

from tests.support.template import ROOT

_EVENTS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "events").glob("*.json")}


def event(name: str, **members: object) -> dict[str, Any]:
    """A copy of events/<name>.json with these members changed."""
    return {**copy.deepcopy(_EVENTS[name]), **members}
