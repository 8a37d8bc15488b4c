"""The rest of the company: outcomes as CloudEvents on an EventBridge bus."""

import json
import uuid
from typing import TYPE_CHECKING, Any

from verification.cloud import asked, named
from verification.domain.deadline import moment
from verification.domain.execution import Execution
from verification.domain.standing import LAPSED, Account

if TYPE_CHECKING:
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "jumio-bff"
OUTCOME = "verification.outcome"
PROGRESS = "verification.progress"
LAPSE = "verification.lapsed"
_SETTING = "BUS_NAME"
_NAMESPACE = uuid.UUID("5f2d0f0e-6c0b-5c0c-9a43-1f1e4f6a9b77")


class Bus:
    """Publishes; at least once, with an id by which consumers recognise a repetition."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self._name = name

    def publish(
        self, execution: Execution, account: Account, at: int, *, lapsed: bool = False
    ) -> None:
        """Tell how far an execution is, how it ended, or that the approval it led to has lapsed.

        Raises as ``cloud.asked`` does.

        ``docs/events.md`` describes the event, ``docs/schemas`` holds its JSON Schema.
        """
        event = event_about(execution, account, at, lapsed=lapsed)
        entry: PutEventsRequestEntryTypeDef = {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": event["type"],
            "Detail": json.dumps(event),
        }

        def put_once() -> None:
            answer = self._client.put_events(Entries=[entry])
            if answer["FailedEntryCount"]:
                code = answer["Entries"][0].get("ErrorCode", "unknown")
                raise named(code, _SETTING, of="PutEvents")

        asked(put_once, setting=_SETTING)


def event_about(
    execution: Execution, account: Account, at: int, *, lapsed: bool = False
) -> dict[str, Any]:
    """A CloudEvent 1.0; the user's subject is for consumers, nothing else in it is personal."""
    status, until = execution.verdict or execution.state, execution.valid_until
    manual = [{"decidedBy": "operator", "reason": one.reason} for one in execution.manual]
    news = LAPSED if lapsed else execution.news[0]
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid5(_NAMESPACE, f"{execution.reference}/{news}")),
        "source": SOURCE,
        "type": LAPSE if lapsed else OUTCOME if status.final else PROGRESS,
        "time": moment(at),
        "datacontenttype": "application/json",
        "data": {
            "issuer": account.issuer,
            "subject": account.subject,
            "journey": execution.journey,
            "step": execution.step,
            "status": LAPSED if lapsed else status.word,
            "validUntil": moment(until) if until else None,
            "executionId": execution.reference,
            **(manual[-1] if manual and not lapsed else {}),
        },
    }
