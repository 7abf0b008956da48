"""Calling cameras and panes up by number, with one hand on the number block.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable

from psygnal import Signal

from app.model.camera import Camera
from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.wall import number_entry
from app.wall.cameras import Cameras
from app.wall.numbers import CallNumbers
from app.wall.transitions import clear, put, select
from app.wall.wall import Wall
from layouts import named

NEAREST = 3                    # how many neighbours of an unknown number are named: what one line of text holds


class CallUp:
    """The entry typed so far and what Enter does with it.

    ``changed`` carries the text typed so far ("" when there is none); it is shown large in the selected pane.
    ``focus_wanted`` carries the id of the window that ``.2.3`` chose. ``numbers`` is what ``*`` calls: scenes and
    tours register their books there.
    """

    changed = Signal(str)
    focus_wanted = Signal(str)

    def __init__(self, wall: Wall, cameras: Cameras, current: Callable[[], str]) -> None:
        self._wall = wall
        self._cameras = cameras
        self._current = current
        self._text = ""
        self.numbers = CallNumbers()

    @property
    def text(self) -> str:
        return self._text

    @property
    def preview(self) -> Camera | None:
        """The camera that Enter would show, for the line below the digits."""
        call = number_entry.meaning(self._text)
        return self._cameras.by_number(call.number) if isinstance(call, number_entry.ShowCamera) else None

    @property
    def preview_name(self) -> str:
        """The name of what Enter would show, a camera, scene or tour; "" when there is none."""
        call = number_entry.meaning(self._text)
        if isinstance(call, number_entry.ShowScene):
            found = self.numbers.find(call.number)
            return found.name if found is not None else ""
        camera = self.preview
        return camera.name if camera is not None else ""

    def key(self, key: str) -> None:
        """A digit, "." or "*"; the comma of some number blocks counts as the point."""
        self._become(number_entry.typed(self._text, "." if key == "," else key))

    def back(self) -> None:
        self._become(number_entry.taken_back(self._text))

    def cancel(self) -> None:
        self._become("")

    def enter(self) -> None:
        """Do what was typed. Raises OperatorError, with the nearest numbers, when it names nothing."""
        call = number_entry.meaning(self._text)
        self._become("")
        match call:
            case number_entry.ShowCamera(number):
                self.call(number)
            case number_entry.ClearPane():
                here = self._wall.window(self._current())
                self._wall.apply(clear, here.id, here.selected)
            case number_entry.ChoosePane(pane, screen):
                self._choose(pane, screen)
            case number_entry.ShowScene(number):
                self.numbers.call(number)
            case number_entry.Unfinished(text):
                raise OperatorError(_("“{text}” is not complete: type digits, then Enter.").format(text=text))

    def call(self, number: int) -> None:
        """The camera of that number into the selected pane. Raises OperatorError when there is none."""
        camera = self._cameras.by_number(number)
        if camera is None:
            near = ", ".join(c.label for c in sorted(self._cameras.nearest(number, NEAREST), key=lambda c: c.number))
            told = (_("There is no camera {number}; the nearest are {near}.") if near
                    else _("There is no camera {number}; the list of cameras is empty."))
            raise OperatorError(told.format(number=f"{number:04d}", near=near))
        here = self._wall.window(self._current())
        self._wall.apply(put, here.id, here.selected, camera.id)

    def _choose(self, pane: int, screen: int | None) -> None:
        windows = self._wall.state.windows
        if screen is not None and not 1 <= screen <= len(windows):
            raise OperatorError(_("There is no screen {number}; there are {count}.").format(
                number=screen, count=len(windows)))
        here = self._wall.window(self._current()) if screen is None else windows[screen - 1]
        count = len(named(here.layout))
        if not 1 <= pane <= count:
            raise OperatorError(_("There is no pane {number}; this layout has {count}.").format(
                number=pane, count=count))
        self._wall.apply(select, here.id, pane - 1)
        if screen is not None:
            self.focus_wanted.emit(here.id)

    def _become(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.changed.emit(text)
