"""The PTZ panel of the console: who holds the camera, the pad, zoom, speed, presets, lamp and wiper.

Runs on: GUI thread. Everything it does is a command; what it shows it asks of Steering.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.commands import Dispatcher
from app.model.camera import Camera
from app.ptz.holding import ME
from app.ptz.lease import Holder
from app.ptz.messages import Position
from app.ptz.motion import SPEEDS
from app.ptz.steering import Steering
from app.runtime.language import gettext as _
from app.runtime.zone import in_force
from widgets.ptz.keeping import Kept
from widgets.ptz.keys import HeadingTape, HolderRow, LensKeys
from widgets.ptz.menus import auxiliary_menu, home_menu, patrol_menu
from widgets.ptz.presets import PresetGrid
from widgets.theme import Theme, icon
from widgets.theme.tokens import colour
from widgets.wall.compass import Looks
from widgets.wall.words import decimal

# Mock-ups, "Console 1920x1080", right dock: padding 16, header 40, pad keys 56 with gaps of 4, zoom keys 52 x 64.
_PAD_PX, _GAP_PX, _ZOOM, _EDGE_PX, _HEAD_PX = 56, 4, QSize(52, 86), 16, 40
_BAR_PX = 10                    # of the dock's right edge, for the scroll bar
_PRESETS_PX = 96                # one row of them at least
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
        self._title, self._holder, self._stick = QLabel(), HolderRow(), QLabel()
        self._pad = [QPushButton() for _key in _PAD]
        self._zoom = {way: QPushButton() for way in ("in", "out")}
        self._speed = SpeedBar(theme)
        self._wiper, self._lamp, self._scan = (QPushButton() for _i in range(3))
        self._lens, self._tape = LensKeys(), HeadingTape(theme)
        self._sticks: tuple[str, ...] = ()
        self._kept: Kept | None = None
        self._looks, self._away = QLabel(), QLabel()
        self._presets_title, self._none = QLabel(), QLabel()
        self._presets = PresetGrid(theme)
        self._patrol = QPushButton()
        self._place()
        theme.changed.connect(self.retranslate)
        self.retranslate()

    @property
    def wanted(self) -> bool:
        return self._steering is not None and any(facts.turns for facts in self._steering.facts.values())

    def attach(self, steering: Steering, dispatcher: Dispatcher, kept: Kept) -> None:
        """From now on it shows this steering and what is kept of its camera, and runs these commands."""
        self._steering, self._dispatcher, self._kept = steering, dispatcher, kept
        self._presets.go = lambda token: self._run("ptz.go", token=token)
        self._presets.rename = lambda token, name: self._run("ptz.rename", token=token, name=name)
        self._presets.remove = lambda token: self._run("ptz.remove", token=token)
        self._presets.patrol = kept.toggle_patrol
        self._patrol.clicked.connect(lambda _on=False: self._run("ptz.patrol"))
        self._patrol.customContextMenuRequested.connect(self._choose_pace)
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
        self._lens.attach(dispatcher)
        self._holder.attach(dispatcher)
        home = self._pad[[ways for _icon, ways, _name in _PAD].index(())]
        home.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        home.customContextMenuRequested.connect(
            lambda at: home_menu(self, home.mapToGlobal(at), steering, dispatcher))
        for button, command in ((self._wiper, "ptz.wiper"), (self._lamp, "ptz.infrared"), (self._scan, "ptz.scan")):
            button.clicked.connect(lambda _on=False, command=command: dispatcher.run(command))
        for button in (self._wiper, self._lamp):
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(lambda at, button=button: auxiliary_menu(
                self, button.mapToGlobal(at), steering, dispatcher))
        self.refresh()

    def show_sticks(self, names: tuple[str, ...]) -> None:
        """Joysticks and gamepads that are plugged in."""
        self._sticks = names
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
        lease = steering.leases.of(steering.selected)
        left = round(lease.seconds_left) if lease is not None else 0
        risky = steering.may_move(steering.selected)
        kept = self._kept
        presets = kept.named(facts.presets) if facts is not None and turns and kept is not None else ()
        words = facts.auxiliaries if facts is not None and turns else ()
        pictures = kept.pictures if kept is not None and kept.camera == steering.selected else {}
        patrol = frozenset(stop.token for stop in kept.patrol) if kept is not None else frozenset()
        running = steering.patrols.of(steering.selected)
        place = next((n for n, p in enumerate(presets, 1) if running is not None and running.at >= 0
                      and p.token == running.stops[running.at].token), 0)
        drawn = (presets, tuple((token, picture.cacheKey()) for token, picture in pictures.items()), patrol)
        shown = (camera.label if camera else "", camera.name if camera else "", turns, risky,
                 None if lease is None else (lease.holder, left), drawn, words, self._sticks, steering.held.speed,
                 steering.positions.get(steering.selected), steering.homing.away(steering.selected), running, place)
        if shown == self._shown:
            return
        rebuilt = not self._shown or shown[5] != self._shown[5]
        self._shown = shown
        self._title.setText(f"PTZ  {camera.label}  {camera.name}" if camera else "PTZ")
        self._holder.show_holder(turns, risky, None if lease is None else name_of(lease.holder), left,
                                 lease is not None and lease.holder == ME)
        for button in (*self._pad, *self._zoom.values(), self._scan):
            button.setEnabled(turns)
        self._wiper.setEnabled(any("wip" in word.lower() or "wash" in word.lower() for word in words))
        self._lens.set_enabled(turns and facts is not None and bool(facts.imaging and facts.source))
        self._lamp.setEnabled(any("irlamp" in word.lower() for word in words))
        self._stick.setVisible(bool(self._sticks))
        self._stick.setText(_("Stick: {name}").format(name=", ".join(self._sticks)))
        self._speed.show_speed(steering.held.speed)
        self._show_looks(turns, camera)
        self._patrol.setEnabled(turns and len(presets) > 1)
        if running is None:
            self._patrol.setText(_("Patrol"))
        elif running.rests_until:
            self._patrol.setText(_("Patrol rests"))
        else:
            self._patrol.setText(_("Patrol: at {number}").format(number=place))
        self._patrol.setChecked(running is not None)
        self._presets_title.setVisible(turns)
        self._none.setVisible(turns and not presets)
        if rebuilt:
            self._presets.show_presets(presets, pictures, patrol)

    def retranslate(self, *_theme: object) -> None:
        """Words and colours in force."""
        self.setAccessibleName(_("PTZ"))
        names = {"Up and left": _("Up and left"), "Up": _("Up"), "Up and right": _("Up and right"), "Left": _("Left"),
                 "Home position": _("Home position"), "Right": _("Right"), "Down and left": _("Down and left"),
                 "Down": _("Down"), "Down and right": _("Down and right")}
        ink = self._theme.tokens.text
        for button, (drawing, _ways, name) in zip(self._pad, _PAD, strict=True):
            button.setIcon(icon(drawing, ink, self._theme.tokens.faint))
            button.setAccessibleName(names[name])
            button.setToolTip(names[name])
        for way, drawing, name in (("in", "plus", _("Zoom in")), ("out", "minus", _("Zoom out"))):
            self._zoom[way].setIcon(icon(drawing, ink, self._theme.tokens.faint))
            self._zoom[way].setAccessibleName(name)
            self._zoom[way].setToolTip(name)
        self._wiper.setText(_("Wiper"))
        self._lamp.setText(_("IR"))
        for button in (self._wiper, self._lamp):
            button.setToolTip(_("Right click: everything that this camera offers."))
        self._lens.retranslate()
        self._holder.retranslate()
        self._scan.setText(_("Turn"))
        self._presets_title.setText(_("Presets"))
        self._patrol.setAccessibleName(_("Patrol"))
        self._patrol.setToolTip(_("From preset to preset (Y); a hand suspends it. Right click: the pace."))
        self._none.setText(_("None stored. Alt+Shift+1 stores here."))
        self._speed.setAccessibleName(_("Speed"))
        self._shown = ()
        self.refresh()

    # --- inside ---

    def _hold(self, ways: Sequence[str], down: bool) -> None:
        if self._dispatcher is not None:
            for way in ways:
                self._dispatcher.run(f"ptz.{way}", down=down)

    def _show_looks(self, turns: bool, camera: Camera | None) -> None:
        """Where it looks, and who left it away from home."""
        steering = self._steering
        assert steering is not None and self._kept is not None
        looks, away = steering.positions.get(steering.selected), steering.homing.away(steering.selected)
        self._tape.show_looks(looks_of(looks, camera) if turns and looks is not None else None)
        self._looks.setVisible(turns and looks is not None)
        if looks is not None:
            text = _("Pan {pan}°   Tilt {tilt}°").format(pan=decimal(looks.pan % 360), tilt=decimal(looks.tilt))
            if looks.zoom >= 0:
                text += "   " + _("Zoom {zoom:.0f} %").format(zoom=looks.zoom * 100)
            self._looks.setText(text.replace("-", "\N{MINUS SIGN}"))
        self._away.setVisible(turns and away is not None)
        if away is not None:
            zone = in_force(self._kept.zone)
            at = f"{datetime.fromtimestamp(away.since, zone.zoneinfo):%H:%M} {zone.value}"
            self._away.setText(_("Away from home since {time}: {name}").format(name=away.who or _("you"), time=at))

    def _choose_pace(self, at: QPoint) -> None:
        if self._kept is not None and self._steering is not None and self._dispatcher is not None:
            patrol_menu(self, self._patrol.mapToGlobal(at), self._kept, self._steering, self._dispatcher)

    def _run(self, command: str, **fields: str) -> None:
        if self._dispatcher is not None:
            self._dispatcher.run(command, **fields)

    def _place(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(_EDGE_PX, 0, _EDGE_PX - _BAR_PX, _EDGE_PX)
        outer.setSpacing(12)
        for label in (self._title, self._stick, self._away):
            label.setTextFormat(Qt.TextFormat.PlainText)                    # they show names that others gave
        self._title.setFixedHeight(_HEAD_PX)
        self._title.setProperty("tone", "strong")
        outer.addWidget(self._title)
        self._holder.setContentsMargins(0, 0, _BAR_PX, 0)
        outer.addWidget(self._holder)
        # A dock that is too low for all keys is scrolled: laid over each other they could not be hit.
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, _BAR_PX, 0)
        column.setSpacing(12)
        outer.addWidget(_scrolled(inside), 1)
        keys = QHBoxLayout()
        keys.setSpacing(12)
        pad = QGridLayout()
        pad.setSpacing(_GAP_PX)
        for place, button in enumerate(self._pad):
            _size(button, QSize(_PAD_PX, _PAD_PX))
            pad.addWidget(button, place // 3, place % 3)
        keys.addLayout(pad)
        zoom = QVBoxLayout()
        zoom.setSpacing(_GAP_PX)
        for way in ("in", "out"):
            _size(self._zoom[way], _ZOOM)
            zoom.addWidget(self._zoom[way])
        keys.addLayout(zoom)
        keys.addStretch(1)
        column.addLayout(keys)
        column.addWidget(self._tape)
        column.addWidget(self._looks)
        self._away.setProperty("tone", "quiet")
        self._away.setWordWrap(True)
        column.addWidget(self._away)
        for button in (*self._pad, *self._zoom.values()):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column.addWidget(self._speed)
        extras = QHBoxLayout()
        extras.setSpacing(8)
        column.addWidget(self._lens)
        for button in (self._wiper, self._lamp, self._scan):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            extras.addWidget(button, 1)
        column.addLayout(extras)
        self._presets_title.setProperty("tone", "strong")
        column.addWidget(self._presets_title)
        self._none.setProperty("tone", "quiet")
        self._none.setWordWrap(True)
        column.addWidget(self._none)
        presets = _scrolled(self._presets)
        presets.setMinimumHeight(_PRESETS_PX)
        column.addWidget(presets, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, _BAR_PX, 0)
        foot.setSpacing(12)
        outer.addLayout(foot)
        self._patrol.setCheckable(True)
        self._patrol.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._patrol.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        foot.addWidget(self._patrol)
        self._stick.setProperty("tone", "quiet")
        self._stick.setWordWrap(True)
        foot.addWidget(self._stick)


def looks_of(position: Position, camera: Camera | None) -> Looks | None:
    """What the compass shows: from north when the register knows where the camera's zero lies.

    What hangs upside down counts its pan the other way round; None for what lies on its side: it pans no heading.
    """
    if camera is not None and camera.rotation % 180:
        return None
    side = -1 if camera is not None and camera.rotation else 1
    north = camera is not None and camera.heading is not None
    zero = camera.heading if camera is not None and camera.heading is not None else 0.0
    return Looks(round(side * position.pan + zero) % 360, round(side * position.tilt),
                 round(position.zoom * 100) if position.zoom >= 0 else -1, north)


def name_of(holder: Holder) -> str:
    """Name and agency; "" is this station's own hand."""
    return " · ".join(part for part in (holder.name, holder.agency) if part)


def _size(button: QPushButton, size: QSize) -> None:
    """Square keys: the theme's style sheet gives buttons a height of their own, which only a style sheet overrules."""
    button.setFixedSize(size)
    button.setStyleSheet(f"QPushButton {{ padding: 0; min-height: {size.height() - 2}px; "
                         f"max-height: {size.height() - 2}px; }}")


def _scrolled(inside: QWidget) -> QScrollArea:
    """Down only; the keyboard goes to what is inside."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(inside)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


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
