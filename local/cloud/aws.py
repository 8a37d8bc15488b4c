"""Clients for the AWS on this machine."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_cognito_idp.client import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_events.client import EventBridgeClient
    from mypy_boto3_lambda.client import LambdaClient
    from mypy_boto3_logs.client import CloudWatchLogsClient
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient

REGION: Final = "eu-central-1"
# Of the account's root, as far as MiniStack is concerned.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_CONFIG = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard"})


@dataclass(frozen=True)
class LocalAws:
    """Where MiniStack answers. Each property is a new client."""

    endpoint: str
    region: str = REGION

    @property
    def cloudformation(self) -> "CloudFormationClient":
        """For the deployment."""
        return self._session.client("cloudformation", endpoint_url=self.endpoint, config=_CONFIG)

    @property
    def cognito(self) -> "CognitoIdentityProviderClient":
        """For user pools."""
        return self._session.client("cognito-idp", endpoint_url=self.endpoint, config=_CONFIG)

    @property
    def dynamodb(self) -> "DynamoDBClient":
        """For tables."""
        return self._session.client("dynamodb", endpoint_url=self.endpoint, config=_CONFIG)

    @property
    def events(self) -> "EventBridgeClient":
        """For event buses."""
        return self._session.client("events", endpoint_url=self.endpoint, config=_CONFIG)

    @property
    def functions(self) -> "LambdaClient":
        """For functions."""
        return self._session.client("lambda", endpoint_url=self.endpoint, config=_CONFIG)

    @property
    def logs(self) -> "CloudWatchLogsClient":
        """For what functions wrote."""
        return self._session.client("logs", endpoint_url=self.endpoint, config=_CONFIG)

    @property
    def secrets(self) -> "SecretsManagerClient":
        """For secrets."""
        return self._session.client("secretsmanager", endpoint_url=self.endpoint, config=_CONFIG)

    @property
    def sqs(self) -> "SQSClient":
        """For queues."""
        return self._session.client("sqs", endpoint_url=self.endpoint, config=_CONFIG)

    def create_bucket(self, bucket: str) -> None:
        """Make a place for artefacts."""
        self._session.client("s3", endpoint_url=self.endpoint, config=_CONFIG).create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )

    def put_object(self, bucket: str, key: str, body: bytes) -> None:
        """Store an artefact."""
        self._session.client("s3", endpoint_url=self.endpoint, config=_CONFIG).put_object(
            Bucket=bucket, Key=key, Body=body
        )

    @property
    def _session(self) -> boto3.Session:
        return boto3.Session(
            region_name=self.region, aws_access_key_id="test", aws_secret_access_key="test"
        )
