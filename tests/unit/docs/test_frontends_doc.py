"""docs/frontends.md tells frontends about every problem, and the truth about each."""

import json
import re
from typing import get_args

from pydantic import BaseModel

from tests.support.template import ROOT
from verification.domain.eligibility import Retry
from verification.domain.errors import AttemptsExhausted, OutcomeUnknown, Problem
from verification.domain.execution import State, Tip
from verification.domain.standing import LAPSED
from verification.edge.http.problems import status_of
from verification.edge.http.sessions import ConsentBody, SessionRequest
from verification.edge.http.verifications import body_of
from verification.use_cases.get_verification import Verification

TEXT = (ROOT / "docs/frontends.md").read_text()


def rows(heading: str) -> dict[str, list[str]]:
    """A table by what stands in its first column."""
    table = TEXT.split(f"| {heading} |")[1].split("\n\n")[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {row[0].strip("`"): row[1:] for row in cells}


def leaves(kind: type[Problem] = Problem) -> list[type[Problem]]:
    return [kind, *(leaf for child in kind.__subclasses__() for leaf in leaves(child))]


def made(kind: type[Problem]) -> Problem:
    if kind is AttemptsExhausted:
        return AttemptsExhausted(retry_after=1, limit=1, window=60)
    return kind("x")


def test_every_problem_is_listed_with_its_statuses() -> None:
    expected: dict[str, set[str]] = {}
    for kind in leaves():
        expected.setdefault(kind.code, set()).add(str(int(status_of(made(kind)))))
    assert expected["provider-unavailable"] == {"502", "503"}
    assert OutcomeUnknown.code == "provider-unavailable"
    assert {code: set(row[0].split(", ")) for code, row in rows("`code`").items()} == expected


def test_every_field_of_a_request_is_listed() -> None:
    def names(model: type[BaseModel]) -> set[str]:
        return {field.alias or name for name, field in model.model_fields.items()}

    listed = rows("Field")
    assert listed.keys() == names(SessionRequest)
    assert set(re.findall(r"`(\w+)`", listed["consent"][1])) >= names(ConsentBody)


def test_every_status_is_listed() -> None:
    assert rows("`status`").keys() == {"none", LAPSED, *(state.word for state in State)}


def test_there_is_a_sentence_for_every_hint() -> None:
    assert rows("`hint`").keys() == {"null", *get_args(Tip)}


def test_every_member_of_an_answer_is_shown() -> None:
    (shown,) = re.findall(r"```json\n(\{.*?\})\n```", TEXT, re.DOTALL)
    retry = Retry(allowed=True, remaining=4, after=0)
    standing = Verification("identity", "pending", 0, None, None, None, "identity", retry, 5)
    assert json.loads(shown).keys() == body_of(standing).keys()
