"""Keeps the screens on while a wall fills one of them: asks app.runtime.vigil to hold the desktop's screen saver off.

A window among others does not: there somebody works, or has gone home, as with any other program.
Runs on: GUI thread; the desktop is asked on the vigil's own.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.runtime.vigil import Vigil, holds_of_this_desktop
from widgets.window.frame import Frame
from widgets.window.shell import Shell

LOOK_MS = 2000              # savers wait for minutes
SETTING = "window.awake"


class Watchfulness(QObject):
    """Lives as long as the windows do."""

    def __init__(self, shell: Shell, vigil: Vigil) -> None:
        super().__init__(shell.owner)
        self._shell = shell
        self.vigil = vigil
        vigil.start()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Each two seconds."""
        wanted = bool(self._shell.station.registry.settings.get(SETTING, True))
        self.vigil.want(wanted and any(map(_fills_a_screen, self._with_cameras())))

    def close(self) -> None:
        """Before the windows go."""
        self._timer.stop()
        self.vigil.close()

    def _with_cameras(self) -> list[Frame]:
        frames = self._shell.windows.frames
        return [frames[window.id] for window in self._shell.station.wall.state.windows
                if window.id in frames and any(pane.camera for pane in window.panes)]


def _fills_a_screen(frame: Frame) -> bool:
    return frame.on_screen and frame.isFullScreen()


def install(shell: Shell) -> Watchfulness:
    """For all windows."""
    return Watchfulness(shell, Vigil(holds_of_this_desktop()))
