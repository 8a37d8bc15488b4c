"""The outermost edge of a function behind the gateway: every call ends in a response."""

import logging
from collections.abc import Callable
from typing import Any

from verification.domain.errors import Misconfigured, Problem
from verification.edge.failures import log_unexpected
from verification.edge.http.request import Request
from verification.edge.http.response import respond_problem
from verification.observability import LogCode

_logger = logging.getLogger(__name__)

Response = dict[str, Any]


def answering(event: object, work: Callable[[Request], Response]) -> Response:
    """The response of ``work``, or the problem in which it ended; never an exception."""
    request = Request(event)
    try:
        request.require_gateway()
        response = work(request)
    except Misconfigured as problem:
        _logger.error(LogCode.MISCONFIGURED, extra={"setting": problem.setting})
        response = respond_problem(problem)
    except Problem as problem:
        _logger.info(LogCode.REQUEST_REFUSED, extra={"code": problem.code})
        response = respond_problem(problem)
    except Exception as error:  # noqa: BLE001 the outermost edge
        log_unexpected(error)
        response = respond_problem(Problem())
    response["headers"]["X-Request-Id"] = request.request_id
    return response
