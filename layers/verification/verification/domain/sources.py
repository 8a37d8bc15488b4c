"""Where callbacks come from: a second, weaker sign beside the capability.

The addresses are those that Jumio publishes per data centre ("Callback", read 2026-11).
They have changed before, so that a deployment can replace them and can begin by only
reporting what it would refuse.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from verification.domain.errors import Misconfigured

_PUBLISHED = """
amer-1 34.202.241.227 34.226.103.119 34.226.254.127 52.8.136.236 54.177.61.57 54.183.15.212
emea-1 34.253.41.236 35.157.27.193 52.48.0.25 52.57.194.92 52.58.113.86 52.209.180.134
apac-1 3.0.109.121 52.76.184.73 52.77.102.92 13.238.100.17 13.238.203.238 52.64.132.26
"""
PUBLISHED = {name: listed for name, *listed in map(str.split, _PUBLISHED.strip().splitlines())}

Mode = Literal["off", "report", "enforce"]


@dataclass(frozen=True)
class Sources:
    """Which addresses may call back, and what happens to the others."""

    mode: Mode
    networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]

    @classmethod
    def of(cls, mode: Mode, data_center: str, override: str = "") -> Self:
        """Jumio's addresses, or the comma-separated ones given; raises Misconfigured."""
        listed = [part.strip() for part in override.split(",") if part.strip()]
        try:
            networks = [ipaddress.ip_network(one) for one in listed or PUBLISHED[data_center]]
        except ValueError:
            raise Misconfigured("CALLBACK_SOURCES: addresses or networks with commas") from None
        return cls(mode, networks)

    def listed(self, address: str) -> bool:
        """Whether an address is on the list; always, if nobody asks."""
        if self.mode == "off":
            return True
        try:
            source = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(source in network for network in self.networks)
