"""Passwords at rest: AES-256-GCM with a key of this user (app.runtime.key_store says where it is kept).

Runs on: any thread but the GUI's: a keyring may make it wait, a passphrase takes a tenth of a second.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import threading
import time
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.model.errors import OperatorError
from app.model.secret import NOTHING, Secret
from app.runtime import key_store
from app.runtime.desktop_keyring import Keyring
from app.runtime.key_store import EMPTY, KEY_BYTES, NONCE_BYTES, Kept, Keys, KeysAway, PassphraseNeeded
from app.runtime.language import gettext as _

log = logging.getLogger("lawang.secrets")

MARK_BYTES = 4          # says which key made a text, so that a lost key is told apart from a damaged row
FORMAT = b"\x01"
PASSPHRASE_FILE = "LAWANG_PASSPHRASE_FILE"      # its first line is the passphrase; for a station that starts by itself

AGAIN_S = 60.0          # a keyring that did not answer is asked again after this

type _Identity = tuple[int, int, int]


class Vault:
    """Locks and opens passwords. The key is made when the first password is locked: in the keyring where a real one
    answers, else in the key file (mode 0600).

    ``owner`` is bound into each sealed text: a password copied to another camera's row does not open there.
    """

    def __init__(self, key_file: Path, keyring: Keyring | None = None) -> None:
        self.key_file = key_file
        self._keyring = keyring
        self._keys = EMPTY
        self._of: _Identity | None = None       # which key file the keys at hand are of
        # Why the keys of that file could not be had with that passphrase, and when (monotonic): 6,000 passwords do not
        # ask a keyring 6,000 times.
        self._away: tuple[_Identity, Secret, float, KeysAway] | None = None
        self._told = ""                         # trouble that was logged: once, not once per camera
        self._lock = threading.RLock()

    def seal(self, secret: Secret, owner: str) -> bytes:
        """The sealed password: format 1 byte, mark of the key 4, nonce 12, text and tag.

        Raises OperatorError when the key can be neither read nor made.
        """
        with self._lock:
            self._read_again()                  # another program may have put another key in force
            if not self._keys.ring:
                self._make()
            return sealed_with(self._keys.ring[0], secret, owner)

    def open(self, sealed: bytes, owner: str) -> Secret | None:
        """The password, or None when it was sealed with another key, for another owner, or is damaged."""
        head = len(FORMAT) + MARK_BYTES
        with self._lock:
            key = self._key_of(sealed[:head])
            if key is None and sealed[:len(FORMAT)] == FORMAT:
                try:
                    self._read_again()
                except KeysAway as error:
                    self._say(str(error))
                    return None
                key = self._key_of(sealed[:head])
        if key is None:
            return None
        nonce, text = sealed[head:head + NONCE_BYTES], sealed[head + NONCE_BYTES:]
        try:
            return Secret(_cipher(key).decrypt(nonce, text, owner.encode()).decode())
        except (InvalidTag, ValueError):
            return None

    @property
    def kept(self) -> Kept | None:
        """Where the key is kept; None while there is none. Raises OperatorError when that cannot be read."""
        content = self._content()
        return None if content is None else key_store.kept_in(content)

    def needs_passphrase(self) -> bool:
        """Whether it opens nothing before someone types the passphrase."""
        if self.kept is not Kept.PASSPHRASE:
            return False
        try:
            with self._lock:
                self._read_again()
        except PassphraseNeeded:
            return True
        return False

    def ready(self) -> bool:
        """Whether passwords can be opened now; tries the keyring again at once."""
        self._away = None
        try:
            with self._lock:
                self._read_again()
        except KeysAway:
            return False
        return True

    def give_passphrase(self, secret: Secret) -> bool:
        """Whether this is the passphrase; if so it holds for every vault of this process. Takes a tenth of a second."""
        content = self._content()
        if content is None:
            return True
        try:
            key_store.read(self.key_file, content, self._keyring, secret)
        except PassphraseNeeded:
            return False
        _given[0] = secret
        return True

    # --- another key ---

    def begin_change(self, kept: Kept, passphrase: Secret = NOTHING) -> Change:
        """A new key, ready to be put in force; until then nothing has changed. Raises OperatorError."""
        with self._lock:
            self._read_again()
            wanted = self._keys.after(secrets.token_bytes(KEY_BYTES), kept)
            before = self._keys
        keys, content = key_store.prepare(wanted, self._keyring, passphrase)
        return Change(self, before, keys, content, passphrase)

    # --- inside ---

    def _key_of(self, head: bytes) -> bytes | None:
        return next((key for key in self._keys.ring if FORMAT + _mark(key) == head), None)

    def _content(self) -> bytes | None:
        try:
            content = self.key_file.read_bytes()
            if os.name == "posix" and self.key_file.stat().st_mode & 0o077:
                log.warning("the key file was readable by others; its mode is now 0600")
                self.key_file.chmod(0o600)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OperatorError(_("The key file {path} cannot be read ({reason}). Give it back to this user.").format(
                path=self.key_file, reason=error.strerror or type(error).__name__)) from None
        return content

    def _read_again(self) -> None:
        """The keys of the key file as it is now; cheap while it is the same file."""
        try:
            now = self.key_file.stat()
            identity = (now.st_mtime_ns, now.st_ino, now.st_size)
        except OSError:
            identity = None
        if identity is not None and identity == self._of:
            return
        content = self._content()
        if content is None:
            # A key that vanished while we run still opens what it sealed; a new one is made for new passwords only
            # when this run never had one.
            return
        given, away = given_passphrase(), self._away
        if away is not None and away[:2] == (identity, given) and time.monotonic() - away[2] < AGAIN_S:
            raise away[3]
        try:
            self._keys = key_store.read(self.key_file, content, self._keyring, given)
        except KeysAway as error:
            if identity is not None:
                self._away = (identity, given, time.monotonic(), error)
            raise
        self._of, self._away = identity, None

    def _make(self) -> None:
        fresh = Keys((secrets.token_bytes(KEY_BYTES),), Kept.KEYRING)
        if self._keyring is not None:
            try:
                key_store.write(self.key_file, fresh, self._keyring, NOTHING, replace=False)
            except OperatorError as error:
                log.info("the key is kept in a file: %s", error)
        if not self.key_file.exists():
            key_store.write(self.key_file, Keys(fresh.ring), None, NOTHING, replace=False)
        self._read_again()
        if not self._keys.ring:
            raise OperatorError(_("The key file {path} vanished while it was being made.").format(path=self.key_file))

    def _say(self, text: str) -> None:
        if text != self._told:
            self._told = text
            log.warning("%s", text)


class Change:
    """A new key between its making and its being in force. Whoever holds it also holds the write lock of the registry
    when it calls ``publish``: what is sealed afterwards is sealed with the new key."""

    def __init__(self, vault: Vault, before: Keys, keys: Keys, content: bytes, passphrase: Secret) -> None:
        self._vault, self._before, self._keys, self._content = vault, before, keys, content
        self._passphrase = passphrase
        self._published = False

    def seal(self, secret: Secret, owner: str) -> bytes:
        """Like Vault.seal, with the new key."""
        return sealed_with(self._keys.ring[0], secret, owner)

    def publish(self) -> None:
        """Puts the key file in place. It holds the former keys too, so rows of either side of a crash open."""
        if self._keys.kept is Kept.PASSPHRASE:
            _given[0] = self._passphrase
        key_store.put_in_place(self._vault.key_file, self._content, replace=True)
        self._published = True

    def finish(self) -> None:
        """After the rows are on disk, or after it came to nothing: the entry that is not in force goes."""
        key_store.forget(self._before if self._published else self._keys, self._vault._keyring)


def sealed_with(key: bytes, secret: Secret, owner: str) -> bytes:
    """Format, mark, nonce, text and tag."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + _mark(key) + nonce + _cipher(key).encrypt(nonce, secret.reveal().encode(), owner.encode())


def mark_of(sealed: bytes) -> bytes:
    """Which key sealed it, as MARK_BYTES that tell nothing about the key."""
    return sealed[len(FORMAT):len(FORMAT) + MARK_BYTES]


_given: list[Secret] = [NOTHING]        # the passphrase of this process, typed once; one place, replaced as a whole


def given_passphrase() -> Secret:
    """What was typed, else the first line of the file that LAWANG_PASSPHRASE_FILE names, else nothing."""
    if _given[0]:
        return _given[0]
    name = os.environ.get(PASSPHRASE_FILE, "")
    if not name:
        return NOTHING
    return passphrase_in(Path(name))


def passphrase_in(path: Path) -> Secret:
    """The first line of a file. Raises OperatorError."""
    try:
        lines = path.expanduser().read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(_("The passphrase file {path} cannot be read ({reason}).").format(
            path=path, reason=getattr(error, "strerror", "") or type(error).__name__)) from None
    return Secret(lines[0]) if lines else NOTHING


def forget_passphrase() -> None:
    """What was typed is gone; for tests, and for a station that is handed over."""
    _given[0] = NOTHING


# Both are asked once per camera, 60,000 times at the start of a large station: 0.1 s instead of 0.4 s.
@lru_cache(4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(4)
def _mark(key: bytes) -> bytes:
    """Four bytes that name a key without telling anything about it."""
    return hashlib.sha256(b"lawang key mark\0" + key).digest()[:MARK_BYTES]
