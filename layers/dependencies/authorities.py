"""The authorities of certifi's bundle, so that a process reads only those that it needs.

To read all of them takes longer than many a call. AWS's own endpoints are behind five of them. Of
all others, each is a file under the name by which OpenSSL looks for it, as `openssl rehash` would
make it: whose certificate is behind none that was read before is looked for there.
"""

import hashlib
import re
import ssl
from pathlib import Path

# Source: "Trust store and pinning recommendations" of https://www.amazontrust.com/repository/
_AMAZONS = re.compile(r"Amazon Root CA [1-4]|Starfield Services Root Certificate Authority - G2")
_AMAZONS_NUMBER = 5
_TYPES = {  # of what names consist of, as DER has them
    "commonName": "0603550403",
    "serialNumber": "0603550405",
    "countryName": "0603550406",
    "localityName": "0603550407",
    "stateOrProvinceName": "0603550408",
    "organizationName": "060355040a",
    "organizationalUnitName": "060355040b",
    "organizationIdentifier": "0603550461",
    "emailAddress": "06092a864886f70d010901",
}
_SET, _SEQUENCE, _TEXT = 0x31, 0x30, 0x0C
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n", re.DOTALL)

Name = list[tuple[str, str]]


def split(bundle: Path, folder: Path, amazons: Path) -> None:
    """Write each authority of a bundle to a file in a folder, and Amazon's to one more."""
    folder.mkdir()
    of_amazon = []
    for certificate in _CERTIFICATE.findall(bundle.read_text()):
        subject = add(folder, certificate)
        if _AMAZONS.fullmatch(dict(subject).get("commonName", "")):
            of_amazon.append(certificate)
    if len(of_amazon) != _AMAZONS_NUMBER:
        raise SystemExit(f"the bundle has {len(of_amazon)} of Amazon's authorities")
    amazons.write_text("".join(of_amazon))


def add(folder: Path, certificate: str) -> Name:
    """Write an authority's certificate where OpenSSL looks for it; returns whose it is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificate)
    (known,) = context.get_ca_certs()
    subject = [part for (part,) in known["subject"]]
    with (folder / f"{hash_of(subject)}.0").open("x") as file:  # no two have one name
        file.write(certificate)
    return subject


def hash_of(name: Name) -> str:
    """OpenSSL's `X509_NAME_hash`: of what is left if neither case nor blanks nor types matter."""
    content = b""
    for kind, text in name:
        plain = b" ".join(text.encode().lower().split())
        content += _der(_SET, _der(_SEQUENCE, bytes.fromhex(_TYPES[kind]) + _der(_TEXT, plain)))
    return hashlib.sha1(content, usedforsecurity=False).digest()[3::-1].hex()


def _der(tag: int, content: bytes) -> bytes:
    if len(content) > 127:
        raise SystemExit("an authority has a name whose length takes several bytes")
    return bytes((tag, len(content))) + content
