"""What the first start was told, and the registry and wall that follow from it. No Qt.

Runs on: the main thread, after the assistant's window has gone and before any other opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from app.cli.options import WallOptions
from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.wall import ScreenId, WallState, WindowKind, WindowState
from app.registry.registry import Registry
from app.registry.starter import ensure_user_registry
from app.runtime import paths
from app.runtime.language import gettext as _
from app.station import WALL_NAME
from app.wall.transitions import fill, sound
from layouts import named

LAYOUT = "4x4"


class Cameras(StrEnum):
    """Where the first cameras come from."""

    LIST = "list"
    DEMO = "demo"
    NONE = "none"


class Use(StrEnum):
    """What a monitor is for."""

    CONSOLE = "console"
    WALL = "wall"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Answers:
    """``monitors``: what each is for, in the order of their numbers; at most one is the console's."""

    language: str
    monitors: tuple[tuple[ScreenId, Use], ...] = ()
    cameras: Cameras = Cameras.DEMO


def needed(options: WallOptions) -> bool:
    """Only who starts the wall for the first time, on a registry of their own, is asked."""
    return options.assistant and not options.registry.exists()


def wall_of(answers: Answers, cameras: Sequence[Camera]) -> WallState:
    """The windows on their monitors, filled with the first cameras by number; the console is window 1."""
    used = sorted((pair for pair in answers.monitors if pair[1] is not Use.NOTHING),
                  key=lambda pair: pair[1] is not Use.CONSOLE)
    windows, at = [], 0
    size = len(named(LAYOUT))
    for number, (screen, use) in enumerate(used, 1):
        kind = WindowKind.CONSOLE if use is Use.CONSOLE else WindowKind.WALL
        window = WindowState(f"w{number}", kind, screen, (screen.x, screen.y, screen.width, screen.height),
                             fullscreen=use is Use.WALL, layout=LAYOUT)
        state = fill(sound(WallState((window,))), window.id, [camera.id for camera in cameras[at:at + size]])
        windows.append(state.windows[0])
        at += size
    return WallState(tuple(windows))


def prepare(answers: Answers, options: WallOptions) -> WallOptions:
    """Makes the registry; gives the options to go on with. Raises OperatorError when it cannot be made."""
    path = options.registry
    if answers.cameras is Cameras.DEMO:
        ensure_user_registry(path)
    else:
        _make_folder(path)
    with Registry.open(path) as registry:
        registry.set_setting("window.language", answers.language)
        wall = wall_of(answers, registry.list_cameras())
        if wall.windows:
            registry.save_wall(WALL_NAME, wall)
    if answers.cameras is Cameras.LIST:
        options = replace(options, opening=("page.cameras", "register.import"))
    return options


def _make_folder(path: Path) -> None:
    try:
        paths.ensure(path.parent)
    except OSError as error:
        raise OperatorError(_("The folder {path} cannot be made: {reason}.").format(
            path=path.parent, reason=error.strerror)) from error
