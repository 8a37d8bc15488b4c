"""Responses in the gateway's format."""

import json
from collections.abc import Mapping
from typing import Any

from verification.domain.errors import Problem
from verification.edge.http.problems import body_of, headers_of, status_of

_ALWAYS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def respond(
    status: int, body: Mapping[str, object] | None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON response, or one without a body."""
    content = {"Content-Type": "application/json"} if body is not None else {}
    return {
        "statusCode": int(status),
        "headers": {**_ALWAYS, **content, **(headers or {})},
        "body": "" if body is None else json.dumps(body, separators=(",", ":")),
    }


def respond_problem(problem: Problem) -> dict[str, Any]:
    """A problem (RFC 9457)."""
    headers = {**headers_of(problem), "Content-Type": "application/problem+json"}
    return respond(status_of(problem), body_of(problem), headers)
