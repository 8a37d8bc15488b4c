"""What a screening is sent: refused if it is wrong, sent, and then forgotten."""

import json

import pytest

from tests.support.bff import Bff
from tests.support.journeys import bodies, calls, in_a_row, screening_first
from tests.support.observed import Observed
from tests.support.pipeline import Pipeline
from verification.domain.errors import ApplicantRequired, InvalidRequest, NotEligible

PASS = {"email": "ada@people.example"}


@pytest.mark.parametrize(
    ("applicant", "problem", "field"),
    [
        ({}, ApplicantRequired, "applicant.email"),
        ({"email": "nobody"}, InvalidRequest, "applicant.email"),
        ({**PASS, "lastName": "B"}, InvalidRequest, "applicant.lastName"),
    ],
)
def test_wrong_data_are_refused_before_jumio_hears_of_the_person(
    bff: Bff, applicant: dict[str, str], problem: type[InvalidRequest], field: str
) -> None:
    bff.journeys = screening_first()
    with pytest.raises(problem) as refusal:
        bff.ask(applicant=applicant)
    assert [one["field"] for one in refusal.value.fields] == [field]
    assert calls(bff) == []


def test_a_field_that_only_a_later_step_needs_is_checked_first_too(bff: Bff) -> None:
    phone = screening_first(name="phone", inputs={"phoneNumber": {"from": "applicant"}})
    bff.journeys = in_a_row(screening_first(), phone)
    with pytest.raises(InvalidRequest) as refusal:
        bff.ask(applicant={**PASS, "phoneNumber": "01234"})
    assert [one["field"] for one in refusal.value.fields] == ["applicant.phoneNumber"]
    assert calls(bff) == []


@pytest.mark.parametrize("email", ["ada.private@people.example", "reject.ada@people.example"])
def test_the_data_are_sent_and_forgotten(
    pipeline: Pipeline, observed: Observed, email: str
) -> None:
    bff = pipeline.bff
    bff.journeys = screening_first()
    bff.simulator.admin.patch_options(processing_seconds=0)
    bff.simulator.admin.add_fault("parts.upload", "status", status=500)
    asked = {"applicant": {"email": email}, "key": "k"}
    if email.startswith("reject"):
        with pytest.raises(NotEligible):
            bff.ask(**asked)
    else:
        bff.ask(**asked)
    pipeline.call_back(bff.executions()[0])
    pipeline.work_off()

    assert {"email": email} in bodies(bff, "parts.upload")
    kept = [json.dumps(bff.items()), *observed.lines()]
    kept += [*pipeline.hints.bodies, json.dumps(pipeline.consumer.entries)]
    assert [text for text in kept if "people.example" in text] == []
    assert observed.lines()
    assert pipeline.hints.bodies
