"""Secrets Manager: the pepper, the callback keys, and our credentials at Jumio."""

import json
import logging
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from verification.cloud import in_our_words
from verification.domain.errors import Misconfigured, TemporarilyUnavailable
from verification.observability import LogCode

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

_logger = logging.getLogger(__name__)

Members = dict[str, str]


@dataclass
class _Kept:
    """What was read last, None if there is no such value, and when (monotonic): at all, and as
    what was known had not been accepted."""

    value: Members | None
    read_at: float
    refreshed_at: float


class Secrets:
    """Secrets Manager's values, read when first needed and again after five minutes.

    While they cannot be read, the last known ones are used. Raises Misconfigured for what an
    operator has to mend, TemporarilyUnavailable if nothing is known and that may pass.
    """

    _MAX_AGE = 300.0
    _FRESH = 5.0  # seconds between fresh values: nobody can make us read them all the time
    _AGAIN = 30.0  # seconds for which known values are used after one could not be read

    def __init__(self, client: "SecretsManagerClient") -> None:
        self._client = client
        self._failed_at = -math.inf
        self._kept: dict[tuple[str, str], _Kept] = {}

    def forget(self, secret_id: str) -> None:
        """What is known of the secret is known to be too old: it is of no use any more."""
        self._kept.pop((secret_id, "AWSCURRENT"), None)

    def current(self, secret_id: str, *, fresh: bool = False) -> Members:
        """The members of the secret's JSON object; ``fresh`` if those known were not accepted."""
        return self._read(secret_id, "AWSCURRENT", fresh) or {}

    def previous(self, secret_id: str, *, fresh: bool = False) -> Members | None:
        """The value before the last rotation, if there is one."""
        return self._read(secret_id, "AWSPREVIOUS", fresh)

    def _read(self, secret_id: str, stage: str, fresh: bool) -> Members | None:
        now, kept = time.monotonic(), self._kept.get((secret_id, stage))
        if kept:
            # However young what is known is, it may be from before a rotation.
            good_until = kept.refreshed_at + self._FRESH if fresh else kept.read_at + self._MAX_AGE
            if now < max(good_until, self._failed_at + (self._FRESH if fresh else self._AGAIN)):
                return kept.value
        try:
            value = self._fetch(secret_id, stage)
        except TemporarilyUnavailable:
            self._failed_at = time.monotonic()
            if kept is None:
                raise
            return kept.value
        now, refreshed_at = time.monotonic(), kept.refreshed_at if kept else -math.inf
        self._kept[secret_id, stage] = _Kept(value, now, now if fresh else refreshed_at)
        return value

    def _fetch(self, secret_id: str, stage: str) -> Members | None:
        try:
            answer = self._client.get_secret_value(SecretId=secret_id, VersionStage=stage)
            value = json.loads(answer["SecretString"])
            return {str(name): str(member) for name, member in value.items()}
        except self._client.exceptions.ResourceNotFoundException:
            if stage == "AWSPREVIOUS":
                return None  # never rotated
            raise Misconfigured(f"{secret_id}: not found") from None
        except (KeyError, ValueError, AttributeError) as error:
            if stage == "AWSPREVIOUS":
                return None  # nothing to go on with, and nothing to mend
            raise Misconfigured(f"{secret_id}: {type(error).__name__}") from None
        except (BotoCoreError, ClientError) as error:
            trouble = in_our_words(error, secret_id)
            if isinstance(trouble, Misconfigured):
                raise trouble from None
            reason = getattr(trouble, "reason", str(trouble))
            _logger.warning(LogCode.SECRET_UNREAD, extra={"secret": secret_id, "reason": reason})
            raise TemporarilyUnavailable(reason) from None
