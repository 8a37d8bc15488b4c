"""The secret address that Jumio calls back for one attempt, and nobody else can make.

Jumio documents no signature on its callbacks, so the address itself is the proof:
``<key version>.<user key>.<reference>.<HMAC over all three>``.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from verification.domain.identity import seal


@dataclass(frozen=True)
class SigningKey:
    """One value of the callback secret."""

    version: str
    key: str


@dataclass(frozen=True)
class Capability:
    """What a verified callback address stands for."""

    user_key: str
    reference: str


def sign(key: SigningKey, user_key: str, reference: str) -> str:
    """The last path segment of the callback address, about 125 characters."""
    claim = f"{key.version}.{user_key}.{reference}"
    return f"{claim}.{seal(key.key, claim.encode())}"


def verify(keys: Sequence[SigningKey], text: str) -> Capability | None:
    """What the address was made for, or None if none of our keys made it."""
    claim, _, signature = text.rpartition(".")
    version, _, rest = claim.partition(".")
    genuine = False
    for key in keys:
        expected = seal(key.key, claim.encode())
        # The comparison comes first, so that its time does not depend on the version.
        genuine |= hmac.compare_digest(expected.encode(), signature.encode()) & (
            key.version == version
        )
    user_key, _, reference = rest.partition(".")
    return Capability(user_key, reference) if genuine else None
