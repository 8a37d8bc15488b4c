"""The body of ``POST /sessions``, and what we make of it."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationInfo,
    field_validator,
)

from verification.domain.errors import ConsentRequired, InvalidRequest
from verification.domain.formats import alpha3
from verification.domain.identity import Pepper, seal
from verification.domain.journeys import JourneyName, Step, WebLocale
from verification.jumio import Person
from verification.store import Claim

_KEY = re.compile(r'(?P<quote>"?)(?P<key>[\x21\x23-\x5b\x5d-\x7e]{1,255})(?P=quote)')
_OLDEST_CONSENT = timedelta(days=3 * 365)
_CONSENT_COUNTRY = "USA"


def _moment(value: object) -> object:
    """Only text is a moment: a bare number would be taken for seconds since 1970."""
    if isinstance(value, str) and not value.isdecimal():
        return value
    raise ValueError("not a time like 2026-11-23T08:15:00Z")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Consent(_Body):
    """Where a person is and what they agreed to. Source: Jumio, "End-user consent"."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$"), AfterValidator(alpha3)]
    state: str | None = Field(None, min_length=1, max_length=100)
    obtained: Literal["yes", "no", "na"] | None = None
    obtained_at: Annotated[AwareDatetime, BeforeValidator(_moment)] | None = Field(
        None, alias="obtainedAt"
    )

    @field_validator("obtained_at")
    @classmethod
    def _recent(cls, value: datetime | None) -> datetime | None:
        if value and not timedelta(minutes=-5) <= datetime.now(UTC) - value <= _OLDEST_CONSENT:
            raise ValueError("must lie within the last three years")
        return value

    def missing(self) -> list[str]:
        """Names of the fields that Jumio demands on top of what is here."""
        if self.country == _CONSENT_COUNTRY and self.obtained is None:
            return ["consent.obtained"]
        if self.obtained == "yes" and self.obtained_at is None:
            return ["consent.obtainedAt"]
        return []


class SessionRequest(_Body):
    """What a frontend may ask for; everything else is configuration."""

    channel: Literal["sdk", "web"]
    journey: JourneyName | None = None
    locale: WebLocale | None = None
    renew: StrictBool = False
    consent: Consent | None = None
    applicant: dict[str, Any] = {}

    @field_validator("locale")
    @classmethod
    def _locale_is_for_the_web(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("channel") == "sdk":
            raise ValueError("for the web channel only: an SDK takes the device's")
        return value

    def person(self, step: Step, ip: str) -> Person | None:
        """What Jumio is told about the person; raises ConsentRequired if that is not enough."""
        if self.consent is None:
            if step.consent == "required":
                raise _ask_for(["consent.country"])
            return None
        if missing := self.consent.missing():
            raise _ask_for(missing)
        at = self.consent.obtained_at
        return Person(
            ip=ip,
            country=self.consent.country,
            state=self.consent.state,
            obtained=self.consent.obtained,
            obtained_at=_utc(at) if at else None,
        )

    def claim(self, idempotency_key: str | None, pepper: Pepper) -> Claim | None:
        """The request's use of its ``Idempotency-Key``; raises InvalidRequest.

        The digests are keyed: a plain one of so little text could be guessed back.
        """
        if idempotency_key is None:
            return None
        match = _KEY.fullmatch(idempotency_key)
        if not match:
            raise InvalidRequest(
                "The request is not valid.",
                fields=[{"field": "Idempotency-Key", "reason": "1 to 255 visible characters"}],
            )
        body = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return Claim(*(seal(pepper.key, text.encode()) for text in (match["key"], body)))


def _ask_for(fields: list[str]) -> ConsentRequired:
    return ConsentRequired(
        "Ask the person, then send the request again with these fields.",
        fields=[{"field": field, "reason": "needed"} for field in fields],
    )


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
