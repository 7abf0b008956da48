"""The mouse on the wall, turned into commands: select, alone, zoom, pan, swap and place by drag and drop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication

from widgets.theme.tokens import Tokens
from widgets.wall import zoom
from widgets.wall.box_drag import BoxDrag
from widgets.wall.dropping import PANE_MIME, carries, drop
from widgets.wall.menu import open_menu
from widgets.wall.steer_drag import SteerDrag

if TYPE_CHECKING:
    from widgets.wall.view import WallView

_DRAGGED_PX = 240                               # number and most names, without hiding the pane it will land in
_NOTCH = 120.0                                  # Qt's angle delta of one wheel notch (eighths of a degree x 15)


class Pointer:
    """Holds what a press began; owned by its WallView, which forwards its events here."""

    def __init__(self, view: WallView) -> None:
        self._view = view
        self._pressed: int | None = None
        self._origin = QPointF()
        self._last = QPointF()
        self._panning = False
        self.steer = SteerDrag()
        self.box = BoxDrag()
        self.leads = True               # keys go to this window
        self.optical = False            # the wheel zooms a camera that turns, not its picture

    def press(self, event: QMouseEvent) -> None:
        """Left selects at once: the frame must be under the finger before it is lifted."""
        pane = self._view.pane_at(event.position())
        if pane is None:
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._view.run("pane.select", pane)
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._origin, self._last = pane, event.position(), event.position()
            self._panning = False
            face, area = self._view.faces[pane], self._view.shown_rect(pane)
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.steer.turns(face.pane.camera) \
                    and area.contains(event.position()):
                self._pressed = None
                self.box.begin(pane, face.pane.camera, area, face.pane.view, event.position())
            elif self.steer.begins(pane, face.pane.camera, area, event.position()):
                self._pressed = None

    def move(self, event: QMouseEvent) -> None:
        """Dragging: steers, pans a zoomed pane, or takes the pane itself along."""
        if self.box.pane is not None:
            self.box.move(event.position())
            self._view.repaint_pane(self.box.pane)
            if not self._holds(self.box.pane, self.box.camera):
                self.box.give_up()
            return
        if self.steer.pane is not None:
            if not self._holds(self.steer.pane, self.steer.camera):
                self.release()
                return
            pan, tilt = self.steer.velocity(event.position())
            self._view.run("ptz.drag", self.steer.pane, pan=pan, tilt=tilt)
            self._view.repaint_pane(self.steer.pane)
            return
        pane = self._pressed
        if pane is None or pane >= len(self._view.faces) or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        far = (event.position() - self._origin).manhattanLength() >= QApplication.startDragDistance()
        if not self._panning and not far:
            return
        face = self._view.faces[pane]
        if face.pane.view.zoom > 1.0:
            self._panning = True
            area = self._view.shown_rect(pane)
            if not area.isEmpty():
                by = event.position() - self._last
                self._last = event.position()
                view = zoom.panned(face.pane.view, by.x() / area.width(), by.y() / area.height())
                self._view.run("view.set", pane, view=view)
        elif face.pane.camera:
            self._pressed = None
            self._drag(pane)

    def release(self) -> None:
        self._pressed, self._panning = None, False
        if self.box.pane is not None:
            pane, holds = self.box.pane, self._holds(self.box.pane, self.box.camera)
            x, y, closer = self.box.end()
            if holds:
                self._view.run("ptz.centre", pane, x=x, y=y, closer=closer)
            self._view.repaint_pane(pane)
        if self.steer.pane is not None:
            pane = self.steer.pane
            self.steer.end()
            self._view.run("ptz.drag", pane, pan=0.0, tilt=0.0)
            self._view.repaint_pane(pane)

    @property
    def draws_on(self) -> tuple[int | None, int | None]:
        """The panes that :meth:`paint` draws upon."""
        return self.steer.pane, self.box.pane

    def paint(self, painter: QPainter, ratio: float, tokens: Tokens) -> None:
        """What the hand draws; the painter's unit is the device pixel."""
        self.steer.paint(painter, ratio, tokens)
        self.box.paint(painter, ratio, tokens)

    def double_click(self, event: QMouseEvent) -> None:
        """One pane alone, and back."""
        pane = self._view.pane_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and pane is not None \
                and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._pressed = None
            self._view.run("pane.alone", pane)

    def wheel(self, event: QWheelEvent) -> None:
        """Digital zoom about the pointer, or, where the operator chose so, the zoom of a camera that turns."""
        pane = self._view.pane_at(event.position())
        if pane is None or not self._view.faces[pane].pane.camera:
            return
        if self.optical and self.steer.turns(self._view.faces[pane].pane.camera):
            event.accept()
            self._view.run("pane.select", pane)
            self._view.run("ptz.wheel", pane, notches=event.angleDelta().y() / _NOTCH)
            return
        area = self._view.shown_rect(pane)
        notches = event.angleDelta().y() / _NOTCH
        if area.isEmpty() or not notches:
            return
        at = event.position()
        before = self._view.faces[pane].pane.view
        after = zoom.zoomed(before, notches, (at.x() - area.x()) / area.width(), (at.y() - area.y()) / area.height())
        event.accept()
        if after != before:
            self._view.run("view.set", pane, view=after)

    def menu(self, event: QContextMenuEvent) -> None:
        """The pane's commands; the keyboard's menu key asks for the selected pane."""
        view = self._view
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        pane = view.selected if by_key else view.pane_at(QPointF(event.pos()))
        if pane is None:
            return
        at = event.globalPos()
        if by_key:
            at = view.mapToGlobal(view.logical_rect(pane).center().toPoint())
        open_menu(view, view.menu_rows(pane), at, lambda command: view.run(command, pane))

    def _holds(self, pane: int, camera: str) -> bool:
        """Commands steer what is selected: a tour, a scene or a key may have put another camera under the hand."""
        view = self._view
        return self.leads and view.selected == pane and pane < len(view.faces) \
            and view.faces[pane].pane.camera == camera

    def _drag(self, pane: int) -> None:
        view = self._view
        data = QMimeData()
        data.setData(PANE_MIME, view.faces[pane].key.encode())
        drag = QDrag(view)
        drag.setMimeData(data)
        strip = view.faces[pane].strip_image
        if strip is not None:           # what hangs at the pointer: the left end of the strip, number and name
            ratio = view.devicePixelRatioF()
            picture = strip.copy(0, 0, min(strip.width(), round(_DRAGGED_PX * ratio)), strip.height())
            picture.setDevicePixelRatio(ratio)
            drag.setPixmap(QPixmap.fromImage(picture))
            drag.setHotSpot(QPoint(-8, -8))
        drag.exec(Qt.DropAction.MoveAction)
        view.show_landing(None)

    def drag_enter(self, event: QDragEnterEvent) -> None:
        """Takes cameras, panes and scenes in; an enter that is refused would end the drag for all of this widget."""
        event.setAccepted(carries(event.mimeData()))

    def drag_over(self, event: QDragMoveEvent) -> None:
        """Shows where it will land; a gap is no place."""
        pane = self._view.pane_at(event.position()) if carries(event.mimeData()) else None
        self._view.show_landing(pane)
        event.setAccepted(pane is not None)

    def drop(self, event: QDropEvent) -> None:
        """See widgets.wall.dropping."""
        pane = self._view.pane_at(event.position())
        self._view.show_landing(None)
        if pane is not None and drop(event.mimeData(), self._view.window_id, pane, self._view.runs):
            event.acceptProposedAction()
