"""When the registry lane ended although nobody closed it, every window says so, and goes on saying it.

Cameras play on, and commands still do what they do; but nothing of it is kept, and that may not be found out tomorrow.
Runs on: GUI thread; the lane's thread hops.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer

from app.model.errors import OperatorError
from widgets.common.hop import hop_to_gui
from widgets.recording.plate import TroublePlate
from widgets.window.console import Console
from widgets.window.frame import Frame
from widgets.window.shell import Shell


class Unsaved(QObject):
    """A plate over each window, above pages as well; there is none until it is needed."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell = shell
        self._sentence = ""
        self.plates: dict[str, TroublePlate] = {}
        shell.windows.opened.connect(self._opened)
        shell.windows.closed.connect(lambda frame: self.plates.pop(frame.window_id, None))
        hop_to_gui(shell.station.registry.ended, self._ended, self)

    def close(self) -> None:
        """Before the windows go."""
        self.plates.clear()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            QTimer.singleShot(0, self, self._raise)     # a page that opens raises itself once it is shown
        return False

    def _ended(self, error: OperatorError) -> None:
        self._sentence = str(error)
        for frame in self._shell.windows.frames.values():
            self._opened(frame)

    def _opened(self, frame: Frame) -> None:
        if not self._sentence:
            return
        plate = self.plates[frame.window_id] = TroublePlate(self._shell.theme, frame)
        plate.say(self._sentence)
        if isinstance(frame, Console) and frame.cover is not None:
            frame.cover.installEventFilter(self)

    def _raise(self) -> None:
        for plate in self.plates.values():
            plate.raise_()


def install(shell: Shell) -> Unsaved:
    """The row of widgets/features.py."""
    return Unsaved(shell)
