"""One camera's motion: the newest move wins, and a stop that overtakes everything and is repeated until answered.

Two threads per camera that is steered: ``move NAME`` sends moves and presets over one warm connection, ``stop NAME``
sends stops over another, so that nothing can stand before a stop, not even a move that is under way. Rules: reference
onvif.md section 5, "Stop guarantee" and "Motion lane".
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

import msgspec
from lxml import etree

from app.model.errors import CameraError
from app.model.secret import Credentials, Secret
from app.ptz import messages, soap
from app.ptz.adapting import part, scaled, shared, still, turned
from app.ptz.connection import ANSWER_S, CONNECT_S, Connection
from app.ptz.gate import Gate
from app.ptz.journal import Journal
from app.ptz.motion import PT, STILL, Velocity, Z
from app.ptz.orders import Order
from app.runtime.process import Message

log = logging.getLogger("lawang.ptz")

LEAST_BETWEEN_S = 0.1       # at most 10 moves a second; a first move and a change of direction go at once
REFRESH = 0.4               # of the timeout: a move that is still held is sent again as a dead man's handle
UNTIMED_REFRESH_S = 0.8     # the same for devices that refuse a timeout: our own watch is all there is
STOP_AGAIN_S = (0.15, 0.4, 1.0, 2.0)    # after a stop that was not answered, on a fresh connection; the last repeats
SUCCESSOR_S = 1.0           # a killed worker's last move may still be on its way: its successor stops once more
GIVE_UP_S = 60.0            # then the operator has long been told, and the camera is gone
MOST_ORDERS = 8             # presets and auxiliaries that wait; one more replaces the oldest
BOTH = frozenset((PT, Z))


class Lane:
    """``tell`` gets messages for the desktop, from either thread."""

    def __init__(self, device: messages.Device, tell: Callable[[Message], None], journal: Journal,
                 gate: Gate | None = None) -> None:
        self.device = device
        self._gate = gate or Gate(device)
        self._tell = tell
        self._journal = journal
        self._changed = threading.Condition()
        self._target = STILL
        self._sent = STILL                      # what the device was last told to do
        self._epoch = 0                         # grows with each stop: what was asked before it is void
        self._stopped = 0                       # the epoch whose stop was answered
        self._used: frozenset[str] = frozenset()    # axes moved since it last stood
        self._in_flight = False                 # a move is under way to the device
        self._late_move = False                 # a move's answer came after a stop: stop once more
        self._ordered = 0                       # presets and auxiliaries ever taken
        self._again_at = 0.0                    # only a stop that is sent after this moment counts
        self._orders: deque[Order] = deque(maxlen=MOST_ORDERS)
        self._warm = False
        self._closing = False
        self._sent_at = -1e9
        self._idle_since = time.monotonic()
        self._threads = [threading.Thread(target=run, name=f"{name} {device.camera[-6:]}", daemon=True)
                         for name, run in (("move", self._moves), ("stop", self._stops))]
        for thread in self._threads:
            thread.start()

    # --- orders, from the worker's thread; none of them waits ---

    def update(self, device: messages.Device, gate: Gate | None = None) -> None:
        """Address, login or quirks changed: from the next request on."""
        with self._changed:
            self.device = device
            self._gate = gate or (self._gate if self._gate.fits(device) else Gate(device))
            self._changed.notify_all()

    def warm(self) -> None:
        with self._changed:
            self._warm = True
            self._touched()

    def move(self, velocity: Velocity) -> None:
        """The newest velocity; nothing at all is a stop."""
        if not velocity.moving:
            self.stop()
            return
        with self._changed:
            self._target = velocity
            self._touched()

    def stop(self, again: bool = False) -> None:
        """Stand still: also when nothing is known to move, since only the device knows. ``again``: for a worker that
        was killed, once more when what it had sent must have arrived."""
        with self._changed:
            self._target = STILL
            if again:
                self._again_at = time.monotonic() + SUCCESSOR_S
            self._orders = deque((order for order in self._orders if order.sure), maxlen=MOST_ORDERS)
            self._epoch += 1
            self._touched()

    def stop_both(self) -> None:
        """It goes on although it answered a stop: from now on it is told in both ways."""
        if self.device.stop != "both":
            self._learn(messages.Learned(self.device.camera, stop="both"), stop="both")
        self.stop()

    def order(self, order: Order) -> None:
        """Something to be done once, after what waits."""
        with self._changed:
            self._orders.append(order)
            self._ordered += not order.tells     # a question moves nothing
            self._touched()

    @property
    def standing(self) -> bool:
        """Whether the device has answered every stop and nothing is asked of it."""
        with self._changed:
            return not self._target.moving and self._stopped == self._epoch and not self._in_flight

    @property
    def idle_s(self) -> float:
        """Seconds since anything was asked, 0 while something is."""
        return time.monotonic() - self._idle_since if self.standing else 0.0

    def ask(self, connection: Connection, body: str) -> etree._Element | None:
        """A question that moves nothing, on the asker's own connection. Raises CameraError."""
        if not self._gate.may_move:
            raise CameraError("unauthorised")
        return self._post(connection, self.device, body)

    @property
    def let_in(self) -> bool:
        """Whether its login was ever taken: before, each question could be one of the two that a wrong one has."""
        return self._gate.proven or not self.device.username

    @property
    def moves(self) -> bool:
        """Whether it is to move now."""
        return self._target.moving

    @property
    def asked(self) -> int:
        """Grows with every stop and every preset: what was seen before it says nothing about what came after."""
        return self._epoch + self._ordered

    def close(self) -> None:
        """Ends both threads when they come back from the network; nobody waits for them."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    @property
    def finished(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def _touched(self) -> None:
        self._idle_since = time.monotonic()
        self._changed.notify_all()

    # --- the thread of moves ---

    def _moves(self) -> None:
        connection = self.connect()
        asked = self.device
        while True:
            with self._changed:
                while not self._closing and (wait := self._wait()) != 0.0:
                    self._changed.wait(wait)
                if self._closing:
                    break
                device, epoch, target, order = self.device, self._epoch, self._target, None
                if not target.moving and self._orders:
                    order = self._orders.popleft()
                warm, self._warm = self._warm, False
                may = self._gate.may_move
                self._in_flight = target.moving and may
            if device is not asked:
                connection.close()
                connection, asked = self.connect(), device
            if self._in_flight:
                self._send_move(connection, device, target, epoch)
            elif order is not None and may:
                self._send_order(connection, device, order, epoch)
            elif order is not None:
                self._tell(messages.Told(device.camera, order.action, cause="unauthorised"))
            elif warm:
                self._open(connection)
        connection.close()

    def _wait(self) -> float | None:
        """Seconds until this thread has something to do: 0 now, None when nobody asks. Under the lock."""
        if self._warm:
            return 0.0
        if not self._target.moving:
            return 0.0 if self._orders else None
        if not self._gate.may_move:
            return None
        since = time.monotonic() - self._sent_at
        if self._target != self._sent:
            at_once = not self._sent.moving or turned(self._sent, self._target)
            return 0.0 if at_once else max(LEAST_BETWEEN_S - since, 0.0)
        timeout = self.device.timeout_s
        return max((REFRESH * timeout if timeout > 0 else UNTIMED_REFRESH_S) - since, 0.0)

    def _send_move(self, connection: Connection, device: messages.Device, target: Velocity, epoch: int) -> None:
        self._journal.started(device.camera)
        before = self._sent
        began = time.monotonic()
        try:
            gone = before.axes - target.axes
            if gone:
                # A zero on one axis is no stop for every device: the axis is stopped by name.
                self._post(connection, device, still(device, gone), epoch)
            changed = frozenset(axis for axis in target.axes if part(axis, before) != part(axis, target))
            # Some devices stop everything when one axis is stopped: the rest is told again then, as in a refresh.
            for axes in shared(device, target.axes if gone or not changed else changed):
                body = soap.continuous_move(device.profile, scaled(device, target), axes, device.timeout_s)
                self._post(connection, device, body, epoch)
            self._tell(messages.Moving(device.camera, round((time.monotonic() - began) * 1000, 1)))
        except CameraError as error:
            self._refused(device, error)
        finally:
            with self._changed:
                self._sent_at = time.monotonic()
                self._in_flight = False
                self._used |= target.axes
                if self._epoch == epoch:
                    self._sent = target
                else:
                    # The stop may have overtaken this move on its way: it is repeated now that the move was answered.
                    self._late_move, self._stopped = True, -1
                    self._changed.notify_all()

    def _send_order(self, connection: Connection, device: messages.Device, order: Order, epoch: int) -> None:
        with self._changed:
            if not order.path and not order.tells:
                self._used = BOTH               # a preset moves everything
                self._sent = STILL
        try:
            answer = self._post(connection, device, order.body, None if order.sure else epoch, order.path)
            if order.then is not None:
                self._post(connection, device, order.then(answer), epoch, order.path)
            if order.tells:
                self._tell(messages.Tours(device.camera, soap.tours_of(answer)))
                return
            token = soap.text_of(answer, "PresetToken") if answer is not None and order.action == "store" else ""
            self._tell(messages.Told(device.camera, order.action, token=token))
        except CameraError as error:
            self._tell(messages.Told(device.camera, order.action, cause=error.cause))

    def _post(self, connection: Connection, device: messages.Device, body: str,
              epoch: int | None = None, path: str = "") -> etree._Element | None:
        """``epoch``: sent a second time only while no stop was asked since; None for a stop."""
        gate = self._gate
        try:
            answer = soap.checked(*connection.post(self._signed(device, body),
                                                   wanted=lambda: epoch is None or self._epoch == epoch, path=path))
        except CameraError as error:
            if error.cause == "unauthorised":
                gate.refused()
                self._tell(messages.Unwelcome(device.camera, gate.refusals))
            raise
        if gate.accepted():
            self._tell(messages.Unwelcome(device.camera, 0))
        return answer

    def _refused(self, device: messages.Device, error: CameraError) -> None:
        """Learn what the device cannot do; tell the desktop what it would not. A move is never sent again by itself:
        the next refresh sends it while it is still held."""
        if error.cause == "too-late":
            return
        if error.cause == "no-timeout" and device.timeout_s > 0:
            self._learn(messages.Learned(device.camera, timeout_s=0.0), timeout_s=0.0)
            return
        if error.cause == "fault" and device.together and len(self._target.axes) > 1:
            self._learn(messages.Learned(device.camera, together=False), together=False)
            return
        self._tell(messages.Refused(device.camera, error.cause, error.detail))

    def _learn(self, learned: messages.Learned, **quirk: float | bool | str) -> None:
        with self._changed:
            self.device = msgspec.structs.replace(self.device, **quirk)
            self._sent = STILL                  # a move that is held is told anew at once
        self._tell(learned)

    # --- the thread of stops ---

    def _stops(self) -> None:
        connection = self.connect()
        asked = self.device
        while True:
            with self._changed:
                while not self._closing and self._stopped == self._epoch:
                    self._changed.wait()
                if self._closing and self._stopped == self._epoch:
                    break
                device, epoch, self._late_move = self.device, self._epoch, False
            if device is not asked:
                connection.close()
                connection, asked = self.connect(), device
            self._until_answered(connection, device, epoch)
        connection.close()

    def _until_answered(self, connection: Connection, device: messages.Device, epoch: int) -> None:
        began, attempt = time.monotonic(), 0
        while True:
            sent, asked = time.monotonic(), self._epoch
            cause = self._stop_once(connection) if self._gate.may_stop else "unauthorised"
            with self._changed:
                newer = self._epoch != epoch
                if cause == "" and sent < self._again_at and self._must_come_again(asked):
                    continue
                if cause == "":
                    break
                hopeless = (not self._gate.may_stop or time.monotonic() - began > GIVE_UP_S
                            or (self._closing and attempt > 3))
            self._tell(messages.MayMove(device.camera, cause))
            if hopeless:
                break
            if newer:
                return                          # another stop was asked meanwhile: begin with it at once
            connection.close()
            with self._changed:
                if not self._closing:
                    self._changed.wait_for(lambda: self._epoch != epoch,
                                           STOP_AGAIN_S[min(attempt, len(STOP_AGAIN_S) - 1)])
                if not self._gate.may_move and not self._gate.proven:
                    # The move under way may be the second refusal: this stop would be the third.
                    self._changed.wait_for(lambda: not self._in_flight, CONNECT_S + ANSWER_S)
            attempt += 1
        with self._changed:
            if not self._late_move:             # else the stop that was just answered came before it
                self._stopped = epoch
            if cause == "" and not self._in_flight and not self._late_move and self._epoch == epoch:
                self._sent, self._used = STILL, frozenset()
                stands = not self._target.moving
            else:
                stands = False
            self._changed.notify_all()
        if stands:
            self._journal.stands(device.camera)
            self._tell(messages.Standing(device.camera))

    def _must_come_again(self, asked: int) -> bool:
        """Under the lock: waits until what a killed worker had sent must have arrived, or for a newer stop. False when
        a hand moves the camera again: that one has the last word anyway, and its own stop will come."""
        self._changed.wait_for(lambda: self._epoch != asked or self._target.moving,
                               self._again_at - time.monotonic())
        return not self._target.moving

    def _stop_once(self, connection: Connection) -> str:
        """One stop as this device wants it; "" when it was answered, else the cause."""
        device = self.device
        axes = self._used or BOTH
        bodies = [soap.stop(device.profile)] if device.stop in ("stop", "both") else []
        if device.stop in ("zero", "both"):
            bodies += [soap.continuous_move(device.profile, STILL, some, 0) for some in shared(device, axes)]
        try:
            for body in bodies:
                self._post(connection, device, body)
        except CameraError as error:
            if error.cause in ("no-such-action", "fault") and device.stop == "stop":
                self._learn(messages.Learned(device.camera, stop="zero"), stop="zero")
                return self._stop_once(connection)
            if error.cause == "fault" and device.together and len(axes) > 1:
                self._learn(messages.Learned(device.camera, together=False), together=False)
                return self._stop_once(connection)
            return error.cause
        return ""

    # --- both ---

    def connect(self) -> Connection:
        """A connection of its own to this device."""
        device = self.device
        digest = device.login == "digest"
        return Connection(device.url, Credentials(device.username, Secret(device.password)) if digest
                          else Credentials(), device.pin)

    def _signed(self, device: messages.Device, body: str) -> bytes:
        if device.login != "wsse":
            return soap.envelope(body)
        return soap.envelope(body, device.username, device.password, device.clock_offset)

    def _open(self, connection: Connection) -> None:
        try:
            connection.warm()
        except CameraError as error:
            log.debug("camera %s is not reached yet: %s", self.device.camera, error.cause)
