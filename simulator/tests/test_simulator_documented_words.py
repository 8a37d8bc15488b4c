"""No word that Jumio documents is refused: locales, workflow keys, members of the request."""

import pytest

from simulator_driver import Driver

RULESET = "0e6a3f0c-35a4-4f5a-9a3e-7d9c2b1f4a55"

# "Application Settings" (2026-11) has the languages, the guide of 2023 the spelling.
# fmt: off
LOCALES = (
    "ar", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-MX", "et", "fi", "fr", "he", "hr",
    "hu", "hy", "id", "it", "ja", "ka", "km", "ko", "lt", "ms", "nl", "no", "pl", "pt", "pt-BR",
    "ro", "ru", "sk", "sr", "sv", "th", "tr", "uk", "vi", "zh-CN", "zh-HK",
)
# fmt: on


@pytest.mark.parametrize("locale", [*LOCALES, "en-US"])
def test_every_language_is_one_even_where_only_known_ones_are(jumio: Driver, locale: str) -> None:
    jumio.sim.admin.patch_options(known_locales_only=True)
    opened = jumio.opened(web={"locale": locale})
    assert f"locale={locale}" in opened.body["web"]["href"]


@pytest.mark.parametrize(
    "capabilities",
    [
        {
            "workflowDecision": {
                "decisionLabelRulesetId": RULESET,
                "riskScoreRulesetId": RULESET,
                "additionalRiskScoreRulesetId": RULESET,
            }
        },
        {"watchlistScreening": {"searchProfile": "standard", "additionalProperties": "a,b"}},
        {"ekycCheck": {"searchType": "exact"}},
        {"documentVerification": {"enableExtraction": True}},
    ],
)
def test_rulesets_profiles_and_other_capabilities_arrive(jumio: Driver, capabilities: dict) -> None:
    jumio.sim.admin.patch_options(unknown_fields="refuse")
    members = {
        "reportingCriteria": "campaign 7",
        "overrideSettings": {"explicitUploadEnabled": "true"},
        "workflowDefinition": {"key": "10164", "capabilities": capabilities},
    }
    opened = jumio.opened(**members)
    jumio.sim.admin.play(opened.id, "approved")
    assert opened.details()["workflow"]["reportingCriteria"] == "campaign 7"
    (entry,) = jumio.sim.admin.journal(endpoint="accounts.create")
    assert {name: entry["body"][name] for name in members} == members


@pytest.mark.parametrize(
    ("key", "earlier"),
    [(10016, 6), (10031, 1), (10164, 3), (10011, 3)],
)
def test_the_platforms_keys_stand_for_the_earlier_ones(
    jumio: Driver, key: int, earlier: int
) -> None:
    executions = [jumio.opened(key=one) for one in (key, earlier)]
    shapes = []
    for execution in executions:
        listed = execution.body["workflowExecution"]["credentials"]
        jumio.sim.admin.play(execution.id, "approved")
        details = execution.details()
        assert details["decision"]["type"] == "PASSED"
        channels = [(one["category"], one["allowedChannels"]) for one in listed]
        shapes.append((channels, list(details["capabilities"])))
    assert shapes[0] == shapes[1]
    assert {execution.details()["workflow"]["definitionKey"] for execution in executions} == {
        str(key),
        str(earlier),
    }


def test_a_capture_extracts_and_a_liveness_check_needs_a_camera(jumio: Driver) -> None:
    captured, live = jumio.opened(key=10031), jumio.opened(key=10016)
    jumio.sim.admin.play(captured.id, "approved")
    assert list(captured.details()["capabilities"]) == ["usability", "extraction"]
    assert live.credential("SELFIE")["allowedChannels"] == ["WEB", "SDK"]


@pytest.mark.parametrize("key", [5, 10025])
def test_a_selfie_is_compared_with_the_document_on_file(jumio: Driver, key: int) -> None:
    first = jumio.opened()
    assert jumio.open(account=first.account, key=key).status_code == 400
    jumio.sim.admin.play(first.id, "approved")
    document = first.credential("ID")["id"]
    for credentials in ([], [{"category": "ID", "id": document}, {"category": "SELFIE"}]):
        definition = {"key": key, "credentials": credentials}
        again = jumio.opened(account=first.account, workflowDefinition=definition)
        assert {"web", "sdk"}.isdisjoint(again.body)
        assert again.credential("ID") == {"id": document, "category": "ID", "allowedChannels": []}
        assert again.credential("SELFIE")["allowedChannels"] == ["API"]
        again.upload("SELFIE", "face", files={"file": b"\x89PNG" + b"0" * 9})
        assert again.finalize().status_code == 200
        jumio.sim.admin.advance(10)
        assert again.details()["capabilities"]["similarity"][0]["data"] == {"similarity": "MATCH"}


@pytest.mark.parametrize("key", [16, 10071])
def test_an_authentication_on_premises_takes_the_facemap_that_was_kept(
    jumio: Driver, key: int
) -> None:
    assert jumio.open(key=key).status_code == 400
    again = jumio.opened(account=jumio.opened().account, key=key)
    credentials = again.body["workflowExecution"]["credentials"]
    assert [(one["category"], one["allowedChannels"]) for one in credentials] == [
        ("FACEMAP", ["API"]),
        ("SELFIE", ["WEB", "SDK"]),
        ("FACEMAP", ["WEB", "SDK"]),
    ]
    kept = {"file": b"the binary that the customer kept"}
    assert again.upload("FACEMAP", "facemap", files=kept).status_code == 200
    jumio.call("POST", "/web/client/finish", data={"authorizationToken": again.token})
    jumio.sim.admin.advance(10)
    details = again.details()
    assert details["capabilities"]["authentication"][0]["decision"]["type"] == "PASSED"
    assert len(details["capabilities"]["usability"]) == 3


@pytest.mark.parametrize("key", [10021, 10054])
def test_brazils_registers_look_at_the_data_and_the_selfie(jumio: Driver, key: int) -> None:
    execution = jumio.opened(key=key)
    jumio.sim.admin.play(execution.id, "biometricVerification: HIGH_RISK")
    found = execution.details()["capabilities"]
    assert found["braCpfValidation"][0]["decision"]["type"] == "PASSED"
    (compared,) = found["biometricVerification"]
    assert compared["decision"] == {"type": "REJECTED", "details": {"label": "HIGH_RISK"}}
    assert [one["category"] for one in compared["credentials"]] == ["DATA", "SELFIE"]


def test_a_document_is_read(jumio: Driver) -> None:
    presets = {"values": ["USA"]}, {"values": ["BS"]}
    credential = {"category": "DOCUMENT", "country": presets[0], "type": presets[1]}
    execution = jumio.opened(workflowDefinition={"key": 10026, "credentials": [credential]})
    jumio.sim.admin.play(execution.id, "usability: DOCUMENT_CONTENT_NOT_SUPPORTED")
    assert list(execution.details()["capabilities"]) == ["usability", "extraction"]
    assert execution.details()["decision"]["type"] == "REJECTED"
