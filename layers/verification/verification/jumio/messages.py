"""What Jumio answers, as far as we read it.

Only ids, a status and the type of a decision can make an answer unreadable. Everything else
is taken if it is what we know, and otherwise counts as not there; unknown members and words
are let through. What is taken is bounded, as it is stored or handed out.
"""

import math
import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
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


_Any = TypeVar("_Any")
_Sound = Annotated[_Any | None, WrapValidator(_or_none)]
"""What may be absent, empty or of another type: it is None then."""

Word = Annotated[str, Field(min_length=1, max_length=100)]
"""A status or a type."""

Label = Annotated[str, Field(pattern=r"^[ -~]{1,100}$")]
"""One line of what a tenant has named."""

Secret = Annotated[str, Field(pattern=r"^[!-~]+$", max_length=8192)]
"""A token or an address: one line of visible characters."""


class _Answer(BaseModel):
    model_config = ConfigDict(defer_build=True)


def _at(*path: str, **how: Any) -> Any:  # noqa: ANN401 as of pydantic's Field
    """A field that Jumio has within an object."""
    return Field(validation_alias=AliasPath(*path), **how)


class _Credential(_Answer):
    id: Id
    category: str
    token: Secret = _at("api", "token")


class AccountAnswer(_Answer):
    """Of creating or updating an account."""

    account_id: Id = _at("account", "id")
    workflow_execution_id: Id = _at("workflowExecution", "id")
    credentials: _Sound[list[_Sound[_Credential]]] = _at(
        "workflowExecution", "credentials", default=None
    )
    token: _Sound[Secret] = _at("sdk", "token", default=None)
    href: _Sound[Secret] = _at("web", "href", default=None)

    def data_credential(self) -> tuple[str, str] | None:
        """Id and upload token of the credential for prepared data, wherever it stands."""
        for one in self.credentials or ():
            if one and one.category == "DATA":
                return one.id, one.token
        return None


class StatusAnswer(_Answer):
    """Of reading the status of an execution."""

    status: Word = _at("workflowExecution", "status")
    account_id: _Sound[Id] = _at("account", "id", default=None)


def _score(value: object) -> float | None:
    """As documented, from -1 to 100, and rounded: a number can also be too small to be stored."""
    found = number(value)
    return round(found, 2) if found is not None and -1 <= found <= 100 else None


class Verdict(_Answer):
    """Of an execution or of a capability."""

    type: Word
    label: _Sound[Label] = _at("details", "label", default=None)
    score: Annotated[float | None, BeforeValidator(_score)] = _at("risk", "score", default=None)


class Finding(_Answer):
    """An item of a capability; ``data`` is personal, and only ``extracted`` reads it."""

    decision: _Sound[Verdict] = None
    data: _Sound[dict[Any, Any]] = None


def _or(default: Any) -> BeforeValidator:  # noqa: ANN401 a list or an object
    """Another type counts as this."""
    return BeforeValidator(lambda value: value if isinstance(value, type(default)) else default)


# What makes no sense is a finding without a decision.
_Findings = Annotated[list[Annotated[Finding, _or({})]], _or([{}])]
Capabilities = Annotated[dict[Any, _Findings], _or({})]


def _moment(value: object) -> float | None:
    """A time with its zone, in seconds since 1970."""
    try:
        read = datetime.fromisoformat(str(value))
        return read.timestamp() if read.tzinfo else None
    except (ValueError, OverflowError):
        return None


class DetailsAnswer(_Answer):
    """Of reading an execution; everything personal in it is left unread, but for ``extracted``."""

    account_id: _Sound[Id] = _at("account", "id", default=None)
    status: Word = _at("workflow", "status")
    user_reference: _Sound[Word] = _at("workflow", "userReference", default=None)
    internal_reference: _Sound[Word] = _at("workflow", "customerInternalReference", default=None)
    decision: Any = None  # a Verdict, if the execution is processed
    completed_at: Annotated[float | None, BeforeValidator(_moment)] = _at(
        "completedAt", default=None
    )
    capabilities: Capabilities = {}

    def failed_capabilities(self) -> tuple[str, ...]:
        """Names of the capabilities that did not end as PASSED."""
        named = filter(_NAME.fullmatch, self.capabilities)
        failed = (name for name in named if not all(map(_passed, self.capabilities[name])))
        return tuple(sorted(failed)[:_MOST_NAMES])

    def extracted(self, fact: Fact) -> str | dict[str, str] | None:
        """What was read off the first document that shows it."""
        for finding in self.capabilities.get("extraction", ()):
            found = (finding.data or {}).get(_SPELLED.get(fact, fact))
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


def _passed(finding: Finding) -> bool:
    return finding.decision is not None and finding.decision.type == "PASSED"
