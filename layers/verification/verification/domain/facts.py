"""What a company may be told of a person whom it has had verified, as read off a document.

Names follow Jumio's ``capabilities.extraction[].data`` ("Calling retrieval APIs").
"""

from typing import Literal

Fact = Literal[
    "firstName",
    "lastName",
    "dateOfBirth",
    "gender",
    "nationality",
    "placeOfBirth",
    "address",
    "documentType",
    "documentSubtype",
    "documentNumber",
    "personalNumber",
    "issuingCountry",
    "issuingDate",
    "expiryDate",
]
