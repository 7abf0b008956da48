"""Binds the commands that cover a console's wall by a page and uncover it.

Runs on: GUI thread.
"""

from __future__ import annotations

from functools import partial

from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from widgets.pages import PAGES
from widgets.window.console import Console
from widgets.window.frame import Frame
from widgets.window.shell import Shell


class Paging:
    """One for all windows; a page asked for in a wall window opens in the first console."""

    def __init__(self, shell: Shell) -> None:
        self._windows, self._desk = shell.windows, shell.desk
        dispatcher = shell.station.dispatcher
        dispatcher.bind("page.wall", partial(self.show, ""))
        dispatcher.bind("page.leave", partial(self.show, ""))
        for page in PAGES:
            dispatcher.bind(f"page.{page.name}", partial(self.show, page.name))

    def show(self, name: str, window: str = "") -> None:
        """That page in the console with the keyboard, else in the first; "" is the wall. Raises OperatorError."""
        frame = self._windows.frames.get(window) or self._windows.active
        if name and not isinstance(frame, Console):
            frame = next((f for f in self._windows.frames.values() if isinstance(f, Console) and not f.parked), None)
            if frame is None:
                raise OperatorError(_("Pages open in a console, and none is open."))
            self._windows.go(frame.window_id)
        if isinstance(frame, Frame):
            frame.show_page(name)
            self._desk.show()

    def close(self) -> None:
        """Nothing of ours outlives the windows."""


def install(shell: Shell) -> Paging:
    """The row of widgets/features.py."""
    return Paging(shell)
