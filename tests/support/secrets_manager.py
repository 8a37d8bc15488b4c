"""A stand-in for the client of Secrets Manager."""

from typing import Any

from botocore.exceptions import ClientError


def failing(code: str) -> ClientError:
    """What boto3 raises when Secrets Manager answers with this code."""
    return ClientError({"Error": {"Code": code, "Message": "what-must-not-be-told"}}, "Get")


class SecretsManager:
    """Secrets Manager with these values by stage; counts how often it is asked."""

    class exceptions:  # noqa: N801 as botocore's clients have it
        class ResourceNotFoundException(ClientError):
            pass

    def __init__(self, **values: object) -> None:
        self.values = values
        self.asked: list[tuple[str, str]] = []

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> dict[str, Any]:  # noqa: N803
        self.asked.append((SecretId, VersionStage))
        value = self.values.get(VersionStage)
        if value is None:
            error = {
                "Error": {"Code": "ResourceNotFoundException", "Message": "what-must-not-be-told"}
            }
            raise self.exceptions.ResourceNotFoundException(error, "GetSecretValue")
        if isinstance(value, Exception):
            raise value
        return {"SecretString": value} if isinstance(value, str) else {"SecretBinary": value}
