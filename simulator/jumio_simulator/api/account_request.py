"""The body of an account call, field by field as documented."""

import re
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from jumio_simulator.api.url_rules import check_callback_url, check_return_url
from jumio_simulator.world.options import Options

# fmt: off
LOCALES = frozenset((
    "ar", "bg", "cs", "da", "de", "el", "en", "en-GB", "en-US", "es", "es-MX", "et", "fi", "fr",
    "he", "hr", "hu", "hy", "id", "it", "ja", "ka", "km", "ko", "lt", "ms", "nl", "no", "pl", "pt",
    "pt-BR", "ro", "ru", "sk", "sr", "sv", "th", "tr", "uk", "vi", "zh-CN", "zh-HK",
))
# fmt: on
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
ID_TYPES = {"ID_CARD", "DRIVING_LICENSE", "PASSPORT", "VISA"}
FACEMAP_TYPES = {"IPROOV_STANDARD", "IPROOV_PREMIUM", "JUMIO_STANDARD"}
UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
Alpha3 = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Reference = Annotated[str, Field(min_length=1, max_length=100)]


def _options(info: ValidationInfo) -> Options:
    options: Options = (info.context or {})["options"]
    return options


class Body(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)

    @model_validator(mode="after")
    def _refuse_unknown(self, info: ValidationInfo) -> Self:
        if _options(info).unknown_fields == "refuse" and self.model_extra:
            raise ValueError(f"unknown field {min(self.model_extra)}")
        return self


class Preset(Body):
    predefinedType: Literal["DEFINED", "RECOMMENDED"] = "DEFINED"  # noqa: N815 - Jumio's name
    values: Annotated[list[str], Field(min_length=1)]


class CredentialRequest(Body):
    category: Literal["ID", "FACEMAP", "SELFIE", "DOCUMENT", "DATA"]
    label: Annotated[str, Field(max_length=255)] | None = None
    id: Annotated[str, Field(pattern=UUID)] | None = None
    country: Preset | None = None
    type: Preset | None = None

    @model_validator(mode="after")
    def _check_presets(self) -> Self:
        if self.country and not all(re.fullmatch("[A-Z]{3}", one) for one in self.country.values):
            raise ValueError("country values are ISO 3166-1 alpha-3 codes")
        known = {"ID": ID_TYPES, "FACEMAP": FACEMAP_TYPES}.get(self.category)
        if self.type and known and not set(self.type.values) <= known:
            raise ValueError(f"type values of {self.category} are {', '.join(sorted(known))}")
        if self.category == "DOCUMENT" and (self.country or self.type):
            presets = (self.country, self.type)
            if not all(preset and len(preset.values) == 1 for preset in presets):
                raise ValueError("DOCUMENT takes exactly one country and one type")
        return self


class WorkflowDefinition(Body):
    key: Annotated[int, Field(ge=0)] | Annotated[str, Field(min_length=1, max_length=255)]
    credentials: list[CredentialRequest] = []
    capabilities: dict[str, Any] = {}


class Web(Body):
    successUrl: Annotated[str, Field(max_length=255)] | None = None  # noqa: N815 - Jumio's name
    errorUrl: Annotated[str, Field(max_length=255)] | None = None  # noqa: N815 - Jumio's name
    locale: Annotated[str, Field(max_length=5, pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] | None = None

    @field_validator("successUrl", "errorUrl")
    @classmethod
    def _check_url(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None:
            check_return_url(value, _options(info))
        return value

    @field_validator("locale")
    @classmethod
    def _check_locale(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and _options(info).known_locales_only and value not in LOCALES:
            raise ValueError("not a supported locale")
        return value


class UserLocation(Body):
    country: Alpha3
    state: Annotated[str, Field(max_length=100)] | None = None


class Consent(Body):
    obtained: Literal["yes", "no", "na"]
    obtainedAt: str | None = None  # noqa: N815 - Jumio's name

    @model_validator(mode="after")
    def _check_time(self, info: ValidationInfo) -> Self:
        if self.obtainedAt is None:
            if self.obtained == "yes":
                raise ValueError("obtainedAt is required when consent was obtained")
            return self
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", self.obtainedAt):
            raise ValueError("obtainedAt has the form YYYY-MM-DDThh:mm:ss.SSSZ")
        moment = datetime.fromisoformat(self.obtainedAt)
        now = datetime.fromtimestamp((info.context or {})["now"], UTC)
        if moment < now - timedelta(days=3 * 365 + 1):
            raise ValueError("consent is older than three years")
        return self


class UserConsent(Body):
    userIp: str  # noqa: N815 - Jumio's name
    userLocation: UserLocation  # noqa: N815 - Jumio's name
    consent: Consent | None = None

    @field_validator("userIp")
    @classmethod
    def _check_ip(cls, value: str) -> str:
        ip_address(value)
        return value

    @model_validator(mode="after")
    def _check_usa(self, info: ValidationInfo) -> Self:
        if self.userLocation.country == "USA":
            if self.consent is None:
                raise ValueError("consent is required for users in the USA")
            if _options(info).require_state_for_usa and not self.userLocation.state:
                raise ValueError("userLocation.state is required for users in the USA")
        return self


def lifetime_seconds(text: str) -> int:
    """Seconds of a `tokenLifetime` such as `15m`; ValueError outside 5 minutes to 60 days."""
    match = re.fullmatch(r"([+-]?\d+)([smhd])", text)
    if match is None:
        raise ValueError("tokenLifetime does not match ^([+-]?\\d+)([smhd]{1})$")
    seconds = int(match[1]) * UNITS[match[2]]
    if not 300 <= seconds <= 60 * 86400:
        raise ValueError("tokenLifetime is between 5 minutes and 60 days")
    return seconds


class AccountRequest(Body):
    """Raises pydantic's `ValidationError`; the context has `options` and `now`."""

    customerInternalReference: Reference  # noqa: N815 - Jumio's name
    workflowDefinition: WorkflowDefinition  # noqa: N815 - Jumio's name
    userReference: Reference | None = None  # noqa: N815 - Jumio's name
    reportingCriteria: Annotated[str, Field(min_length=1, max_length=255)] | None = None  # noqa: N815 - Jumio's name
    callbackUrl: Annotated[str, Field(min_length=1, max_length=255)] | None = None  # noqa: N815 - Jumio's name
    tokenLifetime: str | None = None  # noqa: N815 - Jumio's name
    web: Web | None = None
    userConsent: UserConsent | None = None  # noqa: N815 - Jumio's name
    overrideSettings: dict[str, str] = {}  # noqa: N815 - Jumio's name

    @field_validator("customerInternalReference")
    @classmethod
    def _check_reference(cls, value: str, info: ValidationInfo) -> str:
        forbidden = '<>"/;`%' + ("{}|" if _options(info).reference_forbids_braces else "")
        found = sorted(set(value) & set(forbidden))
        if found:
            raise ValueError(f"contains the forbidden character {found[0]}")
        return value

    @field_validator("callbackUrl")
    @classmethod
    def _check_callback(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None:
            check_callback_url(value, _options(info))
        return value

    @field_validator("tokenLifetime")
    @classmethod
    def _check_lifetime(cls, value: str | None) -> str | None:
        if value is not None:
            lifetime_seconds(value)
        return value
