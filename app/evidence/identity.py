"""The key and certificate of this station: made once, kept for this user alone, replaced on purpose only.

Runs on: a worker thread; making an RSA key takes up to a few seconds.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.evidence import onvif_seal, signature
from app.model.errors import OperatorError
from app.model.secret import Secret
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.secrets import Vault

KEY_BITS = 3072             # 128-bit strength (NIST SP 800-57), which a clip kept for five years and a trial outlasts
DAYS = 3653                 # ten years: recordings are kept for five, and cases wait
KEY, CERTIFICATE, FORMER = "station.key", "station.crt", "former"
_OWNER = "station-key"      # what a sealed key is bound to, see Vault.seal
_PEM = b"-----BEGIN"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs. ``repr`` shows no key."""

    certificate: x509.Certificate
    _key: rsa.RSAPrivateKey

    def sign(self, content: bytes) -> bytes:
        """The detached CMS signature of ``content``, DER."""
        return signature.sign(content, self.certificate, self._key)

    def seal(self, digest: bytes) -> bytes:
        """The signature of a clip's SHA-256 for the seal inside it."""
        return onvif_seal.sign(digest, self._key)

    @property
    def empty_seal(self) -> bytes:
        """The box that a clip keeps for it."""
        return onvif_seal.empty(self.certificate.public_bytes(serialization.Encoding.DER), self._key.key_size // 8)

    @property
    def fingerprint(self) -> str:
        return signature.fingerprint(self.certificate)

    @property
    def name(self) -> str:
        return name_in(self.certificate)

    @property
    def pem(self) -> bytes:
        """The certificate as text; never the key."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def __repr__(self) -> str:
        return f"Identity({self.name}, {self.fingerprint[:16]})"


def folder() -> Path:
    """Where the station's key lies."""
    return paths.config_dir() / "station"


def name_in(certificate: x509.Certificate) -> str:
    """The station's name in its certificate, "" when it has none that can be read."""
    try:
        found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:                  # it is read only now: a forged one may be of any form
        return ""
    return str(found[0].value) if found else ""


def load_or_make(name: str, where: Path | None = None, vault: Vault | None = None) -> Identity:
    """The identity in ``where``; made when there is none. With a ``vault`` the key is sealed like camera passwords.

    ``name`` is written into a new certificate. Raises OperatorError when it can be neither read nor made.
    """
    where = where or folder()
    if not (where / CERTIFICATE).exists() and not (where / KEY).exists():
        return _make(name, where, vault)
    return load(where, vault)


def load(where: Path | None = None, vault: Vault | None = None) -> Identity:
    """The identity in ``where``. Raises OperatorError."""
    where = where or folder()
    try:
        certificate = x509.load_pem_x509_certificate((where / CERTIFICATE).read_bytes())
        if os.name == "posix" and (where / KEY).stat().st_mode & 0o077:
            (where / KEY).chmod(0o600)
        key = serialization.load_pem_private_key(_opened((where / KEY).read_bytes(), vault), None)
    except (OSError, ValueError, TypeError):
        raise OperatorError(_(
            "The station's key in {path} cannot be read. Put it back from a copy, or make a new one: what the old one "
            "signed stays checkable.").format(path=where)) from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise OperatorError(_("Key and certificate in {path} do not belong together.").format(path=where))
    return Identity(certificate, key)


def rotate(name: str, where: Path | None = None, vault: Vault | None = None) -> Identity:
    """A new key. The former certificate is kept beside it, so that old packages can still be named. OperatorError."""
    where = where or folder()
    with contextlib.suppress(FileNotFoundError):
        former = x509.load_pem_x509_certificate((where / CERTIFICATE).read_bytes())
        kept = paths.ensure(where / FORMER) / f"{signature.fingerprint(former)}.crt"
        kept.write_bytes(former.public_bytes(serialization.Encoding.PEM))
    return _make(name, where, vault)


def known_fingerprints(where: Path | None = None) -> dict[str, str]:
    """Fingerprint -> name of this station's certificates, present and former; empty when it has none."""
    where = where or folder()
    found = {}
    for file in [where / CERTIFICATE, *sorted((where / FORMER).glob("*.crt"))]:
        with contextlib.suppress(OSError, ValueError):
            certificate = x509.load_pem_x509_certificate(file.read_bytes())
            found[signature.fingerprint(certificate)] = name_in(certificate)
    return found


def _make(name: str, where: Path, vault: Vault | None) -> Identity:
    key = rsa.generate_private_key(65537, KEY_BITS)
    certificate = _certificate(name, key)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    if vault is not None:
        pem = vault.seal(Secret(pem.decode()), _OWNER)
    identity = Identity(certificate, key)
    try:
        paths.ensure(where)
        _put(where / KEY, pem)              # the key first: a certificate without key would stand in the way
        _put(where / CERTIFICATE, identity.pem)
    except OSError as error:
        raise OperatorError(_("The station's key cannot be written to {path}: {reason}.").format(
            path=where, reason=error.strerror or type(error).__name__)) from None
    return identity


def _certificate(name: str, key: rsa.RSAPrivateKey) -> x509.Certificate:
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, (name or "Lawang")[:64])])
    now = datetime.now(UTC)
    return (x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))      # a machine that checks may be a little behind
            .not_valid_after(now + timedelta(days=DAYS))
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
            # openssl cms -verify asks for this purpose unless told otherwise.
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256()))


def _opened(content: bytes, vault: Vault | None) -> bytes:
    if content.startswith(_PEM):
        return content
    secret = vault.open(content, _OWNER) if vault is not None else None
    if secret is None:
        raise ValueError("sealed")
    return secret.reveal().encode()


def _put(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by this user alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
