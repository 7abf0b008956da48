"""Steering in the windows: the commands bound, the selected camera followed, devices learned, panes told.

Runs on: GUI thread; the workers' threads only queue and hop.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from psygnal import SignalInstance
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.commands import Context
from app.devices.asker import FACT, facts_from, facts_to
from app.model.camera import Camera
from app.model.device import FACTS, DeviceFacts, Preset
from app.model.errors import OperatorError
from app.model.lens import fits
from app.ptz import messages
from app.ptz.centring import relative
from app.ptz.journal import left_moving
from app.ptz.knowing import with_quirks_of
from app.ptz.motion import SPEEDS
from app.ptz.patrol import Stop
from app.ptz.steering import Steering
from app.runtime import paths
from app.runtime.darkness import Dark, Darkness, probes_of_this_desktop
from app.runtime.language import gettext as _
from app.runtime.worker import Worker
from widgets.common import hop_to_gui
from widgets.ptz.keeping import Kept
from widgets.ptz.lens import Lens
from widgets.ptz.panel import PtzPanel, looks_of, name_of
from widgets.ptz.picture_watch import PictureWatch
from widgets.ptz.remembering import Remembered
from widgets.ptz.stick_hand import StickHand
from widgets.ptz.taking_over import TakingOver
from widgets.wall.strip import Badges
from widgets.window.console import Console
from widgets.window.shell import Shell

log = logging.getLogger("lawang.ptz")

ALIVE_MS = 250                  # the guardian stops everything when this stays away for 0.8 s
JOURNAL = "ptz-moving.json"
WHEEL_MS, WHEEL_SPEED = 180, 0.6
# A locker takes the keyboard without a word to windows: the key that comes up is never heard of.
LOOK_S = 1.0
_COVERED = (Dark.LOCKED, Dark.AWAY, Dark.SAVER)


class PtzDesk(QObject):
    """Everything about steering that lives as long as the windows do."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.owner)
        self._shell, station = shell, shell.station
        self._station = station
        self._came: SignalInstance = SignalInstance((object,), name="ptz_facts")
        self._news: SignalInstance = SignalInstance((), name="ptz_news")
        journal = paths.ensure(paths.data_dir()) / JOURNAL
        self._worker = Worker("ptz", "app.ptz.worker", arguments=[str(journal)], received=self._heard,
                              started=lambda: self.steering.restarted())
        self.steering = Steering(self._worker, station.directory.by_id,
                                 seconds=lambda key: float(station.registry.settings[key]),
                                 tries=shell.asker.refusals.tries)
        self.asker = shell.asker
        self.kept = Kept(station, self._show, self)
        self.stick = StickHand(self.steering, station.dispatcher, station.registry.settings, shell.tell,
                               self._show, self)
        self.lens = Lens(self.steering, station.dispatcher, shell.tell, self)
        self.watch = PictureWatch(self.steering, station, time.monotonic, self)
        self.kept.past = self.watch.past = lambda: shell.desk.past()        # replay is installed later
        self.remembered = Remembered(self.steering, station.registry, self)
        self.taking_over = TakingOver(self.steering, shell.windows, station.directory.by_id, shell.tell)
        self._left = left_moving(journal)
        shell.badges.contribute(self._badge)
        self._bind()
        self._inner: Callable[[], Context] = station.dispatcher.context
        station.dispatcher.context = self._with_ptz
        hop_to_gui(self._news, self.steering.tick, self)
        hop_to_gui(self._came, self._take, self)
        hop_to_gui(self.asker.learned, self._learned, self)
        self.steering.changed.connect(self._show)
        self.steering.told.connect(shell.tell)
        self.steering.learned.connect(self._keep)
        self.steering.unwelcome.connect(self.asker.refusals.note)
        hop_to_gui(self.asker.refusals.changed, self.steering.known.refusals_changed, self)
        self.steering.stored.connect(self._ask_again)
        station.wall.changed.connect(self._follow)
        shell.windows.activated.connect(self._follow)
        shell.windows.opened.connect(self._opened)
        hop_to_gui(station.registry.settings_changed, self._follow_settings, self)
        for frame in shell.windows.frames.values():
            self._opened(frame)
        self._alive = QTimer(self, interval=ALIVE_MS, timerType=Qt.TimerType.PreciseTimer)
        self._alive.setObjectName("ptz alive")
        self._alive.timeout.connect(self.steering.tick)
        self._alive.timeout.connect(self._stop_unseen)
        self.darkness = Darkness(probes_of_this_desktop(), LOOK_S)
        self._wheel_rest = QTimer(self, interval=WHEEL_MS, singleShot=True)
        self._wheel_rest.setObjectName("ptz wheel")
        self._wheel_rest.timeout.connect(lambda: self.steering.deflect(0.0, 0.0))
        app = QApplication.instance()
        assert app is not None
        self._app = app
        app.focusWindowChanged.connect(self._focus_changed)  # type: ignore[attr-defined]  # a QGuiApplication
        self._watching = False
        self._taken = False                     # whether the register told what it knows of devices
        station.registry.submit(lambda registry: registry.device_facts.named(FACT), self._came.emit)

    def close(self) -> None:
        """Stand still, and end both workers in their order: the guardian waits for its stops."""
        self._watch(False)
        self._app.focusWindowChanged.disconnect(self._focus_changed)  # type: ignore[attr-defined]
        self._alive.stop()
        self._wheel_rest.stop()
        self.darkness.close()
        self.stick.close()
        self.lens.close()
        self.remembered.close()
        self.watch.close()
        self.steering.release_all()
        self._station.wall.changed.disconnect(self._follow)
        self._worker.close()

    # --- commands ---

    def _bind(self) -> None:
        bind, steering = self._station.dispatcher.bind, self.steering
        for way in ("left", "right", "up", "down", "in", "out"):
            bind(f"ptz.{way}", self._hold)
        for n in range(1, 10):
            bind(f"ptz.preset_{n}", self._go_number)
            bind(f"ptz.store_{n}", self._store_number)
        bind("ptz.go", lambda token: steering.preset("go", token))
        bind("ptz.visit", self._visit)
        bind("ptz.store", lambda token, name="": steering.preset("store", token, name))
        bind("ptz.remove", lambda token: steering.preset("remove", token))
        bind("ptz.rename", self.kept.rename)
        bind("ptz.patrol", self._patrol)
        bind("ptz.set_home", lambda **_pane: steering.preset("set-home"))
        bind("ptz.home", lambda **_pane: steering.preset("home"))
        bind("ptz.drag", self._drag)
        bind("ptz.centre", self._centre)
        bind("ptz.wheel", self._wheel)
        bind("ptz.scan", lambda **_pane: steering.scan())
        for end in ("from", "to", "round"):
            bind(f"ptz.scan_{end}", self._scan_end)
        bind("ptz.stop", steering.stop)
        bind("ptz.release", steering.release)
        bind("ptz.extend", steering.extend)
        bind("ptz.take_over", self.taking_over.ask)
        bind("ptz.tour", steering.tour)
        bind("ptz.auxiliary", steering.auxiliary)
        bind("ptz.home_after", lambda seconds: self.remembered.home_after(None if seconds < 0 else float(seconds)))
        bind("ptz.slower", lambda: self._speed(-1))
        bind("ptz.faster", lambda: self._speed(1))

    def _hold(self, way: str, down: bool) -> None:
        if down:
            # As the event has them: asking the X server would wait for it, and it paints 64 panes.
            held = QApplication.keyboardModifiers()
            self.steering.modify(bool(held & Qt.KeyboardModifier.ShiftModifier),
                                 bool(held & Qt.KeyboardModifier.ControlModifier))
        self.steering.hold(way, down)
        self._watch(bool(self.steering.held.ways))

    def _drag(self, pan: float, tilt: float, **_pane: object) -> None:
        self.steering.deflect(pan, tilt)

    def _centre(self, x: float, y: float, closer: float = 1.0, **_pane: object) -> None:
        camera = self.steering.selected
        if self.steering.turns(camera):
            self.steering.by_hand(relative(camera, self.steering.facts[camera], self.steering.positions.get(camera),
                                           x, y, closer, self.steering.known.rotation(camera)))

    def _scan_end(self, end: str, **_pane: object) -> None:
        camera = self.steering.selected
        self._shell.done(self.steering.scanning.mark(camera, end, self.steering.positions.get(camera)))
        self.remembered.scan_ends(camera)

    def _wheel(self, notches: float, **_pane: object) -> None:
        """Each notch zooms for a moment; turning on keeps it going."""
        self.steering.deflect(0.0, 0.0, min(max(notches, -1.0), 1.0) * WHEEL_SPEED)
        self._wheel_rest.start()

    def _visit(self, camera: str, token: str) -> None:
        self.steering.visit(camera, token)      # a camera that is left alone is no refusal: the tour goes on

    def _speed(self, step: int) -> None:
        self.steering.set_speed(min(max(self.steering.held.speed + step, 1), len(SPEEDS)))
        self._show()

    def _go_number(self, preset: int) -> None:
        presets = self._presets()
        token = next((p.token for p in presets if p.token == str(preset)), "")
        if not token:
            if preset > len(presets):
                raise OperatorError(_("This camera has no preset {number}.").format(number=preset))
            token = presets[preset - 1].token
        self.steering.preset("go", token)

    def _store_number(self, preset: int) -> None:
        name = next((p.name for p in self._presets() if p.token == str(preset)), _("Preset {number}").format(
            number=preset))
        self.steering.preset("store", str(preset), name)

    def _presets(self) -> tuple[Preset, ...]:
        facts = self.steering.facts.get(self.steering.selected)
        return self.kept.named(facts.presets) if facts is not None else ()

    def _patrol(self, **_pane: object) -> None:
        """The chosen presets, or all of them while none was chosen."""
        listed = {preset.token for preset in self._presets()}
        stops = [stop for stop in self.kept.patrol if stop.token in listed]
        self.steering.patrol(stops or [Stop(preset.token) for preset in self._presets()])

    # --- Shift and Ctrl while a key is held ---

    def _watch(self, on: bool) -> None:
        """The application's events are only looked at while something is held: a filter costs every event."""
        if on != self._watching:
            self._watching = on
            if on:
                self._app.installEventFilter(self)
            else:
                self._app.removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            down = event.type() is QEvent.Type.KeyPress
            key = event.key()  # type: ignore[attr-defined]  # a key event, by its type
            if key == Qt.Key.Key_Shift:
                self.steering.modify(down, self.steering.held.slow)
            elif key == Qt.Key.Key_Control:
                self.steering.modify(self.steering.held.fast, down)
        return False

    def _focus_changed(self, window: object) -> None:
        """The keyboard went to another program: whatever was held counts as released."""
        if window is None:
            self._watch(False)
            self.steering.release_all()

    def _stop_unseen(self) -> None:
        """The session or the wall was locked: whatever was held counts as released."""
        if self.steering.holds and (self.darkness.now in _COVERED or self._station.dispatcher.context().kiosk):
            self._watch(False)
            self.steering.release_all()

    # --- following the selection ---

    def _with_ptz(self) -> Context:
        context = self._inner()
        return replace(context, ptz=True) if context.camera and self.steering.turns(self._shell.selected()) else context

    def _follow(self, *_state: object) -> None:
        self._select(begins=False)

    def _select(self, *, begins: bool) -> None:
        """``begins``: the wall starts, when nobody is asked who told anything before, be it little."""
        camera_id = self._shell.selected()
        if camera_id == self.steering.selected:
            return
        self._watch(False)
        self.steering.select(camera_id)
        self.kept.load(camera_id if self.steering.turns(camera_id) else "")
        camera = self._station.directory.by_id(camera_id)
        # Before the register told what it knows nobody is asked: a wall starts without a word to any device.
        if self._taken and camera is not None and camera.device.service \
                and self._stale(camera, least=0 if begins else FACTS):
            self.asker.ask(camera)

    def _stale(self, camera: Camera, least: int) -> bool:
        facts = self.steering.facts.get(camera.id)
        return facts is None or facts.version < least or facts.address != camera.device.service or not fits(
            (stream.url for stream in camera.streams), facts)

    # --- what devices told ---

    def _take(self, outcome: Any) -> None:
        """All facts of the registry, once, at start."""
        self._taken = True
        known: dict[str, DeviceFacts] = {}
        for camera, fact in (outcome.value or {}).items():
            facts = facts_from(fact.value)
            here = self._station.directory.by_id(camera)
            # An address that is not the camera's any more says nothing about what stands there now.
            if facts is not None and here is not None and here.device.service == facts.address:
                known[camera] = facts
        self.steering.set_facts(known)
        for camera in self._left:
            if self.steering.turns(camera):
                self.steering.known.make_ready(camera)      # a guardian that was never told of it could not stop it
                self._worker.send(messages.Stop(camera, again=True))
        self.steering.selected = ""
        self._select(begins=True)
        self._start_if_needed()
        self.remembered.begin()

    def _learned(self, camera: str, facts: DeviceFacts) -> None:
        facts = with_quirks_of(self.steering.facts.get(camera), facts)
        self.steering.set_facts({camera: facts})
        if camera == self.steering.selected != self.kept.camera and self.steering.turns(camera):
            self.kept.load(camera)
        self._keep(camera, facts)
        self._start_if_needed()

    def _keep(self, camera: str, facts: DeviceFacts) -> None:
        value = facts_to(facts)
        self._station.registry.submit(lambda registry: registry.device_facts.put(camera, FACT, value),
                                      replaces=f"{FACT} {camera}")

    def _ask_again(self, camera_id: str, action: str, token: str) -> None:
        """A preset was stored or removed: the device knows its list best."""
        if action == "store":
            self.kept.photograph(camera_id, token)
        elif camera_id == self.kept.camera:
            self.kept.forget(token)
        camera = self._station.directory.by_id(camera_id)
        if camera is not None:
            self.asker.ask(camera, now=True)

    def _start_if_needed(self) -> None:
        """The guardian runs as soon as anything can be steered: the first key finds it there."""
        if any(facts.turns for facts in self.steering.facts.values()) and not self._alive.isActive():
            self._worker.start()
            self._alive.start()
            self.darkness.start()

    def _heard(self, body: bytes) -> None:
        self.steering.heard(body)
        self._news.emit()

    # --- what is shown ---

    def _follow_settings(self, settings: Any) -> None:
        """They act at once."""
        self.stick.follow(settings)
        for frame in self._shell.windows.frames.values():
            self._wheel_of(frame)

    def _wheel_of(self, frame: Any) -> None:
        optical = self._station.registry.settings.get("pane.wheel") == "optical"
        frame.view.set_steering(self.steering.turns, optical)

    def _opened(self, frame: Any) -> None:
        self._wheel_of(frame)
        if isinstance(frame, Console):
            for widget in frame.panels.values():
                if isinstance(widget, PtzPanel):
                    widget.attach(self.steering, self._station.dispatcher, self.kept)

    def _show(self) -> None:
        """Who steers, on every pane that shows the camera, and the panel."""
        self._shell.badges.refresh()
        for frame in self._shell.windows.frames.values():
            if isinstance(frame, Console):
                for widget in frame.panels.values():
                    if isinstance(widget, PtzPanel):
                        widget.show_sticks(self.stick.names)
                        frame.settle_docks()

    def _badge(self, _key: str, camera: str) -> Badges | None:
        if self.steering.may_move(camera):
            return Badges(alarm=_("may still be moving"))
        lease, position = self.steering.leases.of(camera), self.steering.positions.get(camera)
        if lease is not None:
            looks = looks_of(position, self._station.directory.by_id(camera)) if position is not None else None
            return Badges(holder=name_of(lease.holder) or _("You"), holder_left=float(round(lease.seconds_left)),
                          looks=looks)
        running = self.steering.patrols.of(camera)
        return Badges(holder=_("Patrol")) if running is not None and not running.rests_until else None


def install(shell: Shell) -> PtzDesk:
    """Steering for all windows."""
    return PtzDesk(shell)

