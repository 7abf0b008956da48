"""The seal inside a clip, after the ONVIF Export File Format: it holds for a clip that left its package, too.

SHA-256 over the whole file, the signature's own bytes zero, signed with RSASSA-PSS (salt of 20 bytes), and the
certificate beside it, in ``meta/ipro/sinf/schi``; one signing instance, the last box of the file.
Runs on: a worker thread; signing takes some milliseconds.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from app.evidence import boxes, files
from app.evidence.manifest import Entry
from app.evidence.signature import SMALLEST_KEY, Signer

SALT = 20                   # bytes (ONVIF Export File Format, "Generating the signature")
_PADDING = padding.PSS(padding.MGF1(hashes.SHA256()), SALT)
_HASH = Prehashed(hashes.SHA256())
_SCHEME, _VERSION = b"oeff", 0x00010000
_LARGEST = 1 << 20          # bytes of the file-level meta box; ours have about 2 kB

type Sign = Callable[[bytes], bytes]        # SHA-256 -> signature


@dataclass(frozen=True, slots=True)
class Seal:
    """``at``: where in the file its signature of ``size`` bytes lies. ``certificate``: DER."""

    at: int
    size: int
    certificate: bytes


def empty(certificate: bytes, size: int) -> bytes:
    """The box for a signature of ``size`` bytes, all zero, with the certificate (DER) that it will be checked by."""
    scheme = struct.pack(">I4sI", 0, _SCHEME, _VERSION)
    info = boxes.boxed(b"sibo", bytes(size)) + boxes.boxed(b"cert", certificate)
    instance = boxes.boxed(b"sinf", boxes.boxed(b"schm", scheme) + boxes.boxed(b"schi", info))
    return boxes.boxed(b"ipro", struct.pack(">IH", 0, 1) + instance)


def sign(digest: bytes, key: rsa.RSAPrivateKey) -> bytes:
    """The signature of a file's SHA-256."""
    return key.sign(digest, _PADDING, _HASH)


def filled(tail: bytes, before: Any, signing: Sign) -> bytes:
    """The end of a file with its signature put in; ``before`` is the hash object of all that comes before it."""
    found = _in(tail)
    if found is None:
        return tail
    whole = before.copy()
    whole.update(tail)
    return tail[:found.at] + signing(whole.digest()) + tail[found.at + found.size:]


def fill(path: Path, signing: Sign) -> Entry:
    """Puts the signature into a finished file, on the disk too, and gives it as the manifest lists it.

    Raises OSError, ValueError.
    """
    digest = hashlib.sha256()
    with path.open("r+b") as file:
        last = list(boxes.top(file))[-1]
        file.seek(0)
        left = last.offset
        while left and (chunk := file.read(min(files.CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
        tail = filled(file.read(), digest, signing)
        file.seek(last.offset)
        file.write(tail)
        digest.update(tail)
    files.settle(path)
    return Entry(path.name, last.offset + len(tail), digest.hexdigest())


def find(file: BinaryIO) -> Seal | None:
    """The seal of a clip, None when it has none in the form in which ours are. Raises ValueError, struct.error."""
    last = None
    for box in boxes.top(file):
        last = box
    if last is None or last.kind != b"meta" or last.size > _LARGEST:
        return None
    file.seek(last.offset)
    found = _in(file.read(last.size))
    return None if found is None else Seal(last.offset + found.at, found.size, found.certificate)


class Watch:
    """Checks a seal while its file is read, once and in order, for another hash: only its end is hashed twice."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self._whole: Any = None             # the hash with zeros for the signature, from the signature on
        self._signature = b""

    def follow(self, before: Any, chunk: bytes, at: int) -> None:
        """A chunk that lies at ``at``; ``before``: the hash object of all bytes ahead of it."""
        begin, end = self._seal.at, self._seal.at + self._seal.size
        if at + len(chunk) <= begin:
            return
        if self._whole is None:
            self._whole = before.copy()
        low, high = max(begin - at, 0), min(max(end - at, 0), len(chunk))
        self._signature += chunk[low:high]
        self._whole.update(chunk[:low] + bytes(max(0, high - low)) + chunk[max(low, high):])

    def signer(self) -> Signer | None:
        """Whose key made it, None when it does not hold."""
        return _signer(self._seal, self._whole.digest(), self._signature) if self._whole is not None else None


def _signer(seal: Seal, digest: bytes, signature: bytes) -> Signer | None:
    try:
        certificate = x509.load_der_x509_certificate(seal.certificate)
        key = certificate.public_key()
    except Exception:                   # noqa: BLE001   (a forged certificate may break the parser in many ways)
        return None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < SMALLEST_KEY:
        return None
    try:
        key.verify(signature, digest, _PADDING, _HASH)
    except InvalidSignature:
        return None
    return Signer(certificate)


def _in(tail: bytes) -> Seal | None:
    """The seal in the last boxes of a file, counted from where ``tail`` begins."""
    at, content = 0, tail
    # Full boxes have four bytes before their content, ipro two more for the number of its entries.
    for kind, head in ((b"meta", 12), (b"ipro", 14), (b"sinf", 8), (b"schi", 8)):
        found = [box for box in boxes.within(content) if box.kind == kind]
        if not found:
            return None
        begin, stop = found[-1].offset + head, found[-1].offset + found[-1].size
        at, content = at + begin, content[begin:stop]
    inside = {box.kind: box for box in boxes.within(content)}
    signed, certified = inside.get(b"sibo"), inside.get(b"cert")
    if signed is None or certified is None:
        return None
    return Seal(at + signed.offset + 8, signed.size - 8,
                content[certified.offset + 8:certified.offset + certified.size])
