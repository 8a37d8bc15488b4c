"""Jumio's rules for callback, success and error URLs."""

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from jumio_simulator.world.options import Options

# What the web client appends to return URLs, so they may not be there already.
RESERVED_QUERY = frozenset(
    {
        "accountId",
        "workflowExecutionId",
        "acquisitionStatus",
        "customerInternalReference",
        "errorCode",
        "publicErrorCode",
        "transactionReference",
        "transactionStatus",
        "jumioIdScanReference",
        "idScanStatus",
    }
)
_RFC3986 = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")


def check_callback_url(url: str, options: Options) -> None:
    """ValueError unless the URL is https, with a host name, without port and fragment."""
    if not _RFC3986.fullmatch(url):
        raise ValueError("is not a valid RFC 3986 URL")
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("has no host name")
    if parts.fragment or url.endswith("#"):
        raise ValueError("has a fragment")
    if options.relax_localhost_urls and _is_local(parts.hostname):
        if parts.scheme not in {"http", "https"}:
            raise ValueError("is neither http nor https")
        return
    if parts.scheme != "https":
        raise ValueError("is not https")
    if parts.port is not None:
        raise ValueError("has a port")
    if _is_address(parts.hostname) or "." not in parts.hostname:
        raise ValueError("has no public host name")


def check_return_url(url: str, options: Options) -> None:
    """As for callbacks, and without the query names that the web client appends."""
    check_callback_url(url, options)
    query = urlsplit(url).query
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    if options.return_url_query == "refuse_all" and query:
        raise ValueError("has a query")
    if options.return_url_query != "allow" and names & RESERVED_QUERY:
        raise ValueError(f"has the reserved query name {min(names & RESERVED_QUERY)}")


def _is_local(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
