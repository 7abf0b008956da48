"""F1: the keys in force by groups, in columns; those that do nothing at this moment are faded.

Runs on: GUI thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.commands import Command, Dispatcher
from app.runtime.language import gettext as _
from app.wall.commands import MOUSE, MOUSE_GROUP
from widgets.theme import Theme, Weight, font, icon
from widgets.theme.tokens import colour
from widgets.window import key_caps

# Mock-ups, "help": four columns of 424, 472 apart, rows of 32, caps of 24.
_COLUMN_PX, _STEP_PX, _ROW_PX, _HEAD_PX, _GROUP_GAP_PX = 424, 472, 32, 32, 32
_LEFT_PX, _TOP_PX, _FOOT_PX = 48, 104, 48
_KEYS_PX = 176                      # where the words begin, from the column's left edge
_GROUND_SHARE = 0.96                # 95 to 97 %: the wall is guessed, not read


@dataclass(frozen=True, slots=True)
class _Row:
    keys: tuple[str, ...]
    words: str
    faded: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    rows: tuple[_Row, ...]

    @property
    def height(self) -> int:
        return _HEAD_PX + len(self.rows) * _ROW_PX + _GROUP_GAP_PX


class Help(QWidget):
    """A child of the window below its title bar. ``closed`` when the wall has the keyboard again."""

    closed = Signal()

    def __init__(self, window: QWidget, dispatcher: Dispatcher, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._dispatcher, self._theme = dispatcher, theme
        self._about = ""
        self._top = 0
        self._scroll = 0
        self._groups: tuple[_Group, ...] = ()
        self._placed: list[tuple[int, int, _Group]] = []
        self.field = QLineEdit(self)
        self._glass = self.field.addAction(icon("magnifying-glass", theme.tokens.quiet),
                                           QLineEdit.ActionPosition.LeadingPosition)
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        theme.changed.connect(self._dress)
        window.installEventFilter(self)
        self.hide()

    def open(self, about: str, top: int) -> None:
        """``about``: a sentence about the selected pane; ``top``: the height of the title bar, which stays."""
        self._about, self._top, self._scroll = about, top, 0
        self.field.clear()
        self.retranslate()
        self._stand()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def shut(self) -> None:
        if self.isVisible():
            had_keyboard = self.field.hasFocus()
            self.hide()
            if had_keyboard:
                self.closed.emit()

    def retranslate(self) -> None:
        self.setAccessibleName(_("Keys in force"))
        self.field.setPlaceholderText(_("Type to filter"))
        self.field.setAccessibleName(_("Filter keys"))
        self._fill()

    def shown(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(group, titles) as they are on the screen."""
        return tuple((group.title, tuple(row.words for row in group.rows)) for group in self._groups)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() is QEvent.Type.Resize and self.isVisible():
            self._stand()
        if watched is self.field and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key == Qt.Key.Key_Escape:
                self.shut()
                return True
            steps = {Qt.Key.Key_Down: _ROW_PX, Qt.Key.Key_Up: -_ROW_PX, Qt.Key.Key_PageDown: self.height() // 2,
                     Qt.Key.Key_PageUp: -self.height() // 2}
            if Qt.Key(key) in steps:
                self._roll(steps[Qt.Key(key)])
                return True
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._roll(-event.angleDelta().y() // 120 * _ROW_PX)
        event.accept()

    def _dress(self, *_tokens: object) -> None:
        self._glass.setIcon(icon("magnifying-glass", self._theme.tokens.quiet))
        self.update()

    def _stand(self) -> None:
        room = self._window.rect()
        self.setGeometry(room.adjusted(0, self._top, 0, 0))
        self.field.setGeometry(max(self.width() - 48 - 44 - 280, 300), 32, 280, 32)
        self._arrange()

    def _roll(self, by: int) -> None:
        lowest = max((y + group.height for _x, y, group in self._placed), default=0)
        self._scroll = min(max(self._scroll + by, 0), max(lowest - (self.height() - _FOOT_PX), 0))
        self.update()

    def _fill(self) -> None:
        words = self.field.text().casefold().split()
        context = self._dispatcher.context()
        groups = []
        for rows in self._dispatcher.table.groups().values():
            shown = tuple(self._row(row, row.when(context)) for row in rows
                          if self._dispatcher.keymap.keys_of(row.id) and _matches(row, words, self._dispatcher))
            if shown:
                groups.append(_Group(rows[0].group_text, _in_runs(shown) if not words else shown))
        mouse = tuple(_Row((_(gesture),), _(effect), False, False) for gesture, effect, _command in MOUSE
                      if all(word in f"{_(gesture)} {_(effect)}".casefold() for word in words))
        if mouse:
            groups.append(_Group(_(MOUSE_GROUP), mouse))
        self._groups = tuple(groups)
        self._scroll = 0
        self._arrange()

    def _row(self, row: Command, possible: bool) -> _Row:
        keymap = self._dispatcher.keymap
        return _Row(_shown_keys(keymap.keys_of(row.id)), row.text, not possible, keymap.is_changed(row.id))

    def _arrange(self) -> None:
        """Groups in their order down the columns, in the lowest height that holds them all."""
        columns = max((self.width() - _LEFT_PX + _STEP_PX - _COLUMN_PX) // _STEP_PX, 1)
        height = max((group.height for group in self._groups), default=0)
        while (placed := _packed(self._groups, columns, height)) is None:
            height += _ROW_PX
        self._placed = placed
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        ground = QColor(tokens.ground)
        ground.setAlphaF(_GROUND_SHARE)
        painter.fillRect(self.rect(), ground)
        painter.save()
        painter.setClipRect(0, 80, self.width(), self.height() - 80 - _FOOT_PX)
        for x, y, group in self._placed:
            self._group(painter, x, y - self._scroll, group)
        painter.restore()
        self._head(painter)
        self._foot(painter)

    def _head(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        painter.setFont(font(22, Weight.STRONG))
        painter.setPen(colour(tokens.text))
        title = _("Keys in force")
        painter.drawText(QRect(_LEFT_PX, 32, 600, 32), Qt.AlignmentFlag.AlignVCenter, title)
        x = _LEFT_PX + QFontMetrics(painter.font()).horizontalAdvance(title) + 16
        painter.setFont(font(14))
        painter.setPen(colour(tokens.quiet))
        room = QRect(x, 33, max(self.field.x() - x - 16, 0), 32)
        words = QFontMetrics(painter.font()).elidedText(self._about, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        key_caps.paint(painter, "F1", self.width() - 48 - key_caps.width("F1"), 36, tokens)

    def _group(self, painter: QPainter, x: int, y: int, group: _Group) -> None:
        tokens = self._theme.tokens
        painter.setFont(font(14, Weight.STRONG))
        painter.setPen(colour(tokens.text))
        painter.drawText(QRect(x, y, _COLUMN_PX, 24), Qt.AlignmentFlag.AlignVCenter, group.title)
        painter.fillRect(QRect(x, y + 28, _COLUMN_PX, 1), colour(tokens.line))
        for place, row in enumerate(group.rows):
            top = y + _HEAD_PX + 4 + place * _ROW_PX
            left = x
            for number, key in enumerate(row.keys):
                wide = key_caps.width(key, plus=True)
                if left > x and left + 24 + wide > x + _KEYS_PX:
                    break                                        # the palette shows them all; here the first ones fit
                if number:
                    painter.setFont(font(12))
                    painter.setPen(colour(tokens.faint))
                    sign = _("or")
                    painter.drawText(QRect(left + 6, top, 40, 24), Qt.AlignmentFlag.AlignVCenter, sign)
                    left += 12 + QFontMetrics(painter.font()).horizontalAdvance(sign)
                left = key_caps.paint(painter, key, left, top, tokens, row.faded, plus=True)
            painter.setFont(font(14))
            words_left = max(x + _KEYS_PX, left + 12)
            painter.setPen(colour(tokens.faint if row.faded else tokens.text))
            room = QRect(words_left, top, x + _COLUMN_PX - words_left, 24)
            mark = " " + _("changed") if row.changed else ""
            metrics = QFontMetrics(painter.font())
            short = metrics.elidedText(row.words, Qt.TextElideMode.ElideRight,
                                       room.width() - metrics.horizontalAdvance(mark))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, short)
            if mark:
                painter.setPen(colour(tokens.accent))
                painter.drawText(room.adjusted(metrics.horizontalAdvance(short), 0, 0, 0),
                                 Qt.AlignmentFlag.AlignVCenter, mark)

    def _foot(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        top = self.height() - _FOOT_PX
        x = key_caps.paint(painter, "Esc", _LEFT_PX, top + 4, tokens) + 8
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        words = _("close") + "      " + _("Letter keys never fire while you type in a field. "
                                          "A held key whose window loses focus counts as released.")
        painter.drawText(QRect(x, top, self.width() - x - 48, 32), Qt.AlignmentFlag.AlignVCenter, words)


def _packed(groups: tuple[_Group, ...], columns: int, height: int) -> list[tuple[int, int, _Group]] | None:
    """(x, y, group) for each, or None when they do not fit into that many columns of that height."""
    column, y = 0, 0
    placed = []
    for group in groups:
        if y and y + group.height > height:
            column, y = column + 1, 0
        placed.append((_LEFT_PX + column * _STEP_PX, _TOP_PX + y, group))
        y += group.height
    return placed if column < columns else None


def _shown_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The ten digits as the first and the last of them; other keys as they are."""
    if not set("0123456789") <= set(keys):
        return keys
    return ("0", "…9", *(key for key in keys if not key.isdigit() and not key.startswith("Num ")))


def _in_runs(rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    """Preset 1 to preset 9 with Alt+1 to Alt+9 as one row: nine would push what is below off the page."""
    told: list[_Row] = []
    length = 0                                  # of the run that ends with the last row told
    for row in rows:
        last = told[-1] if told else None
        if last is not None and _follows(last, row, length):
            length += 1
            told[-1] = replace(last, keys=(last.keys[0], f"…{length}"), words=f"{row.words[:-1]}1 … {length}")
        else:
            told.append(row)
            length = 1 if len(row.keys) == 1 and row.keys[0].endswith("1") and row.words.endswith(" 1") else 0
    return tuple(told)


def _follows(last: _Row, row: _Row, length: int) -> bool:
    """Whether this row does with the next digit what the run before it does."""
    digit = str(length + 1)
    return bool(length) and row.keys == (last.keys[0][:-1] + digit,) and row.words.endswith(f" {digit}") \
        and last.words.startswith(row.words[:-1]) and (row.faded, row.changed) == (last.faded, last.changed)


def _matches(row: Command, words: list[str], dispatcher: Dispatcher) -> bool:
    where = f"{row.text} {row.group_text} {' '.join(dispatcher.keymap.keys_of(row.id))}".casefold()
    return all(word in where for word in words)
