"""The `capabilities` that details show: an item per finding, with invented `data`."""

from collections.abc import Callable

from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.model import Execution, Finding, Json, Verdict
from jumio_simulator.world.options import Options

_REUSABLE = {"liveness": ("PASSED", "WARNING"), "authentication": ("PASSED",)}
Builder = Callable[[Finding, Execution, Options], Json | None]


def capability_items(execution: Execution, account_href: str, options: Options) -> Json:
    """Lists of items by capability; {} while nothing was found, and after a wipe."""
    if execution.outcome is None:
        return {}
    facemap = next((one for one in execution.credentials if "FACEMAP" in one.parts), None)
    facemap_href = f"{account_href}/credentials/{facemap.id}/parts/FACEMAP" if facemap else None

    def item(capability: str, finding: Finding) -> Json:
        # Later authentications find the facemap beside `data`, not in it, as captured.
        reusable = finding.verdict.type in _REUSABLE.get(capability, ())
        return present(
            {
                "id": finding.id,
                "credentials": [
                    {"id": one.id, "category": one.category} for one in finding.subjects
                ],
                "decision": decision_json(finding.verdict),
                "data": _data(capability, finding, execution, options),
                "validFaceMapForAuthentication": facemap_href if reusable else None,
            }
        )

    return {
        capability: [item(capability, finding) for finding in findings]
        for capability, findings in execution.outcome.findings.items()
    }


def decision_json(verdict: Verdict, score: int | None = None) -> Json:
    """`type`, `details.label` and, where there is a score, `risk.score`."""
    decision: Json = {"type": verdict.type, "details": {"label": verdict.label}}
    if score is not None:
        decision["risk"] = {"score": score}
    return decision


def present(document: Json) -> Json:
    """The document without the members that are None."""
    return {name: value for name, value in document.items() if value is not None}


def _data(capability: str, finding: Finding, execution: Execution, options: Options) -> Json | None:
    """The `data` block; {} where Jumio shows an empty one, None where it shows none."""
    if finding.verdict.type == "NOT_EXECUTED" and capability != "imageChecks":
        return {} if capability in {"extraction", "similarity", "watchlistScreening"} else None
    builders: dict[str, Builder] = {
        "liveness": _liveness,
        "authentication": _authentication,
        "similarity": _similarity,
        "imageChecks": _image_checks,
        "extraction": _extraction,
        "watchlistScreening": _screening,
        "emailVerification": _email,
        "geoIpVerification": _geo_ip,
    }
    build = builders.get(capability)
    return build(finding, execution, options) if build else None


def _liveness(finding: Finding, *_: object) -> Json | None:
    """None but for a pass: a captured warning has no `data`."""
    if finding.verdict.type != "PASSED":
        return None
    return {"type": "JUMIO_STANDARD", "predictedAge": 35, "ageConfidenceRange": "30-40"}


def _authentication(*_: object) -> Json:
    return {"type": "JUMIO_STANDARD"}


def _similarity(finding: Finding, *_: object) -> Json:
    words = {"PASSED": "MATCH", "REJECTED": "NOT_MATCH", "WARNING": "NOT_POSSIBLE"}
    return {"similarity": words[finding.verdict.type]}


def _image_checks(finding: Finding, execution: Execution, _: Options) -> Json | None:
    """The other executions with this face: for a repeated one, and where the document could not
    be read, as captured; a document that is not supported and one that passed have none."""
    usability = execution.outcome.findings.get("usability", []) if execution.outcome else []
    unreadable = any(one.verdict.type == "REJECTED" for one in usability)
    if finding.verdict.type != "WARNING" and not (
        finding.verdict.type == "NOT_EXECUTED" and unreadable
    ):
        return None
    return {"faceSearchFindings": {"status": "DONE", "findings": [execution.id]}}


def _extraction(_: Finding, execution: Execution, __: Options) -> Json:
    chosen = execution.document or {}
    country = chosen.get("country", "AUT")
    kind = chosen.get("document_type", "PASSPORT")
    return {
        "type": kind,
        "subType": "REGULAR_PASSPORT" if kind == "PASSPORT" else "NATIONAL_ID",
        "issuingCountry": country,
        "firstName": "ROBIN",
        "lastName": "SAMPLE",
        "dateOfBirth": "1991-04-17",
        "expiryDate": "2031-09-30",
        "issuingDate": "2021-10-01",
        "documentNumber": "SIM0012345",
        "gender": "X",
        "nationality": country,
        "currentAge": "35",
        "dateOfBirthParts": {"year": "1991", "month": "04", "day": "17"},
        "expiryDateParts": {"year": "2031", "month": "09", "day": "30"},
        "issuingDateParts": {"year": "2021", "month": "10", "day": "01"},
        "address": {"country": country, "formattedAddress": country},
    }


def _screening(finding: Finding, execution: Execution, options: Options) -> Json:
    moment = execution.completed_at or 0.0
    return {
        "searchDate": timestamp(moment),
        "searchId": str(int(moment) % 10**9),
        "searchReference": f"{int(moment)}-{finding.id[:8]}",
        "searchResultUrl": f"https://screening.example/search/{finding.id}",
        "searchResults": 0 if finding.verdict.type == "PASSED" else 3,
        "searchStatus": options.search_status,
    }


def _email(finding: Finding, execution: Execution, _: Options) -> Json:
    email = str(execution.prepared_data.get("email", ""))
    risky = finding.verdict.type == "REJECTED"
    return {
        "emailVerificationStatus": "NotVerified" if risky else "Verified",
        "firstVerifiedAt": "2019-02-11T00:00:00Z",
        "totalHits": "0" if risky else "4",
        "emailExists": "No" if risky else "Yes",
        "domainExists": "Yes",
        "domainName": email.rpartition("@")[2],
        "domainCompany": "Example Mail",
        "domainRiskLevel": "High" if risky else "Low",
        "domainCreationDate": "2001-06-05T00:00:00Z",
        "advice": "Fraud Review" if risky else "Lower Fraud Risk",
        "domainCountry": "AUT",
        "domainCategory": "Webmail",
        "domainCorporate": "No",
    }


def _geo_ip(finding: Finding, *_: object) -> Json:
    return {
        "country": "AUT",
        "state": "Vienna",
        "city": "Vienna",
        "isp": "Example Net",
        "organization": "Example Net",
        "latitude": 48.2,
        "longitude": 16.37,
        "accuracyRadius": 20,
        "anonymousVPN": finding.verdict.type != "PASSED",
        "satelliteProvider": False,
    }
