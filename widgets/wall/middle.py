"""What stands in the middle of a pane that has no live picture, and the last picture dimmed behind it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from app.model.pane import PaneReport, PaneState
from app.runtime.language import gettext as _
from widgets.theme.fonts import Weight, font, line_height
from widgets.theme.tokens import Tokens, colour
from widgets.wall import words
from widgets.wall.geometry import Box
from widgets.wall.measures import SMALL_HEIGHT, TINY_HEIGHT

# (brightness, saturation, lift) of the last picture: mock-ups, "A pane". The lift mixes in middle grey, so that a lost
# picture looks washed out rather than like a night; its value is read from the mock-up's pixels (58 -> 29, 231 -> 76).
_DIMMED = {PaneState.FROZEN: (0.38, 0.70, 0.0), PaneState.LOST: (0.30, 0.0, 0.1), PaneState.REFUSED: (0.22, 0.0, 0.0)}
_ARC = 26               # logical px across
_ARC_GAP = 9


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words; sizes in logical pixels, ``before`` is space above it."""

    text: str
    size: int
    weight: Weight = Weight.NORMAL
    quiet: bool = False
    before: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Middle:
    """Lines centred in the picture area, with the arc of a connecting pane above them when ``arc``."""

    lines: tuple[Line, ...] = ()
    arc: bool = False


NOTHING = Middle()


def middle_of(report: PaneReport, number: str, pane_number: int, since: float, local_time: words.LocalTime,
              box: Box) -> Middle:
    """The words for a state in a pane of that size; whole seconds only, so it changes at most once a second."""
    height = box.logical_height
    tiny, small = height < TINY_HEIGHT, height < SMALL_HEIGHT
    match report.state:
        case PaneState.EMPTY:
            return Middle((Line(str(pane_number), 14 if small else 17, quiet=True),))
        case PaneState.CONNECTING:
            if report.retry_in is not None and not tiny:
                return Middle(_not_yet(report, number, small), arc=not small)
            elapsed = words.span(report.age)
            if small:
                return Middle((Line(elapsed, 12, quiet=True),))
            return Middle((Line(_("Connecting {elapsed}").format(elapsed=elapsed), 12, quiet=True),), arc=True)
        case PaneState.FROZEN if not tiny:
            age = Line(words.span(report.age), 17 if small else 22, Weight.STRONG)
            return Middle((age,) if small else (age, *_last_picture(report, local_time, before=0)))
        case PaneState.LOST if not tiny:
            size, retry = 12 if small else 14, words.retry_text(report)
            lines = [Line(words.what_happened(report.cause, number), size, Weight.NORMAL if small else Weight.MEDIUM)]
            if retry:
                lines.append(Line(retry, size, before=0 if small else 2))
            elif mend := words.how_to_mend(report.cause, number):
                lines.append(Line(mend, size, before=0 if small else 2))
            return Middle((*lines, *(() if small else _last_picture(report, local_time, before=6))))
        case PaneState.REFUSED if not tiny:
            size = 12 if small else 14
            lines = [Line(words.what_happened(report.cause or "unauthorised", number), size,
                          Weight.NORMAL if small else Weight.MEDIUM)]
            if mend := words.how_to_mend(report.cause or "unauthorised", number):
                lines.append(Line(mend, size, before=0 if small else 2))
            stopped = _("Stopped trying {time}").format(time=local_time(since)[0])
            return Middle((*lines, *(() if small else (Line(stopped, 12, before=6),))))
    return NOTHING


def _not_yet(report: PaneReport, number: str, small: bool) -> tuple[Line, ...]:
    """A camera that answered "not now": why, and when it is asked again, as quietly as any that connects."""
    return (Line(words.what_happened(report.cause, number), 12, quiet=True),
            Line(words.retry_text(report), 12, quiet=True, before=0 if small else 2))


def _last_picture(report: PaneReport, local_time: words.LocalTime, before: int) -> tuple[Line, ...]:
    if report.last_picture is None:
        return ()
    time = local_time(report.last_picture)[0]
    return (Line(_("Last picture {time}").format(time=time), 12, before=before),)


def paint_middle(middle: Middle, box: Box, tokens: Tokens) -> QImage:
    """The words centred in an image as large as the picture; long sentences break into two rows before they are cut.

    An image of its own, because Qt draws words thinner on a clear ground than on an opaque one, as the strip does.
    """
    ratio, area = box.ratio, QRectF(0, 0, box.picture.width(), box.picture.height())
    image = QImage(box.picture.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    width = area.width() - 2 * box.step.padding * ratio
    rows: list[tuple[Line, str]] = []
    for line in middle.lines:
        face = font(line.size * ratio, line.weight)
        painter.setFont(face)
        rows += [(line, text) for text in _broken(painter, line.text, width)]
    total = sum((line_height(line.size) + line.before) * ratio for line, _text in rows)
    if middle.arc:
        total += (_ARC + _ARC_GAP) * ratio
    y = area.y() + (area.height() - total) / 2
    if middle.arc:
        _paint_arc(painter, QPointF(area.x() + area.width() / 2, y + _ARC / 2 * ratio), ratio, tokens)
        y += (_ARC + _ARC_GAP) * ratio
    for line, text in rows:
        y += line.before * ratio
        height = line_height(line.size) * ratio
        painter.setFont(font(line.size * ratio, line.weight))
        painter.setPen(colour(tokens.behind_quiet if line.quiet else tokens.plate_words))
        painter.drawText(QRectF(0, y, area.width(), height), Qt.AlignmentFlag.AlignCenter, text)
        y += height
    painter.end()
    return image


def _broken(painter: QPainter, text: str, width: float) -> list[str]:
    metrics = painter.fontMetrics()
    if metrics.horizontalAdvance(text) <= width:
        return [text]
    first = text.split(" ")
    rest: list[str] = []
    while len(first) > 1 and metrics.horizontalAdvance(" ".join(first)) > width:
        rest.insert(0, first.pop())
    rows = [" ".join(first), " ".join(rest)] if rest else [text]
    return [metrics.elidedText(row, Qt.TextElideMode.ElideRight, round(width)) for row in rows]


def _paint_arc(painter: QPainter, centre: QPointF, ratio: float, tokens: Tokens) -> None:
    radius = (_ARC / 2 - 1) * ratio
    ring = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour(tokens.behind_line), 2 * ratio))
    painter.drawEllipse(ring)
    # A quarter from twelve to three o'clock. It does not turn: nothing moves on the wall but pictures.
    painter.setPen(QPen(colour(tokens.plate_quiet), 2 * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    painter.drawArc(ring, 0, 90 * 16)
    painter.restore()


def dims(state: PaneState) -> bool:
    """This state shows the last picture dimmed."""
    return state in _DIMMED


def dimmed(still: QImage, state: PaneState) -> QImage:
    """The last picture as that state shows it: grey is mixed in, then the light turned down. A new image."""
    brightness, saturation, lift = _DIMMED[state]
    image = still.copy()
    painter = QPainter(image)
    painter.setOpacity(1.0 - saturation)
    painter.drawImage(0, 0, still.convertToFormat(QImage.Format.Format_Grayscale8))
    painter.setOpacity(1.0)
    painter.fillRect(image.rect(), QColor.fromRgbF(0.0, 0.0, 0.0, 1.0 - brightness))
    if lift:
        painter.fillRect(image.rect(), QColor.fromRgbF(0.5, 0.5, 0.5, lift))
    painter.end()
    return image
