"""How many panes of a window are live and how late the worst of them is, and the plate that says so on a wall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from app.model.pane import PaneReport, PaneState
from widgets.theme.fonts import Weight, font
from widgets.theme.icons import TROUBLE, paint_icon
from widgets.theme.tokens import Tokens, colour
from widgets.wall import words
from widgets.wall.measures import SUMMARY_HEIGHT
from widgets.wall.strip import advance


@dataclass(frozen=True, slots=True)
class Counts:
    """``live`` of ``total`` panes with a camera; ``worst`` is the largest delay among the live ones, seconds."""

    live: int = 0
    total: int = 0
    worst: float = 0.0
    late: int = 0

    @property
    def wrong(self) -> bool:
        """Something is not live."""
        return self.live < self.total


def count(reports: Iterable[PaneReport]) -> Counts:
    """Counts over panes that show a camera. Late counts as live; frozen, lost, refused, connecting do not."""
    live = total = late = 0
    worst = 0.0
    for report in reports:
        if report.state is PaneState.EMPTY:
            continue
        total += 1
        if report.state.counts_as_live:
            live += 1
            is_late = report.state is PaneState.LATE
            late += is_late
            worst = max(worst, report.age if is_late else report.delay)
    return Counts(live, total, worst, late)


def plate(counts: Counts, time: str, zone: str, tokens: Tokens, ratio: float) -> QImage:
    """The plate at the lower right corner of a wall window, in device pixels; drawn when a word of it changes."""
    height = round(SUMMARY_HEIGHT * ratio)
    pad = 8 * ratio
    words_font, strong = font(12 * ratio, Weight.MEDIUM), font(12 * ratio, Weight.STRONG)
    plain = font(12 * ratio)
    age = [                                         # of nothing live there is no worst: "worst 0 s" would be a lie
        (" · ", plain, tokens.plate_quiet),
        (words.worst_delay(counts.worst), words_font, tokens.plate_amber if counts.late else tokens.plate_quiet),
    ] if counts.live else []
    runs = [
        (words.live_count(counts.live, counts.total), strong, tokens.plate_words),
        *age,
        ("", plain, ""),
        (time, strong, tokens.plate_words),
        ("", plain, ""),
        (zone, plain, tokens.plate_quiet),
    ]
    icon_space = (16 + 6) * ratio if counts.wrong else 0.0
    width = 2 * pad + icon_space + sum(advance(text, face) if text else pad for text, face, _ in runs)
    image = QImage(round(width), height, QImage.Format.Format_ARGB32_Premultiplied)
    # Nearly solid, unlike a strip: it lies across the seams of panes and has four kinds of words.
    image.fill(colour("#f2141920"))
    painter = QPainter(image)
    x = pad
    if counts.wrong:
        side = 16 * ratio
        paint_icon(painter, TROUBLE, QRectF(x, (height - side) / 2, side, side), tokens.plate_red_words, 16)
        x += icon_space
    for text, face, ink in runs:
        if text:
            painter.setFont(face)
            painter.setPen(colour(ink))
            painter.drawText(QRectF(x, 0, width, height), Qt.AlignmentFlag.AlignVCenter, text)
            x += advance(text, face)
        else:
            x += pad
    painter.end()
    return image
