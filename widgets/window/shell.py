"""What a feature gets when it is installed on the windows: everything it may use, and nothing to build.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject

from app.devices.asker import Asker
from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.wall import WindowState
from app.runtime.language import gettext as _
from app.wall.handlers import WallHandlers
from app.wall.transitions import panes_of
from widgets.theme import Theme
from widgets.window.badges import BadgeBoard
from widgets.window.demand import Demand
from widgets.window.desk import Desk
from widgets.window.overlays import Overlays
from widgets.window.seam import Station
from widgets.window.windows import Windows


@dataclass(frozen=True, slots=True)
class Shell:
    """``tell`` says one line in the window with the keyboard, about what did not go as wanted; ``done`` one about what
    was asked for and has happened; ``owner`` is the parent of a feature's QObjects and
    timers; ``bare`` a wall without anything around it (``--bare``); ``demand`` is what the engine is asked for,
    ``badges`` what panes bear; ``asker`` learns what devices are."""

    station: Station
    handlers: WallHandlers
    windows: Windows
    desk: Desk
    overlays: Overlays
    theme: Theme
    tell: Callable[[str], None]
    done: Callable[[str], None]
    active: Callable[[], str]
    owner: QObject
    demand: Demand
    badges: BadgeBoard
    asker: Asker
    bare: bool = False

    def window(self, window_id: str = "") -> WindowState | None:
        """That window, the one with the keyboard when not said; the first when it is gone, None without any."""
        windows = self.station.wall.state.windows
        wanted = window_id or self.active()
        return next((window for window in windows if window.id == wanted), windows[0] if windows else None)

    def selected(self) -> str:
        """The id of the camera in the selected pane of the window with the keyboard, "" where there is none."""
        return selected_in(self.window())

    def selected_camera(self) -> Camera:
        """The camera in the selected pane. Raises OperatorError where there is none."""
        camera = self.station.directory.by_id(self.selected())
        if camera is None:
            raise OperatorError(_("Choose a pane that shows a camera."))
        return camera


def selected_in(window: WindowState | None) -> str:
    """The id of the camera in the selected pane of a window, "" where there is none."""
    panes = panes_of(window) if window is not None else ()
    return panes[window.selected].camera if window is not None and window.selected < len(panes) else ""


class Installed(Protocol):
    """What lives as long as the windows do; closed before them, in reverse order."""

    def close(self) -> None: ...


type Install = Callable[[Shell], Installed | None]
