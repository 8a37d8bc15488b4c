"""What a request for an account may contain, field by field."""

import pytest

from simulator_driver import Driver

CONSENT = {"userIp": "198.51.100.7", "userLocation": {"country": "AUT"}}


@pytest.mark.parametrize(
    "members",
    [
        {"customerInternalReference": ""},
        {"customerInternalReference": "x" * 101},
        *({"customerInternalReference": f"a{sign}b"} for sign in '<>"/;`%{}|'),
        {"customerInternalReference": 7},
        {"userReference": ""},
        {"userReference": "x" * 101},
        {"reportingCriteria": ""},
        {"reportingCriteria": "x" * 256},
        *({"tokenLifetime": text} for text in ("4m", "299s", "61d", "-5m", "5", "5w", "1.5h", 300)),
        {"callbackUrl": "http://app.example.com/hook"},
        {"callbackUrl": "https://app.example.com:8443/hook"},
        {"callbackUrl": "https://192.0.2.1/hook"},
        {"callbackUrl": "https://app.example.com/hook#part"},
        {"callbackUrl": "https://app.example.com/ho ok"},
        {"callbackUrl": "ftp://localhost/hook"},
        {"callbackUrl": "/hook"},
        {"callbackUrl": f"https://app.example.com/{'x' * 255}"},
        {"web": {"successUrl": "http://app.example.com/"}},
        {"web": {"errorUrl": "https://app.example.com/?errorCode=1"}},
        {"web": {"successUrl": f"https://app.example.com/{'x' * 255}"}},
        {"web": {"locale": "en-GBR"}},
        {"web": {"locale": "EN"}},
        {"userConsent": {"userIp": "198.51.100.7"}},
        {"userConsent": CONSENT | {"userIp": "somewhere"}},
        {"userConsent": CONSENT | {"userLocation": {"country": "AT"}}},
        {"userConsent": CONSENT | {"userLocation": {"country": "AUS", "state": "x" * 101}}},
        {"userConsent": CONSENT | {"userLocation": {"country": "USA"}}},
        {"userConsent": CONSENT | {"consent": {"obtained": "maybe"}}},
        {"userConsent": CONSENT | {"consent": {"obtained": "yes"}}},
        {"userConsent": CONSENT | {"consent": {"obtained": "yes", "obtainedAt": "2026-01-01"}}},
        {
            "userConsent": CONSENT
            | {"consent": {"obtained": "yes", "obtainedAt": "2019-01-01T00:00:00.000Z"}}
        },
        {"overrideSettings": {"explicitUploadEnabled": True}},
        {"workflowDefinition": {}},
        {"workflowDefinition": {"key": 99999}},
        {"workflowDefinition": {"key": "x" * 256}},
        {"workflowDefinition": {"key": True}},
        {"workflowDefinition": {"key": 10010}},
        {"workflowDefinition": {"key": 10014}},
        {"workflowDefinition": {"key": 10011, "credentials": [{"category": "PET"}]}},
        {"workflowDefinition": {"key": 10011, "credentials": [{"category": "ID", "id": "1"}]}},
        {
            "workflowDefinition": {
                "key": 10011,
                "credentials": [{"category": "ID", "country": {"values": ["AT"]}}],
            }
        },
        {
            "workflowDefinition": {
                "key": 10011,
                "credentials": [{"category": "ID", "type": {"values": ["LIBRARY_CARD"]}}],
            }
        },
        {
            "workflowDefinition": {
                "key": 10170,
                "credentials": [{"category": "DOCUMENT", "country": {"values": ["AUT"]}}],
            }
        },
    ],
)
def test_a_request_outside_the_documented_bounds_is_refused(jumio: Driver, members: dict) -> None:
    response = jumio.open(**members)
    assert response.status_code == 400, response.text
    assert set(response.json()) == {"title", "status", "detail"}
    assert jumio.sim.admin.executions() == []


@pytest.mark.parametrize(
    "members",
    [
        {"customerInternalReference": "x" * 100, "userReference": "u" * 100},
        {"reportingCriteria": "x" * 255},
        *({"tokenLifetime": text} for text in ("5m", "300s", "60d", "+15m", "24h")),
        {"callbackUrl": "https://app.example.com/hook?token=1"},
        {"callbackUrl": "http://localhost:3000/hook"},
        {"callbackUrl": "http://api.execute-api.localhost:4566/hook"},
        {"web": {"successUrl": "https://app.example.com/?tab=2", "locale": "pt-BR"}},
        {"userConsent": CONSENT},
        {
            "userConsent": {
                "userIp": "2001:db8::7",
                "userLocation": {"country": "USA", "state": "CA"},
                "consent": {"obtained": "yes", "obtainedAt": "2026-01-01T00:00:00.000Z"},
            }
        },
        {"overrideSettings": {"explicitUploadEnabled": "true"}},
        {"somethingNew": 1},
        {
            "workflowDefinition": {
                "key": 10011,
                "credentials": [
                    {
                        "category": "ID",
                        "country": {"predefinedType": "RECOMMENDED", "values": ["AUT", "DEU"]},
                        "type": {"values": ["PASSPORT"]},
                    }
                ],
                "capabilities": {"watchlistScreening": {"searchProfile": "standard"}},
            }
        },
    ],
)
def test_a_request_within_the_documented_bounds_is_accepted(jumio: Driver, members: dict) -> None:
    assert jumio.open(**members).status_code == 200


@pytest.mark.parametrize(
    ("switch", "members"),
    [
        ({"relax_localhost_urls": False}, {"callbackUrl": "http://localhost:3000/hook"}),
        ({"return_url_query": "refuse_all"}, {"web": {"errorUrl": "https://a.example.com/?t=2"}}),
        ({"unknown_fields": "refuse"}, {"somethingNew": 1}),
        ({"unknown_fields": "refuse"}, {"web": {"success_url": "https://a.example.com/"}}),
        ({"known_locales_only": True}, {"web": {"locale": "xx"}}),
        ({"require_consent": True}, {}),
        (
            {"require_state_for_usa": True},
            {
                "userConsent": {
                    "userIp": "198.51.100.7",
                    "userLocation": {"country": "USA"},
                    "consent": {"obtained": "na"},
                }
            },
        ),
    ],
)
def test_stricter_switches_refuse_what_is_accepted_by_default(
    jumio: Driver, switch: dict, members: dict
) -> None:
    assert jumio.open(**members).status_code == 200
    jumio.sim.admin.patch_options(**switch)
    assert jumio.open(**members).status_code == 400


def test_the_newer_page_allows_braces_and_pipe(jumio: Driver) -> None:
    jumio.sim.admin.patch_options(reference_forbids_braces=False)
    assert jumio.open(customerInternalReference="a{b}|c").status_code == 200
    assert jumio.open(customerInternalReference="a%c").status_code == 400
