"""The PTZ panel of the console: who holds the camera, the pad, zoom, speed, presets, lamp and wiper.

Runs on: GUI thread. Everything it does is a command; what it shows it asks of Steering.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.commands import Dispatcher
from app.model.camera import Camera
from app.model.device import Preset
from app.ptz.motion import SPEEDS
from app.ptz.steering import Steering
from app.runtime.language import gettext as _
from widgets.theme import Theme, icon
from widgets.theme.tokens import colour

# Mock-ups, "Console 1920x1080", right dock: padding 16, header 40, pad keys 56 with gaps of 4, zoom keys 52 x 64.
_PAD_PX, _GAP_PX, _ZOOM, _EDGE_PX, _HEAD_PX = 56, 4, QSize(52, 86), 16, 40
_SPEED_PX = (28, 8)             # one bar; seven of them
_PAD: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("arrow-up-left", ("left", "up"), "Up and left"), ("arrow-up", ("up",), "Up"),
    ("arrow-up-right", ("right", "up"), "Up and right"), ("arrow-left", ("left",), "Left"),
    ("house", (), "Home position"), ("arrow-right", ("right",), "Right"),
    ("arrow-down-left", ("left", "down"), "Down and left"), ("arrow-down", ("down",), "Down"),
    ("arrow-down-right", ("right", "down"), "Down and right"))


class PtzPanel(QWidget):
    """``wanted``: any camera of this station turns; otherwise the dock is not there."""

    def __init__(self, theme: Theme, camera: Callable[[str], Camera | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme, self._camera = theme, camera
        self._steering: Steering | None = None
        self._dispatcher: Dispatcher | None = None
        self._shown: tuple[object, ...] = ()
        self._title, self._holder = QLabel(), QLabel()
        self._pad = [QPushButton() for _key in _PAD]
        self._zoom = {way: QPushButton() for way in ("in", "out")}
        self._speed = SpeedBar(theme)
        self._wiper, self._lamp, self._scan = (QPushButton() for _i in range(3))
        self._presets_title, self._none = QLabel(), QLabel()
        self._presets = QWidget()
        self._preset_rows = QVBoxLayout(self._presets)
        self._place()
        theme.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def wanted(self) -> bool:
        return self._steering is not None and any(facts.turns for facts in self._steering.facts.values())

    def attach(self, steering: Steering, dispatcher: Dispatcher) -> None:
        """From now on it shows this steering and runs these commands."""
        self._steering, self._dispatcher = steering, dispatcher
        for button, (_icon, ways, _name) in zip(self._pad, _PAD, strict=True):
            if ways:
                button.pressed.connect(partial(self._hold, ways, True))
                button.released.connect(partial(self._hold, ways, False))
            else:
                button.clicked.connect(partial(dispatcher.run, "ptz.home"))
        for way, button in self._zoom.items():
            button.pressed.connect(partial(self._hold, (way,), True))
            button.released.connect(partial(self._hold, (way,), False))
        self._speed.chosen = steering.set_speed
        for button, command in ((self._wiper, "ptz.wiper"), (self._lamp, "ptz.infrared"), (self._scan, "ptz.scan")):
            button.clicked.connect(lambda _on=False, command=command: dispatcher.run(command))
        self.refresh()

    def show_moment(self, _moment: object) -> None:
        """Steering tells by itself when something changed."""

    def refresh(self) -> None:
        """Camera, holder, presets as they are now; cheap when nothing changed."""
        steering = self._steering
        if steering is None:
            return
        camera = self._camera(steering.selected)
        facts = steering.facts.get(steering.selected)
        turns = steering.turns(steering.selected)
        left = steering.holding(steering.selected)
        risky = steering.may_move(steering.selected)
        presets = facts.presets if facts is not None and turns else ()
        words = facts.auxiliaries if facts is not None and turns else ()
        shown = (camera.label if camera else "", camera.name if camera else "", turns, risky,
                 None if left is None else round(left), presets, words, steering.held.speed)
        if shown == self._shown:
            return
        rebuilt = not self._shown or shown[5] != self._shown[5]
        self._shown = shown
        self._title.setText(f"PTZ  {camera.label}  {camera.name}" if camera and turns else "PTZ")
        self._show_holder(turns, risky, left)
        for button in (*self._pad, *self._zoom.values(), self._scan):
            button.setEnabled(turns)
        self._wiper.setEnabled(any("wip" in word.lower() or "wash" in word.lower() for word in words))
        self._lamp.setEnabled(any("irlamp" in word.lower() for word in words))
        self._speed.show_speed(steering.held.speed)
        if rebuilt:
            self._fill_presets(presets)

    def retranslate(self, *_theme: object) -> None:
        """Words and colours in force."""
        self.setAccessibleName(_("PTZ"))
        names = {"Up and left": _("Up and left"), "Up": _("Up"), "Up and right": _("Up and right"), "Left": _("Left"),
                 "Home position": _("Home position"), "Right": _("Right"), "Down and left": _("Down and left"),
                 "Down": _("Down"), "Down and right": _("Down and right")}
        ink = self._theme.tokens.text
        for button, (drawing, _ways, name) in zip(self._pad, _PAD, strict=True):
            button.setIcon(icon(drawing, ink))
            button.setAccessibleName(names[name])
            button.setToolTip(names[name])
        for way, drawing, name in (("in", "plus", _("Zoom in")), ("out", "minus", _("Zoom out"))):
            self._zoom[way].setIcon(icon(drawing, ink))
            self._zoom[way].setAccessibleName(name)
            self._zoom[way].setToolTip(name)
        self._wiper.setText(_("Wiper"))
        self._lamp.setText(_("IR"))
        self._scan.setText(_("Turn"))
        self._presets_title.setText(_("Presets"))
        self._none.setText(_("None stored. Alt+Shift+1 stores here."))
        self._speed.setAccessibleName(_("Speed"))
        self._shown = ()
        self.refresh()

    # --- inside ---

    def _hold(self, ways: Sequence[str], down: bool) -> None:
        if self._dispatcher is not None:
            for way in ways:
                self._dispatcher.run(f"ptz.{way}", down=down)

    def _show_holder(self, turns: bool, risky: bool, left: float | None) -> None:
        if risky:
            tone, text = "red", _("May still be moving: the stop is not answered")
        elif left is not None:
            tone, text = "cyan", _("Held by you")
        else:
            tone, text = "quiet", _("Free") if turns else _("This camera does not turn.")
        self._holder.setText(text)
        if self._holder.property("tone") != tone:
            self._holder.setProperty("tone", tone)
            self._holder.style().polish(self._holder)

    def _fill_presets(self, presets: Sequence[Preset]) -> None:
        while (item := self._preset_rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._none:
                widget.deleteLater()
        self._none.setVisible(not presets)
        for place, preset in enumerate(presets, 1):
            button = QPushButton(f"{place}  {preset.name}")
            button.setProperty("flat", True)
            button.setStyleSheet("text-align: left")
            button.setAccessibleName(_("Preset {number}: {name}").format(number=place, name=preset.name))
            button.clicked.connect(partial(self._go, preset.token))
            self._preset_rows.addWidget(button)
        self._preset_rows.addStretch(1)

    def _go(self, token: str) -> None:
        if self._dispatcher is not None:
            self._dispatcher.run("ptz.go", token=token)

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE_PX, 0, _EDGE_PX, _EDGE_PX)
        column.setSpacing(12)
        self._title.setFixedHeight(_HEAD_PX)
        self._title.setProperty("tone", "strong")
        column.addWidget(self._title)
        self._holder.setWordWrap(True)
        column.addWidget(self._holder)
        keys = QHBoxLayout()
        keys.setSpacing(12)
        pad = QGridLayout()
        pad.setSpacing(_GAP_PX)
        for place, button in enumerate(self._pad):
            button.setFixedSize(_PAD_PX, _PAD_PX)
            pad.addWidget(button, place // 3, place % 3)
        keys.addLayout(pad)
        zoom = QVBoxLayout()
        zoom.setSpacing(_GAP_PX)
        for way in ("in", "out"):
            self._zoom[way].setFixedSize(_ZOOM)
            zoom.addWidget(self._zoom[way])
        keys.addLayout(zoom)
        keys.addStretch(1)
        column.addLayout(keys)
        for button in (*self._pad, *self._zoom.values()):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column.addWidget(self._speed)
        extras = QHBoxLayout()
        extras.setSpacing(8)
        for button in (self._wiper, self._lamp, self._scan):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            extras.addWidget(button, 1)
        column.addLayout(extras)
        self._presets_title.setProperty("tone", "strong")
        column.addWidget(self._presets_title)
        self._none.setProperty("tone", "quiet")
        self._none.setWordWrap(True)
        column.addWidget(self._none)
        self._preset_rows.setContentsMargins(0, 0, 0, 0)
        self._preset_rows.setSpacing(2)
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QScrollArea.Shape.NoFrame)
        room.setWidget(self._presets)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(room, 1)


class SpeedBar(QWidget):
    """Seven bars; a click chooses the speed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._speed = theme, 0
        self.chosen: Callable[[int], None] = lambda _speed: None
        self.setFixedHeight(24)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_speed(self, speed: int) -> None:
        if speed != self._speed:
            self._speed = speed
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        step = self.width() / len(SPEEDS)
        self.chosen(min(int(event.position().x() / step) + 1, len(SPEEDS)))
        self.show_speed(min(int(event.position().x() / step) + 1, len(SPEEDS)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        step = self.width() / len(SPEEDS)
        for place in range(len(SPEEDS)):
            area = QRectF(place * step, (self.height() - _SPEED_PX[1]) / 2, step - _GAP_PX, _SPEED_PX[1])
            painter.fillRect(area, colour(tokens.text if place < self._speed else tokens.line))
