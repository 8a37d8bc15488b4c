"""One step of a journey, as the configuration document has it.

Names and limits of what is sent follow Jumio's account request ("Creating and updating accounts").
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    JsonValue,
    WithJsonSchema,
    model_validator,
)

from verification.domain.formats import PREPARED_DATA, alpha3
from verification.domain.hint import ID
from verification.domain.locales import TAG, nearest

JourneyName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$", max_length=40)]
StepName = JourneyName

_LIFETIME = r"^[0-9]{1,7}[smhd]$"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTEST, _LONGEST = 5 * 60, 60 * 86400


def _lifetime(value: str) -> str:
    if not re.match(_LIFETIME, value) or not _SHORTEST <= _seconds(value) <= _LONGEST:
        raise ValueError("a number and s, m, h or d, from 5m to 60d")
    return value


def _seconds(lifetime: str) -> int:
    return int(lifetime[:-1]) * _SECONDS[lifetime[-1]]


def _allowed_by_jumio(value: HttpUrl) -> HttpUrl:
    if len(str(value)) > 255 or value.query or value.fragment:
        raise ValueError("at most 255 characters, without query and fragment")
    host = value.host or ""
    if host not in ("localhost", "127.0.0.1"):
        if value.scheme != "https" or value.port != 443 or value.username or value.password:
            raise ValueError("https, without a port and a user")
        if "." not in host or host.rpartition(".")[2].isdecimal() or host.startswith("["):
            raise ValueError("a host name of your own, no address")
    return value


Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]
WorkflowKey = (
    Annotated[int, Field(strict=True, ge=1)] | Annotated[str, Field(min_length=1, max_length=255)]
)
Lifetime = Annotated[
    str, AfterValidator(_lifetime), WithJsonSchema({"type": "string", "pattern": _LIFETIME})
]
WebLocale = Annotated[
    str, AfterValidator(nearest), WithJsonSchema({"type": "string", "pattern": TAG})
]
ReturnUrl = Annotated[HttpUrl, AfterValidator(_allowed_by_jumio)]


class Configured(BaseModel):
    """A part of the document: a word that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Attempts(Configured):
    """How often a person may begin: ``limit`` executions in any ``window`` seconds."""

    limit: int = Field(5, ge=1, le=100)
    window: int = Field(86400, ge=60, le=366 * 86400)


class Preset(Configured):
    """Values of which the person may choose (RECOMMENDED) or to which they are held (DEFINED)."""

    predefined_type: Literal["DEFINED", "RECOMMENDED"] = Field("DEFINED", alias="predefinedType")
    values: list[str] = Field(min_length=1)


class CountryPreset(Preset):
    """ISO 3166 countries, sent as alpha-3."""

    values: list[Annotated[str, AfterValidator(alpha3)]] = Field(min_length=1)


class TypePreset(Preset):
    """Kinds of a credential, as Jumio names them."""

    values: list[Annotated[str, Field(pattern=r"^[A-Z0-9_]{1,100}$")]] = Field(min_length=1)


class CredentialPreset(Configured):
    """What a person is asked to present, as Jumio's ``workflowDefinition.credentials[]``."""

    category: Literal["ID", "FACEMAP", "SELFIE", "DOCUMENT", "DATA"]
    id: str | None = Field(None, pattern=ID)
    label: str | None = None
    country: CountryPreset | None = None
    type: TypePreset | None = None


class Input(Configured):
    """Where a step gets one member of its prepared data from.

    ``applicant`` is the request's object of that name, ``claim:<name>`` a claim of the
    verified token, and ``source-ip`` the address that the gateway saw.
    """

    source: str = Field(
        alias="from", pattern=r"^(applicant|source-ip|claim:[A-Za-z0-9_:/.-]{1,100})$"
    )
    optional: bool = False


_INPUT_NAMES: dict[str, Any] = {"propertyNames": {"enum": sorted(PREPARED_DATA)}}


class Step(Configured):
    """One workflow execution of a journey, and what follows from its decision."""

    name: StepName
    kind: Literal["user", "screening"] = "user"
    workflow_key: WorkflowKey = Field(10011, alias="workflowKey")
    inputs: dict[str, Input] = Field({}, json_schema_extra=_INPUT_NAMES)
    passes: frozenset[Literal["PASSED", "WARNING"]] = Field(frozenset({"PASSED"}), min_length=1)
    otherwise: Literal["decline", "review", "continue"] | None = None
    validity: int | None = Field(None, ge=60)
    attempts: Attempts = Attempts.model_validate({})
    consent: Literal["optional", "required"] = "optional"
    credentials: list[CredentialPreset] = []
    capabilities: dict[Word, dict[Word, JsonValue]] = {}
    reporting_criteria: str | None = Field(
        None, alias="reportingCriteria", min_length=1, max_length=255
    )
    override_settings: dict[Word, str] = Field({}, alias="overrideSettings")
    token_lifetime: Lifetime = Field("30m", alias="tokenLifetime")
    success_url: ReturnUrl | None = Field(None, alias="successUrl")
    error_url: ReturnUrl | None = Field(None, alias="errorUrl")
    locale: WebLocale | None = None
    callback: bool = True

    @property
    def lifetime(self) -> int:
        """Seconds in which an execution must be started."""
        return _seconds(self.token_lifetime)

    @model_validator(mode="after")
    def _inputs_are_known(self) -> Self:
        if unknown := [name for name in self.inputs if name not in PREPARED_DATA]:
            raise ValueError(f"inputs.{unknown[0]} is no member of Jumio's prepared data")
        if self.kind == "screening" and not self.inputs:
            raise ValueError("a screening needs inputs")
        return self

    @model_validator(mode="after")
    def _every_word_has_an_effect(self) -> Self:
        idle = {"success_url", "error_url", "locale"} if self.kind == "screening" else set()
        idle |= {"passes"} if self.otherwise == "continue" else set()
        if said := sorted(idle & self.model_fields_set):
            raise ValueError(f"{said[0].replace('_u', 'U')} has no effect on such a step")
        return self
