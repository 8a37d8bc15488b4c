"""What the items of capabilities say in `data`; all of it is invented."""

from collections.abc import Callable

from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.model import Execution, Finding, Json
from jumio_simulator.world.options import Options

Builder = Callable[[Finding, Execution, Options], Json | None]


def finding_data(
    capability: str, finding: Finding, execution: Execution, options: Options
) -> Json | None:
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
        "proofOfResidency": _residency,
        "drivingLicenseVerification": _driving_license,
        "biometricVerification": _biometrics,
        "emailVerification": _email,
        "phoneVerification": _phone,
        "geoIpVerification": _geo_ip,
        "deviceRiskVerification": _device,
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
        **_of_document(kind, country),
    }


def _of_document(kind: str, country: str) -> Json:
    """What only some kinds of documents show."""
    address = {
        "line1": "7 SAMPLE STREET",
        "city": "SAMPLETON",
        "postalCode": "SIM 1010",
        "subdivision": "SAMPLESHIRE",
        "country": country,
        "formattedAddress": f"7 SAMPLE STREET, SIM 1010 SAMPLETON, {country}",
    }
    shown: dict[str, Json] = {
        "PASSPORT": {
            "subType": "REGULAR_PASSPORT",
            "personalNumber": "SIM<<91<<0417",
            "optionalMrzField1": "SIM<<<<<<<<<<<",
            "placeOfBirth": "SAMPLETON",
            "issuingAuthority": "SAMPLE OFFICE",
        },
        "ID_CARD": {"subType": "NATIONAL_ID", "placeOfBirth": "SAMPLETON", "address": address},
        "DRIVING_LICENSE": {
            "subType": "REGULAR_DRIVING_LICENSE",
            "state": "SAMPLESHIRE",
            "issuingPlace": "SAMPLETON",
            "dlCategories": [{"category": "B"}],
            "address": address,
        },
        "VISA": {
            "subType": "VISA",
            "passportNumber": "SIMP001234",
            "durationOfStay": "90",
            "numberOfEntries": "2",
            "visaCategory": "C",
        },
    }
    return shown.get(kind, {"subType": "OTHER_ID"})


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


def _residency(finding: Finding, *_: object) -> Json:
    return {"reasonMessage": f"Simulated: {finding.verdict.label}"}


def _driving_license(finding: Finding, *_: object) -> Json:
    return dict.fromkeys(("nameMatch", "firstNameMatch", "lastNameMatch"), _match(finding))


def _biometrics(finding: Finding, *_: object) -> Json:
    names = ("nameMatch", "dobMatch", "pincodeMatch", "cityMatch", "faceMatch")
    return dict.fromkeys(names, _match(finding))


def _match(finding: Finding) -> str:
    return "MATCH" if finding.verdict.type == "PASSED" else "NOT_MATCH"


def _phone(finding: Finding, *_: object) -> Json:
    return {
        "phoneType": "MOBILE",
        "carrier": "Example Mobile",
        "blocked": finding.verdict.type == "REJECTED",
        "riskInsights": {
            "relativeRisk": ["LOW ACTIVITY"],
            "applicationToPersonTraffic": ["SEEN IN THE LAST 1 DAY"],
            "personToPersonTraffic": ["NO P2P DATA ANALYZED"],
        },
    }


def _device(finding: Finding, *_: object) -> Json:
    risky = finding.verdict.type == "REJECTED"
    return {
        "deviceModel": "SIMULATED",
        "deviceOS": "SIMULATED 1.0",
        "deviceScreen": "1600X900",
        "deviceFirstSeen": "2024-05-06T07:08:09.000Z",
        "deviceIsNew": False,
        "deviceAlerts": ["Device Risk Global"] if risky else [],
        "metaDataAge": "86400",
        "browser": "SIMULATED",
        "browserVersion": "1.0",
        "browserLanguage": "EN-US",
        "browserTimezone": "+01:00",
        "browserCookiesEnabled": True,
        "flashEnabled": False,
        "trueIP": "203.0.113.77",
        "statedIp": "203.0.113.77",
        "isp": "Example Net",
        "ipLocationCity": "VIENNA",
        "ipLocationRegion": "VIENNA",
        "ipLocationCountry": "AUT",
        "ipLocationLatitude": "48.2",
        "ipLocationLongitude": "16.37",
    }
