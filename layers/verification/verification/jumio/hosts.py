"""Where Jumio is."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Hosts:
    """The base addresses of one data centre."""

    auth: str
    account: str
    api: str
    retrieval: str

    @classmethod
    def of(cls, data_center: str, override: str = "") -> Self:
        """The hosts of ``amer-1``, ``emea-1`` or ``apac-1``, or one address for all of them."""
        if override:
            base = override.rstrip("/")
            return cls(base, base, base, base)
        names = ("auth", "account", "api", "retrieval")
        return cls(*(f"https://{name}.{data_center}.jumio.ai" for name in names))
