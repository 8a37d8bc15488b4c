"""What a deployment lets people do: journeys, as one configuration document.

A journey names the Jumio workflow that it runs and everything about it that a
frontend must not decide. Field names and limits follow Jumio's account request
("Creating and updating accounts").
"""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from verification.errors import Misconfigured, UnknownJourney

JourneyName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]

_LIFETIME = re.compile(r"^(\d{1,7})([smhd])$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTEST, _LONGEST = 5 * 60, 60 * 86400

_LOCALES = """
ar bg cs da de el en en-GB es es-MX et fi fr he hr hu hy id it ja ka km ko lt ms nl no pl
pt pt-BR ro ru sk sv th tr vi zh-CN zh-HK
"""
WEB_LOCALES = frozenset(_LOCALES.split())


def _known_locale(value: str) -> str:
    if value not in WEB_LOCALES:
        raise ValueError("not a locale of Jumio's web client")
    return value


def _lifetime(value: str) -> str:
    match = _LIFETIME.match(value)
    if not match or not _SHORTEST <= int(match[1]) * _SECONDS[match[2]] <= _LONGEST:
        raise ValueError("a number and s, m, h or d, from 5m to 60d")
    return value


def _short(value: HttpUrl) -> HttpUrl:
    if len(str(value)) > 255 or value.query or value.fragment:
        raise ValueError("at most 255 characters, without query and fragment")
    return value


WebLocale = Annotated[str, AfterValidator(_known_locale)]
ReturnUrl = Annotated[HttpUrl, AfterValidator(_short)]


class _Configured(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Attempts(_Configured):
    """How often a person may begin: ``limit`` executions in any ``window`` seconds."""

    limit: int = Field(5, ge=1, le=100)
    window: int = Field(86400, ge=60, le=366 * 86400)


class Preset(_Configured):
    """Values of which the person may choose (RECOMMENDED) or to which they are held (DEFINED)."""

    predefined_type: Literal["DEFINED", "RECOMMENDED"] = Field("DEFINED", alias="predefinedType")
    values: list[str] = Field(min_length=1)


class CredentialPreset(_Configured):
    """What a person is asked to present, as Jumio's ``workflowDefinition.credentials[]``."""

    category: Literal["ID", "FACEMAP", "SELFIE", "DOCUMENT", "DATA"]
    label: str | None = None
    country: Preset | None = None
    type: Preset | None = None


class Journey(_Configured):
    """One thing that people can be asked to do."""

    name: JourneyName
    workflow_key: int | str = Field(10011, alias="workflowKey")
    credentials: list[CredentialPreset] = []
    token_lifetime: Annotated[str, AfterValidator(_lifetime)] = Field("30m", alias="tokenLifetime")
    success_url: ReturnUrl | None = Field(None, alias="successUrl")
    error_url: ReturnUrl | None = Field(None, alias="errorUrl")
    locale: WebLocale | None = None
    callback: bool = True
    consent: Literal["optional", "required"] = "optional"
    attempts: Attempts = Attempts.model_validate({})
    repeatable: bool = False

    @property
    def lifetime(self) -> int:
        """Seconds in which a session must be started."""
        number, unit = self.token_lifetime[:-1], self.token_lifetime[-1]
        return int(number) * _SECONDS[unit]


class Journeys(_Configured):
    """The journeys of a deployment; the first is the one that a request means by default."""

    version: Literal[1] = 1
    journeys: list[Journey] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique(self) -> "Journeys":
        names = [journey.name for journey in self.journeys]
        if len(set(names)) != len(names):
            raise ValueError("two journeys have the same name")
        return self

    def get(self, name: str | None) -> Journey:
        """The journey of that name, or the default; raises UnknownJourney."""
        for journey in self.journeys:
            if name is None or journey.name == name:
                return journey
        raise UnknownJourney("No journey of that name is configured.")


DEFAULT: dict[str, Any] = {"version": 1, "journeys": [{"name": "identity"}]}


def load_journeys(document: str) -> Journeys:
    """The journeys in a JSON document, or the default for an empty one.

    Raises Misconfigured with the path of what is wrong.
    """
    adapter = TypeAdapter(Journeys)
    try:
        return adapter.validate_json(document) if document else adapter.validate_python(DEFAULT)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise Misconfigured(f"JOURNEYS {path}: {first['msg']}".replace("  ", " ")) from None
