"""examples/attestation: App Attest and Play Integrity as devices send them, and as forgers would.

Certificates, keys and verdicts are made here, in Apple's and Google's form, under roots of our own.
"""

import base64
import hashlib
import importlib.util
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import boto3
import pytest
import yaml
from asn1crypto import pem
from asn1crypto.x509 import Certificate
from botocore.exceptions import ClientError
from cbor2 import dumps
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from jose import jwe, jws

from tests.support.template import ROOT

FOLDER = ROOT / "examples" / "attestation"
APP_ID, PACKAGE = "TEAMID1234.com.example.app", "com.example.app"
ATH, OTHER_ATH = ("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo", "A" * 43)
PRODUCTION, DEVELOPMENT = b"appattest" + bytes(7), b"appattestdevelop"
NONCE = x509.ObjectIdentifier("1.2.840.113635.100.8.2")

Json = dict[str, Any]
Judge = Callable[..., bool]


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def certificate(
    name: str, key: ec.EllipticCurvePublicKey, signed_by: ec.EllipticCurvePrivateKey, **more: bytes
) -> x509.Certificate:
    """Of a root if it signs itself; of a device's key if a nonce comes with it."""
    now, is_root = datetime.now(UTC), key == signed_by.public_key()
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    )
    building = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=is_root,
                crl_sign=is_root,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
    )
    if nonce := more.get("nonce"):
        sequence = b"\x30\x24\xa1\x22\x04\x20" + nonce
        building = building.add_extension(x509.UnrecognizedExtension(NONCE, sequence), False)
    return building.sign(signed_by, hashes.SHA256())


class Apple:
    """The authority that vouches for the keys of devices."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = certificate("root", self.key.public_key(), self.key)

    @property
    def pem(self) -> str:
        return self.root.public_bytes(serialization.Encoding.PEM).decode()


class Phone:
    """A device on which the app has made a key."""

    def __init__(self, apple: Apple) -> None:
        self.apple = apple
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.key_id = digest(point)
        self.counter = 0

    def new_key(self, ath: str = ATH, *, app: str = APP_ID, where: bytes = PRODUCTION) -> str:
        """The header with what ``DCAppAttestService.attestKey`` gives."""
        data = digest(app.encode()) + b"\x40" + bytes(4) + where + b"\x00\x20" + self.key_id
        nonce = digest(data + digest(ath.encode()))
        leaf = certificate("device", self.key.public_key(), self.apple.key, nonce=nonce)
        chain = [one.public_bytes(serialization.Encoding.DER) for one in (leaf, self.apple.root)]
        statement = {"x5c": chain, "receipt": b""}
        raw = dumps({"fmt": "apple-appattest", "attStmt": statement, "authData": data})
        return f"app-attest-key {text(self.key_id)}.{text(raw)}"

    def assertion(self, ath: str = ATH, *, app: str = APP_ID) -> str:
        """The header with what ``DCAppAttestService.generateAssertion`` gives."""
        self.counter += 1
        data = digest(app.encode()) + b"\x40" + self.counter.to_bytes(4)
        signature = self.key.sign(digest(data + digest(ath.encode())), ec.ECDSA(hashes.SHA256()))
        raw = dumps({"signature": signature, "authenticatorData": data})
        return f"app-attest {text(self.key_id)}.{text(raw)}"


class Google:
    """Play's service, with the keys that an app's owner downloads from the console."""

    def __init__(self) -> None:
        self.signing, self.encrypting = ec.generate_private_key(ec.SECP256R1()), os.urandom(32)

    def verdict(self, ath: str = ATH, *, age: float = 0, **changes: Json) -> str:
        """The header with the token of a classic request."""
        payload = {
            "requestDetails": {
                "requestPackageName": PACKAGE,
                "nonce": ath + "=",
                "timestampMillis": str(int((time.time() - age) * 1000)),
            },
            "appIntegrity": {
                "appRecognitionVerdict": "PLAY_RECOGNIZED",
                "packageName": PACKAGE,
                "certificateSha256Digest": ["AAAA"],
            },
            "deviceIntegrity": {"deviceRecognitionVerdict": ["MEETS_DEVICE_INTEGRITY"]},
        }
        for part, change in changes.items():
            payload[part] |= change
        signed = jws.sign(payload, self._pem, algorithm="ES256")
        token = jwe.encrypt(signed, self.encrypting, algorithm="A256KW", encryption="A256GCM")
        return f"play-integrity {token.decode()}"

    @property
    def _pem(self) -> str:
        return self.signing.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    @property
    def settings(self) -> dict[str, str]:
        public = self.signing.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "PLAY_DECRYPTION_KEY": base64.b64encode(self.encrypting).decode(),
            "PLAY_VERIFICATION_KEY": base64.b64encode(public).decode(),
        }


@pytest.fixture(scope="module")
def apple() -> Apple:
    return Apple()


@pytest.fixture(scope="module")
def google() -> Google:
    return Google()


def declared() -> Json:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda _loader, _suffix, node: node.value)
    document: Json = yaml.load((FOLDER / "template.yaml").read_text(), Loader)  # noqa: S506 ours
    return dict(document["Resources"])


@pytest.fixture
def app(aws: None, apple: Apple, google: Google, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function with its table, as its template declares both."""
    keys = declared()["Keys"]["Properties"]
    boto3.client("dynamodb").create_table(
        TableName="keys",
        **{name: keys[name] for name in ("AttributeDefinitions", "KeySchema", "BillingMode")},
    )
    known = {
        "TABLE_NAME": "keys",
        "APP_ID": APP_ID,
        "PACKAGE_NAME": PACKAGE,
        "APP_ATTEST_ENVIRONMENT": "production",
        **google.settings,
    }
    variables = declared()["Judge"]["Properties"]["Environment"]["Variables"]
    assert known.keys() == variables.keys()
    for name, value in {**known, "APP_ATTEST_ROOT": apple.pem}.items():
        monkeypatch.setenv(name, value)
    spec = importlib.util.spec_from_file_location("attestation_example", FOLDER / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def judge(app: ModuleType) -> Judge:
    def genuine(attestation: str | None, ath: str = ATH) -> bool:
        shown = {"attestation": attestation, "ath": ath, "issuer": "i", "subject": "ada"}
        answer = app.lambda_handler(json.loads(json.dumps(shown)), None)
        assert answer.keys() == {"genuine"}
        return bool(answer["genuine"])

    return genuine


def test_a_phone_shows_its_key_once_and_signs_with_it_from_then_on(
    judge: Judge, apple: Apple
) -> None:
    phone = Phone(apple)
    assert judge(phone.new_key())
    assert [judge(phone.assertion()) for _ in range(3)] == [True] * 3
    assert judge(phone.assertion(OTHER_ATH), OTHER_ATH)  # somebody else signs in on it


def test_nothing_of_a_phones_is_good_twice(judge: Judge, apple: Apple) -> None:
    phone = Phone(apple)
    key, first, second = phone.new_key(), phone.assertion(), phone.assertion()
    assert [judge(key), judge(key)] == [True, False]
    assert [judge(second), judge(second), judge(first)] == [True, False, False]


def test_nothing_of_a_phones_is_good_with_another_access_token(judge: Judge, apple: Apple) -> None:
    phone = Phone(apple)
    assert not judge(phone.new_key(), OTHER_ATH)
    assert judge(phone.new_key())
    assert not judge(phone.assertion(), OTHER_ATH)


def test_only_apples_word_for_our_app_on_a_real_device_counts(judge: Judge, apple: Apple) -> None:
    assert not judge(Phone(Apple()).new_key())
    assert not judge(Phone(apple).new_key(app="TEAMID1234.com.example.other"))
    assert not judge(Phone(apple).new_key(where=DEVELOPMENT))


def test_whom_the_operating_system_trusts_is_not_apple(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = Apple()
    (trusted,) = pem.unarmor(somebody.pem.encode(), multiple=True)
    roots = [Certificate.load(trusted[2])]
    monkeypatch.setattr("pyhanko_certvalidator.registry._system_trust_roots", lambda: roots)
    assert not judge(Phone(somebody).new_key())


def test_an_assertion_needs_a_key_that_was_shown_and_our_app(judge: Judge, apple: Apple) -> None:
    phone, forger = Phone(apple), Phone(apple)
    assert not judge(phone.assertion())
    assert judge(phone.new_key())
    forger.key_id = phone.key_id
    assert not judge(forger.assertion())
    assert not judge(phone.assertion(app="TEAMID1234.com.example.other"))


def test_while_developing_a_development_build_is_good_enough(
    judge: Judge, apple: Apple, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_ATTEST_ENVIRONMENT", "development")
    assert judge(Phone(apple).new_key(where=DEVELOPMENT))


def test_google_vouches_for_an_app_once_and_for_one_access_token(
    judge: Judge, google: Google
) -> None:
    verdict = google.verdict()
    assert not judge(verdict, OTHER_ATH)
    assert [judge(verdict), judge(verdict)] == [True, False]


@pytest.mark.parametrize(
    "changes",
    [
        {"age": 301},
        {"requestDetails": {"requestPackageName": "com.example.other"}},
        {"requestDetails": {"timestampMillis": None}},
        {"appIntegrity": {"appRecognitionVerdict": "UNRECOGNIZED_VERSION"}},
        {"appIntegrity": {"packageName": "com.example.other"}},
        {"deviceIntegrity": {"deviceRecognitionVerdict": []}},
        {"deviceIntegrity": {"deviceRecognitionVerdict": ["MEETS_BASIC_INTEGRITY"]}},
    ],
    ids=str,
)
def test_a_verdict_has_to_be_fresh_and_about_our_app_on_a_sound_device(
    judge: Judge, google: Google, changes: Any
) -> None:
    assert not judge(google.verdict(**changes))


def test_a_verdict_of_nobody_knows_whom_is_none(judge: Judge, google: Google) -> None:
    forger = Google()
    assert not judge(forger.verdict())
    forger.encrypting = google.encrypting  # who has the one key has not the other
    assert not judge(forger.verdict())


@pytest.mark.parametrize(
    "nothing",
    [
        *(None, "", " ", "app-attest", "app-attest .", "app-attest-key a.b", "app-attest é.é"),
        *("play-integrity", "play-integrity a.b.c.d.e", "app-attest-key AAAA.oA", "bearer x"),
    ],
)
def test_what_cannot_be_read_is_not_genuine(judge: Judge, nothing: str | None) -> None:
    assert not judge(nothing)


def test_a_table_that_cannot_be_reached_is_no_answer(
    app: ModuleType, judge: Judge, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    app._table.cache_clear()
    monkeypatch.setenv("TABLE_NAME", "gone")
    with pytest.raises(ClientError):
        judge(google.verdict())


def test_what_it_is_built_on_is_what_is_tested() -> None:
    wanted = (FOLDER / "requirements.txt").read_text()
    tested = (ROOT / "requirements/dev.txt").read_text()
    assert "pyattest==" in wanted
    assert [line for line in wanted.splitlines() if line not in tested] == []
