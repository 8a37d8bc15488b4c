"""``POST /sessions``: its body, what we make of it, and its answer."""

import hashlib
import json
import logging
import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
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

from verification.domain.consent import Consent
from verification.domain.errors import InvalidRequest
from verification.domain.formats import alpha3
from verification.domain.locales import LISTED
from verification.domain.steps import JourneyName, WebLocale
from verification.edge.http.caller import caller_of
from verification.edge.http.request import Request
from verification.edge.http.response import respond
from verification.edge.validation import validated
from verification.observability import LogCode
from verification.use_cases.create_session import Answered, Asked, Ending, KeyUse

_logger = logging.getLogger(__name__)
_KEY = re.compile(r'(?P<quote>"?)(?P<key>[\x21\x23-\x5b\x5d-\x7e]{1,255})(?P=quote)')
_OLDEST_CONSENT = timedelta(days=3 * 365)
_FASTEST_CLOCK = timedelta(days=1)  # of a phone; by more it is no clock's fault
_STATUSES = {
    Ending.OPENED: HTTPStatus.CREATED,
    Ending.RESUMED: HTTPStatus.OK,
    Ending.RUNNING: HTTPStatus.ACCEPTED,
    Ending.NOTHING_LEFT: HTTPStatus.NO_CONTENT,
}
_SOON = 2  # seconds after which a screening usually has its result


def _moment(value: object) -> object:
    """Only text is a moment: a bare number would be taken for seconds since 1970."""
    if isinstance(value, str) and not value.isdecimal():
        return value
    raise ValueError("not a time like 2026-11-23T08:15:00Z")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConsentBody(_Body):
    """Where a person is and what they agreed to."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$"), AfterValidator(alpha3)]
    state: str | None = Field(None, min_length=1, max_length=100)
    obtained: Literal["yes", "no", "na"] | None = None
    obtained_at: Annotated[AwareDatetime, BeforeValidator(_moment)] | None = Field(
        None, alias="obtainedAt"
    )

    @field_validator("obtained_at")
    @classmethod
    def _recent(cls, value: datetime | None) -> datetime | None:
        if value and not -_FASTEST_CLOCK <= datetime.now(UTC) - value <= _OLDEST_CONSENT:
            raise ValueError("must lie within the last three years")
        return value

    @property
    def consent(self) -> Consent:
        at = min(self.obtained_at, datetime.now(UTC)) if self.obtained_at else None
        return Consent(self.country, self.state, self.obtained, _utc(at) if at else None)


class SessionRequest(_Body):
    """What a frontend may ask for; everything else is configuration."""

    channel: Literal["sdk", "web"]
    journey: JourneyName | None = None
    locale: WebLocale | None = None
    renew: StrictBool = False
    consent: ConsentBody | None = None
    applicant: dict[str, Any] = {}

    @field_validator("locale")
    @classmethod
    def _locale_is_for_the_web(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("channel") == "sdk":
            raise ValueError("for the web channel only: an SDK takes the device's")
        return value


def asked(request: Request, public_base_url: str, subject_claim: str) -> Asked:
    """What a request asks for; raises InvalidRequest or Forbidden."""
    for name in SessionRequest.model_fields:
        if request.query(name):  # it would have no effect, and another journey would be paid for
            raise InvalidRequest.of(name, "belongs into the body")
    body = validated(SessionRequest, request.json_body())
    if body.locale and body.locale not in LISTED:
        _logger.warning(LogCode.LOCALE_UNLISTED)
    return Asked(
        caller=caller_of(request.claims, subject_claim),
        channel=body.channel,
        journey=body.journey,
        locale=body.locale,
        renew=body.renew,
        consent=body.consent.consent if body.consent else None,
        applicant=body.applicant,
        claims=request.claims,
        source_ip=request.source_ip,
        callback_base=public_base_url or request.base_url,
        request_id=request.request_id,
        key=key_use(request.header("idempotency-key"), body),
        attestation=request.header("app-attestation"),
        token_hash=_token_hash(request),
    )


def key_use(idempotency_key: str | None, body: SessionRequest) -> KeyUse | None:
    """The request's use of its ``Idempotency-Key``; raises InvalidRequest.

    However a body is written, the same request is the same text.
    """
    if idempotency_key is None:
        return None
    match = _KEY.fullmatch(idempotency_key)
    if not match:
        raise InvalidRequest.of("Idempotency-Key", "1 to 255 visible characters")
    return KeyUse(match["key"], json.dumps(body.model_dump(mode="json"), sort_keys=True))


def _token_hash(request: Request) -> str:
    """The digest of the access token, as DPoP's ``ath`` (RFC 9449); a scheme may precede it."""
    token = (request.header("authorization") or "").strip().rpartition(" ")[2]
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()


def session_response(answered: Answered) -> dict[str, Any]:
    """Exactly what the channel needs, and nothing else that came from Jumio."""
    status = _STATUSES[answered.ending]
    if answered.ending is Ending.RUNNING:
        return respond(status, {}, {"Retry-After": str(_SOON)})
    if answered.ending is Ending.NOTHING_LEFT:
        return respond(status, None)
    if answered.token:
        return respond(status, {"sdk": {"token": answered.token}})
    return respond(status, {"web": {"href": answered.href}})


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
