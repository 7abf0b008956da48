"""The detached CMS signature of a manifest (RFC 5652): made with cryptography, checked with it and a strict reader.

One signer, SHA-256, RSA with PKCS #1 v1.5 padding: what every openssl and every browser can check.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from app.evidence import der

LARGEST = 1 << 20           # bytes of a signature file; ours have about 2 kB
SMALLEST_KEY = 2048         # bits; a shorter one proves nothing (NIST SP 800-131A)

_SIGNED_DATA, _DATA = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"
_SHA256 = "2.16.840.1.101.3.4.2.1"
_RSA, _SHA256_RSA = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"


class Unsound(Exception):
    """What is signed does not hold; ``kind`` is "form" (cannot be read), "content" (signs something else) or "key"."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind


class BadSignature(Unsound):
    """Of a station's signature."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose certificate signed."""

    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.certificate)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate in hexadecimal, 64 characters."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def sign(content: bytes, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bytes:
    """The detached signature of ``content`` as DER, certificate included."""
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities]
    return (pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
            .sign(serialization.Encoding.DER, options))


def check(content: bytes, signature: bytes) -> Signer:
    """Who signed ``content``. Says nothing of whether that station is the right one. Raises BadSignature."""
    try:
        certificate, signed, digest, value = _read(signature)
        key = certificate.public_key()
    except Exception as error:          # noqa: BLE001   (forged input may break any parser; what it broke is told)
        raise BadSignature("form", str(error)) from None
    if digest != hashlib.sha256(content).digest():
        raise BadSignature("content")
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < SMALLEST_KEY:
        raise BadSignature("key", "no RSA key that is long enough")
    try:
        key.verify(value, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise BadSignature("key") from None
    return Signer(certificate)


def _read(signature: bytes) -> tuple[x509.Certificate, bytes, bytes, bytes]:
    """The signer's certificate, the signed attributes as they were signed, the content's digest, the signature."""
    if len(signature) > LARGEST:
        raise ValueError("too large")
    kind, body = der.one(signature, der.SEQUENCE).children()
    if der.oid(kind) != _SIGNED_DATA:
        raise ValueError("not signed data")
    data = der.one(der.expect(body, der.CONTEXT_0).content, der.SEQUENCE).children()
    _, _, inner, certificates, signers = data[0], data[1], data[2], *_last_two(data)
    if [der.oid(part) for part in inner.children()] != [_DATA]:
        raise ValueError("not detached")
    (signer,) = der.expect(signers, der.SET).children()
    version, who, hashed, attributes, method, value = signer.children()[:6]
    if version.content != b"\x01" or _algorithm(hashed) != _SHA256 or _algorithm(method) not in (_RSA, _SHA256_RSA):
        raise ValueError("another algorithm")
    digest = digest_in(der.expect(attributes, der.CONTEXT_0), _DATA)
    # RFC 5652 5.4: what is signed is the attributes as a SET, not with the tag under which they travel.
    signed = bytes([der.SET]) + attributes.whole[1:]
    return certificate_of(who, certificates), signed, digest, der.expect(value, der.OCTETS).content


def _last_two(data: list[der.Element]) -> tuple[der.Element, der.Element]:
    if len(data) != 5:
        raise ValueError("certificate or signer is missing")
    return der.expect(data[3], der.CONTEXT_0), data[4]


def _algorithm(element: der.Element) -> str:
    return der.oid(der.expect(element, der.SEQUENCE).children()[0])


def digest_in(attributes: der.Element, signs: str) -> bytes:
    """The digest in signed attributes of content of the type ``signs``; each stands once and has one value.

    RFC 5652 5.3, 11.1, 11.2. Raises ValueError, KeyError.
    """
    found: dict[str, der.Element] = {}
    for attribute in attributes.children():
        kind, values = attribute.children()
        name = der.oid(kind)
        if name in found:
            raise ValueError("an attribute stands twice")
        found[name] = der.expect(values, der.SET)
    (content_type,) = found[_CONTENT_TYPE].children()
    if der.oid(content_type) != signs:
        raise ValueError("signs something else")
    (digest,) = found[_MESSAGE_DIGEST].children()
    return der.expect(digest, der.OCTETS).content


def certificate_of(who: der.Element, certificates: der.Element) -> x509.Certificate:
    """The certificate that a SignerInfo names (RFC 5652 5.3). Raises ValueError when it does not travel along."""
    issuer, serial = who.children()
    for element in certificates.children():
        certificate = x509.load_der_x509_certificate(element.whole)
        if (certificate.issuer.public_bytes() == issuer.whole
                and certificate.serial_number == int.from_bytes(serial.content, signed=True)):
            return certificate
    raise ValueError("the signer's certificate is missing")
