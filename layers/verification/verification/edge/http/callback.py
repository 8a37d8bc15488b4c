"""Jumio's callback as far as it matters; its addresses and status are left unread."""

from pydantic import AliasPath, BaseModel, Field

from verification.domain.hint import Id
from verification.edge.http.request import Request
from verification.edge.validation import validated
from verification.use_cases.receive_callback import Said

_LARGEST = 64 * 1024  # Jumio's own are about one kilobyte; what it adds one day must not lose them


class _Callback(BaseModel):
    account_id: Id = Field(validation_alias=AliasPath("account", "id"))
    workflow_execution_id: Id = Field(validation_alias=AliasPath("workflowExecution", "id"))
    user_reference: str | None = Field(None, validation_alias="userReference")


def said(request: Request) -> Said:
    """What a callback says of itself; raises InvalidRequest. Source: "Callback"."""
    body = validated(_Callback, request.json_body(_LARGEST))
    return Said(body.account_id, body.workflow_execution_id, body.user_reference or None)
