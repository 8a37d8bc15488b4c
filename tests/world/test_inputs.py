"""A mistake in an input is told, and so is a leak: otherwise all inputs would prove little."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.world.around import said
from tests.world.inputs import FOLDER, KINDS, inputs, read

Json = dict[str, Any]
GOOD: Json = {
    "what": "Somebody with a name",
    "known_from": "an example of this test",
    "private": ["Wilhelmina"],
    "applicant": {"firstName": "Wilhelmina"},
    "expected": {"data": {}, "logged": ["session_opened"]},
}
WRONG: dict[str, Json] = {
    "an unknown member": {"expectation": {}},
    "an unknown member of what is expected": {"expected": {"statusCode": 201}},
    "what another kind expects": {"expected": {"queued": None}},
    "an unknown log code": {"expected": {"logged": ["session_openend"]}},
    "a text for a status": {"expected": {"status": "201"}},
    "a problem without a code": {"expected": {"status": 400}},
    "a code without a problem": {"expected": {"code": "invalid-request"}},
    "no origin": {"known_from": ""},
    "two lines": {"what": "one\ntwo, which is too much"},
    "a private word that is not in the input": {"private": ["Willhelmina"]},
}


def written(folder: Path, text: str) -> Path:
    path = folder / "input.json"
    path.write_text(text)
    return path


def test_a_good_input_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path, json.dumps(GOOD)), KINDS["people"])
    assert found.private == ["Wilhelmina"]


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_input_is_told_with_its_path(tmp_path: Path, wrong: Json) -> None:
    path = written(tmp_path, json.dumps({**GOOD, **wrong}))
    with pytest.raises(ValueError, match=f"^{path}: "):
        read(path, KINDS["people"])


def test_a_member_that_is_there_twice_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(GOOD).replace("{", '{"what": "Somebody else", ', 1))
    with pytest.raises(ValueError, match="twice"):
        read(path, KINDS["people"])


def test_every_file_is_an_input_of_one_kind() -> None:
    of_kinds = [one.id for folder in KINDS for one in inputs(folder)]
    files = [str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()]
    assert sorted(of_kinds) == sorted(files)
    assert all(inputs(folder) for folder in KINDS)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Wilhelmina", "the name Wilhelmina was refused"),
        ("+431234567", "phone=+431234567"),
        ("Ada", "of Ada."),
        ("4711", "4711"),
    ],
)
def test_a_leak_is_noticed(word: str, text: str) -> None:
    assert said(word, ["something else", text])


@pytest.mark.parametrize(("word", "text"), [("Ada", "Adam"), ("101", "2026-11-25 04:08:59,101")])
def test_what_only_looks_like_a_short_word_is_no_leak(word: str, text: str) -> None:
    assert not said(word, [text])
