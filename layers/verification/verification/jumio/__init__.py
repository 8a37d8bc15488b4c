"""Jumio's KYX platform, as far as this product calls it."""

from verification.jumio.account_request import account_request
from verification.jumio.client import JumioClient
from verification.jumio.execution import OpenedExecution, Reading
from verification.jumio.hosts import Hosts
from verification.jumio.oauth import Credentials, TokenSource
from verification.jumio.transport import Transport

__all__ = [
    "Credentials",
    "Hosts",
    "JumioClient",
    "OpenedExecution",
    "Reading",
    "TokenSource",
    "Transport",
    "account_request",
]
