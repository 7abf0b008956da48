"""Passwords at rest: AES-256-GCM with a key file that only this user may read. Runs on: any thread."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import threading
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.model.errors import OperatorError
from app.model.secret import Secret
from app.runtime.language import gettext as _

log = logging.getLogger("lawang.secrets")

KEY_BYTES = 32          # AES-256
NONCE_BYTES = 12        # the size for which GCM is defined (NIST SP 800-38D section 5.2.1.1)
MARK_BYTES = 4          # says which key made a text, so that a lost key is told apart from a damaged row
FORMAT = b"\x01"


class Vault:
    """Locks and opens passwords. The key file (mode 0600) is made when the first password is locked.

    ``owner`` is bound into each sealed text: a password copied to another camera's row does not open there.
    """

    def __init__(self, key_file: Path) -> None:
        self.key_file = key_file
        self._key: bytes | None = None
        self._lock = threading.Lock()

    def seal(self, secret: Secret, owner: str) -> bytes:
        """The sealed password: format 1 byte, mark of the key 4, nonce 12, text and tag.

        Raises OperatorError when the key file can be neither read nor made.
        """
        key = self._load(make=True)
        assert key is not None
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = _cipher(key).encrypt(nonce, secret.reveal().encode(), owner.encode())
        return FORMAT + _mark(key) + nonce + sealed

    def open(self, sealed: bytes, owner: str) -> Secret | None:
        """The password, or None when it was sealed with another key, for another owner, or is damaged."""
        key = self._load(make=False)
        head = len(FORMAT) + MARK_BYTES
        if key is None or sealed[:head] != FORMAT + _mark(key):
            return None
        nonce, text = sealed[head:head + NONCE_BYTES], sealed[head + NONCE_BYTES:]
        try:
            return Secret(_cipher(key).decrypt(nonce, text, owner.encode()).decode())
        except (InvalidTag, ValueError):
            return None

    def _load(self, *, make: bool) -> bytes | None:
        with self._lock:
            if self._key is None:
                self._key = self._read()
            if self._key is None and make:
                self._key = self._make()
            return self._key

    def _read(self) -> bytes | None:
        try:
            key = self.key_file.read_bytes()
            if os.name == "posix" and self.key_file.stat().st_mode & 0o077:
                log.warning("the key file was readable by others; its mode is now 0600")
                self.key_file.chmod(0o600)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OperatorError(_("The key file {path} cannot be read ({reason}). Give it back to this user.").format(
                path=self.key_file, reason=error.strerror or type(error).__name__)) from None
        if len(key) != KEY_BYTES:
            raise OperatorError(_("The key file {path} is damaged: it has {size} bytes instead of {wanted}. "
                                  "Put back a copy of it, or remove it and enter the camera passwords again.").format(
                                      path=self.key_file, size=len(key), wanted=KEY_BYTES))
        return key

    def _make(self) -> bytes:
        draft = self.key_file.with_name(f"{self.key_file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            self.key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            try:
                # A link never replaces: when two programs start at once, both end up with the first one's key.
                os.link(draft, self.key_file)
            except FileExistsError:
                log.info("another program made the key file first; using that one")
            finally:
                draft.unlink()
        except OSError as error:
            raise OperatorError(_("The key file {path} cannot be made ({reason}). "
                                  "Without it no camera password can be kept.").format(
                                      path=self.key_file, reason=error.strerror or type(error).__name__)) from None
        key = self._read()
        if key is None:
            raise OperatorError(_("The key file {path} vanished while it was being made.").format(path=self.key_file))
        return key


@lru_cache(4)       # both are asked once per camera: of 60,000 passwords they took 0.2 s, now 0.03
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(4)
def _mark(key: bytes) -> bytes:
    """Four bytes that name a key without telling anything about it."""
    return hashlib.sha256(b"lawang key mark\0" + key).digest()[:MARK_BYTES]
