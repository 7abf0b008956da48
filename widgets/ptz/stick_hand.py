"""A joystick as a hand on the camera: what it says goes the way of a held key, its buttons run commands.

Runs on: GUI thread; the thread "sticks" only leaves its newest deflection and hops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from psygnal import SignalInstance
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.commands import Dispatcher
from app.commands.dispatcher import Result
from app.ptz.steering import Steering
from app.runtime.settings import Value
from app.stick.kernel import Opened, open_stick
from app.stick.reading import FOLDER, Sticks
from app.stick.shaping import RESTING, Deflection, Shape, buttons_from
from widgets.common import hop_to_gui


class StickHand(QObject):
    """``present`` is called when a stick came or went; ``names`` are those that are plugged in.

    After a stop from elsewhere (another pane, the focus lost, X) a stick that is still deflected moves nothing until it
    has been at rest: the hand that holds it may not have seen why the camera stands.
    """

    def __init__(self, steering: Steering, dispatcher: Dispatcher, settings: Mapping[str, Value],
                 tell: Callable[[str], None], present: Callable[[], None], parent: QObject,
                 folder: Path = FOLDER, opens: Callable[[Path], Opened | None] = open_stick) -> None:
        super().__init__(parent)
        self._steering, self._dispatcher, self._tell, self._present = steering, dispatcher, tell, present
        self._folder, self._opens = folder, opens
        self.names: tuple[str, ...] = ()
        self._newest: Deflection = RESTING
        self._on_its_way = False
        self._now: Deflection = RESTING
        self._void = self._rested = False
        self._shape, self._buttons = Shape(), dict[int, str]()
        self._held: dict[int, str] = {}
        self._sticks: Sticks | None = None
        self._moved: SignalInstance = SignalInstance((), name="stick_moved")
        self._pressed: SignalInstance = SignalInstance((int, bool), name="stick_pressed")
        self._plugged: SignalInstance = SignalInstance((object,), name="stick_plugged")
        hop_to_gui(self._moved, self._move, self)
        hop_to_gui(self._pressed, self._press, self)
        hop_to_gui(self._plugged, self._come, self)
        steering.released.connect(self._let_go)
        self.follow(settings)

    def close(self) -> None:
        self._steering.released.disconnect(self._let_go)
        self._end()

    def follow(self, settings: Mapping[str, Value]) -> None:
        """The settings act at once."""
        self._shape = Shape(float(settings["stick.dead_percent"]) / 100, float(settings["stick.curve"]),
                            bool(settings["stick.swapped"]))
        self._buttons = buttons_from(str(settings["stick.buttons"]))
        if settings["stick.on"] and self._sticks is None:
            self._sticks = Sticks(self._leave, self._pressed.emit, self._plugged.emit, lambda: self._shape,
                                  self._folder, self._opens)
            self._sticks.start()
        elif not settings["stick.on"]:
            self._end()

    def _end(self) -> None:
        if self._sticks is not None:
            self._sticks.close()
            self._sticks = None

    def _leave(self, now: Deflection) -> None:
        """From the thread of sticks: only the newest counts, and it hops once however fast it comes."""
        self._newest = now
        self._rested = self._rested or now == RESTING       # on its way through the centre it counts, seen or not
        if not self._on_its_way:
            self._on_its_way = True
            self._moved.emit()

    def _move(self) -> None:
        self._on_its_way = False
        self._now = self._newest
        rested, self._rested = self._rested, False
        if rested:
            self._void = False
        here = self._dispatcher.context()
        # As for the keys: nobody steers behind a locked wall, or what he does not see.
        if self._now != RESTING and (self._void or QGuiApplication.focusWindow() is None or here.kiosk or here.replay):
            self._void = True
            return
        self._steering.deflect(*self._now)

    def _let_go(self) -> None:
        self._void, self._rested = self._newest != RESTING, False

    def _press(self, number: int, down: bool) -> None:
        """A button of a hold command holds it; any other runs its command when it goes down."""
        if not down:
            if (held := self._held.pop(number, None)) is not None:
                self._dispatcher.run(held, down=False)
            return
        command = self._buttons.get(number, "")
        row = self._dispatcher.table.get(command)
        if not command or QGuiApplication.focusWindow() is None:
            return
        if row is not None and row.hold:
            self._held[number] = command
            self._dispatcher.run(command, down=True)
            return
        outcome = self._dispatcher.run(command)
        if outcome.result is Result.UNKNOWN:
            self._tell(outcome.reason)

    def _come(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._present()
