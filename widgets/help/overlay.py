"""F1: the keys in force by groups, in columns; those that do nothing at this moment are faded.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.commands import Dispatcher
from app.runtime.language import gettext as _
from widgets.help.rows import Group, Row, in_force
from widgets.theme import Theme, Weight, font, icon
from widgets.theme.tokens import colour
from widgets.window import key_caps

# Mock-ups, "help": four columns of 424, 472 apart, rows of 32, caps of 24. Words that are too long for their place go
# on below: a key text that is cut is worse than a taller row.
_COLUMN_PX, _STEP_PX, _HEAD_PX = 424, 472, 32
_PITCHES = ((32, 32), (28, 24))     # (row, gap below a group): the narrow ones when the wide do not fit on the page
_LINE_PX = 18                       # from one line of words to the next
_ROLL_PX = 32
_LEFT_PX, _TOP_PX, _FOOT_PX = 48, 104, 48
_CLIP_PX = 80                       # rows that were rolled up vanish here, below the heading
_ROLL_KEYS_PX = 120                 # PgUp and PgDn at the lower right, and some air
_KEYS_PX = 176                      # where the words begin, from the column's left edge
_WORDS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
_GROUND_SHARE = 0.96                # 95 to 97 %: the wall is guessed, not read


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
        self._groups: tuple[Group, ...] = ()
        self._placed: list[tuple[int, int, Group]] = []
        self._row_px, self._gap_px = _PITCHES[0]
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
            steps = {Qt.Key.Key_Down: _ROLL_PX, Qt.Key.Key_Up: -_ROLL_PX, Qt.Key.Key_PageDown: self.height() // 2,
                     Qt.Key.Key_PageUp: -self.height() // 2}
            if Qt.Key(key) in steps:
                self._roll(steps[Qt.Key(key)])
                return True
        return super().eventFilter(watched, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._roll(-event.angleDelta().y() // 120 * _ROLL_PX)
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
        self._scroll = min(max(self._scroll + by, 0), self._hidden_px())
        self.update()

    def _hidden_px(self) -> int:
        """How far the page can be rolled, pixels."""
        lowest = max((y + self._tall(group) for _x, y, group in self._placed), default=0)
        return max(lowest - self._gap_px // 2 - (self.height() - _FOOT_PX), 0)

    def _fill(self) -> None:
        self._groups = in_force(self._dispatcher, self.field.text().casefold().split())
        self._scroll = 0
        self._arrange()

    def _arrange(self) -> None:
        columns = max((self.width() - _LEFT_PX + _STEP_PX - _COLUMN_PX) // _STEP_PX, 1)
        for self._row_px, self._gap_px in _PITCHES:
            places = _packed([self._tall(group) for group in self._groups], columns)
            self._placed = [(x, y, group) for (x, y), group in zip(places, self._groups, strict=True)]
            if not self._hidden_px():
                break
        self.update()

    def _tall(self, group: Group) -> int:
        return _HEAD_PX + sum(self._high(row) for row in group.rows) + self._gap_px

    def _high(self, row: Row) -> int:
        room = QRect(0, 0, _COLUMN_PX - _words_left(row), 10 * _LINE_PX)
        metrics = QFontMetrics(font(14))
        lines = round(metrics.boundingRect(room, _WORDS, _words(row)).height() / metrics.height())
        return self._row_px + max(lines - 1, 0) * _LINE_PX

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        ground = QColor(tokens.ground if tokens.dark else tokens.panel)     # faded words need the brighter one
        ground.setAlphaF(_GROUND_SHARE)
        painter.fillRect(self.rect(), ground)
        painter.save()
        painter.setClipRect(0, _CLIP_PX, self.width(), self.height() - _CLIP_PX - _FOOT_PX)
        for x, y, group in self._placed:
            self._group(painter, x, y - self._scroll, group)
        painter.restore()
        self._head(painter)
        self._foot(painter)
        self._rolled(painter)

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

    def _group(self, painter: QPainter, x: int, y: int, group: Group) -> None:
        tokens = self._theme.tokens
        painter.setFont(font(14, Weight.STRONG))
        painter.setPen(colour(tokens.text))
        painter.drawText(QRect(x, y, _COLUMN_PX, 24), Qt.AlignmentFlag.AlignVCenter, group.title)
        painter.fillRect(QRect(x, y + 28, _COLUMN_PX, 1), colour(tokens.line))
        top = y + _HEAD_PX + 4
        for row in group.rows:
            left = x
            for number, key in enumerate(_fitting(row.keys)):
                if number:
                    painter.setFont(font(12))
                    painter.setPen(colour(tokens.faint))
                    painter.drawText(QRect(left + 6, top, 40, 24), Qt.AlignmentFlag.AlignVCenter, _("or"))
                    left += _or_px()
                left = key_caps.paint(painter, key, left, top, tokens, row.faded, plus=True)
            painter.setFont(font(14))
            painter.setPen(colour(tokens.faint if row.faded else tokens.text))
            beside = _words_left(row)
            # One line stands in the middle of its key caps; further ones go on below.
            metrics = QFontMetrics(painter.font())
            words_top = top + (key_caps.CAP_PX - metrics.height()) // 2
            room = QRect(x + beside, words_top, _COLUMN_PX - beside, self._high(row))
            painter.drawText(room, _WORDS, row.words)
            if row.changed:
                self._changed(painter, room, row)
            top += self._high(row)

    def _changed(self, painter: QPainter, room: QRect, row: Row) -> None:
        """The word behind a text whose keys are the operator's own; below it when its line is full."""
        metrics = QFontMetrics(painter.font())
        painter.setPen(colour(self._theme.tokens.accent))
        wide = metrics.horizontalAdvance(row.words + " ")
        if wide + metrics.horizontalAdvance(_("changed")) <= room.width():
            painter.drawText(room.adjusted(wide, 0, 0, 0), _WORDS, _("changed"))
        else:
            lines = round(metrics.boundingRect(room, _WORDS, row.words).height() / metrics.height())
            painter.drawText(room.adjusted(0, lines * _LINE_PX, 0, 0), _WORDS, _("changed"))

    def _foot(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        top = self.height() - _FOOT_PX
        x = key_caps.paint(painter, "Esc", _LEFT_PX, top + 4, tokens) + 8
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        words = _("close") + "      " + _("Letter keys never fire while you type in a field. "
                                          "A held key whose window loses focus counts as released.")
        room = QRect(x, top, self.width() - x - 48 - (_ROLL_KEYS_PX if self._hidden_px() else 0), 32)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter,
                         QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, room.width()))

    def _rolled(self, painter: QPainter) -> None:
        """Where the page stands, at its right edge, and the keys that roll it; nothing when all of it is seen."""
        hidden = self._hidden_px()
        if not hidden:
            return
        tokens = self._theme.tokens
        track = self.height() - _CLIP_PX - _FOOT_PX
        thumb = track * track // (track + hidden)
        painter.fillRect(self.width() - 14, _CLIP_PX + (track - thumb) * self._scroll // hidden, 6, thumb,
                         colour(tokens.faint))
        x = self.width() - 48
        for key in ("PgDn", "PgUp"):
            x -= key_caps.width(key)
            key_caps.paint(painter, key, x, self.height() - _FOOT_PX + 4, tokens)
            x -= 8


def _packed(heights: list[int], columns: int) -> list[tuple[int, int]]:
    """(x, y) for each group: the tallest first into the shortest column, then each column in the groups' own order.

    Groups down the columns in their order alone leave the last column empty and the first ones below the page.
    """
    stacks: list[list[int]] = [[] for _column in range(columns)]
    for group in sorted(range(len(heights)), key=lambda group: -heights[group]):
        min(stacks, key=lambda stack: sum(heights[other] for other in stack)).append(group)
    places = [(0, 0)] * len(heights)
    ordered = sorted((sorted(stack) for stack in stacks), key=lambda stack: stack or [len(heights)])
    for column, stack in enumerate(ordered):
        y = _TOP_PX
        for group in stack:
            places[group] = (_LEFT_PX + column * _STEP_PX, y)
            y += heights[group]
    return places


def _or_px() -> int:
    return 12 + QFontMetrics(font(12)).horizontalAdvance(_("or"))


def _fitting(keys: tuple[str, ...]) -> list[str]:
    """The keys that fit beside the words, the first one always; the palette shows them all."""
    shown = list(keys[:1])
    left = key_caps.width(keys[0], plus=True)
    for key in keys[1:]:
        left += _or_px() + key_caps.width(key, plus=True)
        if left > _KEYS_PX - 12:
            break
        shown.append(key)
    return shown


def _words_left(row: Row) -> int:
    """Where the words of a row begin, from the column's left edge."""
    shown = _fitting(row.keys)
    caps = sum(key_caps.width(key, plus=True) for key in shown) + (len(shown) - 1) * _or_px()
    return max(_KEYS_PX, caps + 12)


def _words(row: Row) -> str:
    return f"{row.words} {_('changed')}" if row.changed else row.words
