"""The panes of one window: which faces there are, where they lie, what is true of them, what must be repainted.

Holds no widget; tells its owner by ``dirty`` which device pixels changed. Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QRegion

from app.model.camera import Camera
from app.model.pane import PaneReport, PaneState
from app.model.wall import EMPTY_PANE, WindowState
from app.runtime.zone import Zone, local
from app.video.engine import PaneKey
from layouts import named
from widgets.wall import summary
from widgets.wall.face import Face
from widgets.wall.geometry import Box, alone, arrange
from widgets.wall.look import Look, strip_area
from widgets.wall.measures import CONSOLE_GAP, Style
from widgets.wall.middle import dims
from widgets.wall.strip import NO_BADGES, Badges

_NO_REPORTS: Mapping[PaneKey, PaneReport] = {}


class Stage:
    """``find`` gives the camera of an id; ``dirty`` takes rectangles of device pixels; ``now`` is epoch seconds."""

    def __init__(self, window_id: str, look: Look, zone: Zone, find: Callable[[str], Camera | None],
                 dirty: Callable[[QRect], None], now: Callable[[], float]) -> None:
        self.window_id, self.look, self.zone = window_id, look, zone
        self.state = WindowState(window_id)
        self.faces: list[Face] = []
        self._by_key: dict[PaneKey, Face] = {}
        self.resting: tuple[Box, ...] = ()          # the layout's boxes, also while one pane is alone
        self.gaps = QRegion()
        self.plate: QImage | None = None
        self.width = self.height = 0                # device pixels
        self._find, self._dirty, self._now = find, dirty, now
        self._reports: Mapping[PaneKey, PaneReport] = _NO_REPORTS
        self._came_along: dict[PaneKey, PaneReport] = {}
        self._badges: Mapping[PaneKey, Badges] = {}
        self._plate_words: tuple[object, ...] = ()

    # -- what is shown ------------------------------------------------------------------------------------------

    def moved(self, moves: Mapping[PaneKey, PaneKey]) -> None:
        """Running pictures change place, maybe from another window: their truth travels with them."""
        for old, new in moves.items():
            report = self._reports.get(old)
            if new.rpartition("/")[0] == self.window_id and report is not None:
                self._came_along[new] = report

    def show(self, state: WindowState) -> None:
        """Take a window state; a pane whose camera moved within the window keeps what is known about it."""
        self.state, self.look.fit = state, state.fit
        free: dict[str, list[Face]] = {}
        for index, face in enumerate(self.faces):
            stays = index < len(state.panes) and state.panes[index].camera == face.pane.camera
            if face.pane.camera and not stays:
                free.setdefault(face.pane.camera, []).append(face)
        faces: list[Face] = []
        missing = len(named(state.layout)) - len(state.panes)
        for index, pane in enumerate((*state.panes, *[EMPTY_PANE] * missing)):
            key = f"{self.window_id}/{index}"
            old = self.faces[index] if index < len(self.faces) else None
            if old is not None and old.pane.camera == pane.camera:
                face = old
            elif free.get(pane.camera):
                face = free[pane.camera].pop()
                # The reports at hand still speak of the former places.
                face.provisional, face.asked_reports = face.report, self._reports
            else:
                face = Face(key, index)
                face.ask(pane, self._find(pane.camera) if pane.camera else None, self._reports,
                         self._came_along.get(key))
                face.badges = self._badges.get(key, NO_BADGES)      # told before there was a face, or of the one before
            face.key, face.index, face.pane = key, index, pane
            faces.append(face)
        self._came_along.clear()
        self.faces, self._by_key = faces, {face.key: face for face in faces}
        self.arrange(self.width, self.height, self.look.ratio)
        self.refresh(everything=True)

    def arrange(self, width: int, height: int, ratio: float) -> None:
        """Boxes for an area in device pixels. Raises ValueError when the layout's name is not understood."""
        resized = (width, height, ratio) != (self.width, self.height, self.look.ratio)
        self.width, self.height, self.look.ratio = width, height, ratio
        state, style = self.state, self.look.style
        self.resting = arrange(state.layout, width, height, style, ratio, self.look.over)
        single = alone(width, height, style, ratio, self.look.over) if state.alone is not None else None
        cells = QRegion()
        for index, face in enumerate(self.faces):
            if single is not None:
                box = single if index == state.alone else None
            else:
                box = self.resting[index] if index < len(self.resting) else None
            if box != face.box:
                face.box = box
                face.forget_words()
            if box is not None:
                cells += QRegion(box.cell)
        self.gaps = QRegion(0, 0, width, height) - cells
        if resized or style is not Style.WALL:
            self.plate, self._plate_words = None, ()

    def boxes(self, layout: str) -> tuple[Box, ...]:
        """The boxes that another layout would have here. Raises ValueError when its name is not understood."""
        return arrange(layout, self.width, self.height, self.look.style, self.look.ratio, self.look.over)

    def set_badges(self, badges: Mapping[PaneKey, Badges]) -> None:
        """Recording, holders and replay by pane; panes that are missing have none."""
        self._badges = badges
        for face in self.faces:
            wanted = badges.get(face.key, NO_BADGES)
            if wanted != face.badges:
                face.badges = wanted
                self._reword(face)
                self.dirty_cell(face)

    def find_cameras(self) -> None:
        """The registry changed: names, numbers and addresses again."""
        for face in self.faces:
            if face.pane.camera:
                face.camera = self._find(face.pane.camera)
        self.refresh(everything=True)

    def hover(self, pane: int | None) -> None:
        """The pointer is over that pane, or over none: where headers show under it, two panes change."""
        before, self.look.hovered = self.look.hovered, pane
        for face in self.faces:
            if face.index in (before, pane):
                self._reword(face)

    def forget_words(self) -> None:
        """Another language, theme or zone: everything drawn from words is drawn anew."""
        for face in self.faces:
            face.forget_words()
        self.plate, self._plate_words = None, ()
        self.refresh(everything=True)

    # -- truth --------------------------------------------------------------------------------------------------

    def reports_changed(self, reports: Mapping[PaneKey, PaneReport]) -> None:
        """The newest truth."""
        self._reports = reports
        self.refresh()

    def refresh(self, everything: bool = False) -> None:
        """Bring faces up to the reports at hand; only panes whose words or state changed become dirty."""
        for face in self.faces:
            before, report = face.report, face.truth(self._reports)
            if report is before and not everything:
                continue
            face.report = report
            if report.state is not before.state:
                face.since = self._now() - report.age
                if not dims(report.state):
                    face.forget_still()
                self._reword(face)
                self.dirty_cell(face)
            elif everything:
                self._reword(face)
            elif report.age != before.age or report.retry_in != before.retry_in or report.cause != before.cause \
                    or report.saving is not before.saving:
                strip_changed, middle_changed = self._reword(face)
                if middle_changed and face.box is not None:
                    self._dirty(face.box.picture)
                if strip_changed:
                    self._dirty(face.strip_area)
        self._refresh_plate()

    def counts(self) -> summary.Counts:
        """Over the panes that this window shows now; the past proves nothing of a camera."""
        return summary.count(f.report for f in self.faces
                             if f.box is not None and f.pane.camera and not f.badges.replay)

    def _reword(self, face: Face) -> tuple[bool, bool]:
        before = face.strip_area
        changed = face.refresh_words(self.local)
        face.strip_area = strip_area(face, self.look)
        face.has_strip = not face.strip_area.isEmpty()
        if before != face.strip_area:
            if before.size() != face.strip_area.size():
                face.strip_image = None
            self._dirty(before.united(face.strip_area))
        return changed

    def _refresh_plate(self) -> None:
        if self.look.style is not Style.WALL or not self.width:
            return
        counts = self.counts()
        time, zone = self.local(self._now())
        told = (counts.live, counts.total, round(counts.worst), counts.late > 0, time, zone)
        if told != self._plate_words:
            before = self.plate_rect()
            self._plate_words = told
            self.plate = summary.plate(counts, time, zone, self.look.tokens, self.look.ratio)
            self._dirty(before.united(self.plate_rect()))

    def local(self, epoch: float) -> tuple[str, str]:
        """The time of day in the room's zone, and the zone's name."""
        return f"{local(datetime.fromtimestamp(epoch, UTC), self.zone):%H:%M:%S}", self.zone.value

    # -- places -------------------------------------------------------------------------------------------------

    def face_of(self, key: PaneKey) -> Face | None:
        """The face of a pane key of this window, or None."""
        return self._by_key.get(key)

    def face_at(self, point: QPoint) -> Face | None:
        """The pane under a device pixel, or None in a gap."""
        return next((f for f in self.faces if f.box is not None and f.box.cell.contains(point)), None)

    def cells(self) -> list[tuple[int, QRect]]:
        """Index and cell of every pane on the screen."""
        return [(face.index, face.box.cell) for face in self.faces if face.box is not None]

    def boxed(self, pane: int | None) -> Box | None:
        """The box of a pane, None when it is not on the screen."""
        return self.faces[pane].box if pane is not None and 0 <= pane < len(self.faces) else None

    def dirty_cell(self, face: Face) -> None:
        """The whole cell with the gap around it, where its frame lies."""
        if face.box is not None:
            out = round(CONSOLE_GAP * self.look.ratio)
            self._dirty(face.box.cell.adjusted(-out, -out, out, out))

    def plate_rect(self) -> QRect:
        """Where the window's summary lies; empty when there is none."""
        if self.plate is None:
            return QRect()
        return QRect(self.width - self.plate.width(), self.height - self.plate.height(),
                     self.plate.width(), self.plate.height())

    def paints_last(self, face: Face) -> bool:
        """It has a frame, which reaches over what neighbours paint."""
        return face.index == self.state.selected or face.state is PaneState.FROZEN or face.badges.replay

    def selected(self, face: Face) -> bool:
        """It wears the frame of the selection; a pane alone needs none, there is no other."""
        return face.index == self.state.selected and self.state.alone is None
