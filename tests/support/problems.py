"""What may be in a refusal, and what must never be."""

from urllib.parse import urlsplit

import httpx

from tests.support.stack import RunningStack

_MEMBERS = {"type", "title", "status", "code", "detail", "errors"}
_NEVER = ("Traceback", 'File "', ".py", "jumio.ai", "/api/v1", "oauth2", "Exception", "Error:")


def problem(stack: RunningStack, answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, after a look at its form and at what it gives away."""
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-Id"]
    assert set(body) <= _MEMBERS
    assert body["type"] == f"urn:jumio-bff:problem:{body['code']}"
    assert body["status"] == answer.status_code
    hosts = [urlsplit(stack.facts[name]).netloc for name in ("simulator", "aws_endpoint")]
    told = answer.text + str(answer.headers)
    assert not [one for one in (*_NEVER, *hosts, *stack.outputs.values()) if one in told]
    return answer.status_code, body["code"]


def wait_of(answer: httpx.Response) -> int:
    """Whole seconds after which to come back; 0 if nothing is said."""
    return int(answer.headers.get("Retry-After", "0"))
