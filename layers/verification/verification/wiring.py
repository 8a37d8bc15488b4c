"""Clients and adapters as the functions wire them; nothing here decides anything."""

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib import resources
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging import utils
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from verification.aws.secrets import Secrets
from verification.domain.capability import SigningKey
from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured, TemporarilyUnavailable
from verification.domain.identity import Pepper
from verification.domain.journeys import Journeys, load_journeys
from verification.jumio import Credentials, Hosts, JumioClient, TokenSource, Transport
from verification.settings import JourneySettings, JumioSettings

_ANSWERING = 0.5  # seconds kept for answering
# Short, as ``cloud.asked`` repeats what AWS puts off for as long as there is time.
_CONFIG = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
)

# There are last known values to go on with: nobody waits for long.
_SECRETS_CONFIG = _CONFIG.merge(
    Config(read_timeout=1.5, retries={"mode": "standard", "total_max_attempts": 2})
)
_VISIBLE = re.compile(r"[!-~]+")


def logger() -> Logger:
    """The function's logger, which also formats whatever this package logs."""
    function_logger = Logger()
    logging.getLogger("verification")  # has to exist before it can be configured
    utils.copy_config_to_registered_loggers(function_logger, include={"verification"})
    return function_logger


def metrics() -> Metrics:
    """The function's metrics; an invocation that counts nothing is no reason to warn."""
    warnings.filterwarnings("ignore", "No application metrics to publish")
    return Metrics()


@cache
def aws(service: Any, config: Config = _CONFIG) -> Any:  # noqa: ANN401 one of boto3's many client types
    """The process's client of an AWS service, with timeouts that fit a request."""
    return boto3.client(service, config=config)


@cache
def secrets() -> Secrets:
    return Secrets(aws("secretsmanager", _SECRETS_CONFIG))


def journeys(settings: JourneySettings) -> Journeys:
    """The document that the settings name, from the layer of journeys; raises Misconfigured."""
    name = settings.journeys
    try:
        document = resources.files("journeys").joinpath(f"{name}.json").read_text()
    except (ModuleNotFoundError, FileNotFoundError):
        raise Misconfigured(f"JOURNEYS: there is no document {name}") from None
    return load_journeys(document)


def deadline(context: LambdaContext) -> Deadline:
    """When this invocation has to have its answer ready."""
    return Deadline(context.get_remaining_time_in_millis() / 1000 - _ANSWERING)


def jumio_client(settings: JumioSettings) -> JumioClient:
    """Jumio, as the settings and the secret with our client credentials say."""
    hosts = Hosts.of(settings.jumio_data_center, settings.jumio_base_url)
    transport = Transport(settings.jumio_user_agent)
    credentials = partial(_credentials, settings.jumio_secret_id)
    return JumioClient(hosts, transport, TokenSource(transport, hosts.auth, credentials))


def _credentials(secret_id: str, refused: bool) -> Iterator[Credentials]:
    """What Jumio may accept: as known, unless that was refused, as it is now, and as it was.

    The value before the last rotation counts, too, as the new one may not be in force yet.
    """
    with _named("JUMIO_SECRET_ID"):
        tried: list[Credentials] = []
        for fresh in (refused, True):
            known = _client(secrets().current(secret_id, fresh=fresh))
            if known and known not in tried:
                tried.append(known)
                yield known
        if not tried:
            raise Misconfigured("client_id and client_secret must be visible ASCII characters")
        before = _client(secrets().previous(secret_id, fresh=True) or {})
        if before and before not in tried:
            yield before


def _client(secret: dict[str, str]) -> Credentials | None:
    """None for what cannot travel in a header, such as an invisible character at the end."""
    members = [secret.get(name, "") for name in ("client_id", "client_secret")]
    return Credentials(*members) if all(map(_VISIBLE.fullmatch, members)) else None


def pepper(secret_id: str) -> Pepper:
    with _named("USER_KEY_SECRET_ID"):
        secret = secrets().current(secret_id)
    return Pepper(*_versioned(secret, "USER_KEY_SECRET_ID"))


def signing_key(secret_id: str) -> SigningKey:
    """The key with which new callback addresses are signed."""
    with _named("CALLBACK_SECRET_ID"):
        secret = secrets().current(secret_id)
    return SigningKey(*_versioned(secret, "CALLBACK_SECRET_ID"))


def accepted_keys(secret_id: str, fresh: bool) -> list[SigningKey]:
    """The keys by which a callback address may be signed: the current and the previous.

    Raises TemporarilyUnavailable if one is not known; unless asked for fresh ones, the
    previous may be left out then, for the current one is as a rule enough.
    """
    with _named("CALLBACK_SECRET_ID"):
        values = [secrets().current(secret_id, fresh=fresh)]
        try:
            values.append(secrets().previous(secret_id, fresh=fresh) or {})
        except TemporarilyUnavailable:
            if fresh:
                raise
    return [SigningKey(*_versioned(value, "CALLBACK_SECRET_ID")) for value in values if value]


@contextmanager
def _named(setting: str) -> Iterator[None]:
    """Say which setting led to a secret that is no good."""
    try:
        yield
    except Misconfigured as problem:
        raise Misconfigured(f"{setting}: {problem.setting}") from None


def _versioned(secret: dict[str, str], setting: str) -> tuple[str, str]:
    version, key = secret.get("version", ""), secret.get("key", "")
    if not (version.isascii() and version.isalnum()) or len(key) < 32:
        raise Misconfigured(f"{setting}: the secret needs a version and a key of 32 characters")
    return version, key
