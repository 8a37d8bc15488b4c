"""That something happened to an execution; never what."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

ID = r"^[A-Za-z0-9-]{1,64}$"
Id = Annotated[str, Field(pattern=ID)]
"""An id that Jumio gave; it becomes part of addresses and keys, so that its letters matter."""


class Hint(BaseModel):
    """Four ids: whose attempt it was, and what Jumio calls its account and execution."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    user_key: str
    reference: str
    account_id: Id
    workflow_execution_id: Id

    @property
    def ids(self) -> tuple[str, str]:
        """Of the account and of the execution at Jumio."""
        return self.account_id, self.workflow_execution_id
