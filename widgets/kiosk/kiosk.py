"""Kiosk mode in the windows: F9 locks every change until the key or the password; it survives a restart.

Runs on: GUI thread. Passwords are compared on the registry's thread: Argon2id takes a tenth of a second.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from psygnal import SignalInstance
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout

from app.commands import Context
from app.kiosk.lock import Asks, Lock
from app.model.secret import Secret
from app.runtime.language import gettext as _
from app.runtime.language import language_changed
from app.runtime.passphrase import matches
from app.runtime.settings import Value
from widgets.common import hop_to_gui
from widgets.kiosk.password import KEY
from widgets.kiosk.plate import KioskPlate
from widgets.kiosk.unlock import Unlock
from widgets.window import key_caps
from widgets.window.console import Console
from widgets.window.frame import Frame
from widgets.window.shell import Shell

_log = logging.getLogger("lawang.kiosk")
_PRESSES = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick})


class Kiosk(QObject):
    """One for all windows. What commands do is in their own conditions; here is what is no command."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell = shell
        self._registry = shell.station.registry
        self._lock = Lock()
        self._plates: dict[Frame, tuple[KioskPlate, ...]] = {}
        self._unlocks: dict[Frame, Unlock] = {}
        self._bars: set[QObject] = set()
        self._answered: SignalInstance = SignalInstance((object,), name="kiosk_password_looked_at")
        dispatcher = shell.station.dispatcher
        dispatcher.bind("kiosk.toggle", self.toggle)
        self._context: Callable[[], Context] = dispatcher.context
        dispatcher.context = self._with_kiosk
        shell.windows.opened.connect(self._opened)
        shell.windows.closed.connect(self._closed)
        shell.windows.activated.connect(lambda _id: self._shut_others())
        hop_to_gui(self._answered, self._looked_at, self)
        hop_to_gui(shell.station.registry.settings_changed, self._changed, self)
        hop_to_gui(language_changed, lambda _language: self.retranslate(), self)
        if self._registry.settings.get("kiosk.on") and not shell.bare:
            self._lock = Lock(on=True)

    @property
    def on(self) -> bool:
        return self._lock.on

    def toggle(self) -> None:
        """The key: locks; asks for the password, or for a second press, and unlocks."""
        self._lock, asks = self._lock.key(time.monotonic(), bool(self._registry.settings.get(KEY)))
        if asks is Asks.LOCKED:
            self._switched(True)
        elif asks is Asks.UNLOCKED:
            self._switched(False)
        elif asks is Asks.AGAIN:
            self._shell.tell(_("Press {key} once more to unlock.").format(key=self._key()))
        else:
            self._ask()

    def retranslate(self) -> None:
        for plate in (plate for plates in self._plates.values() for plate in plates):
            plate.retranslate(self._key())
        for unlock in self._unlocks.values():
            unlock.retranslate()

    def close(self) -> None:
        self._shell.station.dispatcher.context = self._context

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A locked window is not moved, made large or dragged to another size."""
        return self.on and event.type() in _PRESSES and watched in self._bars

    # --- switching ---

    def _switched(self, on: bool) -> None:
        _log.info("kiosk is %s", "on" if on else "off")
        self._registry.submit(lambda registry: registry.set_setting("kiosk.on", on), replaces="kiosk.on")
        self._show()
        self._shell.done(_("Locked: nothing can be changed until {key}.").format(key=self._key()) if on
                         else _("Unlocked."))

    def _changed(self, settings: Mapping[str, Value]) -> None:
        """Another program on the same registry switched it."""
        on = bool(settings.get("kiosk.on")) and not self._shell.bare
        if on != self.on:
            self._lock = Lock(on=on)
            self._show()

    def _show(self) -> None:
        for frame in self._plates:
            self._dress(frame)
        self.retranslate()
        if not self.on:
            for unlock in self._unlocks.values():
                unlock.shut()

    def _dress(self, frame: Frame) -> None:
        on = self.on
        for plate in self._plates[frame]:
            plate.setVisible(on)
            plate.raise_()
        if isinstance(frame, Console):
            if on:
                frame.show_page("")
            for widget in (*frame.docks.values(), *frame.panels.values(), *frame.bar.findChildren(QAbstractButton)):
                widget.setEnabled(not on)
        if on:
            self._shell.overlays.shut_all()
            if frame is self._shell.windows.active:
                frame.take_keyboard()

    # --- the password ---

    def _ask(self) -> None:
        frame = self._shell.windows.active
        if frame is None:
            return
        unlock = self._unlocks.get(frame)
        if unlock is None:
            unlock = self._unlocks[frame] = Unlock(frame)
            unlock.typed.connect(self._typed)
            unlock.closed.connect(frame.take_keyboard)
        if unlock.isVisible():
            unlock.shut()
        else:
            unlock.open()

    def _typed(self, secret: Secret) -> None:
        wait = self._lock.waits(time.monotonic())
        if wait:
            self._tell(_("Wait {seconds} s, then try again.").format(seconds=round(wait) or 1))
            return
        self._registry.submit(
            lambda registry: matches(secret, kept) if (kept := registry.settings.secret(KEY)) is not None else None,
            self._answered.emit)

    def _looked_at(self, outcome: object) -> None:
        right = getattr(outcome, "value", None)
        if right:
            self._lock = Lock()
            self._switched(False)
        elif right is None:
            self._tell(_("The password cannot be looked at: the key of this registry is missing. "
                         "See docs/guide/kiosk.md."))
        else:
            self._lock = self._lock.refused(time.monotonic())
            _log.warning("a wrong kiosk password")
            self._tell(_("This is not the password."))

    def _tell(self, text: str) -> None:
        for unlock in self._unlocks.values():
            if unlock.isVisible():
                unlock.tell(text, wrong=True)

    def _shut_others(self) -> None:
        for frame, unlock in self._unlocks.items():
            if frame is not self._shell.windows.active:
                unlock.shut()

    # --- windows ---

    def _opened(self, frame: Frame) -> None:
        if self._shell.bare:
            self._plates[frame] = ()
            return
        plates = [KioskPlate(self._shell.theme, frame.view, over_picture=True)]
        if isinstance(frame, Console):
            plates = [KioskPlate(self._shell.theme, frame.bar, over_picture=False)]
            row = frame.bar.layout()
            if isinstance(row, QHBoxLayout):
                row.insertWidget(row.indexOf(frame.bar.notice), plates[0])
            self._bars |= {frame.bar, frame}
            frame.bar.installEventFilter(self)
            frame.installEventFilter(self)
        self._plates[frame] = tuple(plates)
        self._dress(frame)
        self.retranslate()

    def _closed(self, frame: Frame) -> None:
        self._plates.pop(frame, None)
        self._unlocks.pop(frame, None)
        self._bars -= {frame}
        if isinstance(frame, Console):
            self._bars -= {frame.bar}

    def _key(self) -> str:
        keys = self._shell.station.dispatcher.keymap.keys_of("kiosk.toggle")
        return "+".join(key_caps.parts(keys[0])) if keys else "F9"

    def _with_kiosk(self) -> Context:
        context = self._context()
        return replace(context, kiosk=True) if self.on else context


def install(shell: Shell) -> Kiosk:
    """For widgets.features."""
    return Kiosk(shell)
