"""Which panels stand around the wall of a console, and where: one line per feature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.commands import Dispatcher
from app.model.camera import Camera
from app.model.pane import PaneReport, PaneState
from app.model.wall import WallState
from app.recording.placing import Changed
from app.recording.standing import Standing
from app.registry.directory import CameraDirectory
from widgets.cameras.dock import CameraDock
from widgets.playback.timeline import TimelinePanel
from widgets.ptz.panel import PtzPanel
from widgets.screens.miniature import Miniature
from widgets.screens.screen_list import ScreenList, ScreenRow
from widgets.theme import Theme
from widgets.window.seam import Lane


class Edge(Enum):
    """The docks of a console."""

    LEFT = "left"
    RIGHT = "right"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Moment:
    """What panels are shown five times a second: the wall, the truth about its panes, and what follows from both.

    ``selected`` is the camera id of the selected pane of this panel's console, "" when it is empty.
    """

    wall: WallState
    reports: Mapping[str, PaneReport]
    states: Mapping[str, PaneState]
    screens: tuple[ScreenRow, ...]
    selected: str = ""


class Places(Protocol):
    """What the page of settings asks about places for recordings; see app.recording_room."""

    def standings(self) -> tuple[Standing, ...]: ...

    def place_added(self, folder: str, quota: str, floor: str, then: Changed) -> bool: ...

    def place_removed(self, folder: str, then: Changed) -> bool: ...


class PanelWidget(Protocol):
    """What a console asks of a panel besides being a QWidget."""

    def show_moment(self, moment: Moment) -> None: ...

    def retranslate(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a panel or page is built from. ``leave`` gives the keyboard back to the wall."""

    directory: CameraDirectory
    theme: Theme
    put: Callable[[str], None]              # a camera id into the selected pane of this console
    go: Callable[[str], None]               # to the window of that id
    leave: Callable[[], None]
    dispatcher: Dispatcher
    registry: Lane
    tell: Callable[[str], None] = lambda _text: None       # one line in this window, about what was refused
    done: Callable[[str], None] = lambda _text: None       # one about what was asked for and has happened
    # A small recorded picture of (camera id, moment): at once when it is at hand, else None and a call once it came.
    still: Callable[[str, int, Callable[[], None]], QImage | None] = lambda _camera, _at, _then: None
    # How far the clock of (camera id, moment) went against the station's, microseconds; None while not measured.
    offset: Callable[[str, int, Callable[[int | None], None]], None] = lambda _camera, _at, _then: None
    why: Callable[[Camera], str] = lambda _camera: ""       # why it is recorded, or is not, in words
    places: Callable[[], Places | None] = lambda: None      # where recordings lie


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. ``stretch``: it takes what room the others of its dock leave."""

    name: str
    edge: Edge
    build: Callable[[Surroundings], QWidget]
    stretch: bool = False


class _Cameras(CameraDock):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(around.directory, around.theme, keep=lambda state: around.registry.submit(
            lambda registry: registry.set_setting("cameras.list", state), replaces="cameras.list"))
        self.restore(str(around.registry.settings.get("cameras.list", "")))
        self.chosen.connect(around.put)
        self.left.connect(around.leave)

    def show_moment(self, moment: Moment) -> None:
        self.set_states(moment.states)
        self.show_current(moment.selected)


class _Screens(ScreenList):
    def __init__(self, around: Surroundings) -> None:
        runs: Any = around.dispatcher               # its first parameter has another name, which nobody passes by name
        super().__init__(around.theme, Miniature(runs, around.directory.by_id, around.theme))
        self.chosen.connect(around.go)
        if self.miniature is not None:
            self.miniature.left.connect(around.leave)

    def show_moment(self, moment: Moment) -> None:
        self.show_rows(moment.screens)
        if self.miniature is not None:
            current = next((row.window_id for row in moment.screens if row.current), "")
            self.miniature.show_wall(moment.wall, current, moment.reports)


class _Ptz(PtzPanel):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(around.theme, around.directory.by_id)


class _Timeline(TimelinePanel):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(around.theme, around.dispatcher, around.registry.settings, around.leave)


PANELS: tuple[Panel, ...] = (
    Panel("cameras", Edge.LEFT, _Cameras, stretch=True),
    Panel("screens", Edge.LEFT, _Screens),
    Panel("ptz", Edge.RIGHT, _Ptz, stretch=True),
    Panel("timeline", Edge.BOTTOM, _Timeline, stretch=True),
)
