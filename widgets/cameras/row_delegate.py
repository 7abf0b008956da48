"""Paints the rows of the camera list: branches with their counts, cameras with number, name and what is wrong.

Measures from the mock-ups: rows of 24 px, indents 12 / 28 / 48, a state icon only where something is not normal.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from app.model.camera import Camera
from app.model.pane import PaneState
from app.model.register import Risk
from app.registry.search_text import RISK_NAMES, value_name
from app.runtime.language import current_language
from app.runtime.language import gettext as _
from widgets.cameras.tree_model import Role, Row
from widgets.theme import Theme, Weight, font, icon_pixmap
from widgets.theme import icons as names
from widgets.theme.tokens import colour

ROW_PX = 24
_AT_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_BRANCH_INDENTS = (12, 28, 40, 48)    # deeper areas share the last one: a tree of five levels still fits 256 px
_CAMERA_INDENTS = (48, 48, 48, 56, 64)      # by depth; in the usual tree of two levels as in the mock-ups
_HIT_INDENT = 12                      # hits stand alone, without branches above them
_RIGHT_PX = 16
_MARK_PX = 12
_ICONS = {PaneState.LATE: names.LATE, PaneState.FROZEN: names.FROZEN, PaneState.LOST: names.LOST,
          PaneState.REFUSED: names.REFUSED}


class RowDelegate(QStyledItemDelegate):
    """One delegate for all kinds of row. ``risk`` gives the risk class of a camera's area, told by the tool tip: a
    letter in the row says nothing to who has not read the guide, and M stands for the main stream beside it."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        # Made once: 30 rows of three words each are painted per letter typed.
        self._plain, self._firm = font(12), font(12, Weight.MEDIUM)
        self._plain_metrics, self._firm_metrics = QFontMetrics(self._plain), QFontMetrics(self._firm)
        self.risk: Callable[[tuple[str, ...]], Risk] = lambda _path: Risk.NONE

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, _option: QStyleOptionViewItem,
                  index: QModelIndex | QPersistentModelIndex) -> bool:
        camera = index.data(Role.CAMERA) if event.type() is QEvent.Type.ToolTip else None
        if not isinstance(camera, Camera):
            return super().helpEvent(event, view, _option, index)
        lines = [f"{camera.label} {camera.name}", ", ".join(reversed(camera.area))]
        risk = self.risk(camera.area)
        if risk is not Risk.NONE:
            lines.append(f"{_('Risk class of the area')}: {value_name(RISK_NAMES[risk], current_language())}")
        QToolTip.showText(event.globalPos(), "\n".join(line for line in lines if line), view)
        return True

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        tokens = self._theme.tokens
        state = option.state
        box: QRect = option.rect
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colour(tokens.selected_row))
            painter.fillRect(QRect(0, box.y(), 2, box.height()), colour(tokens.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, colour(tokens.raised))
        row: Row = index.data(Role.ROW)
        if row.camera is not None:
            self._camera(painter, box, row.camera, row.state, _indent(row.depth))
        elif row.count is not None:
            self._branch(painter, box, row.text, row.depth, row.count, bool(state & QStyle.StateFlag.State_Open))
        else:
            painter.setFont(self._plain)
            painter.setPen(colour(tokens.quiet))
            _word(painter, self._plain_metrics, row.text, _indent(row.depth), box.right() - _RIGHT_PX, box)
        painter.restore()

    def _branch(self, painter: QPainter, box: QRect, name: str, depth: int, count: tuple[int, int],
                is_open: bool) -> None:
        tokens = self._theme.tokens
        left = _BRANCH_INDENTS[min(depth, len(_BRANCH_INDENTS) - 1)]
        ratio = painter.device().devicePixelRatioF()
        mark = icon_pixmap("caret-down" if is_open else "caret-right", 12, tokens.quiet, ratio)
        painter.drawPixmap(left, box.y() + (ROW_PX - 12) // 2, mark)
        working, total = count
        right = box.right() - _RIGHT_PX + 1
        painter.setFont(self._plain)
        metrics = self._plain_metrics
        if working < total:
            painter.setPen(colour(tokens.quiet))
            right = _word_left_of(painter, metrics, f"/{total}", right, box)
            painter.setPen(colour(tokens.red_words))
            painter.setFont(self._firm)
            right = _word_left_of(painter, self._firm_metrics, str(working), right, box)
        else:
            painter.setPen(colour(tokens.quiet))
            right = _word_left_of(painter, metrics, str(total), right, box)
        painter.setFont(self._firm)
        painter.setPen(colour(tokens.text))
        _word(painter, self._firm_metrics, name, left + 20, right - 8, box)

    def _camera(self, painter: QPainter, box: QRect, camera: Camera, state: PaneState | None, left: int) -> None:
        tokens = self._theme.tokens
        painter.setFont(self._plain)
        painter.setPen(colour(tokens.quiet))
        metrics = self._plain_metrics
        _word(painter, metrics, camera.label, left, box.right(), box)
        name_left = left + metrics.horizontalAdvance(camera.label) + 12
        right = box.right() - _RIGHT_PX + 1
        symbol = _ICONS.get(state) if state else None
        middle = box.y() + ROW_PX / 2
        ratio = painter.device().devicePixelRatioF()
        if symbol is not None:
            shade = tokens.amber if state is PaneState.LATE else tokens.red_words
            painter.drawPixmap(right - 16, round(middle - 8), icon_pixmap(symbol, 16, shade, ratio))
        elif state is PaneState.LIVE:
            # Only a camera that plays on some pane gets the dot: of the others nothing is known.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(tokens.faint))
            painter.drawEllipse(QRectF(right - 10, middle - 2, 4, 4))
        if symbol is not None or state is PaneState.LIVE or left != _HIT_INDENT:
            right -= 24                            # hits have no column of states: most of them are on no pane
        if camera.restricted:
            painter.drawPixmap(right - _MARK_PX, round(middle - _MARK_PX / 2),
                               icon_pixmap("lock-simple", _MARK_PX, tokens.quiet, ratio))
            right -= _MARK_PX + 4
        painter.setPen(colour(tokens.text))
        used = _word(painter, metrics, camera.name, name_left, right, box)
        if left == _HIT_INDENT and camera.district:
            painter.setPen(colour(tokens.quiet))
            if right - used > 40:                  # px: less would show two letters and dots
                _word(painter, metrics, camera.district, used + 8, right, box)


def _indent(depth: int) -> int:
    """Of a camera in a branch of that depth; 0 is a hit, which lies in none."""
    return _CAMERA_INDENTS[min(depth, len(_CAMERA_INDENTS) - 1)] if depth else _HIT_INDENT


def _word(painter: QPainter, metrics: QFontMetrics, text: str, left: int, right: int, box: QRect) -> int:
    """The text, cut to its room; gives the x where it ends."""
    area = QRect(left, box.y(), max(right - left, 0), box.height())
    width = metrics.horizontalAdvance(text)
    if width > area.width():
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        width = area.width()
    painter.drawText(area, _AT_LEFT, text)
    return left + width


def _word_left_of(painter: QPainter, metrics: QFontMetrics, text: str, right: int, box: QRect) -> int:
    left = right - metrics.horizontalAdvance(text)
    painter.drawText(QRect(left, box.y(), right - left + 1, box.height()), Qt.AlignmentFlag.AlignVCenter, text)
    return left
