"""Jumio's words for what each capability finds, by decision type.

The first of a type is the usual one; a type that is missing does not occur. `docs/jumio.md` tells
which page has which, and marks the few that are inferred.
"""

Labels = dict[str, tuple[str, ...]]

_NOT_EXECUTED = ("PRECONDITION_NOT_FULFILLED", "TECHNICAL_ERROR")


def _labels(
    passed: str, rejected: tuple[str, ...], warning: tuple[str, ...], *not_executed: str
) -> Labels:
    named = {"PASSED": (passed,), "REJECTED": rejected, "WARNING": warning}
    named["NOT_EXECUTED"] = (*_NOT_EXECUTED, *not_executed)
    return {decision_type: labels for decision_type, labels in named.items() if labels}


def _checked(*not_executed: str) -> Labels:
    return _labels("OK", ("DENY",), ("ALERT",), *not_executed)


def _risk(*not_executed: str) -> Labels:
    return _labels("LOW_RISK", ("HIGH_RISK",), ("MEDIUM_RISK",), *not_executed)


_MANIPULATED = (
    *("PHOTO", "DOCUMENT_NUMBER", "EXPIRY", "DOB", "NAME", "ADDRESS", "SECURITY_CHECKS"),
    *("SIGNATURE", "PERSONAL_NUMBER", "PLACE_OF_BIRTH", "GENDER", "ISSUING_DATE"),
)

LABELS: dict[str, Labels] = {
    "usability": {
        "PASSED": ("OK",),
        "REJECTED": (
            *("BLURRED", "BAD_QUALITY", "BAD_QUALITY_IMAGE", "BLACK_WHITE", "DAMAGED_DOCUMENT"),
            *("DIGITAL_COPY", "DOCUMENT_CONTENT_NOT_SUPPORTED", "GLARE"),
            *("MISSING_MANDATORY_DATAPOINTS", "MISSING_PAGE", "MISSING_SIGNATURE"),
            *("NOT_A_DOCUMENT", "PART_OF_DOCUMENT_HIDDEN", "PART_OF_DOCUMENT_MISSING"),
            "PHOTOCOPY",
        ),
        "WARNING": ("UNSUPPORTED_DOCUMENT_TYPE", "UNSUPPORTED_COUNTRY", "LIVENESS_UNDETERMINED"),
        "NOT_EXECUTED": ("NOT_UPLOADED", "TECHNICAL_ERROR"),
    },
    "liveness": _labels(
        "OK",
        (
            *("LIVENESS_UNDETERMINED", "BLACK_WHITE", "DIGITAL_COPY", "FACE_NOT_FULLY_VISIBLE"),
            *("ID_USED_AS_SELFIE", "MANIPULATED", "MULTIPLE_PEOPLE", "NO_FACE_PRESENT"),
            "PHOTOCOPY",
        ),
        ("BAD_QUALITY", "AGE_DIFFERENCE"),
    ),
    "similarity": _labels("MATCH", ("NO_MATCH",), ("NOT_POSSIBLE",)),
    "authentication": _labels("OK", ("FAILED",), ()),
    "imageChecks": _labels(
        "OK",
        (
            *("FAKE", "CHIP_MISSING", "DIGITAL_COPY", "DIGITAL_MANIPULATION", "FAILED"),
            *("GHOST_IMAGE_DIFFERENT", "LOOKUPS_HIGH_RISK_FACE", "MISMATCH_FRONT_BACK"),
            *("OTHER_REJECTION", "PUNCHED", "SAMPLE", "WATERMARK", "MANIPULATED_DOCUMENT"),
            *(f"MANIPULATED_DOCUMENT_{what}" for what in _MANIPULATED),
        ),
        ("REPEATED_FACE", "DIFFERENT_PERSON", "GHOST_IMAGE_QUALITY_INSUFFICIENT"),
    ),
    "extraction": _labels("OK", (), ()),
    "dataChecks": _labels(
        "OK",
        (
            *("MISMATCHING_DATAPOINTS", "CUSTOMER_FEEDBACK", "HIGH_FRAUD_RISK"),
            *("ID_DATA_MISMATCH", "LOOKUPS_HIGH_RISK_DEVICE", "LOOKUPS_HIGH_RISK_IP_ADDRESS"),
            *("LOOKUPS_HIGH_RISK_SAME_DATA", "LOOKUPS_HIGH_RISK_SAME_FACE_MISMATCHING_DATA"),
            *("MISMATCHING_DATA_REPEATED_FACE", "MISMATCH_HRZ_MRZ_DATA", "MRZ_CHECKSUM"),
            "NFC_CERTIFICATE",
        ),
        (
            *("DOCUMENT_EXPIRY_WITHIN_CONFIGURED_LIMIT", "ID_DATA_INVALID"),
            *("ID_DATA_MISMATCH_LOW_CONFIDENCE", "LOOKUPS_MEDIUM_RISK_DEVICE"),
            *("LOOKUPS_MEDIUM_RISK_IP_ADDRESS", "LOOKUPS_MEDIUM_RISK_SAME_DOCUMENT_NUMBER"),
            "UNREADABLE_DATASOURCE",
        ),
    ),
    "watchlistScreening": _labels(
        "OK",
        (),
        ("ALERT",),
        *("EXTRACTION_NOT_DONE", "INVALID_MERCHANT_SETTINGS", "NOT_ENOUGH_DATA"),
        *("NO_VALID_ID_CREDENTIAL", "VALIDATION_FAILED"),
    ),
    "addressValidation": _checked("NOT_ENOUGH_DATA", "UNSUPPORTED_COUNTRY"),
    "proofOfResidency": _checked("NOT_ENOUGH_DATA", "UNSUPPORTED_COUNTRY"),
    "drivingLicenseVerification": _checked(
        *("NOT_ENOUGH_DATA", "UNSUPPORTED_COUNTRY", "UNSUPPORTED_STATE", "VALIDATION_FAILED")
    ),
    "braCpfValidation": _checked("NOT_ENOUGH_DATA"),
    "biometricVerification": _risk("PERMISSION_DENIED"),
    "emailVerification": _risk("NOT_ENOUGH_DATA"),
    "phoneVerification": _risk("NOT_ENOUGH_DATA", "PERMISSION_DENIED"),
    "geoIpVerification": _risk("NOT_ENOUGH_DATA"),
    "deviceRiskVerification": _risk("NOT_ENOUGH_DATA"),
}

UNNAMED = _checked("NOT_ENOUGH_DATA")
"""Of a capability that a tenant has made up."""
