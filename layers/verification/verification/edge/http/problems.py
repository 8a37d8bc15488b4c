"""Problems as HTTP: the one place that turns an error into a status and a body (RFC 9457)."""

from verification.domain.errors import AttemptsExhausted, OutcomeUnknown, Problem

_ENTRIES = {  # status and title by code
    "invalid-request": (400, "The request is not valid"),
    "request-too-large": (413, "The request is too large"),
    "forbidden": (403, "Not allowed"),
    "attestation-refused": (403, "Not from an app that may ask"),
    "not-found": (404, "Not found"),
    "unknown-journey": (404, "There is no such journey"),
    "not-decidable": (409, "Not to be decided"),
    "consent-required": (422, "The person must be asked first"),
    "applicant-required": (422, "The person must be asked first"),
    "not-eligible": (403, "Not for this person"),
    "channel-unavailable": (422, "The journey is not offered on this channel"),
    "idempotency-key-reused": (422, "The key was used for another request"),
    "session-busy": (409, "Another request is being worked on"),
    "verification-in-progress": (409, "A result is being worked on"),
    "already-verified": (409, "Already verified"),
    "attempts-exhausted": (429, "No attempts left for now"),
    "provider-busy": (503, "Too many people at this moment"),
    "provider-unavailable": (503, "The provider does not answer"),
    "provider-rejected": (502, "The provider refused"),
    "temporarily-unavailable": (503, "The service is busy"),
    "misconfigured": (500, "The service is not set up"),
    "internal": (500, "Something went wrong"),
}


def status_of(problem: Problem) -> int:
    """The status of a problem; what may have happened is a 502, what surely has not a 503."""
    if isinstance(problem, OutcomeUnknown):
        return 502
    return _ENTRIES[problem.code][0]


def body_of(problem: Problem) -> dict[str, object]:
    """The problem's members; nothing in them comes from Jumio or from our settings."""
    body: dict[str, object] = {
        "type": f"urn:jumio-bff:problem:{problem.code}",
        "title": _ENTRIES[problem.code][1],
        "status": status_of(problem),
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
