"""Lens, lamp and wiper of the camera that is steered: what is held goes on, what is pressed steps on.

Runs on: GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, QTimer

from app.commands import Dispatcher
from app.model.errors import OperatorError
from app.ptz.steering import Steering
from app.runtime.language import gettext as _

FILTER = ("auto", "day", "night")
LAMP = ("Auto", "On", "Off")    # what R steps through
IRIS_MS = 350                   # between two steps of a held iris: a step is two requests, and an eye needs to see it


class Lens(QObject):
    """Binds its commands."""

    def __init__(self, steering: Steering, dispatcher: Dispatcher, tell: Callable[[str], None],
                 parent: QObject) -> None:
        super().__init__(parent)
        self._steering, self._tell = steering, tell
        self._steps: dict[str, int] = {}            # what was chosen last, by camera and thing
        self._focusing = ""                         # "near" or "far" while held
        self._iris = ""
        self._again = QTimer(self, interval=IRIS_MS)
        self._again.setObjectName("ptz iris")
        self._again.timeout.connect(self._iris_on)
        bind = dispatcher.bind
        bind("ptz.autofocus", lambda **_pane: steering.imaging("autofocus"))
        bind("ptz.near", self._focus)
        bind("ptz.far", self._focus)
        bind("ptz.iris_open", self._hold_iris)
        bind("ptz.iris_close", self._hold_iris)
        bind("ptz.iris_auto", lambda **_pane: steering.imaging("iris-auto"))
        bind("ptz.filter", self._filter)
        bind("ptz.wiper", self._wiper)
        bind("ptz.infrared", self._infrared)
        steering.released.connect(self._let_go)

    def close(self) -> None:
        self._let_go()
        self._steering.released.disconnect(self._let_go)

    def _focus(self, action: str, down: bool) -> None:
        if down:
            self._steering.imaging(action)
            self._focusing = action
        elif self._focusing:
            self._focusing = ""
            self._steering.imaging("still")

    def _hold_iris(self, action: str, down: bool) -> None:
        self._again.stop()
        self._iris = action if down else ""
        if down:
            self._steering.imaging(action)
            self._again.start()

    def _iris_on(self) -> None:
        try:
            self._steering.imaging(self._iris)
        except OperatorError:                       # the camera was changed meanwhile
            self._again.stop()

    def _let_go(self) -> None:
        """Focus lost, another pane: the lens stands too."""
        self._again.stop()
        if self._focusing:
            with suppress(OperatorError):
                self._focus(self._focusing, False)

    def _filter(self, **_pane: object) -> None:
        chosen = self._step("filter", FILTER)
        self._steering.imaging(chosen)
        self._tell({"day": _("Day picture."), "night": _("Night picture."),
                    "auto": _("Day and night by itself.")}[chosen])

    def _wiper(self, **_pane: object) -> None:
        on = self._step("wiper", ("off", "on")) == "on"
        self._steering.auxiliary("tt:Wiper|On" if on else "tt:Wiper|Off", "tt:WashingProcedure|On")

    def _infrared(self, **_pane: object) -> None:
        chosen = self._step("lamp", LAMP)
        self._steering.auxiliary(f"tt:IRLamp|{chosen}")
        self._tell({"On": _("Infrared lamp on."), "Off": _("Infrared lamp off."),
                    "Auto": _("Infrared lamp by itself.")}[chosen])

    def _step(self, thing: str, choices: tuple[str, ...]) -> str:
        """The next of the choices; the first is how a camera is found."""
        name = f"{self._steering.selected}/{thing}"
        self._steps[name] = (self._steps.get(name, 0) + 1) % len(choices)
        return choices[self._steps[name]]
