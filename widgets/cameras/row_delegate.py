"""Paints the rows of the camera list: branches with their counts, cameras with number, name and what is wrong.

Measures from the mock-ups: rows of 24 px, indents 12 / 28 / 48, a state icon only where something is not normal.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from app.model.camera import Camera
from app.model.pane import PaneState
from app.model.register import Risk
from app.registry.search_text import RISK_NAMES, value_name
from app.runtime.language import current_language
from app.runtime.language import gettext as _
from widgets.cameras.row import Role, Row
from widgets.cameras.words import Words
from widgets.common.plain import tip
from widgets.theme import Theme, Weight, font, icon_pixmap
from widgets.theme.state_signs import STATE_SIGNS, state_ink
from widgets.theme.tokens import colour

ROW_PX = 24
_BRANCH_INDENTS = (12, 28, 40, 48)    # deeper areas share the last one: a tree of five levels still fits 256 px
_CAMERA_INDENTS = (48, 48, 48, 56, 64)      # by depth; in the usual tree of two levels as in the mock-ups
_HIT_INDENT = 12                      # hits stand alone, without branches above them
_RIGHT_PX = 16
_MARK_PX = 12


class RowDelegate(QStyledItemDelegate):
    """One delegate for all kinds of row. ``risk`` gives the risk class of a camera's area, told by the tool tip: a
    letter in the row says nothing to who has not read the guide, and M stands for the main stream beside it."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain, self._firm = Words(font(12)), Words(font(12, Weight.MEDIUM))
        self.risk: Callable[[tuple[str, ...]], Risk] = lambda _path: Risk.NONE

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem,
                  index: QModelIndex | QPersistentModelIndex) -> bool:
        if event.type() is not QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        camera = index.data(Role.CAMERA)
        if not isinstance(camera, Camera):
            QToolTip.showText(event.globalPos(), tip(str(index.data(Qt.ItemDataRole.ToolTipRole) or "")), view)
            return True
        lines = [f"{camera.label} {camera.name}", ", ".join(reversed(camera.area))]
        risk = self.risk(camera.area)
        if risk is not Risk.NONE:
            lines.append(f"{_('Risk class of the area')}: {value_name(RISK_NAMES[risk], current_language())}")
        QToolTip.showText(event.globalPos(), tip("\n".join(line for line in lines if line)), view)
        return True

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint_row(self, painter: QPainter, box: QRect, row: Row, *, selected: bool, hovered: bool,
                  is_open: bool, walked: bool = False) -> None:
        """Called by the view itself: a style sheet's panel below each row would cost more than the row.

        ``walked``: the keyboard is here; arrows steer no camera then, so it has to be seen.
        """
        tokens = self._theme.tokens
        if selected:
            painter.fillRect(box, colour(tokens.selected_row))
            painter.fillRect(QRect(0, box.y(), 2, box.height()), colour(tokens.accent))
            if walked:
                painter.setPen(colour(tokens.accent))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box.adjusted(0, 0, -1, -1))
        elif hovered:
            painter.fillRect(box, colour(tokens.raised))
        if row.camera is not None:
            self._camera(painter, box, row.camera, row.state, _indent(row.depth))
        elif row.count is not None:
            self._branch(painter, box, row.text, row.depth, row.count, is_open)
        else:
            self._plain.put(painter, row.text, tokens.quiet, _indent(row.depth), box, box.right() - _RIGHT_PX)

    def _branch(self, painter: QPainter, box: QRect, name: str, depth: int, count: tuple[int, int],
                is_open: bool) -> None:
        tokens = self._theme.tokens
        left = _BRANCH_INDENTS[min(depth, len(_BRANCH_INDENTS) - 1)]
        ratio = painter.device().devicePixelRatioF()
        mark = icon_pixmap("caret-down" if is_open else "caret-right", 12, tokens.quiet, ratio)
        painter.drawPixmap(left, box.y() + (ROW_PX - 12) // 2, mark)
        working, total = count
        right = box.right() - _RIGHT_PX + 1
        if working < total:
            right = self._plain.put_left_of(painter, f"/{total}", tokens.quiet, right, box)
            right = self._firm.put_left_of(painter, str(working), tokens.red_words, right, box)
        else:
            right = self._plain.put_left_of(painter, str(total), tokens.quiet, right, box)
        self._firm.put(painter, name, tokens.text, left + 20, box, right - 8)

    def _camera(self, painter: QPainter, box: QRect, camera: Camera, state: PaneState | None, left: int) -> None:
        tokens = self._theme.tokens
        name_left = self._plain.put(painter, camera.label, tokens.quiet, left, box, box.right()) + 12
        right = box.right() - _RIGHT_PX + 1
        symbol = STATE_SIGNS.get(state) if state else None
        middle = box.y() + ROW_PX / 2
        if state is not None and symbol is not None:
            shade = state_ink(state, tokens)
            painter.drawPixmap(right - 16, round(middle - 8),
                               icon_pixmap(symbol, 16, shade, painter.device().devicePixelRatioF()))
        elif state is PaneState.LIVE:
            # Only a camera that plays on some pane gets the dot: of the others nothing is known.
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(tokens.faint))
            painter.drawEllipse(QRectF(right - 10, middle - 2, 4, 4))
            painter.restore()
        if symbol is not None or state is PaneState.LIVE or left != _HIT_INDENT:
            right -= 24                            # hits have no column of states: most of them are on no pane
        if camera.restricted:
            painter.drawPixmap(right - _MARK_PX, round(middle - _MARK_PX / 2),
                               icon_pixmap("lock-simple", _MARK_PX, tokens.quiet, painter.device().devicePixelRatioF()))
            right -= _MARK_PX + 4
        used = self._plain.put(painter, camera.name, tokens.text, name_left, box, right)
        if left == _HIT_INDENT and camera.district and right - used > 40:       # px: less would show two letters
            self._plain.put(painter, camera.district, tokens.quiet, used + 8, box, right)


def _indent(depth: int) -> int:
    """Of a camera in a branch of that depth; 0 is a hit, which lies in none."""
    return _CAMERA_INDENTS[min(depth, len(_CAMERA_INDENTS) - 1)] if depth else _HIT_INDENT
