"""How data-only workflows decide: from the submitted data, by rules a test can aim at.

The rules are this simulator's own; real checks look at the world. `docs/simulator.md` lists them.
"""

from jumio_simulator.world.model import Json, Verdict
from jumio_simulator.world.verdicts import NOT_ENOUGH_DATA, usual_verdict
from jumio_simulator.world.workflows import Workflow


def lookup(data: Json, path: str) -> object:
    """The value at a dotted path such as `address.country`, or None."""
    value: object = data
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _by_words(text: str) -> str:
    if "reject" in text or "sanction" in text:
        return "REJECTED"
    return "WARNING" if "warn" in text or "alert" in text else "PASSED"


def _by_digits(digits: str) -> str:
    if digits.endswith("0000"):
        return "REJECTED"
    return "WARNING" if digits.endswith("1111") else "PASSED"


def _by_address(address: str) -> str:
    last = address.replace(":", ".").rpartition(".")[2]
    if last in {"250", "bad"}:
        return "REJECTED"
    return "WARNING" if last in {"150", "aaa"} else "PASSED"


def wanted_type(capability: str, data: Json) -> str:
    """PASSED, WARNING or REJECTED for this capability and this prepared data."""
    text = {
        "emailVerification": str(data.get("email", "")).partition("@")[0],
        "phoneVerification": str(data.get("phoneNumber", "")),
        "geoIpVerification": str(data.get("ipAddress", "")),
        "braCpfValidation": str(lookup(data, "id.idNumber")),
        "drivingLicenseVerification": str(lookup(data, "id.idNumber")),
        "watchlistScreening": f"{data.get('firstName', '')} {data.get('lastName', '')}",
    }.get(capability, str(lookup(data, "address.line1"))).lower()
    if capability == "geoIpVerification":
        return _by_address(text)
    if capability in {"phoneVerification", "braCpfValidation", "drivingLicenseVerification"}:
        return _by_digits(text)
    return _by_words(text)


def decide_from_data(workflow: Workflow, data: Json) -> tuple[dict[str, Verdict], int | None]:
    """Verdicts for every capability, and a risk score where the rules force one.

    Screening has no REJECTED of its own: a sanctioned name is an ALERT scored 100, as a tenant's
    rule would.
    """
    if any(lookup(data, path) in (None, "") for path in workflow.required_data):
        return dict.fromkeys(workflow.capabilities, NOT_ENOUGH_DATA), None
    return impose({name: wanted_type(name, data) for name in workflow.capabilities})


def impose(wanted: dict[str, str]) -> tuple[dict[str, Verdict], int | None]:
    """The usual verdicts for the wanted types, milder where a capability has no such type."""
    verdicts: dict[str, Verdict] = {}
    score = None
    for name, decision_type in wanted.items():
        verdict = usual_verdict(name, decision_type)
        if verdict is None:
            verdict = usual_verdict(name, "WARNING") or usual_verdict(name, "PASSED")
            score = 100 if decision_type == "REJECTED" else 50
        if verdict is not None:
            verdicts[name] = verdict
    return verdicts, score
