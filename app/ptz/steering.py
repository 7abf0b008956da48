"""The hand on the camera: what is held becomes moves, letting go becomes a stop that is watched until it is answered.

Runs on: GUI thread, but for ``heard`` and ``restarted``, which the worker's threads call and which only queue.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import msgspec
from psygnal import Signal

from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.errors import OperatorError
from app.ptz import messages
from app.ptz.holding import DEFAULTS, Holding
from app.ptz.homing import Homing
from app.ptz.knowing import Known, Sends, refusal
from app.ptz.lease import Holder, holder_text
from app.ptz.motion import STILL, Held, Velocity, velocity
from app.ptz.patrol import RESUME_S, Patrols
from app.ptz.patrol import Stop as PatrolStop
from app.ptz.scanning import Scanning
from app.ptz.steered import SteeredCameras
from app.runtime.language import gettext as _

MOST_NEWS = 1024            # messages of the worker that the GUI thread has not read; older ones go first

_decode = msgspec.msgpack.Decoder(messages.FromWorker).decode


class Steering:
    """One hand: the camera of the selected pane. ``changed`` when what panes say about steering may differ;
    ``told`` carries one line for the operator; ``learned`` (camera id, DeviceFacts) facts with a new quirk."""

    changed = Signal()
    told = Signal(str)
    learned = Signal(str, object)
    stood = Signal(str)                                 # camera id: it answered its stop, and should stand
    released = Signal()                                 # everything that is held counts as let go
    stored = Signal(str, str, str)                      # camera id, "store" or "remove", preset's token
    unwelcome = Signal(object, int)                     # Camera as it was tried, tries of its login that were refused

    def __init__(self, worker: Sends, camera: Callable[[str], Camera | None],
                 clock: Callable[[], float] = time.monotonic,
                 seconds: Callable[[str], float] = DEFAULTS.__getitem__,
                 tries: Callable[[Camera], int] = lambda _camera: 0) -> None:
        self._worker, self._camera, self._clock, self._seconds = worker, camera, clock, seconds
        self._hold = Holding(clock, seconds)
        self._hold.lost.connect(self._lost)
        self.leases = self._hold.leases
        self.homing = Homing(clock)
        self.home_after: dict[str, float] = {}          # seconds, 0 never; the setting for all others
        self.patrols = Patrols(self._patrol_goes, clock)
        self._stored: deque[tuple[str, str]] = deque(maxlen=16)     # presets under way: camera, token
        self.known = Known(worker, camera, tries)
        self.facts = self.known.facts
        self.ordered: dict[str, int] = {}               # moves and presets ever sent, by camera
        self.held = Held()
        self.selected = ""
        self._sent: Velocity = STILL
        self._steered = SteeredCameras(clock)
        self._news: deque[bytes] = deque(maxlen=MOST_NEWS)
        self.positions: dict[str, messages.Position] = {}   # where cameras looked when they were last asked
        self.tours: dict[str, tuple[tuple[str, str, bool], ...]] = {}     # the devices' own, as messages.Tours has them
        self.scanning = Scanning(clock)                 # a turn that goes on by itself

    def turns(self, camera_id: str) -> bool:
        """Whether this camera is known to move."""
        return self.known.turns(camera_id)

    def set_facts(self, facts: Mapping[str, DeviceFacts]) -> None:
        """What the registry knows of devices; the selected camera is made ready when it turns."""
        self.facts.update(facts)
        self.known.make_ready(self.selected)
        self.changed.emit()

    def select(self, camera_id: str) -> None:
        """The selected pane shows this camera ("" none): the one before is let go."""
        if camera_id == self.selected:
            return
        self.release_all()
        self.selected = camera_id
        self.known.make_ready(camera_id)
        if self.known.told():
            self._worker.send(messages.Watch(camera_id))
        self.changed.emit()

    # --- the hand ---

    def hold(self, way: str, down: bool, fast: bool | None = None) -> None:
        """A key of left, right, up, down, in, out went down or up."""
        ways = self.held.ways | {way} if down else self.held.ways - {way}
        self._become(replace(self.held, ways=ways, fast=self.held.fast if fast is None else fast))

    def modify(self, fast: bool, slow: bool) -> None:
        """Shift and Ctrl, as they are now."""
        if (fast, slow) != (self.held.fast, self.held.slow):
            self._become(replace(self.held, fast=fast, slow=slow))

    def set_speed(self, speed: int) -> None:
        """1 to 7."""
        self._become(replace(self.held, speed=speed))

    def deflect(self, pan: float, tilt: float, zoom: float = 0.0) -> None:
        """A drag from the centre or a stick, -1..1 per axis; all zero is letting go."""
        self._become(replace(self.held, stick=(pan, tilt, zoom)))

    def scan(self) -> None:
        """Turn round and round, or between the ends that were set, at the chosen speed; or end that."""
        speed = velocity(Held(frozenset({"right"}), speed=self.held.speed)).pan
        self.scanning.toggle(self.selected, speed, self.positions.get(self.selected))
        self._steer()

    def release_all(self) -> None:
        """Focus lost, pane changed, window closed, screen locked: stand still."""
        self.scanning.end()
        self.held = Held(speed=self.held.speed)
        self._steer()
        self.released.emit()

    @property
    def holds(self) -> bool:
        """Whether a hand, or a turn that goes on by itself, moves the selected camera now."""
        return self._sent.moving

    def stop(self) -> None:
        """By hand, whatever is believed: a stop is sent also to a camera that should stand."""
        self.release_all()
        if self.turns(self.selected):
            self._send_stop(self.selected)

    # --- presets and auxiliaries ---

    def preset(self, action: str, token: str = "", name: str = "") -> None:
        """"go", "store", "remove", "home", "set-home". Raises OperatorError for a camera that does not turn."""
        self._need()
        camera = self.selected
        self._touch(camera)
        self._order(messages.Preset(camera, action, token, name))
        if action in ("store", "remove"):
            self._stored.append((camera, token))
        elif action == "go":
            self._by_hand(camera)
        else:
            self.patrols.hand(camera, self._seconds("ptz.resume_seconds"))
            self.homing.home(camera)

    def by_hand(self, order: messages.Relative) -> None:
        """Sent once: a patrol rests, and it counts as away from home. Raises OperatorError."""
        self._need()
        self._touch(order.camera)
        self._order(order)
        self._by_hand(order.camera)

    def visit(self, camera: str, token: str) -> bool:
        """A tour shows this camera, which shall look at that preset. False, and nothing sent, when a hand is or was on
        it within the time after which a patrol would go on, when somebody else holds it, or it patrols by itself."""
        if not self.turns(camera) or camera in self._steered or self.leases.of(camera) or self.patrols.of(camera) \
                or self._steered.free_s(camera) < (self._seconds("ptz.resume_seconds") or RESUME_S):
            return False
        self._patrol_goes(camera, PatrolStop(token))
        self.homing.moved(camera)
        return True

    def patrol(self, stops: Sequence[PatrolStop]) -> None:
        """Starts the selected camera's patrol, or ends it. Raises OperatorError."""
        self._need()
        if not self.patrols.end(self.selected):
            self.patrols.start(self.selected, stops)
        self.changed.emit()

    def auxiliary(self, word: str, *others: str) -> None:
        """The first of these commands that the device lists. Raises OperatorError when it lists none of them."""
        self._need()
        self._worker.send(messages.Auxiliary(self.selected, self.known.auxiliary(self.selected, (word, *others))))
        self._touch(self.selected)

    def imaging(self, action: str) -> None:
        """Focus, iris and filter, as messages.Imaging names them. Raises OperatorError for a camera without."""
        self._need()
        self.known.need_imaging(self.selected)
        self._worker.send(messages.Imaging(self.selected, action))
        self._touch(self.selected)

    def tour(self, token: str, start: bool) -> None:
        """One of the device's own tours; it goes round until it is stopped or a hand comes. Raises OperatorError."""
        self._need()
        self._touch(self.selected)
        self._order(messages.Tour(self.selected, "Start" if start else "Stop", token))
        if start:
            self.patrols.end(self.selected)
            self.homing.moved(self.selected)
        self._worker.send(messages.Tour(self.selected, "list"))

    # --- who holds it ---

    def release(self) -> None:
        """The selected camera is free at once; it stands. Raises OperatorError when this station does not hold it."""
        if self.holding(self.selected) is None:
            raise OperatorError(_("You do not hold this camera."))
        self.release_all()
        self._hold.release(self.selected)
        self.changed.emit()

    def extend(self) -> None:
        """It stays held for a minute longer without an input. Raises OperatorError when somebody else holds it."""
        self._need()
        self._hold.extend(self.selected)
        self.changed.emit()

    def to_take_over(self) -> Holder:
        """Who holds the selected camera and could lose it. Raises OperatorError when nobody could."""
        self._need()
        return self._hold.to_take_over(self.selected)

    def take_over(self, camera: str, reason: str) -> None:
        """Raises OperatorError without a reason or without the higher priority."""
        self._hold.take_over(camera, reason)
        self.changed.emit()

    def _lost(self, camera: str, taker: Holder, reason: str) -> None:
        """Somebody took it over: it stands, and whoever lost it is told."""
        if camera == self.selected:
            self.release_all()
        about = self._camera(camera)
        self.told.emit(_("{name} took camera {number} over: {reason}").format(
            name=holder_text(taker), number=about.label if about is not None else "", reason=reason))
        self.changed.emit()

    # --- what the worker says ---

    def heard(self, body: bytes) -> None:
        """From the worker's reading thread; read by :meth:`tick`."""
        self._news.append(body)

    def restarted(self) -> list[msgspec.Struct]:
        """A fresh worker: it is told the cameras it may need, and stops those that were moving (worker's thread)."""
        return [*self.known.told(), messages.Watch(self.selected),
                *(messages.Stop(camera, again=True) for camera, state in self._steered.picture().items()
                  if state.moving or state.asked)]

    def tick(self) -> None:
        """Four times a second, and after each piece of news: alive, overdue stops, free cameras."""
        self._worker.send(messages.Alive())
        if self._sent.moving and self.holding(self.selected) is None:
            self.release_all()                          # whoever gives leases gave it to somebody else
            self.told.emit(_("You do not hold this camera any more; it was stopped."))
        before = self._steered.picture()
        while self._news:
            self._hear(_decode(self._news.popleft()))
        if self.scanning.look(self.told.emit):
            self._steer()
        self._steered.forget(lambda camera: self.leases.of(camera) is not None)
        self.patrols.tick()
        usual = self._seconds("ptz.home_seconds")
        for camera in self.homing.due(lambda camera: self.home_after.get(camera, usual)):
            self._goes_home(camera)
        if before != self._steered.picture() or self._steered.waits:
            self.changed.emit()

    def holding(self, camera_id: str) -> float | None:
        """Seconds for which this station still holds the camera, or None when nobody here steers it."""
        return self._hold.seconds_left(camera_id)

    def may_move(self, camera_id: str) -> bool:
        """A stop was asked and is not answered for longer than a blink: the pane says so in red."""
        return self._steered.may_move(camera_id)

    def _hear(self, news: messages.FromWorker) -> None:
        match news:
            case messages.Standing(camera) if self._steered.stands(camera):
                self.stood.emit(camera)
            case messages.MayMove(camera, cause) if self._steered.is_troubled(camera, cause):
                if cause == "still-moving":
                    self._steered.goes_on(camera)
                    self.told.emit(refusal(self._camera(camera), cause))
            case messages.Position(camera):
                self.positions[camera] = news
                self.scanning.sees(news)
                if camera not in self.tours:
                    self.tours[camera] = ()
                    self._worker.send(messages.Tour(camera, "list"))      # let in: this question tries no password
                if camera == self.selected:
                    self.changed.emit()
            case messages.Tours(camera, tours):
                self.tours[camera] = tours
                self.changed.emit()
            case messages.Told(_camera, "tours"):       # it has none of its own
                pass
            case messages.Refused(camera, cause):
                self.told.emit(refusal(self._camera(camera), cause))
            case messages.Told(camera, action, cause, token):
                known = next((pair for pair in self._stored if pair[0] == camera), None)
                if known is not None and action in ("store", "remove"):
                    self._stored.remove(known)
                if cause:
                    self.told.emit(refusal(self._camera(camera), cause))
                elif action in ("store", "remove"):
                    self.stored.emit(camera, action, token or (known[1] if known is not None else ""))
            case messages.Unwelcome(camera, refusals):
                if (tried := self.known.refused(camera, refusals)) is not None:
                    self.unwelcome.emit(tried, refusals)
            case messages.Learned(camera) if camera in self.facts:
                self.learned.emit(camera, self.known.keep_quirk(camera, news))

    def still_moves(self, camera: str) -> None:
        """Its picture shows that it goes on although it answered the stop: stopped again in both ways, and told."""
        self._worker.send(messages.Runaway(camera))
        self._steered.goes_on(camera)
        self.told.emit(refusal(self._camera(camera), "still-moving"))
        self.changed.emit()

    # --- inside ---

    def _order(self, order: messages.Move | messages.Preset | messages.Relative | messages.Tour) -> None:
        """What may move a camera is counted: a picture that moves after it says nothing of the stop before."""
        self.ordered[order.camera] = self.ordered.get(order.camera, 0) + 1
        self._worker.send(order)

    def _become(self, held: Held) -> None:
        self.held = held
        if held.ways or held.stick != (0.0, 0.0, 0.0):
            self.scanning.end()                         # a hand on the keys ends the turn
        self._steer()

    def _steer(self) -> None:
        if not self.turns(self.selected):
            if self._sent.moving:               # it was another camera's dome until a moment ago
                self._send_stop(self.selected)
            return
        hand = velocity(self.held, self.known.rotation(self.selected))
        wanted = hand if hand.moving else Velocity(pan=self.scanning.speed)
        if wanted == self._sent:
            return
        self._sent = wanted
        if not wanted.moving:
            self._send_stop(self.selected)
            return
        self.known.make_ready(self.selected)
        try:
            if self.known.shut_out(self.selected):
                raise OperatorError(refusal(self._camera(self.selected), "unauthorised"))
            self._hold.touch(self.selected, moving=True)
        except OperatorError as error:
            self._sent = STILL
            self.scanning.end()
            self.told.emit(str(error))
            return
        self._order(messages.Move(self.selected, wanted.pan, wanted.tilt, wanted.zoom))
        self._steered.moves(self.selected)
        self._by_hand(self.selected)
        self.changed.emit()

    def _send_stop(self, camera: str) -> None:
        self._sent = STILL
        self.known.make_ready(camera)
        self._worker.send(messages.Stop(camera))
        self._steered.is_asked_to_stand(camera)
        with suppress(OperatorError):           # a stop asks nobody
            self._hold.touch(camera, moving=False)
        self.patrols.hand(camera, self._seconds("ptz.resume_seconds"))
        self.changed.emit()

    def _by_hand(self, camera: str) -> None:
        self.patrols.hand(camera, self._seconds("ptz.resume_seconds"))
        self.homing.moved(camera)

    def _patrol_goes(self, camera: str, stop: PatrolStop) -> None:
        if self._hold.elsewhere(camera) or not self.turns(camera):
            return
        self.known.make_ready(camera)
        self._order(messages.Preset(camera, "go", stop.token, speed=stop.speed))
        self.changed.emit()

    def _goes_home(self, camera: str) -> None:
        """Nobody moved it for the chosen time."""
        self.homing.home(camera)
        if not self.turns(camera) or not self.facts[camera].home or self.patrols.of(camera) is not None \
                or self._steered.moving(camera) or self._hold.elsewhere(camera):
            return
        self.known.make_ready(camera)
        self._order(messages.Preset(camera, "home"))
        self.changed.emit()

    def _touch(self, camera: str) -> None:
        """An input that moves nothing by itself. Raises OperatorError when somebody else holds the camera."""
        self._hold.touch(camera, moving=False)
        self._steered.touched(camera)
        self.changed.emit()

    def _need(self) -> None:
        if not self.turns(self.selected):
            raise OperatorError(_("This camera cannot be steered."))
        self.known.make_ready(self.selected)
