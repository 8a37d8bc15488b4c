"""What people are asked for in the scenarios."""

import json

from verification.domain.journeys import load_journeys

DAY = 86400
VALIDITY = 900  # seconds, of an approval of "renewed"
WITH_DATA = "10163"
_EMAIL = {"email": {"from": "applicant"}}
_ONCE = {"attempts": {"limit": 20}, "tokenLifetime": "10m"}
JOURNEYS = load_journeys(
    json.dumps(
        {
            "version": 1,
            "journeys": [
                {"name": "identity", "steps": [{"name": "identity", **_ONCE}]},
                {
                    "name": "screened",
                    "steps": [
                        {
                            "name": "email",
                            "kind": "screening",
                            "workflowKey": WITH_DATA,
                            "inputs": _EMAIL,
                            **_ONCE,
                        },
                        {"name": "identity", **_ONCE},
                    ],
                },
                {
                    "name": "informed",
                    "steps": [
                        {"name": "identity", "workflowKey": WITH_DATA, "inputs": _EMAIL, **_ONCE}
                    ],
                },
                {
                    "name": "renewed",
                    "repeatable": True,
                    "steps": [{"name": "identity", "validity": VALIDITY, **_ONCE}],
                },
                {
                    "name": "strict",
                    "repeatable": True,
                    "failedRenewal": "revoke",
                    "steps": [{"name": "identity", "validity": VALIDITY, **_ONCE}],
                },
                {
                    "name": "retained",
                    "retainDays": 1,
                    "steps": [{"name": "identity", **_ONCE}],
                },
            ],
        }
    )
)
