"""Of all that Jumio knows about a person, nothing is stored, logged, counted, queued or told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.bff import ISSUER, USER_AGENT, Bff
from tests.support.metrics import samples
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.deadline import Deadline
from verification.domain.execution import PROCESSED
from verification.domain.journeys import load_journeys

JOURNEYS = """
{"journeys": [{"name": "everything", "steps": [{"name": "all", "workflowKey": 10013}]}]}
"""
SUBJECT = "ada.lovelace@people.example"
VERDICT_WORDS = {"type", "label", "score"}


@pytest.fixture(autouse=True)
def everything_is_checked(pipeline: Pipeline) -> None:
    """The workflow with the most findings."""
    pipeline.bff.journeys = load_journeys(JOURNEYS)


def leaves(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, path)
    else:
        yield path, value


def details_of(bff: Bff, execution: dict[str, Any]) -> dict[str, Any]:
    """What Jumio's retrieval API says, read as the worker does."""
    token = bff.jumio._tokens.get(Deadline(5))
    url = f"{bff.simulator.url}/api/v1/accounts/{execution['accountId']}"
    headers = {"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT}
    reply = bff.jumio._transport.send(
        "GET",
        f"{url}/workflow-executions/{execution['id']}",
        call="details",
        deadline=Deadline(5),
        headers=headers,
    )
    assert reply.ok
    return dict(reply.body)


def private(details: dict[str, Any], execution: dict[str, Any]) -> set[str]:
    """Every value of the details that is not part of the verdict or an id of ours."""
    ours = {execution[name] for name in ("id", "accountId", "userReference")}
    ours |= {execution["customerInternalReference"], details["workflow"]["status"]}
    found = {
        str(value)
        for path, value in leaves(details)
        if not ("decision" in path and path[-1] in VERDICT_WORDS)
    }
    counted = {word for word in found if word.isdecimal() and len(word) < 4}
    return found - ours - counted - {"True", "False", "None"}


def emitted(pipeline: Pipeline, observed: Observed) -> dict[str, str]:
    """All that was stored and all that went out, by kind."""
    # The stand-in for the gateway makes its request ids of the subject; real ones are random.
    return {
        "table": json.dumps(items(pipeline)),
        "logs": "\n".join(observed.lines()).replace(f"request-of-{SUBJECT}", ""),
        "metrics": repr(list(samples(observed.emitted()))),
        "queue": "\n".join(pipeline.hints.bodies),
        "events": json.dumps(pipeline.consumer.entries),
    }


def items(pipeline: Pipeline) -> list[dict[str, Any]]:
    """But for what is not Jumio's: the consent is kept as the frontend has sent it."""
    return [
        {name: value for name, value in item.items() if name not in ("request_id", "consent")}
        for item in pipeline.bff.items()
    ]


def quoted(words: set[str], texts: dict[str, str]) -> list[tuple[str, str]]:
    """Which of the words stand in which text; short ones and numbers as a whole value."""
    return [
        (kind, word)
        for kind, text in texts.items()
        for word in words
        if (f'"{word}"' in text if len(word) < 4 or word.isdecimal() else word in text)
    ]


@pytest.mark.parametrize(
    "scenario",
    ["approved", "declined: fake document", "needs review: watchlist hit", "abandons"],
)
def test_nothing_that_the_details_hold_is_kept_or_said(
    pipeline: Pipeline, observed: Observed, scenario: str
) -> None:
    consent = {"country": "AT", "obtained": "yes", "obtainedAt": "2026-11-23T07:59:58Z"}
    pipeline.bff.simulator.admin.patch_options(expired_details="not_executed")
    execution = pipeline.open(user=SUBJECT, consent=consent)
    pipeline.play(execution, scenario)
    details = details_of(pipeline.bff, execution)
    words = private(details, execution)
    assert len(words) > 15
    if scenario == "approved":
        assert {"ROBIN", "SAMPLE", "1991-04-17", "SIM0012345", "AUT"} <= words

    pipeline.call_back(execution)
    pipeline.work_off()

    texts = emitted(pipeline, observed)
    assert all(texts.values())
    assert quoted(words, texts) == []


PERSON = {
    "firstName": "Grace Brewster",
    "documentNumber": "X-4711-0815",
    "address": "Invented Lane 7",
    "dateOfBirth": "1906-12-09",
    "latitude": 48.20817,
}
MALFORMED = {
    "a decision that is no object": {"decision": "Grace Brewster"},
    "a decision without a type": {"decision": {"details": PERSON}},
    "no workflow": {"workflow": PERSON},
}
ODD = {
    "a label that is no word": {"decision": {"type": "PASSED", "details": {"label": PERSON}}},
    "a score that is no number": {
        "decision": {"type": "PASSED", "risk": {"score": "Invented Lane 7"}}
    },
    "capabilities that are a list": {"capabilities": [PERSON]},
}


@pytest.mark.parametrize("members", [*MALFORMED.values(), *ODD.values()], ids=[*MALFORMED, *ODD])
def test_not_even_of_an_answer_that_makes_no_sense(
    pipeline: Pipeline, observed: Observed, members: dict[str, Any]
) -> None:
    execution = pipeline.open(user=SUBJECT)
    pipeline.play(execution, "approved")
    body = {
        "workflow": {"status": PROCESSED, **PERSON},
        "decision": {"type": "PASSED", "details": {"label": "OK", **PERSON}, **PERSON},
        "capabilities": {"extraction": [{"decision": {"type": "PASSED"}, "data": PERSON}]},
        **PERSON,
        **members,
    }
    pipeline.bff.simulator.admin.add_fault(
        "retrieval.details", "status", status=200, body=body, count=9
    )

    pipeline.call_back(execution)
    retained = pipeline.work()["batchItemFailures"]

    malformed = members in MALFORMED.values()
    assert len(retained) == (1 if malformed else 0)
    assert ("jumio_answer_malformed" if malformed else "outcome_published") in observed.codes()
    words = {str(value) for value in PERSON.values()}
    assert quoted(words, emitted(pipeline, observed)) == []


def test_the_same_details_in_a_sensible_answer_are_left_unread(
    pipeline: Pipeline, observed: Observed
) -> None:
    execution = pipeline.open(user=SUBJECT)
    pipeline.play(execution, "approved")
    body = {
        "workflow": {"status": PROCESSED, **PERSON},
        "decision": {"type": "REJECTED", "details": {"label": "FAKE", **PERSON}, "risk": PERSON},
        "capabilities": {
            "extraction": [{"decision": {"type": "PASSED"}, "data": PERSON}],
            "imageChecks": [{"decision": {"type": "REJECTED", **PERSON}}],
            "liveness": PERSON,
            "similarity": [PERSON],
            "Grace Brewster": [{"decision": {"type": "REJECTED"}}],
        },
    }
    pipeline.bff.simulator.admin.add_fault("retrieval.details", "status", status=200, body=body)

    pipeline.call_back(execution)
    pipeline.work_off()

    decision = pipeline.execution(execution, SUBJECT)["decision"]
    assert decision == {
        "type": "REJECTED",
        "label": "FAKE",
        "failed": ["imageChecks", "liveness", "similarity"],
    }
    assert quoted({str(value) for value in PERSON.values()}, emitted(pipeline, observed)) == []


def test_no_secret_and_no_subject_leaves_its_place(pipeline: Pipeline, observed: Observed) -> None:
    pipeline.tell_progress = True
    execution = pipeline.open(user=SUBJECT, channel="web")
    session = pipeline.bff.item(SUBJECT, "SESSION#everything")
    assert session is not None
    capability = pipeline.bff.capability(execution)
    secrets = {
        session["token"],
        session["href"],
        pipeline.bff.simulator.client_secret,
        pipeline.bff.jumio._tokens.get(Deadline(5)),
        capability,
        capability.rpartition(".")[2],
    }
    texts = emitted(pipeline, observed)
    kept_in = {
        item["sk"]["S"]
        for item in items(pipeline)
        if session["token"] in json.dumps(item) or SUBJECT in json.dumps(item)
    }
    assert kept_in == {"ACCOUNT", "SESSION#everything"}
    del texts["table"]
    assert quoted(secrets, texts) == []

    pipeline.play(execution, "approved", to_end=False)
    pipeline.call_back(execution)
    pipeline.work_off()
    pipeline.play(execution, "approved")
    pipeline.let_pass(60)
    for wrong in ({"id": "f" * 36}, {"id": execution["accountId"]}):
        pipeline.call_back(execution, account=wrong)
    pipeline.work_off()
    pipeline.sweep()
    pipeline.work_off()

    texts = emitted(pipeline, observed)
    assert all(texts.values())
    assert quoted(secrets, texts) == []
    assert quoted({SUBJECT, ISSUER}, {kind: texts[kind] for kind in ("logs", "queue")}) == []
    assert quoted({SUBJECT, ISSUER}, {"metrics": texts["metrics"]}) == []
    named = [item["sk"]["S"] for item in items(pipeline) if SUBJECT in json.dumps(item)]
    assert named == ["ACCOUNT"]
    told = {one["data"]["subject"] for one in pipeline.consumer.events()}
    assert told == {SUBJECT}
