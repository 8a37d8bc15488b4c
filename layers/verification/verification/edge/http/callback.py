"""Jumio's callback as far as it matters; its addresses and status are left unread."""

from pydantic import BaseModel, ConfigDict

from verification.domain.hint import Id
from verification.edge.http.request import Request
from verification.edge.validation import validated
from verification.use_cases.receive_callback import Said

_LARGEST = 64 * 1024  # Jumio's own are about one kilobyte; what it adds one day must not lose them


class _WithId(BaseModel):
    model_config = ConfigDict(defer_build=True)

    id: Id


class _Callback(BaseModel):
    account: _WithId
    workflowExecution: _WithId  # noqa: N815 Jumio's spelling
    userReference: str | None = None  # noqa: N815 Jumio's spelling


def said(request: Request) -> Said:
    """What a callback says of itself; raises InvalidRequest. Source: "Callback"."""
    body = validated(_Callback, request.json_body(_LARGEST))
    return Said(body.account.id, body.workflowExecution.id, body.userReference or None)
