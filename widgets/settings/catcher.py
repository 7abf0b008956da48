"""Catches the next key that is pressed, whatever command it would run. Runs on: GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from widgets.window.key_text import key_text


class KeyCatcher(QObject):
    """``caught`` carries the text of the key; ``cancelled`` after Esc, a click, or when the window loses the keyboard.

    The filter that was installed last is asked first: while this one waits, no command hears a key.
    """

    caught = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.waiting = False
        # A turn later: the Enter that asked for this is still on its way up to the parents of its widget.
        self._begins = QTimer(self, singleShot=True, interval=0)
        self._begins.timeout.connect(self._begin)

    def start(self) -> None:
        self._begins.start()

    def _begin(self) -> None:
        if not self.waiting:
            self.waiting = True
            _application().installEventFilter(self)

    def stop(self) -> None:
        self._begins.stop()
        if self.waiting:
            self.waiting = False
            _application().removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.WindowDeactivate):
            self.stop()
            self.cancelled.emit()
            return False
        if kind is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if kind is QEvent.Type.KeyRelease:
            return True
        if kind is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        text = "" if event.isAutoRepeat() else key_text(event)
        if text:
            self.stop()
            if text == "Esc":
                self.cancelled.emit()
            else:
                self.caught.emit(text)
        return True


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
