"""Where the keys of the passwords are kept: in a file of this user, in the desktop's keyring, or under a passphrase.

Runs on: any thread but the GUI's. One file says where; replacing it is the moment at which another key is in force.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import os
import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.model.errors import OperatorError
from app.model.secret import Secret
from app.runtime import passphrase as typed
from app.runtime.desktop_keyring import Keyring, NoKeyring
from app.runtime.language import gettext as _

log = logging.getLogger("lawang.secrets")

KEY_BYTES = 32              # AES-256
NONCE_BYTES = 12            # the size for which GCM is defined (NIST SP 800-38D section 5.2.1.1)
MOST_KEYS = 8               # the one in force and seven former ones: copies and undo of as many changes still open
_OWNER = b"lawang key ring"


class Kept(StrEnum):
    """Where the keys are kept."""

    FILE = "file"
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"


class KeysAway(OperatorError):
    """The keys are there but cannot be had now; passwords stay closed, and the wall goes on without them."""


class PassphraseNeeded(KeysAway):
    """The keys are under a passphrase, and none or a wrong one was given."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys, the one in force first; ``kept`` where; ``entry`` the name of the entry in the keyring."""

    ring: tuple[bytes, ...]
    kept: Kept = Kept.FILE
    entry: str = ""

    def __repr__(self) -> str:
        return f"Keys({len(self.ring)} in {self.kept})"

    def after(self, key: bytes, kept: Kept) -> Keys:
        """With another key in force; former ones still open what was sealed with them."""
        return Keys((key, *self.ring)[:MOST_KEYS], kept)


def kept_in(content: bytes) -> Kept:
    """Where the keys of this key file are."""
    told = _told(content)
    return Kept.FILE if told is None else Kept(told["kept"])


def read(path: Path, content: bytes, keyring: Keyring | None, passphrase: Secret) -> Keys:
    """The keys that this content of the key file leads to. Raises OperatorError, PassphraseNeeded."""
    told = _told(content)
    if told is None:
        if not content or len(content) % KEY_BYTES or len(content) > MOST_KEYS * KEY_BYTES:
            raise OperatorError(_damaged(path, len(content)))
        return Keys(_ring(content))
    try:
        if told["kept"] == Kept.KEYRING:
            return _from_keyring(path, str(told["entry"]), keyring)
        return Keys(_opened(told, passphrase), Kept.PASSPHRASE)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise OperatorError(_damaged(path, len(content))) from None


def write(path: Path, keys: Keys, keyring: Keyring | None, passphrase: Secret, *, replace: bool) -> Keys | None:
    """Puts the keys where they are to be kept and the key file in place; durable when it returns.

    Without ``replace`` a key file that is there is left alone and None is given: two programs that start at once end up
    with the same key. Raises OperatorError; the former key file is untouched then.
    """
    prepared = prepare(keys, keyring, passphrase)
    placed = False
    try:
        placed = put_in_place(path, prepared[1], replace=replace)
    finally:
        if not placed and prepared[0].entry:
            forget(prepared[0], keyring)
    return prepared[0] if placed else None


def prepare(keys: Keys, keyring: Keyring | None, passphrase: Secret) -> tuple[Keys, bytes]:
    """What may take long, done before the moment of change: (keys with their entry, content of the key file).

    Raises OperatorError when the keyring does not take it or the passphrase is empty.
    """
    blob = b"".join(keys.ring)
    if keys.kept is Kept.FILE:
        return keys, blob
    if keys.kept is Kept.KEYRING:
        entry = f"registry-key-{secrets.token_hex(8)}"
        try:
            if keyring is None:
                raise NoKeyring("a throwaway profile has none")
            keyring.put(entry, blob)
        except NoKeyring as error:
            raise OperatorError(_("The desktop's keyring cannot keep the key ({reason}). Nothing was changed.").format(
                reason=error)) from None
        return Keys(keys.ring, Kept.KEYRING, entry), _told_as(kept=Kept.KEYRING, entry=entry)
    if not passphrase:
        raise OperatorError(_("An empty passphrase protects nothing. Nothing was changed."))
    salt, nonce = secrets.token_bytes(typed.SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    cost = (typed.ITERATIONS, typed.LANES, typed.MEMORY_KIB)
    sealed = AESGCM(typed.derived(passphrase, salt, *cost)).encrypt(nonce, blob, _OWNER)
    return keys, _told_as(kept=Kept.PASSPHRASE, salt=_text(salt), nonce=_text(nonce), sealed=_text(sealed),
                          iterations=cost[0], lanes=cost[1], memory_kib=cost[2])


def put_in_place(path: Path, content: bytes, *, replace: bool) -> bool:
    """Writes the key file (0600) whole or not at all. False when one was there and ``replace`` is not wanted."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            if replace:
                draft.replace(path)
            else:
                os.link(draft, path)        # a link never replaces
        except FileExistsError:
            log.info("another program made the key file first; using that one")
            return False
        finally:
            draft.unlink(missing_ok=True)
        _settle(path.parent)
    except OSError as error:
        raise OperatorError(_("The key file {path} cannot be made ({reason}). "
                              "Without it no camera password can be kept.").format(
                                  path=path, reason=error.strerror or type(error).__name__)) from None
    return True


def forget(keys: Keys, keyring: Keyring | None) -> None:
    """Takes keys that are no longer in force out of the keyring; what cannot be taken out is logged."""
    if keys.entry and keyring is not None:
        try:
            keyring.forget(keys.entry)
        except NoKeyring as error:
            log.warning("an old key stays in the keyring: %s", error)


def _from_keyring(path: Path, entry: str, keyring: Keyring | None) -> Keys:
    try:
        blob = keyring.get(entry) if keyring is not None else None
    except NoKeyring as error:
        raise KeysAway(_("The key of the camera passwords is in the desktop's keyring, which does not give it "
                         "({reason}). Unlock the keyring and start again.").format(reason=error)) from None
    if not blob or len(blob) % KEY_BYTES:
        raise KeysAway(_("The key of the camera passwords is not in this desktop's keyring. Sign in as the user "
                         "who kept it, or remove {path} and enter the passwords again.").format(path=path))
    return Keys(_ring(blob), Kept.KEYRING, entry)


def _opened(told: dict[str, Any], passphrase: Secret) -> tuple[bytes, ...]:
    if not passphrase:
        raise PassphraseNeeded(_("The camera passwords are under a passphrase, which was not given."))
    key = typed.derived(passphrase, _bytes(told["salt"]), int(told["iterations"]), int(told["lanes"]),
                        int(told["memory_kib"]))
    try:
        return _ring(AESGCM(key).decrypt(_bytes(told["nonce"]), _bytes(told["sealed"]), _OWNER))
    except InvalidTag:
        raise PassphraseNeeded(_("This is not the passphrase of the camera passwords.")) from None


def _told(content: bytes) -> dict[str, Any] | None:
    """The key file as words, or None when it holds the keys themselves."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and told.get("kept") in (Kept.KEYRING, Kept.PASSPHRASE) else None


def _told_as(**words: object) -> bytes:
    return (json.dumps(words) + "\n").encode()


def _ring(blob: bytes) -> tuple[bytes, ...]:
    return tuple(blob[at:at + KEY_BYTES] for at in range(0, len(blob), KEY_BYTES))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: object) -> bytes:
    return base64.b64decode(str(text), validate=True)


def _settle(folder: Path) -> None:
    """The folder's own entry on disk, where the system can: a power cut must not bring the former file back."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _damaged(path: Path, size: int) -> str:
    return _("The key file {path} is damaged: it has {size} bytes instead of {wanted}. "
             "Put back a copy of it, or remove it and enter the camera passwords again.").format(
                 path=path, size=size, wanted=KEY_BYTES)


EMPTY = Keys(())
