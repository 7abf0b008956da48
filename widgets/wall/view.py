"""The wall of one window: every pane painted by this one widget, straight from shared memory.

Runs on: GUI thread. A tick names the panes with a new picture; only their rectangles are asked to repaint, and
painting walks only panes that the dirty region touches. No child widget, no native window, no copy of a picture.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from psygnal import SignalInstance
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.model.camera import Camera
from app.model.pane import PaneReport
from app.model.wall import EMPTY_PANE, WindowState
from app.runtime.language import language_changed
from app.runtime.zone import DEFAULT, Zone, local
from app.video.engine import Engine, PaneKey, Want
from widgets.common.hop import hop_to_gui
from widgets.theme.tokens import DARK, Tokens, colour
from widgets.wall import overlays, summary, wants
from widgets.wall.face import Face
from widgets.wall.face_painter import FacePainter, Look, strip_rect
from widgets.wall.geometry import Box, alone, arrange
from widgets.wall.measures import CONSOLE_GAP, SUMMARY_HEIGHT, Strips, Style
from widgets.wall.menu import MenuRow
from widgets.wall.pointer import Pointer
from widgets.wall.strip import Badges

# A window that is being dragged larger asks for new picture sizes when it has come to rest, not 60 times a second.
_RESIZE_REST_MS = 120


class Directory(Protocol):
    """What the wall asks of the registry's snapshot in memory."""

    changed: SignalInstance

    def by_id(self, camera_id: str, /) -> Camera | None: ...


class Runs(Protocol):
    """What the wall asks of the dispatcher."""

    def run(self, command: str, /, **arguments: Any) -> object: ...


class WallView(QWidget):
    """See the module. ``wants_changed`` is emitted when :meth:`wants` would answer differently than before."""

    wants_changed = Signal()

    def __init__(self, window_id: str, engine: Engine, directory: Directory, dispatcher: Runs, *,
                 tokens: Tokens = DARK, style: Style = Style.CONSOLE, strips: Strips = Strips.ALWAYS,
                 zone: Zone = DEFAULT, menu_rows: Callable[[str, int], Sequence[MenuRow]] | None = None,
                 now: Callable[[], float] = time.time, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAcceptDrops(True)
        self.setMinimumSize(64, 36)
        self.window_id = window_id
        self.faces: list[Face] = []
        self._engine, self._directory, self._dispatcher = engine, directory, dispatcher
        self._menu_rows, self._zone, self._now = menu_rows, zone, now
        self._look = Look(style, strips, tokens, WindowState("").fit, 1.0)
        self._state = WindowState(window_id)
        self._painter = FacePainter(engine)
        self._pointer = Pointer(self)
        self._reports: Mapping[PaneKey, PaneReport] = {}
        self._stale: Mapping[PaneKey, PaneReport] | None = None
        self._arranged: tuple[object, ...] = ()
        self._resting: tuple[Box, ...] = ()         # the layout's boxes, also while one pane is alone
        self._gaps = QRegion()
        self._entry: tuple[str, str] = ("", "")
        self._identity: int | None = None
        self._landing: int | None = None
        self._plate: QImage | None = None
        self._plate_words: tuple[object, ...] = ()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_RESIZE_REST_MS)
        self._rest.timeout.connect(self.wants_changed)
        self._watched: QObject | None = None
        hop_to_gui(language_changed, self.relabel, self)
        hop_to_gui(directory.changed, self._cameras_changed, self)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def state(self) -> WindowState:
        return self._state

    @property
    def selected(self) -> int:
        return self._state.selected

    @property
    def style_of_wall(self) -> Style:
        return self._look.style

    def show_state(self, state: WindowState) -> None:
        """Show this window state. Panes whose camera moved within the window keep what is known about them.

        Raises ValueError when the layout's name is not understood.
        """
        before, self._state = self._state, state
        former = {face.pane.camera: face for face in self.faces if face.pane.camera}
        faces: list[Face] = []
        for index, pane in enumerate(state.panes):
            old = self.faces[index] if index < len(self.faces) else None
            key = f"{self.window_id}/{index}"
            if old is not None and old.pane.camera == pane.camera:
                face = old
            elif pane.camera in former:
                face = former[pane.camera]
            else:
                face = Face(key, index)
                face.ask(pane, self._directory.by_id(pane.camera) if pane.camera else None)
                self._stale = self._reports
            if face in faces:                       # one camera in two panes: the second one starts afresh
                face = Face(key, index)
                face.ask(pane, self._directory.by_id(pane.camera))
            faces.append(face)
        for index, face in enumerate(faces):
            face.key, face.index, face.pane = f"{self.window_id}/{index}", index, state.panes[index]
        self.faces = faces
        self._look.fit = state.fit
        if before.layout != state.layout or before.alone != state.alone or before.fullscreen != state.fullscreen:
            self._painter.wrappers.forget()
        self._arrange()
        self._refresh(everything=True)
        self.update()
        self.wants_changed.emit()

    def wants(self) -> dict[PaneKey, Want]:
        """What the engine shall show in this window, in device pixels; hidden panes with ``visible=False``."""
        return wants.of(self.faces, self._resting, self._state, self.is_seen())

    def is_seen(self) -> bool:
        """The window is on a screen and not minimised."""
        return self.isVisible() and not self.window().isMinimized()

    def set_tokens(self, tokens: Tokens) -> None:
        """Another theme."""
        self._look.tokens = tokens
        self.relabel()

    def set_style(self, style: Style, strips: Strips | None = None) -> None:
        """Console cells, wall or bare panes; and when strips show."""
        self._look.style = style
        self._look.strips = strips if strips is not None else self._look.strips
        self._arrange()
        self.relabel()
        self.wants_changed.emit()

    def set_badges(self, badges: Mapping[PaneKey, Badges]) -> None:
        """Recording, holders and replay by pane; panes that are missing have none."""
        for face in self.faces:
            wanted = badges.get(face.key, Badges())
            if wanted != face.badges:
                face.badges = wanted
                face.refresh_words(self._local)
                self._update_cell(face)

    def set_zone(self, zone: Zone) -> None:
        """The room's zone for times of day."""
        self._zone = zone
        self.relabel()

    def relabel(self, *_args: object) -> None:
        """All words again: another language, theme or zone."""
        for face in self.faces:
            face.content = face.strip_image = None
        self._plate = None
        self._plate_words = ()
        self._refresh(everything=True)
        self.update()

    def show_entry(self, digits: str, name: str = "") -> None:
        """The digits typed so far over the selected pane, with the name they would call up; "" takes them away."""
        if (digits, name) != self._entry:
            self._entry = (digits, name)
            self._update_pane(self.selected)

    def identify(self, number: int | None) -> None:
        """The window's number, large, over everything; None takes it away."""
        if number != self._identity:
            self._identity = number
            self.update()

    def show_landing(self, pane: int | None) -> None:
        """Where a drag will land."""
        if pane != self._landing:
            before, self._landing = self._landing, pane
            for index in (before, pane):
                if index is not None:
                    self._update_pane(index)

    def counts(self) -> summary.Counts:
        """Live, all, worst delay of the panes that this window shows."""
        return summary.count(face.report for face in self.faces if face.box is not None and face.pane.camera)

    def painted(self) -> dict[PaneKey, int]:
        """New pictures that reached the screen since the pane got its camera."""
        return {face.key: face.painted for face in self.faces if face.pane.camera}

    # -- ticks --------------------------------------------------------------------------------------------------

    def pictures_changed(self, keys: Sequence[PaneKey]) -> None:
        """Ask for a repaint of these panes' pictures, all in one region."""
        region, faces = QRegion(), self.faces
        for key in keys:
            index = int(key.rpartition("/")[2])
            if index < len(faces):
                face = faces[index]
                if face.box is not None and face.shows_picture:
                    region += self._logical(face.target if face.fitted else face.box.picture)
        if not region.isEmpty():
            self.update(region)

    def reports_changed(self, reports: Mapping[PaneKey, PaneReport]) -> None:
        """The newest truth; repaints only panes whose words or state changed."""
        self._reports = reports
        if self._stale is not None and reports is not self._stale:
            self._stale = None
        self._refresh()

    def _refresh(self, everything: bool = False) -> None:
        for face in self.faces:
            report = face.truth(None if self._stale is self._reports and self._stale is not None
                                and face.asked > 0 and face.serial < 0 else self._reports.get(face.key))
            before, face.report = face.report, report
            if everything or report.state is not before.state:
                face.refresh_words(self._local)
                if report.state is not before.state:
                    if not self._dims(face):
                        face.forget_still()
                    self._update_cell(face)
            elif report.age != before.age or report.retry_in != before.retry_in or report.cause != before.cause:
                strip_changed, middle_changed = face.refresh_words(self._local)
                if middle_changed and face.box is not None:
                    self.update(self._logical(face.box.picture))
                if strip_changed:
                    self.update(self._logical(strip_rect(face, self._look)))
        self._refresh_plate()

    @staticmethod
    def _dims(face: Face) -> bool:
        from widgets.wall.middle import dims
        return dims(face.state)

    def _refresh_plate(self) -> None:
        if self._look.style is not Style.WALL:
            return
        counts = self.counts()
        clock, zone = self._local(self._now())
        told = (counts.live, counts.total, round(counts.worst), counts.late > 0, clock, zone)
        if told != self._plate_words:
            before = self._plate_rect()
            self._plate_words = told
            self._plate = summary.plate(counts, clock, zone, self._look.tokens, self._look.ratio)
            self.update(self._logical(before.united(self._plate_rect())))

    # -- geometry -----------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Boxes for the size, layout and scale in force; nothing when they are those of before."""
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        state, style = self._state, self._look.style
        arranged = (width, height, ratio, state.layout, state.alone, style, len(self.faces))
        self._look.ratio = ratio
        self._resting = arrange(state.layout, width, height, style, ratio)
        single = alone(width, height, style, ratio) if state.alone is not None else None
        cells = QRegion()
        for index, face in enumerate(self.faces):
            if single is not None:
                box = single if index == state.alone else None
            else:
                box = self._resting[index] if index < len(self._resting) else None
            if box != face.box:
                face.box, face.strip_image, face.content, face.fitted = box, None, None, ()
            if box is not None:
                cells += box.cell
        self._gaps = QRegion(0, 0, width, height) - cells
        if arranged != self._arranged:
            self._arranged = arranged
            self._plate, self._plate_words = None, ()

    def logical_rect(self, pane: int) -> QRectF:
        """A pane's cell in the widget's own coordinates; empty while it is not shown."""
        return self._as_logical(self.faces[pane].box.cell) if self._boxed(pane) else QRectF()  # type: ignore[union-attr]

    def shown_rect(self, pane: int) -> QRectF:
        """Where the pane's picture is painted, in the widget's own coordinates."""
        if not self._boxed(pane):
            return QRectF()
        face = self.faces[pane]
        return self._as_logical(face.target if face.fitted else face.box.picture)  # type: ignore[union-attr]

    def pane_at(self, point: QPointF) -> int | None:
        """The pane under a point of the widget, or None in a gap."""
        ratio = self._look.ratio
        at = QPointF(point.x() * ratio, point.y() * ratio).toPoint()
        return next((f.index for f in self.faces if f.box is not None and f.box.cell.contains(at)), None)

    def _boxed(self, pane: int) -> bool:
        return 0 <= pane < len(self.faces) and self.faces[pane].box is not None

    def _as_logical(self, rect: QRect) -> QRectF:
        ratio = self._look.ratio
        return QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)

    def _logical(self, rect: QRect) -> QRect:
        """The smallest rectangle of whole logical pixels around device pixels."""
        return rect if self._look.ratio == 1.0 else self._as_logical(rect).toAlignedRect()

    def _plate_rect(self) -> QRect:
        plate, ratio = self._plate, self._look.ratio
        if plate is None or self._look.style is not Style.WALL:
            return QRect()
        return QRect(round(self.width() * ratio) - plate.width(), round(self.height() * ratio) - plate.height(),
                     plate.width(), plate.height())

    def _update_pane(self, index: int) -> None:
        if self._boxed(index):
            self._update_cell(self.faces[index])

    def _update_cell(self, face: Face) -> None:
        if face.box is not None:
            out = round(CONSOLE_GAP * self._look.ratio)
            self.update(self._logical(face.box.cell.adjusted(-out, -out, out, out)))

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio, dirty = self._look.ratio, event.region()
        painter = QPainter(self)
        if ratio != 1.0:
            # From here on the unit is the device pixel: pictures are copied, not resampled.
            painter.scale(1 / ratio, 1 / ratio)
            scaled = QRegion()
            for rect in dirty:
                scaled += QRectF(rect.x() * ratio, rect.y() * ratio, rect.width() * ratio,
                                 rect.height() * ratio).toAlignedRect()
            dirty = scaled
        look, state = self._look, self._state
        if dirty.intersects(self._gaps):
            ground = look.tokens.ground if look.style is Style.CONSOLE else look.tokens.behind
            for rect in dirty & self._gaps:
                painter.fillRect(rect, colour(ground))
        last: list[Face] = []
        for face in self.faces:
            box = face.box
            if box is None:
                continue
            if face.index == state.selected or face.state.value == "frozen" or face.badges.replay:
                last.append(face)                   # frames reach into the gaps, over what neighbours painted
            elif dirty.intersects(box.cell):
                self._painter.paint(painter, face, dirty, look, False)
        for face in last:
            self._painter.paint(painter, face, dirty, look, face.index == state.selected and state.alone is None)
        self._paint_overlays(painter)
        painter.end()

    def _paint_overlays(self, painter: QPainter) -> None:
        tokens = self._look.tokens
        if self._landing is not None and self._boxed(self._landing):
            overlays.paint_landing(painter, self.faces[self._landing].box, tokens)  # type: ignore[arg-type]
        digits, name = self._entry
        if digits and self._boxed(self.selected):
            overlays.paint_entry(painter, self.faces[self.selected].box, digits, name, tokens)  # type: ignore[arg-type]
        if self._plate is not None and self._look.style is Style.WALL:
            painter.drawImage(self._plate_rect().topLeft(), self._plate)
        if self._identity is not None:
            ratio = self._look.ratio
            overlays.paint_identify(painter, QRect(0, 0, round(self.width() * ratio), round(self.height() * ratio)),
                                    self._identity, tokens)

    # -- Qt's events --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        self._refresh(everything=True)
        self._rest.start()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._arrange()
            self.relabel()
            self._rest.start()
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        if self._watched is not self.window():
            if self._watched is not None:
                self._watched.removeEventFilter(self)
            self._watched = self.window()
            self._watched.installEventFilter(self)
        self.wants_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self.wants_changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.WindowStateChange:
            self.wants_changed.emit()               # minimised or back
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointer.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pointer.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._pointer.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._pointer.menu(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._pointer.drag_over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._pointer.drag_over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.show_landing(None)

    def dropEvent(self, event: QDropEvent) -> None:
        self._pointer.drop(event)

    # -- for the pointer ----------------------------------------------------------------------------------------

    def run(self, command: str, pane: int, **arguments: Any) -> None:
        """Hand a command to the dispatcher with this window and a pane; whatever changes comes back as a state."""
        self._dispatcher.run(command, window=self.window_id, pane=pane, **arguments)

    def menu_rows(self, pane: int) -> Sequence[MenuRow]:
        """The rows of a pane's menu."""
        return self._menu_rows(self.window_id, pane) if self._menu_rows is not None else ()

    def drag_picture(self, pane: int) -> QImage | None:
        """What hangs at the pointer while a pane is dragged: its strip."""
        face = self.faces[pane]
        return face.strip_image.copy() if face.strip_image is not None else None

    def _cameras_changed(self, *_args: object) -> None:
        for face in self.faces:
            if face.pane.camera:
                face.camera = self._directory.by_id(face.pane.camera)
        self._refresh(everything=True)
        self.update()
        self.wants_changed.emit()

    def _local(self, epoch: float) -> tuple[str, str]:
        return f"{local(datetime.fromtimestamp(epoch, UTC), self._zone):%H:%M:%S}", self._zone.value


__all__ = ["EMPTY_PANE", "SUMMARY_HEIGHT", "Directory", "Runs", "WallView"]
