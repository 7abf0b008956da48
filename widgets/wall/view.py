"""The wall of one window: every pane painted by this one widget, straight from shared memory.

Runs on: GUI thread. A tick names the panes with a new picture; where nothing lies over it, it goes to the screen as it
lies in memory (widgets.wall.shortcut), else its rectangle is asked to repaint, and painting walks only panes that the
dirty region touches. No child widget, no native window, no copy of a picture.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHideEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.model.pane import PaneReport
from app.model.wall import WindowState
from app.runtime.language import language_changed
from app.runtime.zone import DEFAULT, Zone
from app.video.engine import Engine, PaneKey, Want
from layouts import named
from widgets.common.hop import hop_to_gui
from widgets.theme.tokens import DARK, Tokens, colour
from widgets.wall import overlays, summary, wants
from widgets.wall.asks import Directory as Directory
from widgets.wall.asks import Runs as Runs
from widgets.wall.face import Face
from widgets.wall.face_painter import FacePainter
from widgets.wall.geometry import Box
from widgets.wall.hovering import Hovering
from widgets.wall.look import Look
from widgets.wall.measures import Strips, Style
from widgets.wall.menu import MenuRow
from widgets.wall.pointer import Pointer
from widgets.wall.scale import Scale
from widgets.wall.shortcut import Shortcut
from widgets.wall.stage import Stage
from widgets.wall.strip import Badges

# A window that is being dragged larger asks for new picture sizes when it has come to rest, not 60 times a second.
_RESIZE_REST_MS = 120
# Reports (5 a second) between two moments at which the wrappers of shared memory are let go: 30 s after a decoder
# worker died its memory is free, and making 200 wrappers anew takes 2 ms.
_FORGET_EVERY = 150


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
        self._dispatcher, self._menu_rows = dispatcher, menu_rows
        self._look = Look(style, strips, tokens)
        self._stage = Stage(window_id, self._look, zone, directory.by_id,
                            lambda rect: self.update(self._scale.whole(rect)), now)
        self._hovering = Hovering(self, self._stage.hover, strips is Strips.HOVER)
        self._painter = FacePainter(engine)
        self._shortcut = Shortcut(self, self._stage, self._painter, self._drawn_over)
        self._pointer = Pointer(self)
        self._entry: tuple[str, str] = ("", "")
        self._identity: int | None = None
        self._landing: int | None = None
        self._scale = Scale.of(self)
        self._reports_heard = 0
        self._rest = QTimer(self, singleShot=True, interval=_RESIZE_REST_MS)
        self._rest.timeout.connect(self.wants_changed)
        self._postponed = QTimer(self, singleShot=True, interval=0)
        self._postponed.timeout.connect(self._paint_postponed)
        hop_to_gui(language_changed, self.relabel, self)
        hop_to_gui(directory.changed, self._cameras_changed, self)

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def state(self) -> WindowState:
        """The window state shown last."""
        return self._stage.state

    @property
    def faces(self) -> list[Face]:
        """One per pane of the state."""
        return self._stage.faces

    @property
    def selected(self) -> int:
        """Index of the selected pane."""
        return self._stage.state.selected

    def show_state(self, state: WindowState) -> None:
        """Show this window state; panes whose camera moved within the window keep what is known about them. Raises
        ValueError when the layout's name is not understood; the former state stays then."""
        named(state.layout)
        before = self._stage.state
        if (before.layout, before.alone, before.fullscreen) != (state.layout, state.alone, state.fullscreen):
            self._shortcut.forget()
        self._measure()
        self._stage.show(state)
        self.update()
        self.wants_changed.emit()

    def pictures_moved(self, moves: Mapping[PaneKey, PaneKey]) -> None:
        """Wall.moved: call it before :meth:`show_state`, so that a picture from another window is not "connecting"."""
        self._stage.moved(moves)

    def wants(self) -> dict[PaneKey, Want]:
        """What the engine shall show in this window, in device pixels; hidden panes with ``visible=False``."""
        return wants.of(self.faces, self._stage.resting, self._stage.state, self.is_seen())

    def boxes(self, layout: str) -> tuple[Box, ...]:
        """Where panes of another layout would lie, in device pixels, for pictures that are opened beforehand."""
        return self._stage.boxes(layout)

    def is_seen(self) -> bool:
        """The window is on a screen and not minimised."""
        return self.isVisible() and not self.window().isMinimized()

    def counts(self) -> summary.Counts:
        """Live, all, worst delay of the panes that this window shows."""
        return self._stage.counts()

    def painted(self) -> dict[PaneKey, int]:
        """New pictures that reached the screen since the window opened, by pane; only ever grows."""
        counts = self._painter.painted
        return {face.key: counts.get(face.key, 0) for face in self.faces if face.pane.camera}

    def set_tokens(self, tokens: Tokens) -> None:
        """Another theme."""
        self._look.tokens = tokens
        self.relabel()

    @property
    def style_shown(self) -> Style:
        """Console cells, wall or bare panes."""
        return self._look.style

    def set_style(self, style: Style, strips: Strips | None = None) -> None:
        """Console cells, wall or bare panes; and when strips show. Cheap when nothing changes."""
        if style is self._look.style and strips in (None, self._look.strips):
            return
        self._look.style = style
        self._look.strips = strips if strips is not None else self._look.strips
        self._hovering.follow(self._look.strips is Strips.HOVER)
        self._measure()
        self.relabel()
        self.wants_changed.emit()

    def set_leads(self, leads: bool) -> None:
        """Whether keys go to this window: its selected pane has the strong frame then."""
        self._look.leads = self._pointer.leads = leads
        self.repaint_pane(self.selected)

    def set_badges(self, badges: Mapping[PaneKey, Badges]) -> None:
        """Recording, holders and replay by pane; panes that are missing have none."""
        self._stage.set_badges(badges)

    def set_steering(self, turns: Callable[[str], bool], optical: bool) -> None:
        """Which cameras a drag from the middle steers, and whether the wheel zooms them instead of their picture."""
        self._pointer.steer.turns, self._pointer.optical = turns, optical

    def set_zone(self, zone: Zone) -> None:
        """The room's zone for times of day."""
        self._stage.zone = zone
        self.relabel()

    def relabel(self, *_args: object) -> None:
        """All words again: another language, theme or zone."""
        self._stage.forget_words()
        self.update()

    def show_entry(self, digits: str, name: str = "") -> None:
        """The digits typed so far over the selected pane, with the name they would call up; "" takes them away."""
        if self._entry != (digits, name):
            self._entry = digits, name
            self.repaint_pane(self.selected)

    def identify(self, number: int | None) -> None:
        """The window's number, large, over everything, and its panes' numbers, small; None takes them away."""
        if number != self._identity:
            self._identity = number
            self.update()

    def show_landing(self, pane: int | None) -> None:
        """Where a drag will land; None takes it away."""
        if pane != self._landing:
            before, self._landing = self._landing, pane
            self.repaint_pane(before)
            self.repaint_pane(pane)

    def pictures_changed(self, keys: Sequence[PaneKey]) -> None:
        """Bring these panes' new pictures to the screen; those that must be painted, all in one region."""
        faces = [face for face in map(self._stage.face_of, keys)
                 if face is not None and face.box is not None and face.shows_picture]
        region = QRegion()
        for area in self._shortcut.show(faces, self._scale):
            region += self._scale.whole(area)
        if not region.isEmpty():
            self.update(region)

    def reports_changed(self, reports: Mapping[PaneKey, PaneReport]) -> None:
        """The newest truth; repaints only panes whose words or state changed."""
        self._reports_heard += 1
        if self._reports_heard % _FORGET_EVERY == 0:
            self._shortcut.forget()
        self._stage.reports_changed(reports)

    # -- places -------------------------------------------------------------------------------------------------

    def logical_rect(self, pane: int) -> QRectF:
        """A pane's cell in the widget's own coordinates; empty while it is not shown."""
        box = self._stage.boxed(pane)
        return self._scale.logical(box.cell) if box is not None else QRectF()

    def shown_rect(self, pane: int) -> QRectF:
        """Where the pane's picture is painted, in the widget's own coordinates; empty while it is not shown."""
        box, face = self._stage.boxed(pane), self.faces[pane] if pane < len(self.faces) else None
        return QRectF() if box is None or face is None else self._scale.logical(
            face.target if face.fitted else box.picture)

    def pane_at(self, point: QPointF) -> int | None:
        """The pane under a point of the widget, or None in a gap."""
        face = self._stage.face_at(self._scale.device(point))
        return face.index if face is not None else None

    def _measure(self) -> None:
        self._scale = Scale.of(self)
        self._stage.arrange(self._scale.width, self._scale.height, self._scale.ratio)

    def repaint_pane(self, pane: int | None) -> None:
        """All of a pane, with what lies over it."""
        if pane is not None and self._stage.boxed(pane) is not None:
            self._stage.dirty_cell(self.faces[pane])

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.devicePixelRatioF() != self._scale.ratio:
            self._rescaled()            # asked here: an override of event() is called in Python for each event there is
        painter = QPainter(self)
        stage, look = self._stage, self._look
        dirty = self._in_device_pixels(painter, event.region())
        if dirty.intersects(stage.gaps):
            ground = colour(self._ground())
            for rect in dirty.intersected(stage.gaps):  # type: ignore[attr-defined]   # the stubs lack __iter__
                painter.fillRect(rect, ground)
        framed: list[Face] = []
        self._painter.begin()
        for face in stage.faces:
            box = face.box
            if box is None:
                continue
            if stage.paints_last(face):
                framed.append(face)
            if dirty.intersects(box.cell):
                self._painter.paint(painter, face, dirty, look)
        painter.setClipping(False)
        for face in framed:
            self._painter.paint_frames(painter, face, look, stage.selected(face))
        self._paint_overlays(painter)
        painter.end()
        if self._painter.postponed:
            self._postponed.start()

    def _paint_postponed(self) -> None:
        list(map(self._stage.dirty_cell, self._painter.postponed))

    def _in_device_pixels(self, painter: QPainter, region: QRegion) -> QRegion:
        """From here on the painter's unit is the device pixel: pictures are copied, not resampled."""
        scale = self._scale
        if scale.ratio == 1.0:
            return region
        if not scale.ratio.is_integer():
            # Edges fall between device pixels; what the panes leave of them must not stay what it was.
            painter.fillRect(self.rect(), colour(self._ground()))
        painter.scale(1 / scale.ratio, 1 / scale.ratio)
        painter.translate(scale.shift)
        return scale.device_region(region)

    def _drawn_over(self) -> tuple[int | None, ...] | None:
        """The panes that :meth:`_paint_overlays` draws upon, the summary's plate apart; None: upon all."""
        if self._identity is not None:
            return None
        return self._landing, self.selected if self._entry[0] else None, *self._pointer.draws_on

    def _ground(self) -> str:
        return self._look.tokens.ground if self._look.style is Style.CONSOLE else self._look.tokens.behind

    def _paint_overlays(self, painter: QPainter) -> None:
        stage, tokens = self._stage, self._look.tokens
        landing, selected = stage.boxed(self._landing), stage.boxed(self.selected)
        if landing is not None:
            overlays.paint_landing(painter, landing, tokens)
        if self._entry[0] and selected is not None:
            overlays.paint_entry(painter, selected, *self._entry, tokens)
        self._pointer.paint(painter, self._look.ratio, tokens)
        if stage.plate is not None:
            painter.drawImage(stage.plate_rect().topLeft(), stage.plate)
        if self._identity is not None:
            overlays.paint_identify(painter, QRect(0, 0, stage.width, stage.height), self._identity,
                                    stage.cells(), self._look.ratio, tokens)

    # -- Qt's events --------------------------------------------------------------------------------------------

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._measure()
        self._stage.refresh(everything=True)
        self._rest.start()

    def moveEvent(self, _event: QMoveEvent) -> None:
        self.update()               # Qt would move what it painted last, and that may be older than what is shown
        if not self._look.ratio.is_integer():
            self._measure()
            self._stage.refresh(everything=True)

    def _rescaled(self) -> None:
        self._measure()
        self.relabel()
        self._rest.start()

    def showEvent(self, _event: QShowEvent) -> None:
        self.wants_changed.emit()

    def hideEvent(self, _event: QHideEvent) -> None:
        self._shortcut.close()
        self.wants_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pointer.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pointer.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._pointer.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._pointer.menu(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._pointer.drag_enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._pointer.drag_over(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.show_landing(None)

    def dropEvent(self, event: QDropEvent) -> None:
        self._pointer.drop(event)

    @property
    def runs(self) -> Runs:
        """The dispatcher."""
        return self._dispatcher

    def run(self, command: str, pane: int, **arguments: Any) -> None:
        """Hand a command to the dispatcher with this window and a pane; whatever changes comes back as a state."""
        self._dispatcher.run(command, **{"window": self.window_id, "pane": pane, **arguments})

    def menu_rows(self, pane: int) -> Sequence[MenuRow]:
        """The rows of a pane's menu."""
        return self._menu_rows(self.window_id, pane) if self._menu_rows is not None else ()

    def _cameras_changed(self, *_args: object) -> None:
        self._stage.find_cameras()
        self.update()
        self.wants_changed.emit()
