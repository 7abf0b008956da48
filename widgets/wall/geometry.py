"""Where each pane, its strip and its picture lie, in device pixels of the wall, so that pictures stay unscaled."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from app.model.pane import Fit
from app.model.wall import View
from layouts import Rect, fit_picture, named, place
from widgets.wall.measures import CONSOLE_GAP, Step, Style, step_for, wall_gap


@dataclass(frozen=True, slots=True)
class Box:
    """One pane: ``cell`` is all of it, ``strip`` its header, ``picture`` the area that camera pictures get."""

    cell: QRect
    strip: QRect
    picture: QRect
    step: Step
    ratio: float            # device pixels per logical pixel

    @property
    def logical_height(self) -> float:
        """Height of the picture area, logical pixels; decides how many words fit in its middle."""
        return self.picture.height() / self.ratio


def box_of(cell: QRect, style: Style, ratio: float, over: bool = False) -> Box:
    """A cell divided as that style wants it; strip heights are rounded to whole device pixels.

    ``over``: the strip lies over the picture although the style would set it beside.
    """
    step = step_for(cell.height() / ratio)
    strip_height = min(round(step.strip * ratio), cell.height())
    strip = QRect(cell.x(), cell.y(), cell.width(), strip_height)
    if style is Style.CONSOLE and not over and cell.height() > strip_height:
        picture = QRect(cell.x(), cell.y() + strip_height, cell.width(), cell.height() - strip_height)
    else:
        picture = QRect(cell)
    return Box(cell, strip, picture, step, ratio)


def arrange(layout_name: str, width: int, height: int, style: Style, ratio: float,
            over: bool = False) -> tuple[Box, ...]:
    """The boxes of a layout in an area of ``width`` x ``height`` device pixels. Raises ValueError for a bad name."""
    layout = named(layout_name)
    if style is Style.CONSOLE:
        gap = margin = round(CONSOLE_GAP * ratio)
    elif style is Style.WALL:
        gap, margin = round(wall_gap(layout.columns) * ratio), 0
    else:
        gap = margin = 0
    inner_width, inner_height = max(1, width - 2 * margin), max(1, height - 2 * margin)
    return tuple(
        box_of(QRect(r.x + margin, r.y + margin, r.width, r.height), style, ratio, over)
        for r in place(layout, inner_width, inner_height, gap)
    )


def alone(width: int, height: int, style: Style, ratio: float, over: bool = False) -> Box:
    """One pane over the whole wall."""
    return arrange("1x1", width, height, style, ratio, over)[0]


def placed(width: int, height: int, area: QRect, fit: Fit, view: View) -> tuple[QRect, QRect]:
    """Where a picture of ``width`` x ``height`` is drawn and which part of it: (target, source).

    A picture that the engine has already made for this area is not scaled: target and source have one size.
    """
    if width <= 0 or height <= 0:
        return QRect(), QRect()
    if view.zoom <= 1.0 and _made_for(width, height, area, fit):
        # Larger in one direction (fill): the middle of the picture. Smaller (fit): bars on both sides.
        shown_width, shown_height = min(width, area.width()), min(height, area.height())
        target = QRect(area.x() + (area.width() - shown_width) // 2, area.y() + (area.height() - shown_height) // 2,
                       shown_width, shown_height)
        return target, QRect((width - shown_width) // 2, (height - shown_height) // 2, shown_width, shown_height)
    goal, part = fit_picture(width, height, Rect(area.x(), area.y(), area.width(), area.height()), fit.value)
    target = QRect(goal.x, goal.y, goal.width, goal.height)
    if view.zoom <= 1.0:
        return target, QRect(part.x, part.y, part.width, part.height)
    part_width, part_height = max(1, round(part.width / view.zoom)), max(1, round(part.height / view.zoom))
    left = part.x + round(view.centre_x * part.width - part_width / 2)
    top = part.y + round(view.centre_y * part.height - part_height / 2)
    left = min(max(left, part.x), part.x + part.width - part_width)
    top = min(max(top, part.y), part.y + part.height - part_height)
    return target, QRect(left, top, part_width, part_height)


def _made_for(width: int, height: int, area: QRect, fit: Fit) -> bool:
    # Two pixels of play: codecs and scalers round to even sizes, and a blur is worse than a bar of one pixel.
    near_width, near_height = abs(width - area.width()) <= 2, abs(height - area.height()) <= 2
    if fit is Fit.FIT:
        return (near_width and height <= area.height() + 2) or (near_height and width <= area.width() + 2)
    if fit is Fit.FILL:
        return (near_width and height >= area.height() - 2) or (near_height and width >= area.width() - 2)
    return near_width and near_height
