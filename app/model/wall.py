"""The wall as a value: windows, their screens, their layout, what each pane shows. Saved and restored as it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.model.pane import Fit, StreamWish


class WindowKind(StrEnum):
    """A wall window is panes alone; a console has lists, docks and pages beside them."""
    WALL = "wall"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class ScreenId:
    """Which monitor: matched by serial and model first, then by geometry, never by index. Pixels, virtual desktop."""

    name: str = ""
    model: str = ""
    serial: str = ""
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """Digital zoom: the part of the picture that is shown. Centre in 0..1 of the picture, zoom >= 1 (1 = all)."""

    centre_x: float = 0.5
    centre_y: float = 0.5
    zoom: float = 1.0


WHOLE = View()
MEMORY = 8                      # cameras that a pane remembers besides the one it shows


@dataclass(frozen=True, slots=True)
class Pane:
    """What one pane shows. ``camera`` is a camera id or "" for an empty pane.

    ``past`` are the cameras that it showed before, the newest last; ``ahead`` those that were left by going back, the
    nearest first; together at most MEMORY. They move with the pane.
    """

    camera: str = ""
    wish: StreamWish = StreamWish.AUTO
    view: View = WHOLE
    past: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()

    def showing(self, camera: str) -> Pane:
        """This pane with another camera ("" for none): whole, stream chosen by size, the former camera remembered."""
        if camera == self.camera:
            return Pane(camera, past=self.past, ahead=self.ahead)
        past = (*self.past, self.camera) if self.camera and self.past[-1:] != (self.camera,) else self.past
        if past[-1:] == (camera,):              # emptied and shown again: that is no step
            past = past[:-1]
        return Pane(camera, past=past[-MEMORY:])

    @property
    def content(self) -> Pane:
        """What is to be seen, without the memory."""
        return Pane(self.camera, self.wish, self.view)


EMPTY_PANE = Pane()


@dataclass(frozen=True, slots=True)
class WindowState:
    """One window. ``layout`` is a layout name understood by ``layouts.named`` ("4x4", "1+7", or a custom text).

    ``panes`` has at least as many entries as the layout has cells; the surplus keeps cameras that a smaller
    layout does not show, so that switching back brings them back. ``alone`` is the index of the pane shown
    alone, or None. ``geometry`` is (x, y, width, height) in virtual desktop pixels, used when not full screen.
    """

    id: str
    kind: WindowKind = WindowKind.CONSOLE
    screen: ScreenId = ScreenId()
    geometry: tuple[int, int, int, int] = (0, 0, 0, 0)
    fullscreen: bool = False
    layout: str = "4x4"
    panes: tuple[Pane, ...] = ()
    selected: int = 0
    alone: int | None = None
    fit: Fit = Fit.FIT
    docks_folded: bool = False


@dataclass(frozen=True, slots=True)
class WallState:
    """Every window of this station, in the order in which they are numbered for operators (1, 2, 3 ...)."""

    windows: tuple[WindowState, ...] = ()
