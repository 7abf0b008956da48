"""The painted parts of the title bar: mark, drop-down, counts, clock."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.runtime.language import gettext as _
from widgets.theme import Theme, Weight, font, icon_pixmap
from widgets.theme import icons as names
from widgets.theme.tokens import colour
from widgets.wall.words import live_count, worst_delay
from widgets.window.counts import Count

BAR_PX = 40
type Word = tuple[str, int, Weight, str]       # text, size in px, weight, colour


class Sign(QWidget):
    """What a feature says in the title bar; in a narrow one it is folded and says the least."""

    @property
    def full_px(self) -> int:
        """How wide it is when it says everything."""
        raise NotImplementedError

    def fold(self, folded: bool) -> None:
        raise NotImplementedError


class Words(QWidget):
    """Words of different weight and colour on one base line, as wide as they need; says them to a screen reader."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[Word, ...] = ()
        self._icon: tuple[str, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)     # the bar is dragged through them

    def set_words(self, words: tuple[Word, ...], icon: tuple[str, str] | None = None) -> None:
        """``icon`` is (name, colour). Repaints only when something differs."""
        if (words, icon) == (self._words, self._icon):
            return
        self._words, self._icon = words, icon
        self.setAccessibleName("".join(word[0] for word in words))
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        width = sum(QFontMetrics(font(size, weight)).horizontalAdvance(text) for text, size, weight, _c in self._words)
        return QSize(width + (24 if self._icon else 0) + 1, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        x = 0
        if self._icon is not None:
            painter.drawPixmap(0, 4, icon_pixmap(self._icon[0], 16, self._icon[1], self.devicePixelRatioF()))
            x = 24
        # One base line for all sizes: that of the largest, centred by its capitals.
        largest = QFontMetrics(font(max((w[1] for w in self._words), default=12)))
        base = (self.height() + largest.capHeight()) // 2
        for text, size, weight, shade in self._words:
            painter.setFont(font(size, weight))
            painter.setPen(colour(shade))
            painter.drawText(x, base, text)
            x += QFontMetrics(painter.font()).horizontalAdvance(text)


def count_words(count: Count, theme: Theme) -> tuple[tuple[Word, ...], tuple[str, str] | None]:
    """"47 of 49 live · worst 3 s", with a red icon when a pane is frozen, lost or refused."""
    tokens = theme.tokens
    words: list[Word] = [(live_count(count.live, count.total), 14, Weight.STRONG, tokens.text)]
    if count.live:
        words += [(" · ", 14, Weight.NORMAL, tokens.quiet),
                  (worst_delay(count.worst_s), 14, Weight.MEDIUM, tokens.amber if count.late else tokens.quiet)]
    return tuple(words), (names.TROUBLE, tokens.red_words) if count.wrong else None


def clock_words(moment: datetime, zone: str, theme: Theme) -> tuple[Word, ...]:
    """"Sat 21 Nov  21:14:08  WITA"; days and months in the language in force."""
    tokens = theme.tokens
    days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    months = (_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"), _("Jul"), _("Aug"), _("Sep"), _("Oct"),
              _("Nov"), _("Dec"))
    date = f"{days[moment.weekday()]} {moment.day} {months[moment.month - 1]}"
    return ((f"{date}  ", 12, Weight.NORMAL, tokens.quiet),
            (moment.strftime("%H:%M:%S"), 17, Weight.STRONG, tokens.text),
            (f"  {zone}", 12, Weight.NORMAL, tokens.quiet))


class Mark(QWidget):
    """Lawang is a gate: two posts, two beams."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedSize(18, 18)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.tokens.text), 1.5))
        for x1, y1, x2, y2 in ((1, 3, 17, 3), (2.5, 7.5, 15.5, 7.5), (4.5, 3, 4.5, 17), (13.5, 3, 13.5, 17),
                               (9, 3, 9, 7.5)):
            painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))


class Choice(QAbstractButton):
    """A drop-down of the bar: a quiet name, the value in force, a caret. 28 px high, 8 px of padding."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = self._value = ""
        self.setFixedHeight(28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_text(self, name: str, value: str) -> None:
        self._name, self._value = name, value
        self.setAccessibleName(f"{name} {value}")
        self.setFixedWidth(self.sizeHint().width())
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(font(12)).horizontalAdvance(self._name)
        width += QFontMetrics(font(12, Weight.MEDIUM)).horizontalAdvance(self._value)
        return QSize(width + 8 + 8 + 8 + 16 + 4, 28)

    def paint_ground(self, painter: QPainter) -> None:
        """What says that it can be pressed, and that it has the keyboard."""
        tokens, box = self._theme.tokens, self.rect()
        if self.underMouse() or self.isDown():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(tokens.raised))
            painter.drawRoundedRect(box, 4, 4)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colour(tokens.accent))
            painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 4, 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        self.paint_ground(painter)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(12))
        painter.setPen(colour(tokens.quiet))
        painter.drawText(QRect(8, 0, 400, 28), centre, self._name)
        x = 8 + QFontMetrics(painter.font()).horizontalAdvance(self._name) + 8
        painter.setFont(font(12, Weight.MEDIUM))
        painter.setPen(colour(tokens.text))
        painter.drawText(QRect(x, 0, 400, 28), centre, self._value)
        caret = icon_pixmap("caret-down", 12, tokens.quiet, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 8 - 12, 8, caret)
