"""Invented contents of `data` blocks, and an image for whoever retrieves one."""

import struct
import zlib
from collections.abc import Callable

from jumio_simulator.world.clock import timestamp
from jumio_simulator.world.model import Json, new_id

Builder = Callable[[str, Json], Json | None]


def placeholder_png(size: int = 320) -> bytes:
    """A grey square: a valid PNG of `size` pixels a side."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\xb4" * size) * size)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def capability_data(capability: str, decision_type: str, context: Json) -> Json | None:
    """The `data` block; {} where Jumio shows an empty one, None where it shows none."""
    if decision_type == "NOT_EXECUTED":
        return {} if capability in {"extraction", "similarity", "watchlistScreening"} else None
    builders: dict[str, Builder] = {
        "liveness": _liveness,
        "similarity": _similarity,
        "imageChecks": _image_checks,
        "extraction": _extraction,
        "watchlistScreening": _screening,
        "emailVerification": _email,
        "geoIpVerification": _geo_ip,
    }
    build = builders.get(capability)
    return build(decision_type, context) if build else None


def _liveness(decision_type: str, context: Json) -> Json | None:  # noqa: ARG001 - one shape for all builders
    """None but for a pass: a captured warning has no `data`."""
    if decision_type != "PASSED":
        return None
    return {"type": "JUMIO_STANDARD", "predictedAge": 35, "ageConfidenceRange": "30-40"}


def _similarity(decision_type: str, context: Json) -> Json:  # noqa: ARG001 - one shape for all builders
    words = {"PASSED": "MATCH", "REJECTED": "NOT_MATCH", "WARNING": "NOT_POSSIBLE"}
    return {"similarity": words[decision_type]}


def _image_checks(decision_type: str, context: Json) -> Json | None:
    """The other executions with this face, for a repeated face only, as captured."""
    if decision_type != "WARNING":
        return None
    return {"faceSearchFindings": {"status": "DONE", "findings": [context["execution_id"]]}}


def _extraction(decision_type: str, context: Json) -> Json:  # noqa: ARG001 - one shape for all builders
    country = context.get("country", "AUT")
    return {
        "type": context.get("document_type", "PASSPORT"),
        "subType": "REGULAR_PASSPORT"
        if context.get("document_type", "PASSPORT") == "PASSPORT"
        else "NATIONAL_ID",
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


def _screening(decision_type: str, context: Json) -> Json:
    reference = new_id()
    return {
        "searchDate": timestamp(context["now"]),
        "searchId": str(int(context["now"]) % 10**9),
        "searchReference": f"{int(context['now'])}-{reference[:8]}",
        "searchResultUrl": f"https://screening.example/search/{reference}",
        "searchResults": 0 if decision_type == "PASSED" else 3,
        "searchStatus": context["search_status"],
    }


def _email(decision_type: str, context: Json) -> Json:
    email = str(context["prepared_data"].get("email", ""))
    risky = decision_type == "REJECTED"
    return {
        "emailVerificationStatus": "NotVerified" if risky else "Verified",
        "firstVerifiedAt": "2019-02-11T00:00:00Z",
        "totalHits": "0" if risky else "4",
        "emailExists": "No" if risky else "Yes",
        "domainExists": "Yes",
        "domainName": email.rpartition("@")[2],
        "domainRiskLevel": "High" if risky else "Low",
        "domainCreationDate": "2001-06-05T00:00:00Z",
        "advice": "Fraud Review" if risky else "Lower Fraud Risk",
        "domainCountry": "AUT",
        "domainCategory": "Webmail",
        "domainCorporate": "No",
    }


def _geo_ip(decision_type: str, context: Json) -> Json:  # noqa: ARG001 - one shape for all builders
    return {
        "country": "AUT",
        "state": "Vienna",
        "city": "Vienna",
        "isp": "Example Net",
        "organization": "Example Net",
        "latitude": 48.2,
        "longitude": 16.37,
        "accuracyRadius": 20,
        "anonymousVPN": decision_type != "PASSED",
        "satelliteProvider": False,
    }
