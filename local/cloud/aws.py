"""Clients for the AWS on this machine."""

from dataclasses import dataclass
from functools import cached_property
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
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_secretsmanager.client import SecretsManagerClient
    from mypy_boto3_sqs.client import SQSClient

REGION: Final = "eu-central-1"
# Of the account's root, as far as MiniStack is concerned.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_CONFIG = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard"})
# One for all clients: a session reads the models of its services once, which takes much longer
# than making a client.
_SESSION = boto3.Session(region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")


@dataclass(frozen=True)
class LocalAws:
    """Where MiniStack answers. Each property is a client, made when it is first wanted."""

    endpoint: str
    region: str = REGION

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """For the deployment."""
        return _SESSION.client(
            "cloudformation", self.region, endpoint_url=self.endpoint, config=_CONFIG
        )

    @cached_property
    def cognito(self) -> "CognitoIdentityProviderClient":
        """For user pools."""
        return _SESSION.client(
            "cognito-idp", self.region, endpoint_url=self.endpoint, config=_CONFIG
        )

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """For tables."""
        return _SESSION.client("dynamodb", self.region, endpoint_url=self.endpoint, config=_CONFIG)

    @cached_property
    def events(self) -> "EventBridgeClient":
        """For event buses."""
        return _SESSION.client("events", self.region, endpoint_url=self.endpoint, config=_CONFIG)

    @cached_property
    def functions(self) -> "LambdaClient":
        """For functions."""
        return _SESSION.client("lambda", self.region, endpoint_url=self.endpoint, config=_CONFIG)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """For what functions wrote."""
        return _SESSION.client("logs", self.region, endpoint_url=self.endpoint, config=_CONFIG)

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        """For secrets."""
        return _SESSION.client(
            "secretsmanager", self.region, endpoint_url=self.endpoint, config=_CONFIG
        )

    @cached_property
    def sqs(self) -> "SQSClient":
        """For queues."""
        return _SESSION.client("sqs", self.region, endpoint_url=self.endpoint, config=_CONFIG)

    @cached_property
    def s3(self) -> "S3Client":
        """For buckets."""
        return _SESSION.client("s3", self.region, endpoint_url=self.endpoint, config=_CONFIG)
