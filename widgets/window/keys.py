"""The one place where key events of all windows become commands.

Runs on: GUI thread. Installed on the application, so that no widget has to know the key map.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QTextEdit,
    QWidget,
)

from app.commands import Dispatcher
from widgets.window.key_text import key_text

_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
# Keys by which lists and buttons are walked and worked. While one of them has the focus these are its own, all other
# keys (letters, digits, Ctrl+K) are commands as everywhere: an operator who has just clicked in the list types on.
_WALKING = frozenset({"Up", "Down", "Left", "Right", "Enter", "Num Enter", "Space", "Home", "End", "PgUp", "PgDn",
                      "Tab", "Shift+Tab", "Esc"})
# With a number half typed these end it wherever the keyboard is: "412, Enter" calls the camera, not the row or button.
_FINISHING = frozenset({"Enter", "Num Enter", "Esc"})
# Painted widgets that are walked say so by the property "walked": a list of further keys that are their own.
_WALKED = (QAbstractItemView, QAbstractButton, QComboBox)
# Enter works a button as Space does. Qt does so in dialogs only, or where the desktop says so; a wall on a bare X
# server has no desktop, and Enter on "Cancel" went up to the form and submitted it.
_WORKING = frozenset({"Enter", "Num Enter"})
_TICKED = (QCheckBox, QRadioButton)             # Enter in a form that has them means the form
_RELEASES = (QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate)


def is_typing() -> bool:
    """The keyboard is in a field where words are typed, or in a form ("typing" property) around such fields."""
    widget = QApplication.focusWidget()
    above = widget
    while above is not None:
        if above.property("typing"):
            return True
        above = above.parentWidget()
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    if isinstance(widget, (QLineEdit, QTextEdit, QPlainTextEdit)):
        return not widget.isReadOnly()
    return isinstance(widget, _FIELDS)


class Keys(QObject):
    """Filters the application's key events for as long as it is not closed."""

    def __init__(self, app: QApplication, dispatcher: Dispatcher, own: Callable[[QWidget], bool]) -> None:
        """``own(widget)``: the widget lies in one of our windows; keys of others (a file dialog) are theirs."""
        super().__init__(app)
        self._app, self._dispatcher, self._own = app, dispatcher, own
        self._down: dict[int, str] = {}             # hardware key -> text at its press: modifiers may change meanwhile
        app.installEventFilter(self)
        app.focusChanged.connect(self._focus_changed)

    def close(self) -> None:
        self._app.removeEventFilter(self)
        self._release_all()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _RELEASES:
            self._release_all()
        elif kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            widget = self._receiver(watched)
            if widget is not None:
                return self._press(widget, event) if kind is QEvent.Type.KeyPress else self._release(widget, event)
        return False

    def _receiver(self, watched: QObject) -> QWidget | None:
        """The widget that this event is first sent to; parents that Qt offers it to afterwards are passed over."""
        if not isinstance(watched, QWidget) or self._app.activePopupWidget() is not None:
            return None
        focus = self._app.focusWidget()
        return watched if (watched is focus or focus is None) and self._own(watched) else None

    def _press(self, widget: QWidget, event: QKeyEvent) -> bool:
        text = key_text(event)
        own = widget.property("walked")
        walks = (text in _WALKING and (isinstance(widget, _WALKED) or own)) or (own and text in own)
        if not text or (walks and not (text in _FINISHING and self._dispatcher.context().entry)):
            return text in _WORKING and _work(widget, event)
        if event.isAutoRepeat():
            # A held key is one press: a command that toggles would flicker, one that steers is held already.
            return self._dispatcher.keymap.find(text, self._dispatcher.context()) is not None
        if self._dispatcher.press(text) is None:
            return False
        self._down[_hardware(event)] = text
        return True

    def _release(self, widget: QWidget, event: QKeyEvent) -> bool:
        if event.isAutoRepeat():
            return False
        text = self._down.pop(_hardware(event), "")
        if not text:
            return key_text(event) in _WORKING and _work(widget, event)
        return self._dispatcher.release(text) is not None

    def _focus_changed(self, _old: QWidget | None, _new: QWidget | None) -> None:
        if self._down and is_typing():
            self._release_all()

    def _release_all(self) -> None:
        self._down.clear()
        self._dispatcher.release_all()


def _work(widget: QWidget, event: QKeyEvent) -> bool:
    """Enter as Space, when this is a button."""
    if not isinstance(widget, QAbstractButton) or isinstance(widget, _TICKED):
        return False
    QApplication.sendEvent(widget, QKeyEvent(event.type(), Qt.Key.Key_Space, event.modifiers(), " ",
                                             event.isAutoRepeat()))
    return True


def _hardware(event: QKeyEvent) -> int:
    return event.nativeScanCode() or int(event.key())

