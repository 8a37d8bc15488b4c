"""Where Jumio is."""

import re
from dataclasses import dataclass
from typing import Self

_HTTPS = re.compile(r"https://([a-z0-9.-]+)(:443)?(?![^/?#])", re.IGNORECASE)


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

    def send_people_to(self, address: str) -> bool:
        """Whether a person may be sent there: a host of this data centre, and none of its APIs.

        Jumio's web clients are at https://<your prefix>.web.<data center>.jumio.ai.
        """
        apis = {self.auth, self.account, self.api, self.retrieval}
        if not self.account.startswith("https://account."):  # one address for all of them
            return address.startswith(f"{self.account}/")
        found = _HTTPS.match(address)
        host = found[1].lower() if found else ""
        within = self.account.removeprefix("https://account")
        return host.endswith(within) and f"https://{host}" not in apis
