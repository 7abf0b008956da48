"""What a camera shows now, small in the corner of its pane while that shows the past. By a setting.

Runs on: GUI thread. One at a time, for the selected pane: a hidden pane of the engine, painted over the wall.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.model.camera import Camera
from app.runtime.language import gettext as _
from app.video.engine import Engine, PaneKey, Want
from widgets.theme import Theme, Weight, font
from widgets.theme.tokens import colour
from widgets.wall import WallView
from widgets.wall.pictures import wrap
from widgets.window.demand import Demand

KEY = "beside/0"
_LOOK_MS = 66               # 15 pictures a second
_SHARE = 0.3                # of the pane's width
_LEAST_PX, _MARGIN_PX = 96, 8


class _Corner(QWidget):
    """The picture with the word LIVE; never in the way of the pointer or the keyboard."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.image: QImage | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(_("live"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.fillRect(self.rect(), colour(tokens.behind))
        if self.image is not None:
            painter.drawImage(self.rect(), self.image)
        painter.setFont(font(12, Weight.STRONG))
        word = QRect(0, 0, painter.fontMetrics().horizontalAdvance(_("LIVE")) + 12, 20)
        painter.fillRect(word, colour(tokens.plate))
        painter.setPen(colour(tokens.plate_words))
        painter.drawText(word, Qt.AlignmentFlag.AlignCenter, _("LIVE"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()


class Beside(QObject):
    """``show`` for the pane that is selected and in the past, ``hide`` else."""

    def __init__(self, engine: Engine, demand: Demand, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._demand, self._theme = engine, demand, theme
        self._camera: Camera | None = None
        self._where: Callable[[], tuple[WallView, int] | None] = lambda: None
        self._corner: _Corner | None = None
        self._serial = -1
        demand.also.append(self._also)
        self._tick = QTimer(self, interval=_LOOK_MS)
        self._tick.setObjectName("live beside")
        self._tick.timeout.connect(self._look)

    def show(self, camera: Camera, where: Callable[[], tuple[WallView, int] | None]) -> None:
        """``where`` gives the wall and the number of the pane; None when it has gone."""
        self._where = where
        if camera is not self._camera:
            self._camera, self._serial = camera, -1
            self._demand.mark()
        self._tick.start()

    def hide(self) -> None:
        """Nobody wants it any more."""
        self._tick.stop()
        if self._camera is not None:
            self._camera = None
            self._demand.mark()
        self._drop()

    def _also(self) -> Mapping[PaneKey, Want]:
        return {KEY: Want(self._camera, 320, 180)} if self._camera is not None else {}

    def _look(self) -> None:
        where, picture = self._where(), self._engine.picture(KEY)
        if where is None or picture is None:
            self._drop()
            return
        view, pane = where
        if self._corner is not None and self._corner.parentWidget() is not view:
            self._drop()
        if self._corner is None:
            self._corner, self._serial = _Corner(self._theme, view), -1
        room = view.shown_rect(pane).toRect()
        width = max(_LEAST_PX, round(room.width() * _SHARE))
        height = round(width * picture.height / picture.width)
        corner = room.bottomRight() - QPoint(width + _MARGIN_PX, height + _MARGIN_PX)
        self._corner.setVisible(room.width() >= 2 * _LEAST_PX)
        self._corner.setGeometry(QRect(corner.x(), corner.y(), width, height))
        if picture.serial != self._serial:
            self._serial = picture.serial
            self._corner.image = wrap(picture).copy()
            self._corner.update()

    def _drop(self) -> None:
        if self._corner is not None:
            self._corner.hide()
            self._corner.deleteLater()
            self._corner = None
