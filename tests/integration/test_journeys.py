"""The shipped journeys from end to end, with Jumio's journal as the witness."""

import json

import pytest

from tests.support.bff import Bff, Clock
from tests.support.journeys import (
    VERIFIED,
    accounts,
    bodies,
    calls,
    opened_for,
    screening_first,
    shipped,
)
from tests.support.pipeline import Pipeline
from verification.domain.errors import (
    AlreadyVerified,
    NotEligible,
    ProviderUnavailable,
    VerificationInProgress,
)
from verification.domain.journeys import load_journeys

SCREENED = ["accounts.create", "parts.upload", "executions.finalize"]
PASS = {"email": "ada@people.example"}
WARN = {"email": "warn@people.example"}
REJECTED = {"phoneNumber": "+431230000"}
REJECT = {"email": "reject@people.example"}


@pytest.fixture
def instant(bff: Bff) -> Bff:
    """Screenings have their result at once."""
    bff.simulator.admin.patch_options(processing_seconds=0)
    bff.journeys = shipped()
    return bff


@pytest.mark.parametrize(
    ("name", "given", "sent", "key"),
    [
        ("onboarding", {"claims": VERIFIED}, {"email": "ada@people.example"}, 10066),
        (
            "onboarding-phone",
            {"applicant": {"phoneNumber": "+431234567"}},
            {"phoneNumber": "+431234567"},
            10065,
        ),
    ],
)
def test_a_screening_then_a_verification_on_the_same_account(
    instant: Bff, name: str, given: dict[str, dict[str, str]], sent: dict[str, str], key: int
) -> None:
    answered = instant.ask(journey=name, **given)

    assert calls(instant) == [*SCREENED, "accounts.update"]
    assert opened_for(instant) == [key, 10011]
    assert bodies(instant, "parts.upload") == [sent]
    assert len(accounts(instant)) == 1
    assert answered.status == 201
    assert answered.body == {"sdk": {"token": instant.executions()[-1]["sdkToken"]}}
    assert instant.status(journey=name)["next"] == "identity"


def test_the_plain_journey_is_one_call(instant: Bff) -> None:
    assert instant.ask().status == 201
    assert calls(instant) == ["accounts.create"]
    assert opened_for(instant) == [10011]


def test_a_screening_alone_ends_without_anything_for_the_person(instant: Bff) -> None:
    names = {"firstName": "Ada", "lastName": "Byron", "address": {"country": "AT"}}
    answered = instant.ask(journey="screening-only", applicant=names)

    assert (answered.status, answered.body) == (204, None)
    assert calls(instant) == SCREENED
    assert bodies(instant, "parts.upload") == [{**names, "address": {"country": "AUT"}}]
    told = instant.status(journey="screening-only")
    assert (told["status"], told["next"]) == ("approved", None)
    with pytest.raises(AlreadyVerified):
        instant.ask(journey="screening-only", applicant=names)


def test_reverification_is_for_people_with_an_account(instant: Bff) -> None:
    with pytest.raises(NotEligible):
        instant.ask(journey="reverify")
    assert calls(instant) == []

    instant.ask()
    for _ in range(2):
        assert instant.ask(journey="reverify").status == 201
        again = instant.executions()[-1]
        instant.simulator.admin.play(again["id"], "approved")
        instant.settle(again)

    assert opened_for(instant) == [10011, 10014, 10014]
    assert len(accounts(instant)) == 1


def test_reverifying_is_not_for_an_account_that_jumio_has_deleted(instant: Bff) -> None:
    instant.ask(journey="identity")
    instant.delete_account(instant.executions()[0]["accountId"])

    with pytest.raises(NotEligible):
        instant.ask(journey="reverify")

    assert calls(instant) == ["accounts.create", "accounts.delete", "accounts.update"]
    assert "lease_owner" not in (instant.item("ada", "ACCOUNT") or {})


def test_why_a_journey_is_not_for_somebody_is_not_told(instant: Bff) -> None:
    """Not whether there is an account, nor that it is gone, nor what a screening found."""
    instant.ask(user="gone")
    instant.delete_account(instant.executions()[0]["accountId"])
    asked = [
        ("new", "reverify", {}),
        ("gone", "reverify", {}),
        ("eve", "onboarding-phone", REJECTED),
    ]
    details = set()
    for user, journey, applicant in asked:
        with pytest.raises(NotEligible) as refusal:
            instant.ask(user=user, journey=journey, applicant=applicant)
        details.add(refusal.value.detail)
    assert len(details) == 1


def test_who_was_approved_on_an_account_that_jumio_has_deleted_may_begin_anew(
    instant: Bff,
) -> None:
    instant.ask()
    first = instant.executions()[-1]
    instant.simulator.admin.play(first["id"], "approved")
    instant.settle(first)
    with pytest.raises(AlreadyVerified):
        instant.ask(renew=True)
    instant.delete_account(first["accountId"])
    with pytest.raises(NotEligible):
        instant.ask(journey="reverify")

    assert instant.status()["retry"]["allowed"]
    assert not instant.status(journey="reverify")["retry"]["allowed"]
    assert instant.ask().status == 201

    second = instant.executions()[-1]
    assert second["accountId"] != first["accountId"]
    instant.simulator.admin.play(second["id"], "approved")
    instant.settle(second)
    assert instant.status()["status"] == "approved"
    assert instant.ask(journey="reverify").status == 201


def test_who_has_no_account_is_not_told_to_reverify(instant: Bff) -> None:
    told = instant.status(journey="reverify")
    assert (told["status"], told["next"], told["retry"]["allowed"]) == ("none", None, False)


def test_a_rejected_person_never_reaches_the_next_step_nor_learns_why(instant: Bff) -> None:
    asked = [
        ("ada", "onboarding-phone", {"phoneNumber": "+431230000"}),
        ("bob", "onboarding-phone", {"phoneNumber": "+431231111"}),
        ("eve", "screening-only", {"firstName": "Sanction", "lastName": "Byron"}),
    ]
    answers, told = [], []
    for user, journey, applicant in asked:
        for _ in range(2):
            with pytest.raises(NotEligible) as refusal:
                instant.ask(user=user, journey=journey, applicant=applicant)
            answers.append((refusal.value.detail, refusal.value.fields, refusal.value.retry_after))
        status = instant.status(user, journey)
        told.append((status["status"], status["next"]))

    assert len({repr(answer) for answer in answers}) == 1
    assert set(told) == {("declined", None)}
    assert calls(instant) == SCREENED * 3


@pytest.mark.parametrize(
    ("step", "reached"),
    [
        ({"passes": ["PASSED", "WARNING"]}, "session"),
        ({"otherwise": "continue"}, "session"),
        ({"otherwise": "decline"}, "declined"),
        ({"otherwise": "review"}, "review"),
        ({}, "review"),
    ],
)
def test_what_a_warning_means_is_configuration(
    instant: Bff, step: dict[str, object], reached: str
) -> None:
    instant.journeys = screening_first(**step)
    if reached == "session":
        assert instant.ask(applicant=WARN).status == 201
        assert opened_for(instant) == [10066, 10011]
        return
    refused = NotEligible if reached == "declined" else VerificationInProgress
    with pytest.raises(refused):
        instant.ask(applicant=WARN)
    assert instant.status()["status"] == reached
    assert opened_for(instant) == [10066]


@pytest.mark.parametrize("settled_by", ["callback", "sweeper"])
def test_a_long_screening_is_settled_elsewhere_and_the_next_request_goes_on(
    pipeline: Pipeline, settled_by: str
) -> None:
    bff = pipeline.bff
    bff.journeys = screening_first()
    bff.simulator.admin.patch_options(processing_seconds=60)

    for _ in range(2):
        waiting = bff.ask(applicant=PASS)
        assert (waiting.status, waiting.headers) == (202, {"Retry-After": "2"})
    assert (bff.status()["status"], bff.status()["next"]) == ("processing", "email")
    assert calls(bff) == SCREENED
    pipeline.let_pass(61)
    if settled_by == "callback":
        pipeline.call_back(bff.executions()[0])
    else:
        assert pipeline.sweep() == 1
    pipeline.work_off()

    assert (bff.status()["status"], bff.status()["next"]) == ("pending", "identity")
    assert pipeline.consumer.events() == []
    assert bff.ask(applicant=PASS).status == 201
    assert calls(bff) == [*SCREENED, "accounts.update"]


def test_only_the_journeys_end_is_an_outcome_and_once(pipeline: Pipeline) -> None:
    bff = pipeline.bff
    bff.journeys = screening_first()
    bff.simulator.admin.patch_options(processing_seconds=0)
    bff.ask(applicant=PASS)
    screening, identity = bff.executions()
    pipeline.play(identity, "approved")
    for execution in (screening, identity, screening, identity):
        pipeline.call_back(execution)
    pipeline.work_off()
    pipeline.let_pass(120)
    pipeline.sweep()
    pipeline.work_off()

    (event,) = pipeline.consumer.events()
    assert (event["data"]["step"], event["data"]["status"]) == ("identity", "approved")


@pytest.mark.parametrize(("validity", "screenings"), [(86400, 1), (600, 2), (None, 1)])
def test_a_passed_step_is_paid_for_again_only_after_its_validity(
    instant: Bff, validity: int | None, screenings: int
) -> None:
    instant.journeys = screening_first(validity=validity)
    instant.ask(applicant=PASS)
    assert isinstance(instant.clock, Clock)
    instant.clock.now += 1800

    assert instant.ask(applicant=PASS).status == 201
    assert opened_for(instant).count(10066) == screenings
    assert opened_for(instant).count(10011) == 2


def test_an_unknown_workflow_works_by_configuration_alone(instant: Bff) -> None:
    custom = {"credentials": ["DATA"], "capabilities": ["addressValidation"], "channels": ["API"]}
    instant.simulator.admin.patch_options(workflows={"20999": custom})
    step = {
        "name": "residence",
        "kind": "screening",
        "workflowKey": 20999,
        "inputs": {"address.line1": {"from": "applicant"}, "ipAddress": {"from": "source-ip"}},
    }
    document = {"journeys": [{"name": "home", "steps": [step, {"name": "identity"}]}]}
    instant.journeys = load_journeys(json.dumps(document))

    assert instant.ask(applicant={"address": {"line1": "Invented Lane 7"}}).status == 201

    assert opened_for(instant) == [20999, 10011]
    assert bodies(instant, "parts.upload") == [
        {"address": {"line1": "Invented Lane 7"}, "ipAddress": "203.0.113.7"}
    ]


def test_a_screening_without_a_result_is_not_to_be_repeated_at_once(instant: Bff) -> None:
    instant.journeys = screening_first()
    instant.simulator.admin.set_scenario("technical error", next_count=1)
    with pytest.raises(ProviderUnavailable) as refusal:
        instant.ask(applicant=PASS)
    assert refusal.value.retry_after == 60
    assert opened_for(instant) == [10066]


def test_the_key_stands_for_what_the_person_gets(instant: Bff) -> None:
    instant.journeys = screening_first()
    first = instant.ask(applicant=PASS, key="k")
    assert instant.ask(applicant=PASS, key="k") == first
    assert opened_for(instant) == [10066, 10011]
