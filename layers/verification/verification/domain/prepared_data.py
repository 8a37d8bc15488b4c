"""The data about a person that a step needs: from where it says, in Jumio's formats, never kept."""

import re
from collections.abc import Mapping
from typing import Any

from verification.domain.errors import ApplicantRequired, InvalidRequest
from verification.domain.formats import PREPARED_DATA
from verification.domain.journeys import Journey
from verification.domain.steps import Input, Step

_VERIFIABLE = ("email", "phone_number")  # how claims end that count only if verified
_NO_TEXT = re.compile(r"\[.*\]|\{.*\}|map\[.*\]|true|false|<nil>", re.DOTALL)
_MOST_MEMBERS = 40


def flattened(applicant: Mapping[str, Any]) -> dict[str, str]:
    """The members of a request's ``applicant`` by dotted name; raises InvalidRequest."""
    flat: dict[str, str] = {}
    for name, value in applicant.items():
        members = value.items() if isinstance(value, dict) else [("", value)]
        for member, text in members:
            path = f"{name}.{member}" if member else name
            if not isinstance(text, str) or len(flat) >= _MOST_MEMBERS:
                raise InvalidRequest.of(f"applicant.{path}", "a text, or an object of texts")
            flat[path] = text
    return flat


def require_well_formed(journey: Journey, applicant: Mapping[str, str]) -> None:
    """Raises InvalidRequest for a member that no step asks for, or in the wrong format.

    So nothing is opened, and paid for, by a request that a later step would refuse.
    """
    asking = {
        name: step
        for step in journey.steps
        for name, wanted in step.inputs.items()
        if wanted.source == "applicant"
    }
    for name, value in applicant.items():
        if name not in asking:
            raise InvalidRequest.of(f"applicant.{name}", "this journey does not ask for it")
        if value:
            _formatted(asking[name], name, value)


def prepared_data(
    step: Step, applicant: Mapping[str, str], claims: Mapping[str, Any], source_ip: str
) -> dict[str, Any]:
    """What to send for a step, nested as Jumio wants it.

    Raises ApplicantRequired with the fields to ask the person for, InvalidRequest for a
    field in the wrong format.
    """
    found = {
        name: _value(name, wanted, applicant, claims, source_ip)
        for name, wanted in step.inputs.items()
    }
    missing = [
        name for name, value in found.items() if not value and not step.inputs[name].optional
    ]
    if missing:
        raise ApplicantRequired.asking_for(_asked_of(step, name) for name in missing)
    data: dict[str, Any] = {}
    for name, value in found.items():
        if value:
            group, _, member = name.rpartition(".")
            place = data.setdefault(group, {}) if group else data
            place[member] = _formatted(step, name, value)
    return data


def _value(
    name: str,
    wanted: Input,
    applicant: Mapping[str, str],
    claims: Mapping[str, Any],
    source_ip: str,
) -> str | None:
    if wanted.source == "applicant":
        return applicant.get(name)
    if wanted.source == "source-ip":
        return source_ip
    claim = wanted.source.removeprefix("claim:")
    verified = str(claims.get(f"{claim}_verified", "")).lower() == "true"
    if claim.lower().endswith(_VERIFIABLE) and not verified:
        return None  # what the issuer has not verified is not the person's
    return _text_of(claims.get(claim))


def _text_of(claim: object) -> str | None:
    """A text or a number; None for anything else, also in the gateway's notation.

    HTTP APIs hand on every claim as a text: arrays as ``[a b]``, objects as JSON or as
    ``map[a:b]``, and everything else as Go or JavaScript would print it.
    """
    if isinstance(claim, bool) or not isinstance(claim, (str, int, float)):
        return None
    text = str(claim).strip()
    return None if _NO_TEXT.fullmatch(text) else text


def _formatted(step: Step, name: str, value: str) -> str:
    try:
        return PREPARED_DATA[name](value)
    except ValueError as error:
        raise InvalidRequest.of(_asked_of(step, name), str(error)) from None


def _asked_of(step: Step, name: str) -> str:
    """Who can mend a member: the person through the request, or the issuer through a claim."""
    source = step.inputs[name].source
    return f"applicant.{name}" if source == "applicant" else source
