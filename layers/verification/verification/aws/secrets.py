"""Secrets Manager: the pepper, the callback keys, and our credentials at Jumio."""

import json
import time
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from verification.domain.errors import Misconfigured

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient


class Secrets:
    """Secrets Manager's values, read when first needed and again after five minutes."""

    _MAX_AGE = 300.0
    _FRESH = 5.0  # a fresh value is at most this old: nobody can make us read it all the time

    def __init__(self, client: "SecretsManagerClient") -> None:
        self._client = client
        self._cache: dict[tuple[str, str], tuple[float, dict[str, str] | None]] = {}

    def current(self, secret_id: str, *, fresh: bool = False) -> dict[str, str]:
        """The members of the secret's JSON object; raises Misconfigured."""
        value = self._read(secret_id, "AWSCURRENT", fresh)
        if value is None:
            raise Misconfigured(f"{secret_id}: no current value")
        return value

    def previous(self, secret_id: str, *, fresh: bool = False) -> dict[str, str] | None:
        """The value before the last rotation, if there is one."""
        return self._read(secret_id, "AWSPREVIOUS", fresh)

    def _read(self, secret_id: str, stage: str, fresh: bool) -> dict[str, str] | None:
        read_at, value = self._cache.get((secret_id, stage), (-self._MAX_AGE, None))
        if time.monotonic() - read_at >= (self._FRESH if fresh else self._MAX_AGE):
            value = self._fetch(secret_id, stage)
            self._cache[secret_id, stage] = (time.monotonic(), value)
        return value

    def _fetch(self, secret_id: str, stage: str) -> dict[str, str] | None:
        try:
            answer = self._client.get_secret_value(SecretId=secret_id, VersionStage=stage)
            value = json.loads(answer["SecretString"])
            return {str(name): str(member) for name, member in value.items()}
        except self._client.exceptions.ResourceNotFoundException:
            if stage == "AWSPREVIOUS":
                return None
            raise Misconfigured(f"{secret_id}: not found") from None
        except (BotoCoreError, ClientError, KeyError, ValueError, AttributeError) as error:
            raise Misconfigured(f"{secret_id}: {type(error).__name__}") from None
