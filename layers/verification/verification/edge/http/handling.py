"""The outermost edge of a function behind the gateway: every call ends in a response."""

import logging
from collections.abc import Callable
from typing import Any

from verification.edge.failures import logged
from verification.edge.http.request import Request
from verification.edge.http.response import respond_problem

Response = dict[str, Any]


def answering(event: object, work: Callable[[Request], Response]) -> Response:
    """The response of ``work``, or the problem in which it ended; never an exception."""
    request = Request(event)
    try:
        request.require_gateway()
        response = work(request)
    except Exception as error:  # noqa: BLE001 the outermost edge
        response = respond_problem(logged(error, logging.INFO))
    response["headers"]["X-Request-Id"] = request.request_id
    return response
