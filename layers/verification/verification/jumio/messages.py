"""What Jumio answers, as far as we read it.

Only ids, a status and the type of a decision can make an answer unreadable. Everything else
is taken if it is what we know, and otherwise counts as not there; unknown members and words
are let through. What is taken is bounded, as it is stored or handed out.
"""

import math
import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from verification.domain.facts import Fact
from verification.domain.hint import Id

_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")  # of a capability
_MOST_NAMES = 50
_LONGEST_TEXT = 500


def number(value: object) -> float | None:
    """A finite number, also one that is written as a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _or_none(value: object, validate: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 of any type
    try:
        return validate(value)
    except ValidationError:
        return None


_IfSound = WrapValidator(_or_none)
"""Marks what may be absent, empty or of another type: it is None then."""

Word = Annotated[str, Field(min_length=1, max_length=100)]
"""A status or a type."""

Label = Annotated[str, Field(pattern=r"^[ -~]{1,100}$")]
"""One line of what a tenant has named."""

Secret = Annotated[str, Field(pattern=r"^[!-~]+$", max_length=8192)]
"""A token or an address: one line of visible characters."""


class _WithId(BaseModel):
    id: Id


class _Sdk(BaseModel):
    token: Secret


class _Web(BaseModel):
    href: Secret


class _Credential(_WithId):
    category: str
    api: _Sdk


class _Opened(_WithId):
    credentials: Any = None


class AccountAnswer(BaseModel):
    """Of creating or updating an account."""

    account: _WithId
    workflowExecution: _Opened  # noqa: N815 Jumio's spelling
    sdk: Annotated[_Sdk | None, _IfSound] = None
    web: Annotated[_Web | None, _IfSound] = None

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
    status: Word


class StatusAnswer(BaseModel):
    """Of reading the status of an execution."""

    workflowExecution: _Status  # noqa: N815 Jumio's spelling
    account: Annotated[_WithId | None, _IfSound] = None


class _Workflow(BaseModel):
    status: Word
    userReference: Annotated[Word | None, _IfSound] = None  # noqa: N815 Jumio's spelling
    customerInternalReference: Annotated[Word | None, _IfSound] = None  # noqa: N815 Jumio's spelling


class _Label(BaseModel):
    label: Annotated[Label | None, _IfSound] = None


def _score(value: object) -> float | None:
    """As documented, from -1 to 100, and rounded: a number can also be too small to be stored."""
    found = number(value)
    return round(found, 2) if found is not None and -1 <= found <= 100 else None


class _Risk(BaseModel):
    score: Annotated[float | None, BeforeValidator(_score)] = None


class Verdict(BaseModel):
    """Of an execution or of a capability."""

    type: Word
    details: Annotated[_Label | None, _IfSound] = None
    risk: Annotated[_Risk | None, _IfSound] = None


class Judged(BaseModel):
    """An item of a capability."""

    decision: Verdict


def _moment(value: object) -> float | None:
    """A time with its zone, in seconds since 1970."""
    try:
        read = datetime.fromisoformat(str(value))
        return read.timestamp() if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


class DetailsAnswer(BaseModel):
    """Of reading an execution; everything personal in it is left unread, but for ``extracted``."""

    account: Annotated[_WithId | None, _IfSound] = None
    workflow: _Workflow
    decision: Any = None  # a Verdict, if the execution is processed
    completedAt: Annotated[float | None, BeforeValidator(_moment)] = None  # noqa: N815 Jumio's spelling
    capabilities: Any = None

    def failed_capabilities(self) -> tuple[str, ...]:
        """Names of the capabilities that did not end as PASSED."""
        listed = self.capabilities if isinstance(self.capabilities, dict) else {}
        named = (name for name, items in listed.items() if _NAME.fullmatch(name) and _failed(items))
        return tuple(sorted(named)[:_MOST_NAMES])

    def extracted(self, fact: Fact) -> str | dict[str, str] | None:
        """What was read off the first document that shows it."""
        listed = self.capabilities.get("extraction") if isinstance(self.capabilities, dict) else ()
        for item in listed if isinstance(listed, list) else ():
            data = item.get("data") if isinstance(item, dict) else None
            found = data.get(_SPELLED.get(fact, fact)) if isinstance(data, dict) else None
            if fact == "address":
                lines = found if isinstance(found, dict) else {}
                found = {name: lines[name] for name in _ADDRESS if _is_text(lines.get(name))}
            if found and (fact == "address" or _is_text(found)):
                return found  # type: ignore[no-any-return] # a text, or an object of texts
        return None


_SPELLED = {"documentType": "type", "documentSubtype": "subType"}
_LINES = ("line1", "line2", "line3", "line4", "line5")
_ADDRESS = (*_LINES, "city", "postalCode", "subdivision", "country", "formattedAddress")


def _is_text(found: object) -> bool:
    return isinstance(found, str) and 0 < len(found) <= _LONGEST_TEXT


def _failed(items: object) -> bool:
    """Whether any item of a capability tells of something else than PASSED."""
    if not isinstance(items, list):
        return True
    try:
        return any(Judged.model_validate(item).decision.type != "PASSED" for item in items)
    except ValidationError:
        return True
