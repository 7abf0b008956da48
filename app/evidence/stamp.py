"""A time stamp from an authority (RFC 3161): proof that a signature existed at a moment that no clock of ours tells.

What is stamped is manifest.p7s; the answer lies beside it as manifest.tsr, which plain ``openssl ts -verify`` checks.
Runs on: the export thread (asking waits for a network), any thread but the GUI's (checking).
"""

from __future__ import annotations

import hashlib
import http.client
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.evidence import der
from app.evidence.identity import name_in
from app.evidence.signature import SMALLEST_KEY, Unsound, certificate_of, digest_in, fingerprint

TIMEOUT_S = 10.0            # an authority answers in under a second; a network that drops everything never does
LARGEST = 256 << 10         # bytes of an answer; usual ones have 2 to 7 kB
_SHA256_DER = bytes.fromhex("300d06096086480165030402010500")       # AlgorithmIdentifier of SHA-256
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(), "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512()}
_GENERALIZED_TIME = 0x18


class BadStamp(Unsound):
    """Of an authority's time stamp."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """``at`` in UTC microseconds, as the authority states it. ``fingerprint``: SHA-256 of its certificate."""

    at: int
    authority: str
    fingerprint: str


def ask(url: str, content: bytes) -> bytes:
    """The authority's answer for ``content``, checked. Raises OSError when there is none, BadStamp for a bad one."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise OSError("not an address of a time stamp authority")
    asked = urllib.request.Request(url, query(content), {"Content-Type": "application/timestamp-query"})
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as answer:
            told: bytes = answer.read(LARGEST + 1)
    except (urllib.error.URLError, http.client.HTTPException, ValueError) as error:
        raise OSError(str(error) or type(error).__name__) from None
    check(told, content)
    return told


def query(content: bytes) -> bytes:
    """A TimeStampReq for the SHA-256 of ``content``, asking for the certificate."""
    imprint = _tlv(der.SEQUENCE, _SHA256_DER + _tlv(der.OCTETS, hashlib.sha256(content).digest()))
    nonce = _tlv(der.INTEGER, b"\x01" + secrets.token_bytes(8))
    return _tlv(der.SEQUENCE, _tlv(der.INTEGER, b"\x01") + imprint + nonce + _tlv(0x01, b"\xff"))


def check(answer: bytes, content: bytes) -> Stamp:
    """When ``content`` was stamped, and by whom; whether that authority is to be trusted is not said. BadStamp."""
    try:
        certificate, signed, signature, method, info = _read(answer)
        hashed, digest, at = _info(info)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except Exception as error:          # noqa: BLE001   (forged input may break any parser; what it broke is told)
        raise BadStamp("form", str(error)) from None
    if hashes_of(hashed, content) != digest:
        raise BadStamp("content")
    if ExtendedKeyUsageOID.TIME_STAMPING not in purposes:
        raise BadStamp("key", "not a certificate for time stamps")
    try:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_KEY:
            key.verify(signature, signed, padding.PKCS1v15(), method)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(method))
        else:
            raise BadStamp("key", "another kind of key")
    except BadStamp:
        raise
    except Exception:                   # noqa: BLE001   (InvalidSignature, or a key that cannot do this)
        raise BadStamp("key") from None
    return Stamp(at, name_in(certificate), fingerprint(certificate))


def hashes_of(method: hashes.HashAlgorithm, content: bytes) -> bytes:
    """The hash of ``content`` by that method."""
    digest = hashes.Hash(method)
    digest.update(content)
    return digest.finalize()


def _read(answer: bytes) -> tuple[x509.Certificate, bytes, bytes, hashes.HashAlgorithm, bytes]:
    """Certificate, signed attributes as they were signed, signature, its hash, the stamp itself (TSTInfo)."""
    if len(answer) > LARGEST:
        raise ValueError("too large")
    status, token = der.one(answer, der.SEQUENCE).children()
    if int.from_bytes(der.expect(status.children()[0], der.INTEGER).content) not in (0, 1):
        raise ValueError("the authority refused")
    kind, body = der.expect(token, der.SEQUENCE).children()
    if der.oid(kind) != _SIGNED_DATA:
        raise ValueError("not signed data")
    data = der.one(der.expect(body, der.CONTEXT_0).content, der.SEQUENCE).children()
    inner, certificates, signers = data[2], der.expect(data[3], der.CONTEXT_0), data[-1]
    what, wrapped = inner.children()
    if der.oid(what) != _TST_INFO:
        raise ValueError("no time stamp")
    info = der.one(der.expect(wrapped, der.CONTEXT_0).content, der.OCTETS).content
    (signer,) = der.expect(signers, der.SET).children()
    _, who, hashed, attributes, _, value = signer.children()[:6]
    method = _HASHES[der.oid(hashed.children()[0])]
    if digest_in(der.expect(attributes, der.CONTEXT_0), _TST_INFO) != hashes_of(method, info):
        raise ValueError("signs something else")
    signed = bytes([der.SET]) + attributes.whole[1:]        # RFC 5652 5.4
    return certificate_of(who, certificates), signed, der.expect(value, der.OCTETS).content, method, info


def _info(info: bytes) -> tuple[hashes.HashAlgorithm, bytes, int]:
    """Hash and digest of what was stamped, and when in UTC microseconds."""
    parts = der.one(info, der.SEQUENCE).children()
    method, digest = parts[2].children()
    at = der.expect(parts[4], _GENERALIZED_TIME).content.decode("ascii")
    form = "%Y%m%d%H%M%S.%fZ" if "." in at else "%Y%m%d%H%M%SZ"
    moment = datetime.strptime(at, form).replace(tzinfo=UTC)
    return _HASHES[der.oid(method.children()[0])], der.expect(digest, der.OCTETS).content, round(
        moment.timestamp() * 1_000_000)


def _tlv(tag: int, content: bytes) -> bytes:
    assert len(content) < 128           # all of ours are short
    return bytes([tag, len(content)]) + content
