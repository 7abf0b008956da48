"""Ctrl+K: a field, what it finds, Enter. It lies at the side away from the selected pane; the wall goes on as it was.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.commands import Dispatcher
from app.model.camera import Camera
from app.model.pane import PaneState
from app.registry.directory import CameraDirectory
from app.registry.search_answer import Answer, Question
from app.runtime.language import gettext as _
from widgets.cameras.asking import Asking
from widgets.palette.entries import MOST_CAMERAS, Found, search
from widgets.palette.entry_list import EntryList
from widgets.palette.offers import Note, OfferGroup
from widgets.theme import Theme, font, icon_pixmap
from widgets.window import key_caps

WIDTH_PX = 602              # mock-ups: dock plus one column of a 4×4
_INPUT_PX, _FOOT_PX = 56, 36
_LATE_MS = 40               # an answer takes under 10; after this the commands are shown without cameras
_MOST_SHARE = 0.8           # of the window's height; the rest of the list is scrolled


class Palette(QWidget):
    """A child of the window that asked for it. ``closed`` when the wall has the keyboard again.

    ``chosen_command`` carries a command id and its arguments, ``chosen_camera`` a camera id; ``refused`` why a
    faded row does nothing.
    """

    chosen_command = Signal(str, object)
    chosen_camera = Signal(str)
    refused = Signal(str)
    other_pane = Signal(bool)           # True: forwards (Tab), False: backwards
    closed = Signal()

    def __init__(self, window: QWidget, dispatcher: Dispatcher, directory: CameraDirectory, theme: Theme,
                 states: Callable[[], Mapping[str, PaneState]], offers: Sequence[OfferGroup] = (),
                 notes: Sequence[Note] = ()) -> None:
        """``offers`` and ``notes`` may grow while the palette lives (Overlays)."""
        super().__init__(window)
        self._window = window
        self._dispatcher, self._directory, self._theme, self._states = dispatcher, directory, theme, states
        self._offers, self._notes = offers, notes
        self._asking = Asking(directory, self._answered, self)
        self._late = QTimer(self, singleShot=True, interval=_LATE_MS)
        self._late.timeout.connect(lambda: self._show(()))
        self._does = False                  # Enter was pressed before the answer was there
        self._pane: Camera | None = None
        self._away_from = QRect()
        self._top = 0
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = QLineEdit()
        self._count = QLabel()
        self._glass = QLabel()
        self.list = EntryList(theme)
        self._foot = _Foot(theme)
        self._build()
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.clicked.connect(lambda _index: self._do())
        self.list.entered.connect(self._hover)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def open(self, pane: Camera | None, away_from: QRect, top: int) -> None:
        """``away_from``: the selected pane in the window's coordinates; ``top``: where the wall begins."""
        self._pane = pane
        self._away_from, self._top = away_from, top
        self.retranslate()
        self.field.clear()
        self._search()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def pane_changed(self, pane: Camera | None, away_from: QRect) -> None:
        """Another pane was selected while the palette is open."""
        if self.isVisible() and (pane, away_from) != (self._pane, self._away_from):
            self._pane, self._away_from = pane, away_from
            self._search()

    def shut(self) -> None:
        if self.isVisible():
            had_keyboard = self.field.hasFocus()
            self._asking.forget()
            self._late.stop()
            self.hide()
            if had_keyboard:
                self.closed.emit()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Command palette"))
        self.field.setAccessibleName(_("Command or camera"))
        self.field.setPlaceholderText(_("Command or camera"))
        self.list.setAccessibleName(_("Found"))
        self._foot.show_pane(self._pane)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() is Qt.FocusReason.MouseFocusReason:
            self.shut()                  # a click elsewhere: the keyboard is already where the operator wants it
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        page = max(self.list.height() // 40 - 1, 1)
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        key = Qt.Key(event.key())
        if key in steps:
            self.list.walk(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do()
        elif key == Qt.Key.Key_Escape:
            self.shut()
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.other_pane.emit(key == Qt.Key.Key_Tab)
        else:
            return False
        return True

    def _hover(self, index: QModelIndex) -> None:
        if index.flags() & Qt.ItemFlag.ItemIsSelectable:
            self.list.setCurrentIndex(index)

    def _do(self) -> None:
        if self._asking.waits:
            self._does = True
            return
        self._does = False
        entry = self.list.current()
        if entry is None:
            return
        if entry.why_not:
            self.refused.emit(f"{entry.title}: {entry.why_not}")
            return
        self.shut()
        if entry.camera is not None:
            self.chosen_camera.emit(entry.camera.id)
        else:
            self.chosen_command.emit(entry.command, entry.args)

    def _search(self) -> None:
        """Cameras are looked for on the finder's thread; what does not wait for them is not shown before them either,
        unless they are late: a list that is built twice per letter flickers."""
        self._does = False
        if self.field.text().strip():
            self._late.start()
            self._asking.ask(Question(self.field.text(), most=MOST_CAMERAS))
        else:
            self._asking.forget()
            self._show(())

    def _answered(self, answer: Answer) -> None:
        self._show(answer.cameras)
        if self._does:
            self._do()

    def _show(self, cameras: Sequence[Camera]) -> None:
        self._late.stop()
        title = f"{self._pane.label} {self._pane.name}" if self._pane else ""
        found: Found = search(self.field.text(), self._dispatcher, cameras, len(self._directory), title, self._states,
                              self._offers, self._notes)
        self.list.show_entries(found.entries)
        self.list.setVisible(bool(found.entries))       # an empty list would take its room from the field
        self._count.setText(_("{count} of {total}").format(count=found.matching, total=found.total))
        self._foot.show_pane(self._pane)
        self._stand()

    def _stand(self) -> None:
        room = self._window.rect()
        wanted = _INPUT_PX + self.list.height_wanted() + _FOOT_PX + 2
        height = min(wanted, int((room.height() - self._top) * _MOST_SHARE))
        width = min(WIDTH_PX, room.width())
        pane_is_left = self._away_from.center().x() < room.center().x()
        self.setGeometry(room.width() - width if pane_is_left else 0, self._top, width, height)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        head.setObjectName("head")
        head.setProperty("edge", "below")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head.setFixedHeight(_INPUT_PX)
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        self.field.setProperty("plain", True)
        self.field.setFont(font(22))
        self._count.setProperty("tone", "quiet")
        esc = QLabel("Esc")
        esc.setProperty("key", True)
        esc.setFixedHeight(key_caps.CAP_PX)
        row.addWidget(self._glass)
        row.addWidget(self.field, 1)
        row.addWidget(self._count)
        row.addWidget(esc)
        column.addWidget(head)
        column.addWidget(self.list, 1)
        column.addWidget(self._foot)

    def _dress(self, *_tokens: object) -> None:
        tokens = self._theme.tokens
        self._glass.setPixmap(icon_pixmap("magnifying-glass", 24, tokens.quiet, self.devicePixelRatioF()))
        # A line around the palette parts it from pictures below; style sheets of children need their own name.
        self.setStyleSheet(f"Palette {{ border: 1px solid {tokens.line}; }} #head {{ background: {tokens.raised}; }}"
                           " QLineEdit { font-size: 22px; }")


class _Foot(QWidget):
    """Which keys do what in here, and which pane it is about."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pane = ""
        self.setFixedHeight(_FOOT_PX)
        self.setProperty("edge", "above")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def show_pane(self, camera: Camera | None) -> None:
        self._pane = _("on {number}").format(number=camera.label) if camera else ""
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens = self._theme.tokens
        painter = QPainter(self)
        x = 16
        for keys, words in ((("Up", "Down"), _("choose")), (("Enter",), _("do it")), (("Tab",), _("other pane"))):
            for key in keys:
                x = key_caps.paint(painter, key, x, 6, tokens) + 4
            painter.setFont(font(12))
            painter.setPen(tokens.quiet)
            box = QRect(x + 4, 0, 200, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
            x = box.x() + painter.fontMetrics().horizontalAdvance(words) + 16
        painter.drawText(self.rect().adjusted(0, 0, -16, 0),
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._pane)
