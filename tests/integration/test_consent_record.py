"""What a frontend said that a person agreed to is on record, unless the journey says no."""

import json
from typing import Any

import pytest

from tests.support.erasing import Eraser, items_of
from tests.support.interruptions import killed
from tests.support.pipeline import Pipeline
from verification.domain.journeys import load_journeys

Json = dict[str, Any]
AGREED = {
    "country": "US",
    "state": "CA",
    "obtained": "yes",
    "obtainedAt": "2026-11-23T07:59:58Z",
}
RECORD = {"country": "USA", "obtained": "yes", "obtained_at": "2026-11-23T07:59:58.000Z"}


def recording(pipeline: Pipeline, **members: Any) -> None:
    journey = {"name": "identity", "steps": [{"name": "identity"}], **members}
    pipeline.bff.journeys = load_journeys(json.dumps({"journeys": [journey]}))


def test_country_answer_and_time_are_kept_until_the_person_is_erased(pipeline: Pipeline) -> None:
    execution = pipeline.open(consent=AGREED)
    pipeline.play(execution, "approved")
    pipeline.call_back(execution)
    pipeline.work_off()
    assert pipeline.execution(execution)["consent"] == RECORD
    everything = json.dumps(items_of(pipeline, "ada"))
    assert '"CA"' not in everything
    assert "203.0.113.7" not in everything

    Eraser(pipeline)("ada")
    assert "USA" not in json.dumps(pipeline.bff.items())


def test_each_attempt_has_its_own(pipeline: Pipeline) -> None:
    first = pipeline.open(consent=AGREED)
    second = pipeline.open(renew=True, consent={"country": "AT"})
    third = pipeline.open(renew=True)
    assert pipeline.execution(first)["consent"] == RECORD
    assert pipeline.execution(second)["consent"] == {"country": "AUT"}
    assert "consent" not in pipeline.execution(third)


def test_it_is_on_record_before_jumio_hears_of_it(pipeline: Pipeline) -> None:
    with killed("before", pipeline.bff.jumio, "open_execution"):
        pipeline.bff.ask(consent=AGREED)
    (item,) = [one for one in pipeline.bff.plain_items() if one["sk"].startswith("EXECUTION#")]
    assert item["consent"] == RECORD


@pytest.mark.parametrize("records", [True, False])
def test_a_journey_can_do_without(pipeline: Pipeline, records: bool) -> None:
    recording(pipeline, recordsConsent=records)
    execution = pipeline.open(consent=AGREED)
    assert ("consent" in pipeline.execution(execution)) is records
    assert ("USA" in json.dumps(pipeline.bff.items())) is records
