"""The answer of ``GET /verification``, and whether the client has it already."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from verification.domain.deadline import moment
from verification.domain.errors import InvalidRequest
from verification.edge.http.request import Request
from verification.edge.http.response import respond
from verification.use_cases.get_verification import Verification


def returned(request: Request) -> bool:
    """Whether the client says that its person is back from Jumio; raises InvalidRequest."""
    said = request.query("returned") or "false"
    if said not in ("true", "false"):
        raise InvalidRequest.of("returned", "true or false")
    return said == "true"


def verification_response(verification: Verification, request: Request) -> dict[str, Any]:
    """The body, or 304 for a client whose ``If-None-Match`` names what it would say."""
    body = body_of(verification)
    etag = _etag(body)
    headers = {"ETag": etag}
    if verification.ask_again_after is not None:
        headers["Retry-After"] = str(verification.ask_again_after)
    if _is_known(etag, request.header("if-none-match")):
        return respond(304, None, headers)
    return respond(200, body, headers)


def body_of(verification: Verification) -> dict[str, Any]:
    at, until = verification.updated_at, verification.valid_until
    return {
        "journey": verification.journey,
        "status": verification.status,
        "updatedAt": moment(at) if at else None,
        "validUntil": moment(until) if until else None,
        "renewal": verification.renewal,
        "hint": verification.hint,
        "next": verification.next,
        "retry": asdict(verification.retry),
    }


def _etag(body: dict[str, Any]) -> str:
    """Weak: that ``retry.after`` counts down is no reason to send a body again."""
    lasting = {**body, "retry": [body["retry"]["allowed"], body["retry"]["remaining"]]}
    digest = hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()
    return f'W/"{digest[:32]}"'


def _is_known(etag: str, if_none_match: str | None) -> bool:
    tags = (if_none_match or "").split(",")
    known = (etag.removeprefix("W/"), "*")
    return any(tag.strip().removeprefix("W/") in known for tag in tags)
