"""What a feature gets when it is installed on the windows: everything it may use, and nothing to build.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject

from app.devices.asker import Asker
from app.wall.handlers import WallHandlers
from widgets.theme import Theme
from widgets.window.badges import BadgeBoard
from widgets.window.demand import Demand
from widgets.window.desk import Desk
from widgets.window.overlays import Overlays
from widgets.window.seam import Station
from widgets.window.windows import Windows


@dataclass(frozen=True, slots=True)
class Shell:
    """``tell`` says one line in the window with the keyboard; ``owner`` is the parent of a feature's QObjects and
    timers; ``bare`` a wall without anything around it (``--bare``); ``demand`` is what the engine is asked for,
    ``badges`` what panes bear; ``asker`` learns what devices are."""

    station: Station
    handlers: WallHandlers
    windows: Windows
    desk: Desk
    overlays: Overlays
    theme: Theme
    tell: Callable[[str], None]
    active: Callable[[], str]
    owner: QObject
    demand: Demand
    badges: BadgeBoard
    asker: Asker
    bare: bool = False


class Installed(Protocol):
    """What lives as long as the windows do; closed before them, in reverse order."""

    def close(self) -> None: ...


type Install = Callable[[Shell], Installed | None]
