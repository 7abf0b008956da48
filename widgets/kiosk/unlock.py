"""The field for the kiosk password: a small plate at the top of the window, never a dialog. Runs on: GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app.model.secret import Secret
from app.runtime.language import gettext as _
from widgets.theme import Weight, font
from widgets.theme.restyle import restyle

_WIDTH_PX = 360


class Unlock(QWidget):
    """``typed`` carries the Secret; ``closed`` when the keyboard goes back. The text is gone from the field at once."""

    typed = Signal(object)
    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("room", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title, self._told = QLabel(), QLabel()
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        # No undo, no drag, no copy: what was typed can be had back in no way.
        self.field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._title.setFont(font(14, Weight.MEDIUM))
        self._told.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for widget in (self._title, self.field, self._told):
            column.addWidget(widget)
        self.setFixedWidth(_WIDTH_PX)
        self.field.returnPressed.connect(self._enter)
        self.field.installEventFilter(self)
        window.installEventFilter(self)
        self.hide()
        self.retranslate()

    def open(self) -> None:
        self.tell(_("Enter unlocks, Esc goes back."))
        self.field.clear()
        self.show()
        self._stand()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def shut(self) -> None:
        if self.isVisible():
            self.field.clear()
            self.hide()
            self.closed.emit()

    def tell(self, text: str, wrong: bool = False) -> None:
        self._told.setText(text)
        restyle(self._told, tone="red" if wrong else "quiet")
        self._stand()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Unlock kiosk"))
        self._title.setText(_("Locked by kiosk"))
        self.field.setAccessibleName(_("Kiosk password"))
        self.field.setPlaceholderText(_("Password"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Resize and watched is self.parentWidget():
            self._stand()
        if watched is self.field:
            if kind is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
                self.shut()
                return True
            if kind is QEvent.Type.FocusOut and self.isVisible():
                self.field.clear()
        return False

    def _enter(self) -> None:
        secret = Secret(self.field.text())
        self.field.clear()
        if secret:
            self.typed.emit(secret)

    def _stand(self) -> None:
        above = self.parentWidget()
        if above is not None:
            self.adjustSize()
            self.move((above.width() - self.width()) // 2, 56)
