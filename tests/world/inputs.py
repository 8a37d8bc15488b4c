"""The inputs in inputs/, one file each, and what a file may say.

A file that says something else is an error that names it: no mistake in a file makes its
test weaker.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Self

import pytest
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from verification.domain.execution import State
from verification.observability import LogCode

FOLDER = Path(__file__).parent / "inputs"
Json = dict[str, Any]
Text = Annotated[str, Field(min_length=1)]
Sentence = Annotated[str, Field(pattern=r"^\S[^\n]{4,198}\S$")]
Asked = Annotated[str, Field(pattern=r"^(create|update|upload|token)$")]
Channel = Annotated[str, Field(pattern=r"^(sdk|web)$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Expected(_Strict):
    """Codes that are logged, among others, and codes that are not."""

    logged: list[LogCode] = []
    not_logged: list[LogCode] = []


class Answered(Expected):
    """A response of the gateway's functions."""

    status: int = Field(ge=200, le=599)
    code: str | None = None
    fields: list[str] = []

    @model_validator(mode="after")
    def _problems_have_codes(self) -> Self:
        if (self.status >= 400) is (self.code is None):
            raise ValueError("every problem has a code, and nothing else has")
        return self


class Sent(_Strict):
    """What Jumio got: some members of the account request, and all prepared data."""

    account: Json = {}
    data: Json | None = None


class Ids(_Strict):
    account_id: str
    workflow_execution_id: str


class Reply(_Strict):
    """An answer of Jumio's: a value as JSON, or a text as it is."""

    status: int = Field(200, ge=200, le=599)
    body: JsonValue = None
    text: str | None = None
    headers: dict[str, str] = {}


class Input(_Strict):
    """One input. ``private`` may stand in no log line, no message and no event."""

    what: Sentence
    known_from: Sentence
    private: list[Text] = []
    settings: dict[str, str] = {}


class SessionExpected(Answered):
    sent: Sent | None = None


class SessionEvent(Input):
    """An event for create_session. Unless it says so, nothing is sent for what is refused."""

    event: JsonValue
    expected: SessionExpected


class Told(Answered):
    body: Json | None = None


class StatusEvent(Input):
    """An event for get_verification, of somebody who has begun nothing."""

    event: JsonValue
    expected: Told


class CallbackExpected(Answered):
    queued: Ids | None = None

    @model_validator(mode="after")
    def _queued_is_answered_200(self) -> Self:
        if (self.status == 200) is (self.queued is None):
            raise ValueError("what is queued is answered 200, and nothing else is")
        return self


class CallbackEvent(Input):
    """An event for receive_callback; its capability is one that we have signed, or not."""

    event: JsonValue
    expected: CallbackExpected


class Callback(Input):
    """What is sent to a genuine callback address: a value as JSON, or a text as it is."""

    body: JsonValue = None
    text: str | None = None
    headers: dict[str, str] = {"content-type": "application/json"}
    source: str = "34.253.41.236"
    expected: CallbackExpected


class TokenExpected(Answered):
    data: Json = {}
    subject: str | None = None


class Token(Input):
    """The claims of a token that the gateway has verified, for both functions that take one.

    The journey gives Jumio what claims say about the person: ``data``, all of it. ``subject``
    is whom they are taken for; ``sub`` unless told otherwise.
    """

    claims: Json
    expected: TokenExpected


class PersonExpected(Answered):
    status: int = 201
    data: Json = {}


class Person(Input):
    """What a person says about themselves. ``data`` is what arrives at Jumio in another form.

    Everything in ``applicant`` is private.
    """

    applicant: Json
    expected: PersonExpected


class OpeningExpected(Told):
    asked: int = 1


class Opening(Input):
    """What Jumio answers to a call that ``POST /sessions`` makes; ``asked`` is how often."""

    call: Asked
    answer: Reply
    channel: Channel = "sdk"
    expected: OpeningExpected


class ReadingExpected(Expected):
    state: State
    decision: Json | None = None
    retained: bool = False


class Reading(Input):
    """What Jumio answers to the worker, who has got a callback's hint; the usual if not given."""

    status: Reply | None = None
    details: Reply | None = None
    expected: ReadingExpected


class MessagesExpected(Expected):
    state: State
    retained: list[str] = []


class Messages(Input):
    """An event of the worker's trigger. ``<user_key>``, ``<reference>``, ``<account_id>`` and
    ``<workflow_execution_id>`` stand for those of an execution that is done at Jumio.
    """

    event: JsonValue
    expected: MessagesExpected


KINDS: dict[str, type[Input]] = {
    "events/create_session": SessionEvent,
    "events/get_verification": StatusEvent,
    "events/receive_callback": CallbackEvent,
    "callbacks": Callback,
    "tokens": Token,
    "people": Person,
    "answers/opening": Opening,
    "answers/reading": Reading,
    "messages": Messages,
}


def read(path: Path, model: type[Input]) -> Input:
    """The input in a file; raises ValueError with its path."""
    try:
        text = path.read_text()
        json.loads(text, object_pairs_hook=_without_repetition)
        found = model.model_validate_json(text)
        _require_present(found, json.loads(text))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return found


def inputs(folder: str) -> list[Any]:
    """The inputs of a kind, to parametrize a test with; their paths are its ids."""
    paths, kind = sorted((FOLDER / folder).rglob("*.json")), KINDS[folder]
    return [pytest.param(read(path, kind), id=str(path.relative_to(FOLDER))) for path in paths]


def leaves(value: object) -> Iterator[str]:
    """All names and values in a JSON value, as texts."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member)
    else:
        yield value if isinstance(value, str) else json.dumps(value)


def _without_repetition(members: list[tuple[str, object]]) -> Json:
    if len(dict(members)) != len(members):
        raise ValueError(f"a member is there twice: {[name for name, _ in members]}")
    return dict(members)


def _require_present(found: Input, whole: Json) -> None:
    """What is private must be in the input, or nobody would notice that it leaks."""
    about = ("what", "known_from", "private", "expected")
    texts = "\n".join(leaves({k: v for k, v in whole.items() if k not in about}))
    if missing := [word for word in found.private if word not in texts]:
        raise ValueError(f"private, but not in the input: {missing}")
