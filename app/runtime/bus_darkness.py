"""Asks the desktop over D-Bus whether the session is locked or somebody else's, and its screen saver to wait.

Runs on: the threads of app.runtime.darkness and app.runtime.vigil. Through jeepney, which is pure Python with a time
limit on every answer. No service is started by being asked.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from jeepney import DBusAddress, MessageFlag, MessageType, new_method_call
from jeepney.auth import AuthenticationError
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import DBusErrorResponse

from app.runtime.darkness import Dark

WAIT_SECONDS = 1.0
ASK_AGAIN_LOOKS = 30        # a saver that was not there may have been started meanwhile
# This program's own session, or its user's on the screens; logind works it out.
_SESSION = DBusAddress("/org/freedesktop/login1/session/auto", "org.freedesktop.login1",
                       "org.freedesktop.DBus.Properties")
_SAVERS = tuple(DBusAddress(f"/{name.replace('.', '/')}", name, name) for name in (
    "org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver"))
# Who can be told to wait: the freedesktop name is answered by GNOME, KDE and Cinnamon, the others by their own.
_WAITING = tuple(saver for saver in _SAVERS if saver.bus_name.split(".")[1] in ("freedesktop", "mate", "xfce"))
_WHO, _WHY = "Lawang", "A video wall is on the screen"      # shown by some desktops; not in the operator's language


class Session:
    """What logind says of this session. Raises OSError when there is no logind or no session."""

    def __init__(self) -> None:
        self._bus = _opened("SYSTEM")

    def look(self) -> Dark | None:
        if _answer(self._bus, _SESSION, "Get", "ss", "org.freedesktop.login1.Session", "LockedHint")[1]:
            return Dark.LOCKED
        if not _answer(self._bus, _SESSION, "Get", "ss", "org.freedesktop.login1.Session", "Active")[1]:
            return Dark.AWAY
        return None

    def close(self) -> None:
        self._bus.close()


class ScreenSavers:
    """The savers of GNOME, KDE, Cinnamon, MATE and Xfce; most of them also lock. Raises OSError without session bus."""

    def __init__(self) -> None:
        self._bus = _opened("SESSION")
        self._absent: dict[str, int] = {}       # looks until it is asked again

    def look(self) -> Dark | None:
        for saver in _SAVERS:
            waits = self._absent.get(saver.bus_name, 0)
            if waits:
                self._absent[saver.bus_name] = waits - 1
                continue
            try:
                if _answer(self._bus, saver, "GetActive"):
                    return Dark.SAVER
            except _Refused:
                self._absent[saver.bus_name] = ASK_AGAIN_LOOKS
        return None

    def close(self) -> None:
        self._bus.close()


class Inhibition:
    """The first saver that agrees waits as long as this is open. Raises OSError when there is none.

    Savers let go by themselves when the connection ends.
    """

    def __init__(self) -> None:
        self._bus = _opened("SESSION")
        self._held: tuple[DBusAddress, int] | None = None
        try:
            self.renew()
        except BaseException:
            self._bus.close()
            raise

    def renew(self) -> None:
        """Asks anew, for a saver that was started meanwhile, and takes the older word back."""
        before, self._held = self._held, None
        for saver in _WAITING:
            with suppress(_Refused):
                self._held = (saver, int(_answer(self._bus, saver, "Inhibit", "ss", _WHO, _WHY)))
                break
        if before is not None:
            self._take_back(*before)
        if self._held is None:
            raise OSError("no screen saver that can be told to wait")

    def close(self) -> None:
        try:
            if self._held is not None:
                self._take_back(*self._held)
        finally:
            self._bus.close()

    def _take_back(self, saver: DBusAddress, cookie: int) -> None:
        word = new_method_call(saver, "UnInhibit", "u", (cookie,))
        word.header.flags |= MessageFlag.no_auto_start | MessageFlag.no_reply_expected
        self._bus.send(word)


class _Refused(OSError):
    """An answer came, and it says no: unknown name, no such method, not allowed."""


def _opened(bus: str) -> DBusConnection:
    try:
        return open_dbus_connection(bus, auth_timeout=WAIT_SECONDS)
    except (OSError, KeyError, RuntimeError, ValueError, AuthenticationError, DBusErrorResponse) as error:
        raise OSError(f"no {bus.lower()} bus: {type(error).__name__}: {error}") from None


def _answer(bus: DBusConnection, whom: DBusAddress, method: str, signature: str | None = None, *body: object) -> Any:
    """The first value of the answer. Raises OSError (TimeoutError is one), _Refused."""
    asked = new_method_call(whom, method, signature, body)
    asked.header.flags |= MessageFlag.no_auto_start
    answer = bus.send_and_get_reply(asked, timeout=WAIT_SECONDS)
    if answer.header.message_type is not MessageType.method_return or not answer.body:
        raise _Refused(f"{whom.bus_name} refused {method}")
    return answer.body[0]
