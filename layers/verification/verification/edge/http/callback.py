"""Jumio's callback as far as it matters; its addresses and status are left unread."""

from pydantic import BaseModel

from verification.domain.hint import Id
from verification.edge.http.request import Request, validated
from verification.use_cases.receive_callback import Said


class _WithId(BaseModel):
    id: Id


class _Callback(BaseModel):
    account: _WithId
    workflowExecution: _WithId  # noqa: N815 Jumio's spelling
    userReference: str | None = None  # noqa: N815 Jumio's spelling


def said(request: Request) -> Said:
    """What a callback says of itself; raises InvalidRequest. Source: "Callback"."""
    body = validated(_Callback, request.json_body())
    return Said(body.account.id, body.workflowExecution.id, body.userReference)
