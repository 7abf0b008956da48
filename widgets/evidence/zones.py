"""Parts of a camera's picture that viewing copies hide: drawn on a still of it, kept with the cameras' other edits.

Runs on: GUI thread; the registry's thread hops.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.evidence.zones import SETTING, read, turned, write
from app.model.camera import Camera
from app.model.clip import Zone
from app.model.edit import Beside
from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.runtime.language import language_changed, ngettext
from app.video.engine import PaneKey, Want
from widgets.common.hop import hop_to_gui
from widgets.common.later import Later
from widgets.common.sheet import Sheet
from widgets.evidence.zone_canvas import ZoneCanvas
from widgets.theme import Theme
from widgets.wall.pictures import wrap
from widgets.window.frame import Frame
from widgets.window.shell import Shell

_CORNER = QPoint(16, 48)        # under the title bar
_WIDTH_PX = 664                 # a picture of 640 and the sheet's margins
_BESIDE_PX = 232                # what the sheet has above and below the picture, and the title bar
_STILL = (1280, 720)            # device pixels: twice what is shown, for screens of 200 %
_LOOK_MS = 50
_LOOKS = 200                    # 10 s without a picture: it is said, and zones can be drawn all the same


class ZoneSheet(Sheet):
    """``done`` carries (camera, zones)."""

    done = Signal(object, object)

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window, _WIDTH_PX)
        self.camera: Camera | None = None
        self.canvas = ZoneCanvas(theme)
        self.where, self.hint = QLabel(), QLabel()
        for label in (self.where, self.hint):
            label.setProperty("tone", "quiet")
            label.setWordWrap(True)
        self.new, self.remove = QPushButton(), QPushButton()
        hands = QWidget()
        row = QHBoxLayout(hands)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.where, 1)
        row.addWidget(self.new)
        row.addWidget(self.remove)
        self.canvas.changed.connect(self._say)
        self.new.clicked.connect(self.canvas.add)
        self.remove.clicked.connect(self.canvas.remove)
        for button in (self.new, self.remove):
            button.clicked.connect(lambda: self.canvas.setFocus(Qt.FocusReason.OtherFocusReason))
        self.arrange((), (self.canvas, hands, self.hint))

    def open(self, camera: Camera, zones: tuple[Zone, ...]) -> None:
        """Ask which parts of this camera's picture are hidden; these are so far, of the picture as it sends it."""
        self.camera = camera
        self.canvas.show_picture(None)
        self.say_waiting(_("A picture is on its way …"))
        self.canvas.show_zones(turned(zones, camera.rotation))
        self.rise(f"{camera.label} {camera.name}", _CORNER)

    def say_waiting(self, words: str) -> None:
        self.canvas.waiting = words
        self.canvas.update()

    def submit(self) -> None:
        camera = self.camera
        if camera is not None:
            zones = turned(self.canvas.zones, 360 - camera.rotation)
            self.shut()
            self.done.emit(camera, zones)

    def clear(self) -> None:
        self.camera = None
        self.canvas.show_picture(None)

    def words(self) -> tuple[str, str, tuple[str, ...]]:
        return _("Hidden in viewing copies"), _("Keep"), ()

    def stand(self) -> None:
        self.canvas.highest_px = max(120, self._window.height() - _BESIDE_PX)
        super().stand()

    def retranslate(self) -> None:
        super().retranslate()
        self.canvas.setAccessibleName(_("Parts of the picture that are hidden"))
        self.new.setText(_("New zone"))
        self.remove.setText(_("Remove"))
        self.hint.setText(_("Drag over the picture: a new zone. Arrows move it, with Shift they size it, with Ctrl in "
                            "small steps. Insert: new. Delete: remove. Page Down: the next one."))
        for button in (self.new, self.remove):
            button.setAccessibleName(button.text())
        self._say()

    def _say(self) -> None:
        self.where.setText(self.canvas.words())
        self.remove.setEnabled(self.canvas.chosen >= 0)


class ZoneDesk(QObject):
    """Lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell, self._station = shell, shell.station
        self._later = Later(self)
        self._sheets: dict[str, ZoneSheet] = {}
        self._waits: ZoneSheet | None = None        # for its picture
        self._key: PaneKey = ""                     # of a hidden pane; another one each time: no picture of before
        self._opened = 0
        self._looks = 0
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.setObjectName("zones look")
        self._look.timeout.connect(self._looked)
        shell.station.dispatcher.bind("case.zones", self.ask)
        shell.demand.also.append(self._also)
        shell.windows.closed.connect(self._window_closed)
        hop_to_gui(language_changed, self._retranslate, self)

    def close(self) -> None:
        """Before the windows go."""
        self._look.stop()
        self._later.close()
        self._sheets.clear()

    def ask(self, **_pane: object) -> None:
        """Draw the zones of the selected camera. Raises OperatorError."""
        frame, camera = self._shell.windows.active, self._shell.selected_camera()
        if frame is None:
            return
        try:
            zones = read(str(self._station.registry.settings.get(SETTING, ""))).get(camera.id, ())
        except OperatorError:
            zones = ()                  # edited by hand into nonsense; what is kept now is kept in order
        sheet = self._sheets.get(frame.window_id)
        if sheet is None:
            sheet = self._sheets[frame.window_id] = ZoneSheet(frame, self._shell.theme)
            sheet.closed.connect(frame.take_keyboard)
            sheet.closed.connect(partial(self._left, sheet))
            sheet.done.connect(self._keep)
        sheet.open(camera, zones)
        self._waits, self._looks, self._opened = sheet, 0, self._opened + 1
        self._key = f"zones/{self._opened}"
        self._look.start()
        self._shell.demand.mark()

    def _keep(self, camera: Camera, zones: tuple[Zone, ...]) -> None:
        def work(registry: Any) -> None:
            try:
                known = dict(read(str(registry.setting(SETTING))))
            except OperatorError:
                known = {}              # those of other cameras are gone already
            text = write({key: kept for key, kept in (known | {camera.id: zones}).items() if kept})
            registry.edits.keep((), lambda _none: (Beside(SETTING, text, (camera.id,)),))

        def kept(outcome: Any) -> None:
            if outcome.error is not None:
                self._later(lambda: self._shell.tell(str(outcome.error)))
                return
            words = ngettext("{number} {name}: {count} zone is blurred in viewing copies.",
                             "{number} {name}: {count} zones are blurred in viewing copies.", len(zones)).format(
                                 number=camera.label, name=camera.name, count=len(zones))
            self._later(lambda: self._shell.done(words))
        self._station.registry.submit(work, kept)

    # --- the still ---

    def _also(self) -> Mapping[PaneKey, Want]:
        camera = self._waits.camera if self._waits is not None else None
        return {self._key: Want(camera, *_STILL)} if camera is not None else {}

    def _looked(self) -> None:
        sheet, self._looks = self._waits, self._looks + 1
        picture = self._station.engine.picture(self._key) if sheet is not None else None
        if sheet is not None and picture is not None:
            sheet.canvas.show_picture(wrap(picture).copy())
            sheet.stand()
            self._let_go()
        elif sheet is not None and self._looks == _LOOKS:
            sheet.say_waiting(_("There is no picture of this camera now. Zones can be set all the same."))

    def _left(self, sheet: ZoneSheet) -> None:
        if sheet is self._waits:
            self._let_go()

    def _window_closed(self, frame: Frame) -> None:
        if (sheet := self._sheets.pop(frame.window_id, None)) is not None:
            self._left(sheet)

    def _let_go(self) -> None:
        """One picture is enough: it does not move under the hand, and costs nothing more."""
        self._look.stop()
        self._waits = None
        self._shell.demand.mark()

    def _retranslate(self, _language: str) -> None:
        for sheet in self._sheets.values():
            sheet.retranslate()


def install(shell: Shell) -> ZoneDesk:
    """The row of widgets/features.py."""
    return ZoneDesk(shell)
