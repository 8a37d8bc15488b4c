"""What operators say when they invoke a function."""

from pydantic import BaseModel, ConfigDict, Field

from verification.domain.identity import Caller
from verification.edge.validation import validated


class _Person(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    issuer: str = Field(min_length=1)
    subject: str = Field(min_length=1)


def person_of(event: object) -> Caller:
    """The person that ``{"issuer": …, "subject": …}`` names; raises InvalidRequest."""
    named = validated(_Person, event)
    return Caller(named.issuer, named.subject)
