"""Whether a request comes from a genuine app, by App Attest or Play Integrity.

An example for the parameter ``AttestationFunction``: copy it, and make it yours. The header begins
with a word that says what follows, all of it in unpadded base64url but Google's token:

    app-attest-key <key id>.<attestation object>   once for each key that a device has made
    app-attest <key id>.<assertion>                with that key, from then on
    play-integrity <token>                         of a classic request

Each is made for ``ath``, the digest of the access token in the same request, so that it is good for
this person and sign-in only, and is taken once.
"""

import asyncio
import base64
import hashlib
import logging
import os
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from asn1crypto.x509 import Certificate
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.x509 import load_der_x509_certificate
from pyattest.assertion import Assertion
from pyattest.attestation import Attestation
from pyattest.configs.apple import AppleConfig
from pyattest.configs.google_play_integrity_api import GooglePlayIntegrityApiConfig
from pyattest.verifiers.apple_attestation import AppleAttestationVerifier
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.path import ValidationPath

_logger = logging.getLogger(__name__)
_OLDEST_VERDICT = 300  # seconds since Google has made it
_DAY = 86_400  # longer than any access token lives

Json = dict[str, Any]


class NotGenuine(Exception):
    """The attestation is none, or not for this request, or was used before."""


def lambda_handler(event: Json, _context: object) -> Json:
    """``{"genuine": true}`` for a genuine app; an error of AWS's stays one, and nobody passes."""
    kind, _, value = (event["attestation"] or "").partition(" ")
    try:
        _KINDS[kind](value, event["ath"])
    except (KeyError, NotGenuine) as refusal:
        _logger.warning("not genuine: %s", type(refusal.__cause__ or refusal).__name__)
        return {"genuine": False}
    return {"genuine": True}


def _new_key(value: str, ath: str) -> None:
    """A device shows the key that it has made; from then on we know its public half."""
    key_id, raw = _parts(value)

    def verified() -> bytes:
        attestation = Attestation(raw, ath.encode(), _apple(key_id))
        asyncio.run(attestation.verify())
        leaf = load_der_x509_certificate(attestation.data["certs"].last.dump())
        return leaf.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    public_key = _or_not_genuine(verified)
    item = {"id": _id("key", key_id), "public_key": public_key, "counter": 0}
    _once(lambda: _table().put_item(Item=item, ConditionExpression="attribute_not_exists(id)"))


def _known_key(value: str, ath: str) -> None:
    """A device signs with its key, counting as it does."""
    key_id, raw = _parts(value)
    key = {"id": _id("key", key_id)}
    known = _table().get_item(Key=key, ConsistentRead=True).get("Item")
    if not known:
        raise NotGenuine

    def verified() -> int:
        public_key = serialization.load_der_public_key(bytes(known["public_key"]))
        assert isinstance(public_key, EllipticCurvePublicKey)  # noqa: S101 App Attest has no other
        client_data = hashlib.sha256(ath.encode()).digest()
        assertion = Assertion(raw, client_data, public_key, _apple(key_id))
        assertion.verify()
        if assertion.data["rp_id"] != hashlib.sha256(os.environ["APP_ID"].encode()).digest():
            raise NotGenuine
        return int(assertion.data["counter"])

    counter = _or_not_genuine(verified)
    _once(
        lambda: _table().update_item(
            Key=key,
            UpdateExpression="SET #counter = :counter",
            ConditionExpression="#counter < :counter",
            ExpressionAttributeNames={"#counter": "counter"},
            ExpressionAttributeValues={":counter": counter},
        )
    )


def _verdict(token: str, ath: str) -> None:
    """Google's word about an app and its device, made for a nonce of ours."""

    def verified() -> None:
        config = GooglePlayIntegrityApiConfig(
            decryption_key=os.environ["PLAY_DECRYPTION_KEY"],
            verification_key=os.environ["PLAY_VERIFICATION_KEY"],
            apk_package_name=os.environ["PACKAGE_NAME"],
            production=True,
        )
        attestation = Attestation(token, _bytes(ath), config)
        asyncio.run(attestation.verify())
        made_at = int(attestation.data["data"]["requestDetails"]["timestampMillis"]) / 1000
        if time.time() - made_at > _OLDEST_VERDICT:
            raise NotGenuine

    _or_not_genuine(verified)
    used = _id("used", hashlib.sha256(token.encode()).digest())
    item = {"id": used, "expires_at": int(time.time()) + _DAY}
    _once(lambda: _table().put_item(Item=item, ConditionExpression="attribute_not_exists(id)"))


_KINDS: dict[str, Callable[[str, str], None]] = {
    "app-attest-key": _new_key,
    "app-attest": _known_key,
    "play-integrity": _verdict,
}


class _UnderOneRoot(AppleAttestationVerifier):  # type: ignore[misc]
    """The library's own also trusts every root of the operating system."""

    async def verify_certificate_chain(self, chain: list[bytes]) -> ValidationPath:
        device, *others = map(Certificate.load, chain)
        context = ValidationContext(trust_roots=[self.attestation.config.root_ca])
        validator = CertificateValidator(device, others, validation_context=context)
        return await validator.async_validate_usage({"digital_signature"})  # type: ignore[no-any-return, no-untyped-call]


class _Apple(AppleConfig):  # type: ignore[misc]
    attestation_verifier_class = _UnderOneRoot


def _apple(key_id: bytes) -> AppleConfig:
    development = os.environ.get("APP_ATTEST_ENVIRONMENT") == "development"
    root = os.environ.get("APP_ATTEST_ROOT")  # of tests; Apple's comes with the library
    return _Apple(
        key_id=key_id,
        app_id=os.environ["APP_ID"],
        production=not development,
        root_ca=root.encode() if root else None,
    )


def _or_not_genuine[Found](verified: Callable[[], Found]) -> Found:
    """What was verified, of bytes that anybody may have made up; here nothing asks AWS."""
    try:
        return verified()
    except Exception as error:
        raise NotGenuine from error


def _once(write: Callable[[], object]) -> None:
    try:
        write()
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            raise NotGenuine from None
        raise


@cache
def _table() -> Any:  # noqa: ANN401 boto3's resources have no types of their own
    return boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def _id(kind: str, value: bytes) -> str:
    return f"{kind}#{value.hex()}"


def _parts(value: str) -> tuple[bytes, bytes]:
    first, _, second = value.partition(".")
    return _or_not_genuine(lambda: (_bytes(first), _bytes(second)))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
