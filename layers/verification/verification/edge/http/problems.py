"""Problems as HTTP: the one place that turns an error into a status and a body (RFC 9457)."""

from dataclasses import dataclass
from http import HTTPStatus

from verification.domain.errors import AttemptsExhausted, OutcomeUnknown, Problem


@dataclass(frozen=True)
class _Entry:
    status: HTTPStatus
    title: str


_ENTRIES = {
    "invalid-request": _Entry(HTTPStatus.BAD_REQUEST, "The request is not valid"),
    "request-too-large": _Entry(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large"),
    "forbidden": _Entry(HTTPStatus.FORBIDDEN, "Not allowed"),
    "attestation-refused": _Entry(HTTPStatus.FORBIDDEN, "Not from an app that may ask"),
    "not-found": _Entry(HTTPStatus.NOT_FOUND, "Not found"),
    "unknown-journey": _Entry(HTTPStatus.NOT_FOUND, "There is no such journey"),
    "not-decidable": _Entry(HTTPStatus.CONFLICT, "Not to be decided"),
    "consent-required": _Entry(HTTPStatus.UNPROCESSABLE_ENTITY, "The person must be asked first"),
    "applicant-required": _Entry(HTTPStatus.UNPROCESSABLE_ENTITY, "The person must be asked first"),
    "not-eligible": _Entry(HTTPStatus.FORBIDDEN, "Not for this person"),
    "channel-unavailable": _Entry(
        HTTPStatus.UNPROCESSABLE_ENTITY, "The journey is not offered on this channel"
    ),
    "idempotency-key-reused": _Entry(
        HTTPStatus.UNPROCESSABLE_ENTITY, "The key was used for another request"
    ),
    "session-busy": _Entry(HTTPStatus.CONFLICT, "Another request is being worked on"),
    "verification-in-progress": _Entry(HTTPStatus.CONFLICT, "A result is being worked on"),
    "already-verified": _Entry(HTTPStatus.CONFLICT, "Already verified"),
    "attempts-exhausted": _Entry(HTTPStatus.TOO_MANY_REQUESTS, "No attempts left for now"),
    "provider-busy": _Entry(HTTPStatus.SERVICE_UNAVAILABLE, "Too many people at this moment"),
    "provider-unavailable": _Entry(HTTPStatus.SERVICE_UNAVAILABLE, "The provider does not answer"),
    "provider-rejected": _Entry(HTTPStatus.BAD_GATEWAY, "The provider refused"),
    "temporarily-unavailable": _Entry(HTTPStatus.SERVICE_UNAVAILABLE, "The service is busy"),
    "misconfigured": _Entry(HTTPStatus.INTERNAL_SERVER_ERROR, "The service is not set up"),
    "internal": _Entry(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong"),
}


def status_of(problem: Problem) -> HTTPStatus:
    """The status of a problem; what may have happened is a 502, what surely has not a 503."""
    if isinstance(problem, OutcomeUnknown):
        return HTTPStatus.BAD_GATEWAY
    return _ENTRIES[problem.code].status


def body_of(problem: Problem) -> dict[str, object]:
    """The problem's members; nothing in them comes from Jumio or from our settings."""
    body: dict[str, object] = {
        "type": f"urn:jumio-bff:problem:{problem.code}",
        "title": _ENTRIES[problem.code].title,
        "status": int(status_of(problem)),
        "code": problem.code,
    }
    if problem.detail:
        body["detail"] = problem.detail
    if problem.fields:
        body["errors"] = list(problem.fields)
    return body


def headers_of(problem: Problem) -> dict[str, str]:
    """``Retry-After`` where it helps to come back, and the limit that was reached."""
    headers = {}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if isinstance(problem, AttemptsExhausted):
        headers["RateLimit-Policy"] = f'"attempts";q={problem.limit};w={problem.window}'
        headers["RateLimit"] = f'"attempts";r=0;t={problem.retry_after}'
    return headers
