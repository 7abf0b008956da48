"""What the worker is told of a camera, and the sentences for what a camera would not do. Pure."""

from __future__ import annotations

from dataclasses import replace

from app.model.camera import Camera
from app.model.device import DeviceFacts
from app.ptz import messages
from app.runtime.certificates import CHANGED, UNKNOWN
from app.runtime.language import gettext as _

TIMEOUT_S = 2.0             # of a move, within what the device allows: a dead man's handle shorter than a fright


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
