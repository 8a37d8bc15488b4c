"""An execution as Jumio tells of it: what it opened, and how far it is."""

from dataclasses import dataclass, field

from verification.domain.execution import Decision


@dataclass(frozen=True)
class OpenedExecution:
    """What Jumio opened. ``token`` and ``href`` are secrets of the person."""

    account_id: str
    workflow_execution_id: str
    token: str | None = field(repr=False)
    href: str | None = field(repr=False)
    credential_id: str | None = None  # of the credential for prepared data
    upload_token: str | None = field(default=None, repr=False)

    @property
    def ids(self) -> tuple[str, str]:
        return self.account_id, self.workflow_execution_id


@dataclass(frozen=True)
class Reading:
    """What Jumio says about an execution; whose it is only where there are details.

    ``completed_at`` is seconds since 1970, by Jumio's clock.
    """

    status: str
    decision: Decision | None = None
    user_reference: str | None = None
    internal_reference: str | None = None
    account_id: str | None = None
    has_details: bool = False
    completed_at: float | None = None


def path_of(account_id: str, execution_id: str) -> str:
    """Where an execution is, on each of Jumio's hosts."""
    return f"/api/v1/accounts/{account_id}/workflow-executions/{execution_id}"
