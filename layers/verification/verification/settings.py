"""What the functions are told by their environment and by Secrets Manager."""

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal, Self

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from verification.domain.errors import Misconfigured
from verification.domain.limits import Limits

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


class Settings(BaseModel):
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

DataCenter = Literal["amer-1", "emea-1", "apac-1"]


class PlaceSettings(BaseModel):
    """Whether this is a developer's machine; mixed into the settings that depend on it."""

    environment: Literal["production", "local"] = "production"


class PublicSettings(PlaceSettings):
    """How we are reached; mixed into the settings of the functions that hand out addresses."""

    public_base_url: str = ""

    @model_validator(mode="after")
    def _calls_come_encrypted(self) -> Self:
        if self.public_base_url.startswith("http:") and self.environment != "local":
            raise ValueError("PUBLIC_BASE_URL must be https outside the local environment")
        return self


class JumioSettings(PlaceSettings):
    """How to reach Jumio; mixed into the settings of the functions that do."""

    jumio_data_center: DataCenter
    jumio_base_url: str = ""
    jumio_user_agent: str = Field(pattern=r"^\S+ \S+/\S+$")
    jumio_secret_id: Name

    @model_validator(mode="after")
    def _only_https_in_production(self) -> Self:
        if self.jumio_base_url and self.environment != "local":
            raise ValueError("JUMIO_BASE_URL is for the local environment only")
        return self


class LimitSettings(BaseModel):
    """How fast and how often executions may be opened; mixed in like the above."""

    account_calls_per_second: float = Field(1, gt=0)
    account_calls_burst: int = Field(5, ge=1)
    daily_ceiling: int = Field(10_000, ge=1)

    @property
    def limits(self) -> Limits:
        return Limits(self.account_calls_per_second, self.account_calls_burst, self.daily_ceiling)


class Secrets:
    """Secrets Manager's values, read when first needed and again after five minutes."""

    _MAX_AGE = 300.0
    _FRESH = 5.0  # a fresh value is at most this old: nobody can make us read it all the time

    def __init__(self, client: "SecretsManagerClient") -> None:
        self._client = client
        self._cache: dict[tuple[str, str], tuple[float, dict[str, str] | None]] = {}

    def current(self, secret_id: str, *, fresh: bool = False) -> dict[str, str]:
        """The members of the secret's JSON object; raises Misconfigured."""
        value = self._read(secret_id, "AWSCURRENT", fresh)
        if value is None:
            raise Misconfigured(f"{secret_id}: no current value")
        return value

    def previous(self, secret_id: str, *, fresh: bool = False) -> dict[str, str] | None:
        """The value before the last rotation, if there is one."""
        return self._read(secret_id, "AWSPREVIOUS", fresh)

    def _read(self, secret_id: str, stage: str, fresh: bool) -> dict[str, str] | None:
        read_at, value = self._cache.get((secret_id, stage), (-self._MAX_AGE, None))
        if time.monotonic() - read_at >= (self._FRESH if fresh else self._MAX_AGE):
            value = self._fetch(secret_id, stage)
            self._cache[secret_id, stage] = (time.monotonic(), value)
        return value

    def _fetch(self, secret_id: str, stage: str) -> dict[str, str] | None:
        try:
            answer = self._client.get_secret_value(SecretId=secret_id, VersionStage=stage)
            value = json.loads(answer["SecretString"])
            return {str(name): str(member) for name, member in value.items()}
        except self._client.exceptions.ResourceNotFoundException:
            if stage == "AWSPREVIOUS":
                return None
            raise Misconfigured(f"{secret_id}: not found") from None
        except (BotoCoreError, ClientError, KeyError, ValueError, AttributeError) as error:
            raise Misconfigured(f"{secret_id}: {type(error).__name__}") from None
