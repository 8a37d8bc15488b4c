"""The company asks what Jumio has read off a document, and hears it; nothing else does."""

import json
from functools import partial
from typing import Any, get_args

import pytest

from tests.integration.test_no_personal_data import emitted, quoted
from tests.support.erasing import Eraser
from tests.support.interruptions import interleaved
from tests.support.observed import Observed
from tests.support.operators import ask_facts, decide
from tests.support.pipeline import Pipeline
from verification.domain.errors import (
    Forbidden,
    InvalidRequest,
    Misconfigured,
    NotEligible,
    NotFound,
    Problem,
    ProviderUnavailable,
    UnknownJourney,
)
from verification.domain.facts import Fact
from verification.domain.journeys import load_journeys

Json = dict[str, Any]
FACTS = get_args(Fact)
SUBJECT = "ada.lovelace@people.example"


def disclosing(pipeline: Pipeline, *facts: str, **members: Any) -> None:
    journey = {"name": "identity", "steps": [{"name": "identity"}], **members}
    document = {"journeys": [{**journey, "discloses": list(facts)}]}
    pipeline.bff.journeys = load_journeys(json.dumps(document))


def played(pipeline: Pipeline, scenario: str = "approved", user: str = "ada") -> Json:
    execution = pipeline.open(user=user)
    pipeline.play(execution, scenario)
    pipeline.call_back(execution)
    pipeline.work_off()
    return execution


def answering(pipeline: Pipeline, *items: Any, **members: Any) -> None:
    """Jumio's details have these items of extraction."""
    body = {"workflow": {"status": "PROCESSED"}, "capabilities": {"extraction": list(items)}}
    pipeline.bff.simulator.admin.add_fault(
        "retrieval.details", "status", status=200, body={**body, **members}
    )


def test_everything_that_jumio_shows_is_told(pipeline: Pipeline) -> None:
    disclosing(pipeline, *FACTS)
    execution = played(pipeline)
    answer = ask_facts(pipeline, *FACTS)
    assert answer["execution"] == execution["customerInternalReference"]
    facts = answer["facts"]
    assert facts.pop("address").keys() <= {"country", "formattedAddress"}
    country = facts["issuingCountry"]
    assert facts == {
        "firstName": "ROBIN",
        "lastName": "SAMPLE",
        "dateOfBirth": "1991-04-17",
        "gender": "X",
        "nationality": country,
        "placeOfBirth": "SAMPLETON",
        "documentType": "PASSPORT",
        "documentSubtype": "REGULAR_PASSPORT",
        "documentNumber": "SIM0012345",
        "personalNumber": "SIM<<91<<0417",
        "issuingCountry": country,
        "issuingDate": "2021-10-01",
        "expiryDate": "2031-09-30",
    }


def test_only_what_was_asked_for_is_told(pipeline: Pipeline) -> None:
    disclosing(pipeline, *FACTS)
    played(pipeline)
    assert ask_facts(pipeline, "lastName")["facts"] == {"lastName": "SAMPLE"}


def test_nothing_of_many_answers_stays_anywhere(pipeline: Pipeline, observed: Observed) -> None:
    disclosing(pipeline, *FACTS)
    played(pipeline, user=SUBJECT)
    before = pipeline.bff.items()
    heard: set[str] = set()
    for _ in range(200):
        facts = ask_facts(pipeline, *FACTS, user=SUBJECT)["facts"]
        heard |= {*facts.pop("address").values(), *facts.values()}

    assert len(heard) > 10
    assert pipeline.bff.items() == before
    assert len(pipeline.consumer.entries) == 1
    assert quoted(heard | {SUBJECT}, {"logs": emitted(pipeline, observed)["logs"]}) == []
    events = emitted(pipeline, observed)
    assert quoted(heard, {kind: events[kind] for kind in ("table", "queue", "metrics")}) == []
    assert quoted(heard, {"events": events["events"]}) == []


def test_the_log_says_who_has_asked_for_what(pipeline: Pipeline, observed: Observed) -> None:
    disclosing(pipeline, *FACTS)
    execution = played(pipeline)
    ask_facts(pipeline, "lastName", "firstName", by="operator-9")
    (logged,) = observed.with_code("facts_asked")
    assert logged["fields"] == ["firstName", "lastName"]
    assert logged["by"] == "operator-9"
    assert logged["reference"] == execution["customerInternalReference"]


def test_who_asked_is_on_record_also_if_jumio_does_not_answer(
    pipeline: Pipeline, observed: Observed
) -> None:
    disclosing(pipeline, *FACTS)
    played(pipeline)
    pipeline.bff.simulator.admin.add_fault("retrieval.details", "status", status=503, count=9)
    with pytest.raises(ProviderUnavailable):
        ask_facts(pipeline, "lastName")
    assert len(observed.with_code("facts_asked")) == 1


@pytest.mark.parametrize("listed", [[], ["firstName"]])
def test_what_the_journey_does_not_disclose_is_not_even_read(
    pipeline: Pipeline, listed: list[str]
) -> None:
    disclosing(pipeline, *listed)
    played(pipeline)
    pipeline.bff.simulator.admin.clear_journal()
    with pytest.raises(Forbidden):
        ask_facts(pipeline, "firstName", "documentNumber")
    assert pipeline.bff.simulator.admin.journal() == []


@pytest.mark.parametrize(
    "scenario", ["declined: fake document", "needs review: watchlist hit", "abandons"]
)
def test_only_of_who_is_approved(pipeline: Pipeline, scenario: str) -> None:
    disclosing(pipeline, *FACTS)
    with pytest.raises(NotEligible):
        ask_facts(pipeline, "lastName")
    execution = pipeline.open()
    with pytest.raises(NotEligible):
        ask_facts(pipeline, "lastName")
    pipeline.play(execution, scenario)
    pipeline.call_back(execution)
    pipeline.work_off()
    with pytest.raises(NotEligible):
        ask_facts(pipeline, "lastName")


def test_an_operators_approval_counts_and_a_revocation_ends_it(pipeline: Pipeline) -> None:
    disclosing(pipeline, *FACTS)
    execution = played(pipeline, "needs review: watchlist hit")
    decide(pipeline, execution, "approve")
    pipeline.work_off()
    assert ask_facts(pipeline, "lastName")["facts"]["lastName"] == "SAMPLE"
    decide(pipeline, execution, "revoke")
    with pytest.raises(NotEligible):
        ask_facts(pipeline, "lastName")


def test_an_approval_that_stands_counts_while_it_is_renewed_and_no_longer(
    pipeline: Pipeline,
) -> None:
    steps = [{"name": "identity", "validity": 3600}]
    disclosing(pipeline, *FACTS, steps=steps, repeatable=True)
    old = played(pipeline)
    pipeline.open()
    answer = ask_facts(pipeline, "lastName")
    assert answer["execution"] == old["customerInternalReference"]
    assert answer["facts"]["lastName"] == "SAMPLE"
    pipeline.let_pass(3601)
    with pytest.raises(NotEligible):
        ask_facts(pipeline, "lastName")


def test_what_jumio_has_deleted_is_not_found(pipeline: Pipeline) -> None:
    disclosing(pipeline, *FACTS)
    execution = played(pipeline)
    pipeline.bff.delete_account(execution["accountId"])
    with pytest.raises(NotFound):
        ask_facts(pipeline, "lastName")


def test_nothing_is_told_of_somebody_who_is_erased_meanwhile(pipeline: Pipeline) -> None:
    disclosing(pipeline, *FACTS)
    played(pipeline)
    others = partial(Eraser(pipeline), "ada")
    with interleaved("before", pipeline.bff.jumio, "read_facts", others), pytest.raises(NotFound):
        ask_facts(pipeline, "lastName")
    with pytest.raises(NotEligible):
        ask_facts(pipeline, "lastName")


@pytest.mark.parametrize("items", [[], [None], ["x"], [{}], [{"data": None}], [{"data": ["x"]}]])
def test_what_is_not_there_is_null(pipeline: Pipeline, items: list[Any]) -> None:
    disclosing(pipeline, *FACTS)
    played(pipeline)
    answering(pipeline, *items)
    assert ask_facts(pipeline, "lastName", "address")["facts"] == {
        "lastName": None,
        "address": None,
    }


@pytest.mark.parametrize("odd", [7, True, "", None, ["SAMPLE"], {"x": "SAMPLE"}, "x" * 501])
def test_only_texts_are_told(pipeline: Pipeline, odd: object) -> None:
    disclosing(pipeline, *FACTS)
    played(pipeline)
    data = {"lastName": odd, "address": {"city": odd, "country": "AUT", "href": "https://x"}}
    answering(pipeline, {"data": data})
    assert ask_facts(pipeline, "lastName", "address")["facts"] == {
        "lastName": None,
        "address": {"country": "AUT"},
    }


def test_of_several_documents_the_first_that_shows_it_counts(pipeline: Pipeline) -> None:
    disclosing(pipeline, *FACTS)
    played(pipeline)
    answering(pipeline, {"data": {"firstName": "A"}}, {"data": {"firstName": "B", "gender": "F"}})
    facts = ask_facts(pipeline, "firstName", "gender")["facts"]
    assert facts == {"firstName": "A", "gender": "F"}


def test_no_image_and_no_link_can_be_asked_for(pipeline: Pipeline) -> None:
    disclosing(pipeline, *FACTS)
    for word in ("parts", "image", "href", "validFaceMapForAuthentication"):
        with pytest.raises(InvalidRequest):
            ask_facts(pipeline, word)
        with pytest.raises(Misconfigured):
            disclosing(pipeline, word)


@pytest.mark.parametrize(
    ("members", "problem"),
    [({"journey": "nobody-knows-it"}, UnknownJourney), ({"by": "Ada L"}, InvalidRequest)],
)
def test_a_question_has_to_be_right(
    pipeline: Pipeline, members: dict[str, str], problem: type[Problem]
) -> None:
    disclosing(pipeline, *FACTS)
    played(pipeline)
    with pytest.raises(problem):
        ask_facts(pipeline, "lastName", **members)
