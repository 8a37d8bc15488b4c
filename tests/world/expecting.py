"""What is asserted about more than one kind of input, and how values are compared."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from tests.world.around import CAPABILITY, Place
from tests.world.inputs import Answered, Callback, CallbackEvent, CallbackExpected, Json
from verification.domain.execution import State


def code_of(answer: Json) -> str | None:
    """The code of a problem; None for anything else."""
    return json.loads(answer["body"])["code"] if answer["statusCode"] >= 400 else None


def require_answer(answer: Json, expected: Answered) -> Any:
    """The body of an answer that has the status, and as a problem the code and the fields."""
    assert (answer["statusCode"], code_of(answer)) == (expected.status, expected.code)
    body: Any = json.loads(answer["body"]) if answer["body"] else None
    if expected.code:
        assert sorted({one["field"] for one in body.get("errors", [])}) == sorted(expected.fields)
    return body


def require_session(answer: Json, expected: Answered) -> Any:
    """The same of an answer that, if it is none of a problem, hands out a session: a token or an
    address and nothing else.
    """
    body = require_answer(answer, expected)
    if expected.status in (200, 201):
        handed_out = {kind: list(members) for kind, members in body.items()}
        assert handed_out in ({"sdk": ["token"]}, {"web": ["href"]})
    return body


def require_taken(
    place: Place, about: Callback | CallbackEvent, called: Any, expected: CallbackExpected
) -> None:
    """What receive_callback answers, and the ids that it puts on the queue."""
    require_answer(place.call("receive_callback", called, about.settings), expected)
    _, user_key, reference, _ = CAPABILITY.split(".")
    hint = {"user_key": user_key, "reference": reference}
    ids = expected.queued.model_dump() if expected.queued else None
    place.listen()
    assert place.queued == ([{**hint, **ids}] if ids else [])
    place.require(expected)
    place.require_silence(about)


def require_told(place: Place, state: State) -> None:
    """An outcome is told once, and nothing else is."""
    told = [json.loads(entry["Detail"])["data"]["status"] for entry in place.around.published]
    assert told == ([state.value] if state.final else [])


def within(expected: Any, found: Any) -> bool:
    """Whether what is expected is there; a text that ends in * is the beginning of one."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            within(member, found.get(name)) for name, member in expected.items()
        )
    if isinstance(expected, str) and expected.endswith("*"):
        return isinstance(found, str) and found.startswith(expected[:-1])
    return bool(expected == found)


def merged(sent: Json, changed: Json) -> Json:
    """What was sent, but for what arrives in another form or, if that is null, not at all."""
    whole = copy.deepcopy(sent)
    for name, value in changed.items():
        if value is None:
            del whole[name]
        else:
            whole[name] = merged(whole[name], value) if isinstance(value, dict) else value
    return whole


def personal(data: object) -> Iterator[str]:
    """Everything in somebody's data that tells who they are; one letter does not."""
    if isinstance(data, dict):
        for member in data.values():
            yield from personal(member)
    elif isinstance(data, str) and len(data) > 1:
        yield data
