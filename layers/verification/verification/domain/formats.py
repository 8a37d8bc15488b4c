"""Formats of what people and issuers tell us, as Jumio documents them ("Prepared data")."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime

import iso3166

Format = Callable[[str], str]
"""Takes a text and gives it back as Jumio wants it; raises ValueError with the reason."""

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,63}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_JOINERS = "\u200c\u200d"
_VIRAMA = 9  # the combining class of signs that join letters
_COMPOSABLE = re.compile("[^\uf900-\ufaff\U0002f800-\U0002fa1f]+")
_LONGEST_TEXT = 100  # in UTF-16, as Java and JavaScript count


def alpha3(value: str) -> str:
    """ISO 3166 alpha-3 of an alpha-2 or alpha-3 code."""
    country = iso3166.countries_by_alpha2.get(value) or iso3166.countries_by_alpha3.get(value)
    if country is None:
        raise ValueError("not an ISO 3166 country code")
    return str(country.alpha3)


def _text(value: str) -> str:
    """A name or a line of an address, in any script.

    Blanks of every width become U+0020, and letters are composed, except for the
    compatibility ideographs, which people know for different characters of their names.
    """
    plain = "".join(" " if unicodedata.category(one) == "Zs" else one for one in value)
    plain = plain.strip(" ")
    if not all(_written(plain, at) for at in range(len(plain))):
        raise ValueError("letters, digits, signs and blanks, nothing invisible")
    text = _COMPOSABLE.sub(lambda part: unicodedata.normalize("NFC", part[0]), plain)
    if not 1 <= len(text.encode("utf-16-le")) // 2 <= _LONGEST_TEXT:
        raise ValueError(f"1 to {_LONGEST_TEXT} characters")
    return text


def _written(text: str, at: int) -> bool:
    """Whether a character is one that people write; joiners only as writing needs them."""
    if text[at] not in _JOINERS:
        return unicodedata.category(text[at]) not in ("Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn")
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return _is_letter(before) and (_is_letter(after) or unicodedata.combining(before) == _VIRAMA)


def _is_letter(text: str) -> bool:
    """Whether it is a letter, or a sign that belongs to one."""
    return bool(text) and unicodedata.category(text)[0] in "LM"


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value) or not value.isprintable():
        raise ValueError("not an e-mail address")
    return value


def _phone(value: str) -> str:
    if not _E164.fullmatch(value):
        raise ValueError("not a phone number in E.164 form, like +431234567")
    return value


def _date(value: str) -> str:
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass  # the 31st of February
    raise ValueError("not a date like 1990-12-31")


def _past(value: str) -> str:
    if date.fromisoformat(_date(value)) >= datetime.now(UTC).date():
        raise ValueError("not a date in the past")
    return value


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError("not an IP address") from None


def _one_of(*words: str) -> Format:
    def known(value: str) -> str:
        if value not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return value

    return known


_NAMES = "firstName", "middleName", "lastName", "paternalSurname", "maternalSurname", "suffix"

PREPARED_DATA: dict[str, Format] = {
    **dict.fromkeys(_NAMES, _text),
    "sex": _one_of("M", "F", "X"),
    "dateOfBirth": _past,
    "socialSecurityNumber": _text,
    "personalNumber": _text,
    "nationality": alpha3,
    "email": _email,
    "phoneNumber": _phone,
    "phoneNumber2": _phone,
    "ipAddress": _address,
    **{f"address.line{number}": _text for number in range(1, 6)},
    **dict.fromkeys(
        ("address.city", "address.postalCode", "address.subdivision", "address.state"), _text
    ),
    "address.country": alpha3,
    "id.idNumber": _text,
    "id.issuingDate": _date,
    "id.expiryDate": _date,
    "id.type": _one_of("PASSPORT", "DRIVING_LICENSE", "ID_CARD", "VISA", "PERMIT"),
    "kyc.registrationDate": _date,
    "kyc.registrationIpAddress": _address,
}
"""Every member of Jumio's prepared data by its dotted name."""
