"""Clients and adapters as the functions wire them; nothing here decides anything.

What not every function needs is in the modules of this package.
"""

import gc
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import botocore.session
from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import utils
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from verification.aws.secrets import Secrets
from verification.domain.capability import SigningKey
from verification.domain.deadline import Deadline
from verification.domain.errors import Misconfigured, TemporarilyUnavailable
from verification.domain.identity import Pepper, Peppers

_ANSWERING = 0.5  # seconds kept for answering
# Once: ``cloud.asked`` repeats what AWS puts off, for as long as there is time.
_CONFIG = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1}
)
_CONFIGS = {
    # There are last known secrets to go on with: nobody waits for long.
    "secretsmanager": _CONFIG.merge(
        Config(read_timeout=1.5, retries={"mode": "standard", "total_max_attempts": 2})
    ),
    # Somebody else's code, which may also take something for used when it is asked again.
    "lambda": _CONFIG.merge(Config(read_timeout=3)),
}


def logger() -> Logger:
    """The function's logger, which also formats whatever this package logs."""
    function_logger = Logger()
    logging.getLogger("verification")  # has to exist before it can be configured
    utils.copy_config_to_registered_loggers(function_logger, include={"verification"})
    return function_logger


_session = cache(botocore.session.get_session)  # boto3's would import all about S3, too


@cache
def aws(service: str) -> Any:  # noqa: ANN401 one of many client types
    """The process's client of an AWS service, with timeouts that fit a request."""
    return _session().create_client(service, config=_CONFIGS.get(service, _CONFIG))


@cache
def secrets() -> Secrets:
    return Secrets(aws("secretsmanager"))


def started(*services: str) -> None:
    """Everything is imported: make the clients that every request needs, before the first one.

    One that cannot be made is told to the requests that need it. All that there is now stays,
    so that the garbage collector, which is off while a function starts, need never look at it.
    """
    for service in services:
        with suppress(BotoCoreError, ValueError):
            aws(service)
    gc.freeze()
    gc.enable()


def deadline(context: LambdaContext) -> Deadline:
    """When this invocation has to have its answer ready."""
    return Deadline(context.get_remaining_time_in_millis() / 1000 - _ANSWERING)


def peppers(secret_id: str, afresh: bool) -> Peppers:
    with named("USER_KEY_SECRET_ID"):
        if afresh:
            secrets().forget(secret_id)
        return peppers_in(secrets().current(secret_id))


def peppers_in(secret: Mapping[str, str]) -> Peppers:
    """``{"version": "2", "key": ..., "key_1": ...}``: the current pepper, and all before it."""
    older = (
        {"version": name.removeprefix("key_"), "key": key}
        for name, key in secret.items()
        if name.startswith("key_")
    )
    current, *others = (Pepper(*_versioned(one)) for one in (secret, *older))
    return Peppers(current, tuple(others))


def signing_key(secret_id: str) -> SigningKey:
    """The key with which new callback addresses are signed."""
    with named("CALLBACK_SECRET_ID"):
        return SigningKey(*_versioned(secrets().current(secret_id)))


def accepted_keys(secret_id: str, fresh: bool) -> list[SigningKey]:
    """The keys by which a callback address may be signed: the current and the previous.

    Raises TemporarilyUnavailable if one is not known; unless asked for fresh ones, the
    previous may be left out then, for the current one is as a rule enough.
    """
    with named("CALLBACK_SECRET_ID"):
        values = [secrets().current(secret_id, fresh=fresh)]
        try:
            values.append(secrets().previous(secret_id, fresh=fresh) or {})
        except TemporarilyUnavailable:
            if fresh:
                raise
        return [SigningKey(*_versioned(value)) for value in values if value]


@contextmanager
def named(setting: str) -> Iterator[None]:
    """Say which setting led to a secret that is no good."""
    try:
        yield
    except Misconfigured as problem:
        raise Misconfigured(f"{setting}: {problem.setting}") from None


def _versioned(secret: Mapping[str, str]) -> tuple[str, str]:
    version, key = secret.get("version", ""), secret.get("key", "")
    if not (version.isascii() and version.isalnum()) or len(key) < 32:
        raise Misconfigured("the secret needs a version and a key of 32 characters")
    return version, key
