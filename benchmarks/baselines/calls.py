"""The calls that both baselines make, with boto3 and requests: as many as ours makes, by name."""

import json
import os
import uuid

import boto3
import requests

COLD, WARM = (os.environ[name].split() for name in ("COLD", "WARM"))
TABLE, JUMIO = os.environ["TABLE_NAME"], os.environ["JUMIO_BASE_URL"]
_CLIENTS = {"GetSecretValue": "secretsmanager", "SendMessage": "sqs", "PutEvents": "events"}
_clients = {name: boto3.client(_CLIENTS[name]) for name in _CLIENTS if name in COLD}
_session = requests.Session()
_session.verify = os.environ["AWS_CA_BUNDLE"]
_session.headers["User-Agent"] = os.environ["JUMIO_USER_AGENT"]
_secret: dict[str, str] = {}
_left = [COLD]


def wanted() -> list[str]:
    """The calls of this request: the first one makes more."""
    return _left.pop() if _left else WARM


def call(name: str) -> None:
    """One operation of Jumio's, or of AWS's beside the table."""
    match name:
        case "GetSecretValue":
            found = _clients[name].get_secret_value(SecretId=os.environ["JUMIO_SECRET_ID"])
            _secret.update(json.loads(found["SecretString"]))
        case "SendMessage":
            _clients[name].send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody="{}")
        case "PutEvents":
            entry = {"EventBusName": "bus", "Source": "a", "DetailType": "b", "Detail": "{}"}
            _clients[name].put_events(Entries=[entry])
        case "token":
            grant = {"grant_type": "client_credentials"}
            auth = _secret["client_id"], _secret["client_secret"]
            answer = _session.post(f"{JUMIO}/oauth2/token", data=grant, auth=auth, timeout=10)
            _session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        case "account":
            body = {
                "customerInternalReference": uuid.uuid4().hex,
                "userReference": uuid.uuid4().hex,
                "workflowDefinition": {"key": 10011},
            }
            answer = _session.post(f"{JUMIO}/api/v1/accounts", json=body, timeout=10)
            answer.raise_for_status()
        case "read":
            _session.get(JUMIO + os.environ["READ"], timeout=10).raise_for_status()
        case other:
            raise LookupError(f"no baseline makes the call {other}")
