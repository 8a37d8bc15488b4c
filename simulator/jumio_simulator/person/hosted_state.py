"""Where a person is in the hosted web client, and how they leave it."""

import json
from urllib.parse import urlencode

from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.model import Credential, Execution, Json
from jumio_simulator.world.world import World

ERRORS = {
    "9100": "An error occurred on the server",
    "9200": "The token is missing, invalid or expired",
    "9210": "The session expired after it was started",
    "9300": "A picture could not be sent",
    "9400": "A verification step failed",
    "9800": "There is no network connection",
    "9801": "An unexpected error occurred in the browser",
    "9810": "The server could not be reached",
    "9820": "There is no camera, and uploads are switched off",
    "9821": "The face could not be captured",
    "9822": "This browser cannot use the camera",
    "9835": "Three attempts without an acceptable picture",
    "9836": "The authentication failed",
}


def refusal_code(execution: Execution | None) -> str | None:
    """The documented error code for opening the page now; None when it may be opened."""
    if execution is None or execution.deleted or execution.status == "TOKEN_EXPIRED":
        return "9200"
    return "9210" if execution.status == "SESSION_EXPIRED" else None


def to_capture(execution: Execution) -> list[Credential]:
    """Credentials the person still has to capture in the browser."""
    return [
        one
        for one in execution.credentials
        if "WEB" in one.channels and not set(one.wanted) <= set(one.parts)
    ]


def step_of(execution: Execution) -> str:
    """welcome, document, capture, decide or ended."""
    if execution.status == "INITIATED":
        return "welcome"
    if execution.status != "ACQUISITION_STARTED":
        return "ended"
    missing = to_capture(execution)
    if missing and missing[0].category == "ID" and execution.document is None:
        return "document"
    return "capture" if missing else "decide"


def preset_values(credential: Credential | None, name: str, otherwise: list[str]) -> list[str]:
    """The choices the page offers: the request's presets first, nothing else if they are fixed."""
    preset = getattr(credential, name) if credential else None
    if preset is None:
        return otherwise
    values: list[str] = preset["values"]
    if preset["predefinedType"] == "DEFINED":
        return values
    return values + [one for one in otherwise if one not in values]


def return_url(execution: Execution, code: str | None) -> str | None:
    """successUrl or errorUrl with the query parameters that the web client appends."""
    target = execution.error_url if code else execution.success_url
    if target is None:
        return None
    query = {
        "accountId": execution.account_id,
        "workflowExecutionId": execution.id,
        "acquisitionStatus": "ERROR" if code else "SUCCESS",
        "customerInternalReference": execution.customer_internal_reference,
    }
    if code:
        query["errorCode"] = code
    return f"{target}{'&' if '?' in target else '?'}{urlencode(query)}"


def frame_message(
    world: World, execution: Execution | None, token: str, value: str, code: str | None = None
) -> str:
    """What is posted to the embedding page: a JSON string, not an object."""
    payload: Json = {"value": value}
    if code is not None:
        payload["metainfo"] = {"code": code}
    message: Json = {
        "accountId": execution.account_id if execution else None,
        "authorizationToken": token,
        "workflowExecutionId": execution.id if execution else None,
        "customerInternalReference": execution.customer_internal_reference if execution else None,
        "eventType": 510,
        "dateTime": timestamp(world.clock.now()),
        "payload": payload,
    }
    return json.dumps(message)
