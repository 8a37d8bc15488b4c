"""Settings that only make sense where journeys are read."""

from typing import Self

from pydantic import field_validator, model_validator

from verification.domain.steps import ReturnUrl
from verification.settings import PlaceSettings


class PublicSettings(PlaceSettings):
    """Addresses that are handed out; mixed into the settings of the functions that do.

    ``public_base_url`` is how we are reached; the others are where the web client leads
    people whose step does not say.
    """

    public_base_url: str = ""
    success_url: ReturnUrl | None = None
    error_url: ReturnUrl | None = None

    @field_validator("success_url", "error_url", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @model_validator(mode="after")
    def _calls_come_encrypted(self) -> Self:
        if self.public_base_url.startswith("http:") and self.environment != "local":
            raise ValueError("PUBLIC_BASE_URL must be https outside the local environment")
        return self
