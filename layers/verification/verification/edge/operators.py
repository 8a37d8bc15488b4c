"""What operators say when they invoke a function."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from verification.domain.execution import Manual
from verification.domain.facts import Fact
from verification.domain.hint import ID
from verification.domain.identity import Caller
from verification.edge.validation import validated

_Journey = Annotated[str, Field(min_length=1, max_length=40)]
_USER_KEY = r"^[A-Za-z0-9_-]{1,100}$"
_REFERENCE = r"^[0-9a-f]{32}$"
_By = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""Who it is, by the company's own names; it is logged, so that no address fits in."""


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Person(_Said):
    issuer: str = Field(min_length=1)
    subject: str = Field(min_length=1)


class _Whom(_Said):
    issuer: str = Field("", min_length=1)
    subject: str = Field("", min_length=1)
    user_key: str = Field("", pattern=_USER_KEY)
    account_id: str = Field("", pattern=ID)
    reference: str = Field("", pattern=_REFERENCE)
    ask_jumio: bool = False

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        names = self.model_fields_set - {"ask_jumio"}
        if names != {"issuer", "subject"} and (len(names) != 1 or names & {"issuer", "subject"}):
            raise ValueError("issuer and subject, or one of user_key, account_id and reference")
        return self


class _Decision(_Person):
    journey: _Journey
    execution: str = Field(pattern=_REFERENCE)
    decision: Manual
    reason: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    by: _By


class _Question(_Person):
    journey: _Journey
    fields: list[Fact] = Field(min_length=1, max_length=50)
    by: _By


class _Tombstone(_Said):
    user_key: str = Field(pattern=_USER_KEY)
    erased_at: int = Field(ge=0)


def person_of(event: object) -> Caller:
    """The person that ``{"issuer": …, "subject": …}`` names; raises InvalidRequest."""
    return _said(_Person, event)[0]


def tombstone_of(event: object) -> tuple[str, int] | None:
    """Who was erased when, if ``{"user_key": …, "erased_at": …}`` says; raises InvalidRequest."""
    if not isinstance(event, dict) or "user_key" not in event:
        return None
    found = validated(_Tombstone, event)
    return found.user_key, found.erased_at


def decision_of(event: object) -> tuple[Caller, dict[str, Any]]:
    """Whom a decision is about, and the rest of it; raises InvalidRequest."""
    return _said(_Decision, event)


def question_of(event: object) -> tuple[Caller, dict[str, Any]]:
    """Whom a question is about, and the rest of it; raises InvalidRequest."""
    return _said(_Question, event)


def whom_of(event: object) -> dict[str, Any]:
    """The members of ``tell_story.Whom``; raises InvalidRequest."""
    person, words = _said(_Whom, event)
    return {**words, "person": person if person.subject else None}


def _said(model: type[BaseModel], event: object) -> tuple[Caller, dict[str, Any]]:
    words = dict(validated(model, event))
    return Caller(words.pop("issuer"), words.pop("subject")), words
