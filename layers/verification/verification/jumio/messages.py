"""What Jumio answers, as far as we read it; unknown members and words are let through."""

import re
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from verification.domain.hint import Id

_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")  # of a capability


class _WithId(BaseModel):
    id: Id


class _Sdk(BaseModel):
    token: str = Field(min_length=1)


class _Web(BaseModel):
    href: str = Field(min_length=1)


class _Api(BaseModel):
    token: str = Field(min_length=1)


class _Credential(_WithId):
    category: str
    api: _Api


class _Opened(_WithId):
    credentials: Any = None


class AccountAnswer(BaseModel):
    """Of creating or updating an account."""

    account: _WithId
    workflowExecution: _Opened  # noqa: N815 Jumio's spelling
    sdk: _Sdk | None = None
    web: _Web | None = None

    def data_credential(self) -> tuple[str, str] | None:
        """Id and upload token of the credential for prepared data, wherever it stands."""
        listed = self.workflowExecution.credentials
        for one in listed if isinstance(listed, list) else ():
            try:
                credential = _Credential.model_validate(one)
            except ValidationError:
                continue
            if credential.category == "DATA":
                return credential.id, credential.api.token
        return None


class _Status(BaseModel):
    status: str


class StatusAnswer(BaseModel):
    """Of reading the status of an execution."""

    workflowExecution: _Status  # noqa: N815 Jumio's spelling


class _Workflow(BaseModel):
    status: str
    userReference: str | None = None  # noqa: N815 Jumio's spelling
    customerInternalReference: str | None = None  # noqa: N815 Jumio's spelling


class _Label(BaseModel):
    label: str | None = None


class _Risk(BaseModel):
    score: float | None = None


class _Decision(BaseModel):
    type: str
    details: _Label | None = None
    risk: _Risk | None = None


class _Judged(BaseModel):
    decision: _Decision


class DetailsAnswer(BaseModel):
    """Of reading an execution; everything personal in it is left unread."""

    account: _WithId | None = None
    workflow: _Workflow
    decision: _Decision | None = None
    capabilities: dict[str, Any] = {}

    def failed_capabilities(self) -> tuple[str, ...]:
        """Names of the capabilities that did not end as PASSED."""
        named = ((n, items) for n, items in self.capabilities.items() if _NAME.fullmatch(n))
        return tuple(sorted(name for name, items in named if _failed(items)))


def _failed(items: object) -> bool:
    """Whether any item of a capability tells of something else than PASSED."""
    if not isinstance(items, list):
        return True
    try:
        return any(_Judged.model_validate(item).decision.type != "PASSED" for item in items)
    except ValidationError:
        return True
