"""The painted part of the timeline: ruler, a row per camera with what is recorded, flags, marks and the moment seen.

Runs on: GUI thread. It only paints and says what the pointer does; nothing is looked up here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.model.clip import Gap
from app.playback.activity import Bar
from app.playback.coverage import Coverage, holes
from app.playback.scale import FIRST, Scale
from app.playback.session import Marks
from app.runtime.zone import Zone
from widgets.playback.words import cause_text, clock_text
from widgets.theme import Theme, Weight, font
from widgets.theme.icons import BOOKMARK, paint_icon
from widgets.theme.tokens import Tokens, colour

NAMES_PX = 160              # mock-ups: names at 16, bars from 160 on, 16 free at the right
RIGHT_PX = 16
RULER_PX, ROW_PX, BAR_PX = 24, 26, 20
_HATCH_PX = 5               # a gap: 1 px every 5 px at 135°
_FOOT_PX = 8                # of a mark
_WORDS_PX = 90              # a gap so wide has room for its cause
_NEAR_PX = 5                # of a flag, for the pointer
_WORDS_LEAST_PX, _WORDS_MOST_PX = 86, 250       # of a flag with its time, and with its words
_MARK_BOX_PX = 92           # with a time


@dataclass(frozen=True, slots=True)
class Row:
    """One camera; ``leads``: its pictures are those that are stepped through."""

    camera: str
    number: str
    name: str
    coverage: Coverage = field(default_factory=Coverage)
    gaps: tuple[Gap, ...] = ()
    leads: bool = False
    bars: tuple[Bar, ...] = ()              # how much moved, by time


@dataclass(frozen=True, slots=True)
class Flag:
    """A bookmark on the ruler."""

    id: str
    at: int
    words: str


def _begin(bar: Bar) -> int:
    return bar.t0


class Track(QWidget):
    """``sought`` while the pointer is dragged over the rows, ``hovered`` (moment, camera; 0 and "" for none)."""

    sought = Signal(object)
    released = Signal()
    hovered = Signal(object, str)
    flagged = Signal(str)
    scale_changed = Signal()

    def __init__(self, theme: Theme, zone: Callable[[], Zone], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._zone = theme, zone
        self.scale = Scale(0, FIRST)
        self.rows: Sequence[Row] = ()
        self.flags: Sequence[Flag] = ()
        self.marks = Marks()
        self.moment: int | None = None          # what is seen, None while live
        self.newest = 0
        self._hover: int | None = None
        self._first = 0                         # the row on top
        self._drag = ""                         # "seek" or "pan"
        self._from = QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(RULER_PX + ROW_PX)
        theme.changed.connect(self.update)

    # -- what is shown ------------------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Row], flags: Sequence[Flag]) -> None:
        """Other cameras, or more is known of them."""
        if (rows, flags) != (self.rows, self.flags):
            self.rows, self.flags = rows, flags
            self._first = min(self._first, max(0, len(rows) - self.room))
            self.update()

    def show_moment(self, moment: int | None, marks: Marks, newest: int) -> None:
        """The clock has moved."""
        x = None if moment is None else round(self.scale.x(moment))
        before = None if self.moment is None else round(self.scale.x(self.moment))
        if x != before or marks != self.marks or round(self.scale.x(newest)) != round(self.scale.x(self.newest)):
            self.update()
        self.moment, self.marks, self.newest = moment, marks, newest

    def set_scale(self, scale: Scale) -> None:
        """Another stretch of time."""
        if scale != self.scale:
            self.scale = scale
            self.update()
            self.scale_changed.emit()

    @property
    def room(self) -> int:
        """How many rows there is room for."""
        return max(1, (self.height() - RULER_PX) // ROW_PX)

    @property
    def seen(self) -> tuple[str, ...]:
        """The cameras of the rows that are seen."""
        return tuple(row.camera for row in self._shown())

    @property
    def left(self) -> int:
        """Where the bars begin."""
        return NAMES_PX

    def words_at(self, at: int) -> str:
        """What the rows say about a moment, for the line beside the heading: the first gap there with its cause."""
        for row in self._shown():
            for gap in holes(row.coverage, row.gaps, self.scale.t0, self._known(row)):
                if gap.t0 <= at < gap.t1:
                    return f"{row.number} {cause_text(gap)}"
        return ""

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        painter.fillRect(self.rect(), colour(tokens.panel))
        self._ruler(painter, tokens)
        for index, row in enumerate(self._shown()):
            self._row(painter, row, RULER_PX + index * ROW_PX, tokens)
        painter.setClipRect(NAMES_PX - 1, 0, self.scale.px + 2, self.height())
        self._outside(painter, tokens)
        self._flags(painter, tokens)
        if self._hover is not None:
            painter.fillRect(QRectF(NAMES_PX + self.scale.x(self._hover), 0, 1, self._bottom()), colour(tokens.quiet))
        if self.moment is not None:
            painter.fillRect(QRectF(NAMES_PX + self.scale.x(self.moment) - 1, 2, 2, self._bottom() - 2),
                             colour(tokens.accent))
        painter.setClipping(False)
        self._marks(painter, tokens)
        painter.end()

    def _shown(self) -> Sequence[Row]:
        return self.rows[self._first : self._first + self.room]

    def _known(self, row: Row) -> int:
        """Up to when it is known what is recorded: what came since the last look is no gap."""
        return min(self.scale.t1, self.newest, row.coverage.t1)

    def _bottom(self) -> int:
        return RULER_PX + ROW_PX * min(len(self.rows) or 1, self.room)

    def _ruler(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setFont(font(12))
        for at, label in self.scale.ticks(self._zone().zoneinfo):
            x = NAMES_PX + self.scale.x(at)
            painter.fillRect(QRectF(x, RULER_PX - 8, 1, 6), colour(tokens.faint))
            painter.setPen(colour(tokens.quiet))
            painter.drawText(QRectF(x + 5, 2, 90, 18), Qt.AlignmentFlag.AlignVCenter, label)

    def _row(self, painter: QPainter, row: Row, y: int, tokens: Tokens) -> None:
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(12, Weight.STRONG))
        painter.setPen(colour(tokens.text if row.leads else tokens.quiet))
        painter.drawText(QRect(16, y, 40, BAR_PX), centre, row.number)
        painter.setFont(font(12, Weight.MEDIUM if row.leads else Weight.NORMAL))
        name = QFontMetrics(painter.font()).elidedText(row.name, Qt.TextElideMode.ElideRight, NAMES_PX - 64)
        painter.drawText(QRect(56, y, NAMES_PX - 60, BAR_PX), centre, name)
        painter.save()
        painter.setClipRect(NAMES_PX, y, self.scale.px, BAR_PX)
        painter.fillRect(NAMES_PX, y, self.scale.px, BAR_PX, colour(tokens.ground))
        scale, end = self.scale, self._known(row)
        for t0, t1 in row.coverage.within(scale.t0, end):
            x = scale.x(t0)
            painter.fillRect(QRectF(NAMES_PX + x, y, max(1.0, scale.x(t1) - x), BAR_PX), colour(tokens.recorded))
        self._bars(painter, row, y, tokens)
        for gap in holes(row.coverage, row.gaps, scale.t0, end):
            self._gap(painter, gap, y, tokens)
        painter.restore()

    def _bars(self, painter: QPainter, row: Row, y: int, tokens: Tokens) -> None:
        """How much moved: from the foot of the row, a pixel of rest between two."""
        scale, shade, fill = self.scale, colour(tokens.activity), painter.fillRect
        first, last = (bisect_left(row.bars, at, key=_begin) for at in (scale.t0, scale.t1))
        begin, a_us, foot = NAMES_PX - scale.t0 * scale.px / scale.width, scale.px / scale.width, y + BAR_PX
        for bar in row.bars[max(0, first - 1):last]:        # whole pixels: hundreds in a row, painted often
            x0, high = round(begin + bar.t0 * a_us), round(bar.height * BAR_PX)
            fill(x0, foot - high, max(1, round(begin + bar.t1 * a_us) - x0 - 1), high, shade)

    def _gap(self, painter: QPainter, gap: Gap, y: int, tokens: Tokens) -> None:
        x0, x1 = NAMES_PX + self.scale.x(gap.t0), NAMES_PX + self.scale.x(gap.t1)
        if x1 - x0 < 1:
            return
        area = QRectF(x0, y, x1 - x0, BAR_PX).intersected(QRectF(NAMES_PX, y, self.scale.px, BAR_PX))
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(tokens.line if tokens.dark else tokens.activity), 1))    # light: line is the ground
        begin = int(area.left() - BAR_PX) // _HATCH_PX * _HATCH_PX
        painter.drawLines([QLineF(x, y + BAR_PX, x + BAR_PX, y)
                           for x in range(begin, int(area.right()) + 1, _HATCH_PX)])
        if area.width() >= _WORDS_PX:
            painter.setFont(font(12))
            text = QFontMetrics(painter.font()).elidedText(cause_text(gap), Qt.TextElideMode.ElideRight,
                                                           round(area.width()) - 12)
            width = QFontMetrics(painter.font()).horizontalAdvance(text)
            painter.fillRect(QRectF(area.left() + 6, y + 2, width + 8, BAR_PX - 4), colour(tokens.ground))
            painter.setPen(colour(tokens.quiet))
            painter.drawText(area.adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _outside(self, painter: QPainter, tokens: Tokens) -> None:
        """What lies outside the marks is 62 % panel."""
        veil = colour(tokens.panel)
        for begin, end in ((self.scale.t0, self.marks.begin), (self.marks.end, self.scale.t1)):
            if begin is not None and end is not None and end > begin:
                x0, x1 = self.scale.x(max(begin, self.scale.t0)), self.scale.x(min(end, self.scale.t1))
                if x1 > x0:
                    painter.save()
                    painter.setOpacity(0.62)
                    painter.fillRect(QRectF(NAMES_PX + x0, RULER_PX, x1 - x0, self._bottom() - RULER_PX), veil)
                    painter.restore()

    def _marks(self, painter: QPainter, tokens: Tokens) -> None:
        for key, at, way in (("I", self.marks.begin, 1), ("O", self.marks.end, -1)):
            if at is None or not self.scale.t0 <= at <= self.scale.t1:
                continue
            x, bottom = round(NAMES_PX + self.scale.x(at)), self._bottom()
            shade = colour(tokens.text)
            painter.fillRect(QRect(x - 1, RULER_PX - 4, 2, bottom - RULER_PX + 4), shade)
            for y in (RULER_PX - 4, bottom - 2):
                painter.fillRect(QRect(x if way > 0 else x - _FOOT_PX, y, _FOOT_PX, 2), shade)
            text = clock_text(at, self._zone())
            painter.setFont(font(12, Weight.STRONG))
            width = QFontMetrics(painter.font()).horizontalAdvance(f"{key}  {text}") + 16
            box = QRect(x - width if way > 0 else x, 0, width, 19)
            box.moveLeft(min(max(box.left(), 0), self.width() - width))
            painter.fillRect(box, colour(tokens.panel))
            painter.setPen(shade)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{key}  {text}")

    def _flags(self, painter: QPainter, tokens: Tokens) -> None:
        places = [NAMES_PX + self.scale.x(flag.at) for flag in self.flags]
        ends = sorted((*places, *self._mark_boxes()))
        for flag, x in zip(self.flags, places, strict=True):
            if not NAMES_PX <= x <= NAMES_PX + self.scale.px:
                continue
            painter.fillRect(QRectF(x, RULER_PX - 6, 1, self._bottom() - RULER_PX + 6), colour(tokens.quiet))
            room = min((end - x for end in ends if end > x), default=_WORDS_MOST_PX) - 2
            if room >= _WORDS_LEAST_PX:         # up to what comes next; without room for the time it is the sign alone
                painter.setFont(font(12, Weight.MEDIUM))
                text = " ".join(filter(None, (clock_text(flag.at, self._zone()), flag.words)))
                metrics = QFontMetrics(painter.font())
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(min(room, _WORDS_MOST_PX)) - 30)
                width = metrics.horizontalAdvance(text) + 28
                painter.fillRect(QRectF(x + 2, 0, width, 20), colour(tokens.raised))
                painter.setPen(colour(tokens.text))
                painter.drawText(QRectF(x + 22, 0, width, 20), Qt.AlignmentFlag.AlignVCenter, text)
                paint_icon(painter, BOOKMARK, QRectF(x + 6, 4, 12, 12), tokens.text, 12)
            else:
                paint_icon(painter, BOOKMARK, QRectF(x - 1, RULER_PX - 12, 10, 10), tokens.quiet, 12)

    def _mark_boxes(self) -> list[float]:
        """Where the boxes with the times of the marks begin: the first stands left of its mark, the second right."""
        begin, end = self.marks.begin, self.marks.end
        return [*([NAMES_PX + self.scale.x(begin) - _MARK_BOX_PX] if begin is not None else ()),
                *([NAMES_PX + self.scale.x(end)] if end is not None else ())]

    # -- the pointer --------------------------------------------------------------------------------------------

    def _at(self, x: float) -> int:
        return self.scale.at(min(max(x - NAMES_PX, 0), self.scale.px))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if event.button() is not Qt.MouseButton.LeftButton or at.x() < NAMES_PX:
            return
        if at.y() < RULER_PX:
            flag = next((one for one in self.flags if 0 <= at.x() - NAMES_PX - self.scale.x(one.at) <= 24
                         or abs(NAMES_PX + self.scale.x(one.at) - at.x()) < _NEAR_PX), None)
            if flag is not None:
                self.flagged.emit(flag.id)
                return
            self._drag, self._from = "pan", at
        else:
            self._drag = "seek"
            self.sought.emit(self._at(at.x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._drag == "seek":
            self.sought.emit(self._at(at.x()))
        elif self._drag == "pan":
            self.set_scale(self.scale.moved(round((self._from.x() - at.x()) * self.scale.width / self.scale.px)))
            self._from = at
        else:
            self._hover_at(at.toPoint())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        sought, self._drag = self._drag == "seek", ""
        if sought:
            self.released.emit()

    def _hover_at(self, at: QPoint) -> None:
        index = (at.y() - RULER_PX) // ROW_PX
        shown = self._shown()
        if at.x() < NAMES_PX or at.y() < RULER_PX or index >= len(shown):
            self.leave()
            return
        self._hover = self._at(at.x())
        self.update()
        self.hovered.emit(self._hover, shown[index].camera)

    def leave(self) -> None:
        """The pointer is elsewhere."""
        if self._hover is not None:
            self._hover = None
            self.update()
            self.hovered.emit(0, "")

    def leaveEvent(self, _event: object) -> None:
        self.leave()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = 1 if event.angleDelta().y() > 0 else -1
        if event.position().x() < NAMES_PX:
            self._first = min(max(0, self._first - notches), max(0, len(self.rows) - self.room))
            self.update()
        else:
            self.set_scale(self.scale.zoomed(notches, self._at(event.position().x())))
        event.accept()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        px = max(1, self.width() - NAMES_PX - RIGHT_PX)
        self.scale = Scale(self.scale.t0, self.scale.width, px)
        self.scale_changed.emit()
