"""The desktop's keyring, where a real one answers: GNOME and KDE by D-Bus, macOS Keychain, Windows Credential Locker.

Runs on: any thread but the GUI's. The keyring may ask its owner to unlock it, or hang with D-Bus: each call is given a
time limit on a thread of its own, which is left behind when it does not come back.
"""

from __future__ import annotations

import base64
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

log = logging.getLogger("lawang.secrets")

SERVICE = "Lawang"
# By full name of the class: the package also finds back ends that keep nothing, keep plain text or always fail, and
# whatever another package adds by an entry point.
ALLOWED = frozenset({
    "keyring.backends.SecretService.Keyring", "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring", "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
})
LIMIT_S = 8.0               # a person who reads the dialog of the keyring and types a password needs about so long


class Keyring(Protocol):
    """What the vault needs of a keyring; each raises NoKeyring."""

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, value: bytes) -> None: ...

    def forget(self, name: str) -> None: ...


class NoKeyring(Exception):
    """No real keyring answers; the text says which trouble it is, never what was kept."""


class DesktopKeyring:
    """The best of the allowed back ends. ``find`` gives it; a test passes another one."""

    def __init__(self, find: Callable[[], Any] | None = None, limit_s: float = LIMIT_S) -> None:
        self._find = find or find_backend
        self._limit_s = limit_s

    def get(self, name: str) -> bytes | None:
        text = self._limited(lambda backend: backend.get_password(SERVICE, name))
        try:
            return None if text is None else base64.b64decode(text, validate=True)
        except ValueError:
            raise NoKeyring("the entry in the keyring is damaged") from None

    def put(self, name: str, value: bytes) -> None:
        text = base64.b64encode(value).decode()
        self._limited(lambda backend: backend.set_password(SERVICE, name, text))
        if self.get(name) != value:             # some keyrings accept and forget
            raise NoKeyring("the keyring does not give back what it was given")

    def forget(self, name: str) -> None:
        self._limited(lambda backend: backend.delete_password(SERVICE, name))

    def _limited(self, do: Callable[[Any], Any]) -> Any:
        answers: queue.Queue[tuple[Any, str]] = queue.Queue(1)

        def run() -> None:
            try:
                answers.put((do(self._find()), ""))
            except NoKeyring as error:
                answers.put((None, str(error)))
            except Exception as error:      # noqa: BLE001 - back ends raise what their D-Bus library raises
                # The type alone: a text could hold what was to be kept.
                answers.put((None, f"the keyring failed: {type(error).__name__}"))
        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            value, trouble = answers.get(timeout=self._limit_s)
        except queue.Empty:
            raise NoKeyring(f"the keyring did not answer within {self._limit_s:g} s") from None
        if trouble:
            raise NoKeyring(trouble)
        return value


def find_backend() -> Any:
    """The best allowed back end that says of itself that it can work here. Raises NoKeyring."""
    if sys.platform.startswith("linux") and not _has_session_bus():
        raise NoKeyring("there is no session bus")
    # Here and not above: 80 ms that only who needs a keyring pays for.
    from keyring import backend

    # A back end is known once its module was imported. Not by way of the package's entry points: they also load
    # whatever another package brings.
    for module in sorted({name.rpartition(".")[0] for name in ALLOWED}):
        with suppress(Exception):       # one of another system, or without its library
            import_module(module)
    usable = [kind for kind in backend.KeyringBackend.get_viable_backends()
              if f"{kind.__module__}.{kind.__qualname__}" in ALLOWED]
    if not usable:
        raise NoKeyring("no real keyring is installed")
    return max(usable, key=lambda kind: float(kind.priority))()


def of_this_user() -> DesktopKeyring | None:
    """The keyring of this desktop; None for a throwaway profile (LAWANG_HOME), which leaves nothing outside itself."""
    return None if os.environ.get("LAWANG_HOME") else DesktopKeyring()


def _has_session_bus() -> bool:
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(runtime) and (Path(runtime) / "bus").exists()
