"""What the functions are told by their environment."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from verification.domain.errors import Misconfigured
from verification.domain.limits import Limits


class _Part(BaseModel):
    """What other models consist of is never used by itself, and need not be made ready for that."""

    model_config = ConfigDict(defer_build=True)


class Settings(_Part):
    """The environment of a function; a subclass names the variables that it needs."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """Settings from variables named like the fields, in upper case.

        Raises Misconfigured with the name of the first variable that is missing or wrong.
        """
        try:
            return cls.model_validate({name.lower(): value for name, value in environment.items()})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            name = ".".join(str(part) for part in first["loc"]).upper() or "settings"
            raise Misconfigured(f"{name}: {first['msg']}") from None


Name = Annotated[str, Field(min_length=1)]
"""A variable that must not be empty."""

_WORD = r"[!-~\xA1-\xFF]+"  # what can travel in a header

DataCenter = Literal["amer-1", "emea-1", "apac-1"]


class PlaceSettings(_Part):
    """Whether this is a developer's machine; mixed into the settings that depend on it."""

    environment: Literal["production", "local"] = "production"


class JourneySettings(_Part):
    """Which journeys people can be asked to do; mixed into the settings that depend on it."""

    journeys: str = Field("default", pattern=r"^[a-z][a-z0-9-]{0,39}$")


class AppSettings(JourneySettings):
    """Who is who; mixed into the settings of the functions that people's apps call."""

    user_key_secret_id: Name
    subject_claim: str = Field("sub", pattern=r"^[A-Za-z0-9_:/.-]{1,100}$")


class JumioSettings(PlaceSettings):
    """How to reach Jumio; mixed into the settings of the functions that do."""

    jumio_data_center: DataCenter
    jumio_base_url: str = ""
    jumio_user_agent: str = Field(pattern=rf"^{_WORD} {_WORD}/{_WORD}$")
    jumio_secret_id: Name

    @model_validator(mode="after")
    def _only_https_in_production(self) -> Self:
        if self.jumio_base_url and self.environment != "local":
            raise ValueError("JUMIO_BASE_URL is for the local environment only")
        return self


class LimitSettings(_Part):
    """How fast, how often and by whose apps executions may be opened; mixed in like the above."""

    account_calls_per_second: float = Field(1, gt=0)
    account_calls_burst: int = Field(5, ge=1)
    daily_ceiling: int = Field(10_000, ge=1)
    attestation_function: str = ""

    @property
    def limits(self) -> Limits:
        return Limits(self.account_calls_per_second, self.account_calls_burst, self.daily_ceiling)
