"""The document that configures journeys: what it may say, and how it is told what is wrong."""

import json
from collections.abc import Mapping

import pytest

from tests.support.journeys import DEFAULT
from verification.domain.errors import Misconfigured, UnknownJourney
from verification.domain.journeys import Journeys, load_journeys
from verification.domain.steps import Step


def document(*journeys: Mapping[str, object], **members: object) -> str:
    return json.dumps({"version": 1, "journeys": list(journeys), **members})


def journey(name: str, **step: object) -> dict[str, object]:
    """A journey of one step."""
    return {"name": name, "steps": [{"name": "identity", **step}]}


def one(**values: object) -> Step:
    return load_journeys(document(journey("identity", **values))).get(None).steps[0]


def complaint(text: str) -> str:
    with pytest.raises(Misconfigured) as refusal:
        load_journeys(text)
    return refusal.value.setting


def test_the_default_document_is_one_journey_with_jumios_standard_workflow() -> None:
    (only,) = load_journeys(DEFAULT.read_text()).journeys
    (step,) = only.steps
    assert (only.name, step.workflow_key, step.lifetime) == ("identity", 10011, 1800)
    assert step.callback
    assert not only.repeatable
    assert step.consent == "optional"


def test_everything_that_a_step_can_say_is_read() -> None:
    step = one(
        workflowKey="10015",
        credentials=[
            {
                "category": "ID",
                "label": "passport",
                "country": {"predefinedType": "RECOMMENDED", "values": ["AUT", "DEU"]},
                "type": {"values": ["PASSPORT"]},
            }
        ],
        tokenLifetime="2h",
        successUrl="https://app.example/done",
        errorUrl="https://app.example/failed",
        locale="pt-BR",
        callback=False,
        consent="required",
        attempts={"limit": 3, "window": 600},
        passes=["PASSED", "WARNING"],
        otherwise="review",
        validity=3600,
    )
    (preset,) = step.credentials
    assert preset.country is not None
    assert preset.type is not None
    assert (preset.country.predefined_type, preset.type.predefined_type) == (
        "RECOMMENDED",
        "DEFINED",
    )
    assert (step.workflow_key, step.lifetime, step.locale) == ("10015", 7200, "pt-BR")
    assert (step.attempts.limit, step.attempts.window) == (3, 600)
    assert str(step.success_url) == "https://app.example/done"
    assert str(step.error_url) == "https://app.example/failed"
    assert (step.callback, step.consent) == (False, "required")
    assert (step.passes, step.otherwise, step.validity) == ({"PASSED", "WARNING"}, "review", 3600)


def test_the_first_journey_is_the_default_and_names_choose() -> None:
    journeys = load_journeys(document(journey("b"), journey("a")))
    assert journeys.get(None).name == "b"
    assert journeys.get("a").name == "a"


@pytest.mark.parametrize("name", ["", "c", "A", "a "])
def test_a_name_that_is_not_configured_is_unknown(name: str) -> None:
    with pytest.raises(UnknownJourney) as refusal:
        load_journeys(document(journey("a"))).get(name)
    assert name not in refusal.value.detail.split()


@pytest.mark.parametrize(
    ("lifetime", "seconds"),
    [("5m", 300), ("300s", 300), ("1h", 3600), ("1d", 86400), ("60d", 5_184_000)],
)
def test_a_token_may_live_from_five_minutes_to_sixty_days(lifetime: str, seconds: int) -> None:
    assert one(tokenLifetime=lifetime).lifetime == seconds


@pytest.mark.parametrize(
    "lifetime", ["299s", "4m", "61d", "5184001s", "0m", "-5m", "1.5h", "30", "m", "30 m", "30M", ""]
)
def test_any_other_lifetime_is_refused_by_path(lifetime: str) -> None:
    text = complaint(document(journey("identity", tokenLifetime=lifetime)))
    assert text.startswith("JOURNEYS: journeys.identity.steps.identity.tokenLifetime: ")


@pytest.mark.parametrize("member", ["successUrl", "errorUrl"])
@pytest.mark.parametrize(
    "url",
    [
        "https://app.example/done?person=4711",
        "https://app.example/done#part",
        "javascript:alert(1)",
        "app.example/done",
        "",
        "https://app.example/" + "x" * 236,
    ],
)
def test_return_urls_are_plain_short_and_http(member: str, url: str) -> None:
    text = complaint(document(journey("identity", **{member: url})))
    assert text.startswith(f"JOURNEYS: journeys.identity.steps.identity.{member}: ")


def test_a_return_url_may_have_255_characters() -> None:
    url = "https://app.example/" + "x" * 235
    assert str(one(successUrl=url).success_url) == url


@pytest.mark.parametrize(
    "name", ["", "Identity", "1st", "-a", "a b", "a_b", "a#b", "x" * 41, "a\n"]
)
def test_a_journeys_name_fits_into_an_address_and_a_key(name: str) -> None:
    place = name if name.isprintable() and name else "0"
    assert complaint(document(journey(name))).startswith(f"JOURNEYS: journeys.{place}.name: ")


@pytest.mark.parametrize(("locale", "sent"), [("en-GB", "en-GB"), ("de-AT", "de"), ("uk", "uk")])
def test_a_locale_is_the_nearest_that_jumio_lists_or_itself(locale: str, sent: str) -> None:
    assert one(locale=locale).locale == sent


@pytest.mark.parametrize("locale", ["", "d", "de-", "de_AT_", "english language", "de\n"])
def test_what_is_no_language_tag_is_refused_by_path(locale: str) -> None:
    text = complaint(document(journey("identity", locale=locale)))
    assert text.startswith("JOURNEYS: journeys.identity.steps.identity.locale: ")


def test_a_journey_that_checks_nothing_has_to_know_it() -> None:
    upload: dict[str, object] = {"name": "proof", "workflowKey": 10170}
    alone = {"name": "proof", "steps": [upload]}
    assert "unchecked" in complaint(document(alone))
    assert load_journeys(document({**alone, "unchecked": True})).get("proof").unchecked
    checked = {"name": "both", "steps": [upload, {"name": "identity"}]}
    assert not load_journeys(document(checked)).get("both").unchecked
    assert "unchecked" in complaint(document({**checked, "unchecked": True}))


def test_two_journeys_cannot_share_a_name() -> None:
    text = complaint(document(journey("a"), journey("b"), journey("a")))
    assert "same name" in text


@pytest.mark.parametrize(
    ("step", "path"),
    [
        ({}, "name"),
        ({"name": "a", "sucessUrl": "https://app.example"}, "sucessUrl"),
        ({"name": "a", "callback": "perhaps"}, "callback"),
        ({"name": "a", "consent": "always"}, "consent"),
        ({"name": "a", "attempts": {"limit": 0}}, "attempts.limit"),
        ({"name": "a", "attempts": {"limit": 101}}, "attempts.limit"),
        ({"name": "a", "attempts": {"window": 59}}, "attempts.window"),
        ({"name": "a", "attempts": {"per": 60}}, "attempts.per"),
        ({"name": "a", "credentials": [{"category": "FACE"}]}, "credentials.0.category"),
        (
            {"name": "a", "credentials": [{"category": "ID", "country": {"values": []}}]},
            "credentials.0.country.values",
        ),
        (
            {"name": "a", "credentials": [{"category": "ID", "country": {"values": ["XX"]}}]},
            "credentials.0.country.values.0",
        ),
        (
            {"name": "a", "credentials": [{"category": "ID", "type": {"values": ["ID-CARD"]}}]},
            "credentials.0.type.values.0",
        ),
        ({"name": "a", "credentials": [{"category": "ID", "id": "a b"}]}, "credentials.0.id"),
        ({"name": "a", "reportingCriteria": ""}, "reportingCriteria"),
        ({"name": "a", "reportingCriteria": "x" * 256}, "reportingCriteria"),
        (
            {"name": "a", "capabilities": {"watchlistScreening": "all"}},
            "capabilities.watchlistScreening",
        ),
        (
            {"name": "a", "overrideSettings": {"forceCrossDevice": False}},
            "overrideSettings.forceCrossDevice",
        ),
        ({"name": "a", "passes": []}, "passes"),
        ({"name": "a", "successUrl": "http://shop.example/done"}, "successUrl"),
        ({"name": "a", "successUrl": "https://shop.example:8443/done"}, "successUrl"),
        ({"name": "a", "successUrl": "https://203.0.113.7/done"}, "successUrl"),
        ({"name": "a", "successUrl": "https://[2001:db8::1]/done"}, "successUrl"),
        ({"name": "a", "successUrl": "https://intranet/done"}, "successUrl"),
        ({"name": "a", "successUrl": "https://ada:x@shop.example/done"}, "successUrl"),
    ],
)
def test_the_path_of_what_is_wrong_is_told(step: dict[str, object], path: str) -> None:
    second = {"name": "second", "steps": [{"name": "x"}, step]}
    text = complaint(document(journey("first"), second))
    assert text.startswith(f"JOURNEYS: journeys.second.steps.{step.get('name', 1)}.{path}: ")


def test_every_mistake_is_told_by_the_names_of_journey_and_step() -> None:
    steps: list[object] = [{"name": "email", "locale": 1}, {"name": "ID"}, {"tokenLifetime": "1m"}]
    told = complaint(document({"name": "new", "steps": steps}, {"name": ["x"]}, journeys_="x"))
    assert [line.partition(": ")[0] for line in told.removeprefix("JOURNEYS: ").splitlines()] == [
        "journeys.new.steps.email.locale",
        "journeys.new.steps.ID.name",
        "journeys.new.steps.2.name",
        "journeys.new.steps.2.tokenLifetime",
        "journeys.1.name",
        "journeys.1.steps",
        "journeys_",
    ]


@pytest.mark.parametrize("key", ["", "x" * 256, True, 0, 1.5, None])
def test_a_workflow_key_is_a_number_or_a_text(key: object) -> None:
    assert "steps.identity.workflowKey" in complaint(document(journey("a", workflowKey=key)))


def test_countries_are_sent_as_jumio_wants_them() -> None:
    presets = [{"category": "ID", "country": {"values": ["AT", "DEU"]}}]
    loaded = load_journeys(document(journey("a", credentials=presets)))
    (preset,) = loaded.get(None).steps[0].credentials
    assert preset.country is not None
    assert preset.country.values == ["AUT", "DEU"]


def test_a_developers_own_machine_is_a_return_address_too() -> None:
    loaded = load_journeys(document(journey("a", successUrl="http://localhost:3000/done")))
    assert str(loaded.get(None).steps[0].success_url) == "http://localhost:3000/done"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"kind": "screening"}, "needs inputs"),
        ({"inputs": {"shoeSize": {"from": "applicant"}}}, "inputs.shoeSize"),
        ({"kind": "screening", "inputs": {"shoeSize": {"from": "applicant"}}}, "inputs.shoeSize"),
        ({"kind": "screening", "inputs": {"email": {"from": "body"}}}, "pattern"),
    ],
)
def test_a_step_says_where_its_data_come_from(values: dict[str, object], reason: str) -> None:
    assert reason in complaint(document(journey("identity", **values)))


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", '"identity"', document(), document(journey("a"), version=2)]
)
def test_a_document_of_another_kind_is_refused(text: str) -> None:
    assert complaint(text).startswith("JOURNEYS: ")


def test_journeys_do_not_change_while_they_are_used() -> None:
    journeys = load_journeys(DEFAULT.read_text())
    assert isinstance(journeys, Journeys)
    with pytest.raises(ValueError, match="frozen"):
        journeys.get(None).repeatable = True


def test_a_step_that_names_no_return_address_gets_the_usual_one() -> None:
    own = "https://own.example/done"
    steps = [{"name": "first", "successUrl": own}, {"name": "second"}]
    loaded = load_journeys(document({"name": "identity", "steps": steps}))
    usual = Step.model_validate({"name": "x", "successUrl": "https://app.example/ok"}).success_url
    first, second = loaded.returning_to(usual, None).get(None).steps
    assert (str(first.success_url), str(second.success_url)) == (own, "https://app.example/ok")
    assert (first.error_url, second.error_url) == (None, None)
    assert loaded.get(None).steps[1].success_url is None


SCREENING = {"kind": "screening", "inputs": {"email": {"from": "applicant"}}}


@pytest.mark.parametrize(
    ("words", "step", "complains_of"),
    [
        ({"failedRenewal": "revoke"}, {"validity": 3600}, "failedRenewal"),
        ({"failedRenewal": "keep", "repeatable": True}, {}, "failedRenewal"),
        ({"failedRenewal": "revoke", "repeatable": True}, SCREENING, "failedRenewal"),
        ({}, {**SCREENING, "validity": 3600, "otherwise": "continue"}, "validity"),
        ({}, {**SCREENING, "validity": 3600, "otherwise": "review"}, "validity"),
        ({}, {**SCREENING, "locale": "de"}, "locale"),
        ({}, {**SCREENING, "successUrl": "https://app.example/done"}, "successUrl"),
        ({}, {**SCREENING, "errorUrl": "https://app.example/failed"}, "errorUrl"),
        ({}, {"otherwise": "continue", "passes": ["PASSED", "WARNING"]}, "passes"),
    ],
)
def test_a_word_that_would_have_no_effect_is_refused(
    words: dict[str, object], step: dict[str, object], complains_of: str
) -> None:
    told = complaint(document(journey("identity", **step) | words))
    assert f"{complains_of} has no effect" in told


@pytest.mark.parametrize("kind", [{}, SCREENING])
def test_nothing_counts_for_longer_than_it_is_retained(kind: dict[str, object]) -> None:
    def retained(validity: int) -> str:
        return document(journey("identity", **kind, validity=validity) | {"retainDays": 1})

    assert "a validity is longer than retainDays" in complaint(retained(86401))
    assert load_journeys(retained(86400)).get(None).retained_until(7) == 86407


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ({"failedRenewal": "revoke", "repeatable": True}, {"validity": 3600}),
        ({}, {"validity": 3600}),
        ({}, {**SCREENING, "validity": 3600, "otherwise": "decline"}),
        ({"repeatable": True}, {**SCREENING, "validity": 3600, "otherwise": "continue"}),
        ({"retainDays": 1}, {}),
    ],
)
def test_the_same_word_is_taken_where_it_has_one(
    words: dict[str, object], step: dict[str, object]
) -> None:
    load_journeys(document(journey("identity", **step) | words))
