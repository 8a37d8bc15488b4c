"""The rest of the company: outcomes as CloudEvents on an EventBridge bus."""

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from verification.execution import Execution
from verification.standing import Account

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient

SOURCE = "jumio-bff"
OUTCOME = "verification.outcome"
_NAMESPACE = uuid.UUID("5f2d0f0e-6c0b-5c0c-9a43-1f1e4f6a9b77")


class NotPublished(Exception):
    """The bus did not take an event; to be tried again."""


class Bus:
    """Publishes; at least once, with an id by which consumers recognise a repetition."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self._name = name

    def publish_outcome(self, execution: Execution, account: Account) -> None:
        """Tell how an execution ended; raises NotPublished."""
        event = outcome_event(execution, account)
        answer = self._client.put_events(
            Entries=[
                {
                    "EventBusName": self._name,
                    "Source": SOURCE,
                    "DetailType": OUTCOME,
                    "Detail": json.dumps(event),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise NotPublished(answer["Entries"][0].get("ErrorCode", "unknown"))


def outcome_event(execution: Execution, account: Account) -> dict[str, object]:
    """The outcome as a CloudEvent 1.0; the subject is the user's, nothing else is personal."""
    at = datetime.fromtimestamp(execution.settled_at or execution.created_at, UTC)
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid5(_NAMESPACE, f"{execution.reference}/{execution.state}")),
        "source": SOURCE,
        "type": OUTCOME,
        "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "datacontenttype": "application/json",
        "data": {
            "issuer": account.issuer,
            "subject": account.subject,
            "journey": execution.journey,
            "status": execution.state,
            "executionId": execution.reference,
        },
    }
