"""Recording in the windows: trouble stands on every one until it is over; why a camera is recorded; its own rule.

Runs on: GUI thread; the keeper's thread hops.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from app.model.edit import Beside
from app.model.errors import OperatorError
from app.recording.policy import policy_of
from app.recording.rules import Mode, from_text, of_cameras, to_text
from app.runtime.language import gettext as _
from widgets.common.hop import hop_to_gui
from widgets.common.later import Later
from widgets.recording.plate import TroublePlate
from widgets.recording.rules_page import DOES, RulesPage
from widgets.window.console import Console
from widgets.window.frame import Frame
from widgets.window.shell import Shell

_KEY = "recording.rules"
_RULES = ((Mode.ALWAYS, "always"), (Mode.EVENT, "event"), (Mode.WALL, "wall"), (Mode.NEVER, "never"))


class RecordingDesk(QObject):
    """Lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell, self._station = shell, shell.station
        self._later = Later(self)
        self.plates: dict[str, TroublePlate] = {}
        station = shell.station
        station.dispatcher.bind("recording.why", self.why)
        station.dispatcher.bind("recording.default", partial(self.rule, None))
        for mode, word in _RULES:
            station.dispatcher.bind(f"recording.{word}", partial(self.rule, mode))
        shell.windows.opened.connect(self._opened)
        shell.windows.closed.connect(lambda frame: self.plates.pop(frame.window_id, None))
        for command, do in DOES.items():
            station.dispatcher.bind(command, partial(self._on_page, do))
        shell.desk.why = station.recording.why
        shell.desk.places = lambda: station.recording
        hop_to_gui(station.recording.keeper.trouble, self._trouble, self)
        for frame in shell.windows.frames.values():
            self._opened(frame)

    def close(self) -> None:
        """Before the windows go."""
        self._later.close()
        self.plates.clear()

    def why(self, **_pane: object) -> None:
        """One line about the selected camera. Raises OperatorError."""
        camera = self._shell.selected_camera()
        self._shell.tell(f"{camera.label} {camera.name}: {self._station.recording.why(camera)}")

    def rule(self, mode: Mode | None, **_pane: object) -> None:
        """From now on the selected camera is recorded so; None: as tag, area or nothing says. Raises OperatorError.

        It is taken back like any other change of a camera.
        """
        camera = self._shell.selected_camera()

        def work(registry: Any) -> str:
            rules, _different = of_cameras(from_text(str(registry.setting(_KEY))), [camera.id], mode)
            registry.edits.keep((), lambda _none: (Beside(_KEY, to_text(rules), (camera.id,)),))
            return to_text(rules)

        def kept(outcome: Any) -> None:
            self._later(lambda: self._shell.tell(str(outcome.error)) if outcome.error is not None else told(
                str(outcome.value)))

        def told(text: str) -> None:
            policy = policy_of({**self._station.registry.settings, _KEY: text})
            words = policy.why(camera, time.time_ns() // 1000, shown=True)
            self._shell.done(f"{camera.label} {camera.name}: {words}")
        self._station.registry.submit(work, kept)

    def _on_page(self, do: Callable[[RulesPage], None]) -> None:
        frame = self._shell.windows.active
        page = frame.cover.built("recording") if isinstance(frame, Console) and frame.cover is not None else None
        if not isinstance(page, RulesPage):
            raise OperatorError(_("Open the page Recording first."))
        do(page)

    def _opened(self, frame: Frame) -> None:
        plate = self.plates[frame.window_id] = TroublePlate(self._shell.theme, frame.view)
        plate.say(self._standing())

    def _trouble(self, _sentence: str) -> None:
        for plate in self.plates.values():
            plate.say(self._standing())

    def _standing(self) -> str:
        """That another program records here is said once (widgets.playback); it is nothing to look at all day."""
        keeper = self._station.recording.keeper
        return "" if keeper.looks_on else " ".join(filter(None, (keeper.said, keeper.promised.notice)))


def install(shell: Shell) -> RecordingDesk:
    """The row of widgets/features.py."""
    return RecordingDesk(shell)
