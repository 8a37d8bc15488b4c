"""docs/frontends/ and the tutorial: what their snippets send and read is what the product knows."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from tests.support.contract import DOCUMENT, ROUTES
from tests.support.judge import Judge
from tests.support.template import ROOT
from tests.unit.docs.test_frontends_doc import leaves
from verification.domain.eligibility import Retry
from verification.domain.execution import State, Tip
from verification.domain.identity import Caller
from verification.domain.standing import LAPSED
from verification.edge.http.sessions import SessionRequest

FOLDER = ROOT / "docs/frontends"
README, TUTORIAL = FOLDER / "README.md", ROOT / "docs/tutorial.md"
ATTESTATION = FOLDER / "attestation.md"
CLIENTS = sorted(set(FOLDER.glob("*.md")) - {README, ATTESTATION})
SDKS = [page for page in CLIENTS if page.stem not in {"hosted-page", "server-rendered"}]
PAGES = [README, TUTORIAL, ATTESTATION, *CLIENTS]
STATUSES = {"none", LAPSED, *(state.word for state in State)}
ANSWER = {
    *("journey", "status", "next", "updatedAt", "validUntil", "renewal", "hint", "retry"),
}
RETRY = {field.name for field in fields(Retry)}

BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
# The languages' ways to a member of what was read: standing.status, standing["status"],
# standing?.status, standing.getString("status").
MEMBER = re.compile(r'\bstanding\??(?:\.|\[")(?:get(?:String|JSONObject)\(")?(\w+)')
PATH = re.compile(r'"(/(?:sessions|verification)[^"?]*)["?]')


def blocks(page: Path) -> list[tuple[str, str]]:
    return [(language, text) for language, text in BLOCK.findall(page.read_text())]


def code(page: Path) -> str:
    return "\n".join(text for language, text in blocks(page) if language != "json")


def requests(page: Path) -> list[str]:
    """Bodies of POST /sessions, in snippets and in sentences."""
    return re.findall(r'\{"channel".*?\}', page.read_text())


def test_each_client_of_jumios_has_a_page_that_the_front_page_leads_to() -> None:
    assert {page.stem for page in CLIENTS} == {
        "ios", "android", "react-native", "flutter", "cordova",
        "web-component", "hosted-page", "server-rendered",
    }  # fmt: skip
    assert all(f"({page.name})" in README.read_text() for page in CLIENTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_json_is_json(page: Path) -> None:
    for language, text in blocks(page):
        if language == "json":
            json.loads(text)


@pytest.mark.parametrize("page", CLIENTS, ids=lambda page: page.stem)
def test_a_page_asks_for_the_session_that_its_client_can_use(page: Path) -> None:
    bodies = [SessionRequest.model_validate_json(body) for body in requests(page)]
    assert bodies
    (channel,) = {body.channel for body in bodies}
    holds, of_other = {"sdk": ("token", "href"), "web": ("href", "token")}[channel]
    taken = page.read_text()
    way = rf"\b{channel}\W+(?:getString\W+)?{holds}\b"
    assert re.search(way, taken), f"{page.name} takes no {channel}.{holds}"
    assert not re.search(rf"\bsession\W+{of_other}\b", code(page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_snippets_read_members_that_there_are_and_compare_with_statuses_that_there_are(
    page: Path,
) -> None:
    read = code(page)
    assert set(MEMBER.findall(read)) <= ANSWER
    compared = re.findall(r'status(?:"\]|"\))? ===? "(\w+)"', read)
    lists = r'(?:startable.*=.*|!)[\[{]((?:"\w+"(?:, )?)+)'
    listed = [*re.findall(lists, read), *re.findall(r'^ +("\w+".*) -> ', read, re.MULTILINE)]
    assert listed or page not in SDKS
    assert {*compared, *re.findall(r"\w+", " ".join(listed))} <= STATUSES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_snippets_call_routes_that_there_are(page: Path) -> None:
    assert set(PATH.findall(code(page))) <= {"/sessions", "/verification"}


def test_the_answer_in_the_tutorial_has_every_member() -> None:
    (answer,) = (json.loads(text) for language, text in blocks(TUTORIAL) if language == "json")
    assert answer.keys() == ANSWER
    assert answer["retry"].keys() == RETRY
    assert answer["status"] in STATUSES


def test_attestations_are_sent_in_the_header_that_is_read_and_in_the_words_of_the_example() -> None:
    text = ATTESTATION.read_text()
    (parameter,) = (
        one["name"]
        for one in ROUTES["POST /sessions"]["parameters"]
        if one["name"] != "Idempotency-Key"
    )
    assert f"header `{parameter}`" in text
    headers = re.findall(
        r'(?:forHTTPHeaderField: |setRequestProperty\()"([\w-]+)"', code(ATTESTATION)
    )
    assert headers == [parameter] * 3
    example = (ROOT / "examples/attestation/app.py").read_text()
    sent = set(re.findall(r'"([a-z-]+) [\\$]', code(ATTESTATION)))
    assert sent == set(re.findall(r'^    "([a-z-]+)": _\w+,$', example, re.MULTILINE))


def test_the_function_is_shown_what_the_page_says() -> None:
    (shown,) = (json.loads(text) for language, text in blocks(ATTESTATION) if language == "json")
    judge = Judge(b'{"genuine": true}')
    caller = Caller(shown["issuer"], shown["subject"])
    judge.attestor.require_genuine(caller, shown["attestation"], shown["ath"])
    assert judge.shown == [shown]


def test_swift_decodes_members_that_there_are() -> None:
    declared = re.findall(r"let (\w+): (?:Bool|Int|String|Retry)\b", code(FOLDER / "ios.md"))
    assert set(declared) <= ANSWER | RETRY | {"token"}
    assert {"status", "retry", "allowed", "token"} <= set(declared)


def test_every_page_of_an_sdk_is_enough_to_build_with() -> None:
    start = "## What to do with each answer\n"
    (same,) = {page.read_text().partition(start)[2] for page in SDKS}
    standing, answers, ends = (table.split("\n\n")[0] for table in same.split("|---|---|\n")[1:])
    assert set(re.findall(r"`(\w+)`", standing)) & STATUSES == STATUSES
    codes = set(re.findall(r"`([a-z]+-[a-z-]+)`", answers))
    assert codes <= {kind.code for kind in leaves()}
    (table,) = re.findall(r"\| Code \|.*?\n\n", README.read_text(), re.DOTALL)
    letters = re.compile(r"`([A-Z](?:\d{5})?)`")
    assert set(letters.findall(ends)) == set(letters.findall(table))
    hints = same.partition("`hint`: ")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z-]+)`", hints)) == set(get_args(Tip))


def test_the_answers_that_a_page_of_an_sdk_shows_are_such_as_are_given() -> None:
    answer, problem = (json.loads(text) for language, text in blocks(SDKS[0]) if language == "json")
    assert answer.keys() == ANSWER
    assert answer["retry"].keys() == RETRY
    assert problem == DOCUMENT["components"]["examples"][problem["code"]]["value"]


def test_the_errors_that_a_person_can_meet_are_errors_of_ours() -> None:
    table = README.read_text().split("| `code` |")[1].split("\n\n")[0]
    first = [row.split(" | ")[0] for row in table.splitlines()[2:]]
    named = {name for cell in first for name in re.findall(r"`([a-z-]+)`", cell)}
    assert len(named) > 5
    assert named <= {kind.code for kind in leaves()}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "llms.txt"], ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_a_coding_agent_is_told_the_two_calls_with_bodies_that_are_accepted() -> None:
    told = ROOT / "llms.txt"
    channels = [SessionRequest.model_validate_json(body).channel for body in requests(told)]
    assert channels == ["sdk", "web"]
