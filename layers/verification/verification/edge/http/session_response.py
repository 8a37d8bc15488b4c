"""The answer of ``POST /sessions``."""

from http import HTTPStatus
from typing import Any

from verification.edge.http.response import respond
from verification.use_cases.create_session import Answered, Ending

_STATUSES = {
    Ending.OPENED: HTTPStatus.CREATED,
    Ending.RESUMED: HTTPStatus.OK,
    Ending.RUNNING: HTTPStatus.ACCEPTED,
    Ending.NOTHING_LEFT: HTTPStatus.NO_CONTENT,
}
_SOON = 2  # seconds after which a screening usually has its result


def session_response(answered: Answered) -> dict[str, Any]:
    """Exactly what the channel needs, and nothing else that came from Jumio."""
    status = _STATUSES[answered.ending]
    if answered.ending is Ending.RUNNING:
        return respond(status, {}, {"Retry-After": str(_SOON)})
    if answered.ending is Ending.NOTHING_LEFT:
        return respond(status, None)
    if answered.token:
        return respond(status, {"sdk": {"token": answered.token}})
    return respond(status, {"web": {"href": answered.href}})
