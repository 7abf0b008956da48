"""What is known of cameras that turn, what the worker was told of each, and the sentences for what one would not do.

Runs on: GUI thread, but for ``Known.told``, which the worker's thread calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import msgspec

from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.model.errors import OperatorError
from app.model.lens import fits
from app.ptz import messages
from app.runtime.certificates import CHANGED, UNKNOWN
from app.runtime.language import gettext as _

TIMEOUT_S = 2.0             # of a move, within what the device allows: a dead man's handle shorter than a fright


class Sends(Protocol):
    """The worker, as far as steering speaks to it."""

    def send(self, message: msgspec.Struct) -> None: ...


class Known:
    """``facts`` by camera id. ``tries``: how many of two a login has spent, wherever it was refused."""

    def __init__(self, worker: Sends, camera: Callable[[str], Camera | None],
                 tries: Callable[[Camera], int] = lambda _camera: 0) -> None:
        self._worker, self._camera, self._tries = worker, camera, tries
        self.facts: dict[str, DeviceFacts] = {}
        self._told: dict[str, messages.Device] = {}
        self._trials: dict[str, int] = {}

    def turns(self, camera_id: str) -> bool:
        """Whether this camera is known to move: itself, not another channel of its recorder."""
        facts, camera = self.facts.get(camera_id), self._camera(camera_id)
        return facts is not None and facts.turns and (
            camera is None or fits((stream.url for stream in camera.streams), facts))

    def rotation(self, camera_id: str) -> int:
        """Degrees clockwise by which its picture is shown turned, see app.ptz.motion.axes."""
        camera = self._camera(camera_id)
        return camera.rotation if camera is not None else 0

    def make_ready(self, camera_id: str) -> None:
        """The worker knows the device, and its connections are open before the first key."""
        facts, camera = self.facts.get(camera_id), self._camera(camera_id)
        if facts is None or camera is None or not self.turns(camera_id):
            return
        before, tries = self._told.get(camera_id), self._tries(camera)
        device = msgspec.structs.replace(device_of(camera, facts), trial=self._trials.get(camera_id, 0))
        if before is not None and device == msgspec.structs.replace(before, refusals=0):
            # It counts by itself, and one try is left to a stop; what others spent meanwhile it is told once.
            tries = max(before.refusals, min(tries, 1))
        device = msgspec.structs.replace(device, refusals=tries)
        if before != device:
            self._told[camera_id] = device
            self._worker.send(device)
            self._worker.send(messages.Warm(camera_id))

    def auxiliary(self, camera_id: str, wanted: Sequence[str]) -> str:
        """The first of these commands, as the device writes it. Raises OperatorError when it lists none of them."""
        listed = {word.lower(): word for word in self.facts[camera_id].auxiliaries}
        command = next((listed[word.lower()] for word in wanted if word.lower() in listed), None)
        if command is None:
            raise OperatorError(_("This camera does not offer that."))
        return command

    def need_imaging(self, camera_id: str) -> None:
        """Raises OperatorError for a camera without focus, iris and filter that can be set."""
        facts = self.facts[camera_id]
        if not facts.imaging or not facts.source:
            raise OperatorError(_("This camera does not offer that."))

    def refused(self, camera_id: str, refusals: int) -> Camera | None:
        """The worker counted: its successor shall know; gives the camera as it was tried."""
        if (told := self._told.get(camera_id)) is not None:
            self._told[camera_id] = msgspec.structs.replace(told, refusals=refusals)
        return self._camera(camera_id)

    def refusals_changed(self, camera_id: str) -> None:
        """Somebody else was refused, or the operator wants a refused login tried again."""
        told, camera = self._told.get(camera_id), self._camera(camera_id)
        if told is not None and camera is not None:
            if told.refusals and not self._tries(camera):
                self._trials[camera_id] = self._trials.get(camera_id, 0) + 1
            self.make_ready(camera_id)

    def shut_out(self, camera_id: str) -> bool:
        """Whether its login was refused: nothing moves it until that is mended."""
        told = self._told.get(camera_id)
        return told is not None and told.refusals > 0

    def keep_quirk(self, camera_id: str, news: messages.Learned) -> DeviceFacts:
        """The facts with what was noticed at work; the worker, which knows it, is told with the next order."""
        facts = self.facts[camera_id] = with_quirk(self.facts[camera_id], news)
        self._told.pop(camera_id, None)
        return facts

    def told(self) -> tuple[messages.Device, ...]:
        """Whom a fresh worker must know."""
        return tuple(self._told.values())


def device_of(camera: Camera, facts: DeviceFacts) -> messages.Device:
    """What the PTZ worker is told of a camera."""
    least, most = facts.timeout_range
    timeout = min(max(TIMEOUT_S, least), most) if most > 0 else TIMEOUT_S
    return messages.Device(
        camera.id, facts.ptz, facts.profile, camera.credentials.username, camera.credentials.password.reveal(),
        facts.login, facts.clock_offset, timeout if facts.timeouts else 0.0, facts.stop, facts.together,
        facts.pan_range, facts.tilt_range, facts.zoom_range, facts.imaging, facts.source, facts.pin)


def with_quirk(facts: DeviceFacts, learned: messages.Learned) -> DeviceFacts:
    """What was noticed at work is never unlearned."""
    return replace(facts, stop=learned.stop or facts.stop, timeouts=facts.timeouts and learned.timeout_s != 0.0,
                   together=facts.together and learned.together)


def with_quirks_of(before: DeviceFacts | None, facts: DeviceFacts) -> DeviceFacts:
    """Facts that were learned anew, with what was noticed at work of the same device before."""
    if before is None or before.address != facts.address or before.serial not in ("", facts.serial):
        return facts
    return replace(facts, stop=before.stop, timeouts=before.timeouts, together=before.together)


def refusal(camera: Camera | None, cause: str) -> str:
    """``cause`` is a key of messages.Refused."""
    name = camera.label if camera is not None else ""
    words = {
        "unauthorised": _("Camera {number} refuses the password for steering. Mend it in the camera's form."),
        "timeout": _("Camera {number} does not answer to steering."),
        "closed": _("Camera {number} does not answer to steering."),
        "still-moving": _("Camera {number} still moved after its stop; it was stopped again."),
        "no-route": _("Camera {number} cannot be reached for steering."),
        UNKNOWN: _("Camera {number} shows a certificate that nobody trusted. Trust it in the camera's form."),
        CHANGED: _("Camera {number} shows another certificate than before; it is not steered. See the camera's form."),
    }
    return words.get(cause, _("Camera {number} did not do that ({cause}).")).format(number=name, cause=cause)
