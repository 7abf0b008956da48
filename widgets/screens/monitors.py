"""The monitors as Qt sees them now, told as values, and one signal once a change of them has settled.

Runs on: GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from app.model.wall import ScreenId

# A monitor that is switched off or on makes a burst of screenAdded, screenRemoved and geometryChanged; X servers and
# graphics drivers need up to about a quarter of a second for it.
SETTLE_MS = 300
# For as long, moves of windows come from the window system fleeing the lost monitor, not from the operator.
CALM_MS = 1500


def screen_id(screen: QScreen) -> ScreenId:
    """A monitor as a value; geometry in virtual desktop pixels."""
    area = screen.geometry()
    return ScreenId(name=screen.name(), model=screen.model(), serial=screen.serialNumber(),
                    x=area.x(), y=area.y(), width=area.width(), height=area.height())


class Monitors(QObject):
    """``changed`` comes once after a burst. ``restless`` is True from its first sign until windows stand again."""

    changed = Signal()

    def __init__(self, app: QGuiApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.changed)
        self._calm = QTimer(self, singleShot=True, interval=CALM_MS)
        app.screenAdded.connect(self._added)
        app.screenRemoved.connect(self._stir)
        app.primaryScreenChanged.connect(self._stir)
        for screen in app.screens():
            self._watch(screen)

    @property
    def restless(self) -> bool:
        return self._settle.isActive() or self._calm.isActive()

    def screens(self) -> list[QScreen]:
        """Real monitors, from left to right, then from top to bottom: the order that operators number them in."""
        return _present()

    def ids(self) -> tuple[ScreenId, ...]:
        return tuple(screen_id(screen) for screen in self.screens())

    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._stir)

    def _added(self, screen: QScreen) -> None:
        self._watch(screen)
        self._stir()

    def _stir(self, *_what: object) -> None:
        self._calm.start()
        self._settle.start()


def present_ids() -> tuple[ScreenId, ...]:
    """The monitors at this moment, in the order of ``Monitors.screens``."""
    return tuple(map(screen_id, _present()))


def _present() -> list[QScreen]:
    real = [s for s in QGuiApplication.screens() if not s.geometry().isEmpty()]
    return sorted(real, key=lambda s: (s.geometry().x(), s.geometry().y()))
