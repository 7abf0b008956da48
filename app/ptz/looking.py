"""Where a camera looks, asked slowly; and whether it really stands after its stop.

Runs on: a thread of its own per camera ("look NAME") with its own connection: a status that takes three seconds must
delay neither a move nor a stop. At most two questions a second, and only while the camera moves, has just been
stopped, or is the selected one (reference: onvif.md section 5).
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from app.model.errors import CameraError
from app.ptz import messages, soap
from app.ptz.lane import Lane
from app.runtime.process import Message

log = logging.getLogger("lawang.ptz")

MOVING_S = 0.5              # between two questions while it moves or settles: 2 Hz
CALM_S = 2.0                # while it is only selected
WATCH_S = 2.0               # after a stop was answered a camera must stand still
MOST_STOPS_AGAIN = 3        # a camera that somebody else moves must not be fought
STEP = 0.002                # of the device's own range: 0.4 degrees of pan; encoders tremble by less


@dataclass(frozen=True, slots=True)
class Seen:
    """Device units as they came; None where it does not tell. ``degrees``: pan and tilt are degrees already."""

    pan: float | None
    tilt: float | None
    zoom: float | None
    degrees: bool
    moving: bool | None


class Looker:
    """One lane's looking; ``watched``: the camera is selected, its position is shown."""

    def __init__(self, lane: Lane, tell: Callable[[Message], None]) -> None:
        self._lane, self._tell = lane, tell
        self._wake = threading.Condition()
        self._watched = self._closing = self._mute = False
        self._stood_at = 0.0                    # when the last stop was answered; 0: nothing to verify
        self._stood_asked = 0
        self._again = 0
        self._idle_seen = False                 # its MoveStatus does change: only then it is believed
        self._thread = threading.Thread(target=self._look, name=f"look {lane.device.camera[-6:]}", daemon=True)
        self._thread.start()

    def watch(self, on: bool) -> None:
        with self._wake:
            self._watched = on
            self._wake.notify()

    def wake(self) -> None:
        """A move begins."""
        with self._wake:
            self._wake.notify()

    def renew(self) -> None:
        """Address, login or quirks changed: it may answer now."""
        with self._wake:
            self._mute = False
            self._wake.notify()

    def stood(self) -> None:
        """The lane's stop was answered: from now on the camera must stand."""
        with self._wake:
            self._stood_at, self._stood_asked = time.monotonic(), self._lane.asked
            self._wake.notify()

    def close(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify()

    @property
    def finished(self) -> bool:
        return not self._thread.is_alive()

    def _look(self) -> None:
        connection, asked = self._lane.connect(), self._lane.device
        last: Seen | None = None
        while True:
            with self._wake:
                while not self._closing and (self._mute or not (self._watched or self._busy)):
                    self._wake.wait()
                while not self._closing and not self._lane.let_in:
                    self._wake.wait(MOVING_S)           # a move or a stop finds out whether the login is right
                if self._closing:
                    break
            if asked is not self._lane.device:
                connection.close()
                connection, asked, last = self._lane.connect(), self._lane.device, None
            seen = None
            try:
                seen = status(self._lane.ask(connection, soap.get_status(asked.profile)))
            except CameraError as error:
                # Not every device tells, and one that refuses is not asked again until something about it changes.
                self._mute = error.cause in ("fault", "no-such-action", "unauthorised")
            if seen is not None:
                self._idle_seen = self._idle_seen or seen.moving is False
                self._told(asked.camera, seen, last)
                self._verify(asked.camera, seen, last)
            last = seen
            with self._wake:
                busy = self._busy
                if busy:
                    self._wake.wait_for(lambda: self._closing, MOVING_S)
                else:
                    self._wake.wait_for(lambda: self._closing or self._busy, CALM_S)
        connection.close()

    @property
    def _busy(self) -> bool:
        return self._lane.moves or self._stood_at > 0

    def _told(self, camera: str, seen: Seen, last: Seen | None) -> None:
        if seen.pan is not None and seen.tilt is not None and seen != last:
            share = 1.0 if seen.degrees else 180.0, 1.0 if seen.degrees else 90.0
            self._tell(messages.Position(camera, round(seen.pan * share[0], 1), round(seen.tilt * share[1], 1),
                                         -1.0 if seen.zoom is None else round(seen.zoom, 3)))

    def _verify(self, camera: str, seen: Seen, last: Seen | None) -> None:
        """Two looks apart by half a second, at least WATCH_S after the stop was answered."""
        if not self._stood_at:
            return
        if self._lane.moves or self._lane.asked != self._stood_asked:
            self._stood_at = self._again = 0                    # moved again, or sent to a preset: another stop comes
            return
        if time.monotonic() - self._stood_at < WATCH_S or last is None:
            return
        moved = _moved(last, seen)
        if moved is None:
            moved = bool(seen.moving and last.moving) if self._idle_seen else False
        if not moved or self._again >= MOST_STOPS_AGAIN:
            self._stood_at = self._again = 0
            return
        self._again += 1
        log.warning("camera %s still moves after its stop was answered; stopped again", camera)
        self._tell(messages.MayMove(camera, "still-moving"))
        self._lane.stop_both()
        self._stood_at = 0.0


def status(answer: etree._Element | None) -> Seen | None:
    """What GetStatus told, None when it told nothing of use."""
    if answer is None:
        return None
    pan_tilt = soap.element(answer, "PanTilt", "x")
    zoom = soap.element(answer, "Zoom", "x")
    states = {(each.text or "").strip() for each in answer.iter()
              if isinstance(each.tag, str) and (each.text or "").strip() in ("IDLE", "MOVING")}
    moving = None if not states else "MOVING" in states
    try:
        x, y = (None, None) if pan_tilt is None else (float(pan_tilt.get("x", "")), float(pan_tilt.get("y", "")))
        z = None if zoom is None else float(zoom.get("x", ""))
    except ValueError:
        return None
    if any(value is not None and not math.isfinite(value) for value in (x, y, z)):
        return None
    degrees = pan_tilt is not None and "degrees" in pan_tilt.get("space", "").lower()
    return Seen(x, y, z, degrees, moving)


def _moved(before: Seen, now: Seen) -> bool | None:
    """Whether the position changed; None when the device tells none."""
    pairs = [(a, b) for a, b in ((before.pan, now.pan), (before.tilt, now.tilt)) if a is not None and b is not None]
    if not pairs:
        return None
    step = STEP * 180 if now.degrees else STEP
    if before.zoom is not None and now.zoom is not None and abs(before.zoom - now.zoom) > STEP:
        return True
    return any(abs(a - b) > step for a, b in pairs)
