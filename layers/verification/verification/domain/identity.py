"""Who a person is to us, and what we call them towards Jumio."""

import hashlib
import hmac
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Caller:
    """The person behind a verified access token."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class Pepper:
    """The secret that makes user keys; its version is part of each key."""

    version: str
    key: str = field(repr=False)

    def user_key(self, caller: Caller) -> str:
        """A stable pseudonym of at most 100 characters, without personal data.

        It is the partition key of the person's items and Jumio's ``userReference``.
        Issuer and subject are length-prefixed, so that no two pairs collide.
        """
        message = b"".join(
            len(part).to_bytes(4) + part
            for part in (caller.issuer.encode(), caller.subject.encode())
        )
        return f"{self.version}-{seal(self.key, message)}"

    @property
    def fingerprint(self) -> str:
        """Tells this pepper from every other, and says nothing about it or anybody."""
        return f"{self.version}-{seal(self.key, b'\0the pepper')}"


@dataclass(frozen=True)
class Peppers:
    """All that people are known under: new ones under the current, everybody else under theirs.

    A table has on record which it was used with: their fingerprints, the latest last.
    """

    current: Pepper
    older: tuple[Pepper, ...] = ()

    @property
    def newest_first(self) -> tuple[Pepper, ...]:
        return self.current, *self.older

    def cover(self, record: str) -> bool:
        """Whether nobody can be on record under a pepper that is not among these."""
        return {one.fingerprint for one in self.newest_first}.issuperset(record.split())

    def follow(self, record: str) -> str | None:
        """The record once the current one is in use; None if that was left for another."""
        before, new = record.split(), self.current.fingerprint
        if new in before[:-1]:
            return None
        return record if new in before else " ".join([*before, new])


def seal(key: str, message: bytes) -> str:
    """HMAC-SHA-256 of a message, as 43 characters of base64url."""
    digest = hmac.new(key.encode(), message, hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_reference() -> str:
    """A fresh opaque name for one attempt; clients can read it inside Jumio's token."""
    return uuid.uuid4().hex
