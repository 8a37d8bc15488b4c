"""Error answers in the shape Jumio shows: title, status, detail."""

from http import HTTPStatus

from pydantic import ValidationError
from starlette.responses import JSONResponse, Response

UNAUTHORIZED = "The provided credentials are invalid"
TOO_MANY = "Request limit exceeded"


class ProblemError(Exception):
    """Ends a request with this status and detail; `headers` go along."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}


class AnsweredError(Exception):
    """Ends a request with this response."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def first_complaint(error: ValidationError) -> str:
    """The first field that is wrong, and what is wrong with it."""
    first = error.errors(include_context=False, include_url=False)[0]
    field = ".".join(str(step) for step in first["loc"]) or "body"
    return f"{field}: {first['msg'].removeprefix('Value error, ')}"


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """`{"title", "status", "detail"}`. Documented for 401 and 429, inferred for the rest."""
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, headers)
