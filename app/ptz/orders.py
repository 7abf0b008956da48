"""What a camera is told once, besides moves and stops: presets, auxiliaries, lens, its own tours. Pure.

An order that depends on how the camera stands asks first: the iris has no continuous move in ONVIF, only a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from app.model.errors import CameraError
from app.ptz import messages, soap

IRIS_STEPS = 12             # from open to closed, when the device tells its range: about one f-stop each
IRIS_STEP_DB = 2.0          # when it does not; 6 dB are one f-stop


@dataclass(frozen=True, slots=True)
class Order:
    """A preset or auxiliary that waits for its turn. ``path``: another service than PTZ. ``sure``: a stop does not
    forget it: it is one itself, of the focus. ``then`` makes the body out of the answer to ``body``, which asks."""

    action: str
    body: str
    path: str = ""
    sure: bool = False
    then: Callable[[etree._Element | None], str] | None = None

    @property
    def tells(self) -> bool:
        """Whether the desktop waits for what it answers, not for whether it was done."""
        return self.action == "tours"


def preset(device: messages.Device, order: messages.Preset) -> Order:
    """KeyError for an action that is none."""
    profile = device.profile
    body = {"go": lambda: soap.goto_preset(profile, order.token, order.speed),
            "store": lambda: soap.set_preset(profile, order.name, order.token),
            "remove": lambda: soap.remove_preset(profile, order.token),
            "home": lambda: soap.go_home(profile),
            "set-home": lambda: soap.set_home(profile)}[order.action]()
    return Order(order.action, body)


def relative(device: messages.Device, order: messages.Relative) -> Order:
    """Head and lens at once. Where the device cannot take them together the head goes alone: a move of the lens that
    came after it would end it on its way."""
    head = order.pan or order.tilt
    lens = order.zoom if device.together or not head else 0.0
    return Order("relative", soap.relative_move(device.profile, order.pan, order.tilt, lens, order.space))


def imaging(device: messages.Device, action: str) -> Order:
    """KeyError for an action that is none."""
    path = urlsplit(device.imaging).path or "/"
    if action in ("iris-open", "iris-close"):
        closer = action == "iris-close"
        return Order(action, soap.get_imaging(device.source), path,
                     then=lambda answer: _iris(device.source, answer, closer))
    return Order(action, soap.imaging(device.source, action), path, sure=action == "still")


def tour(device: messages.Device, order: messages.Tour) -> Order:
    """Lists the device's own tours, or starts or stops one."""
    if order.action == "list":
        return Order("tours", soap.get_tours(device.profile))
    return Order(f"tour-{order.action}", soap.operate_tour(device.profile, order.token, order.action))


def _iris(source: str, answer: etree._Element | None, closer: bool) -> str:
    """One step from where the iris is now, within what the device allows. Raises CameraError for one without."""
    exposure = soap.element(answer, "Exposure") if answer is not None else None
    if exposure is None:
        raise CameraError("no-such-action")
    least, most = soap.number_of(exposure, "MinIris"), soap.number_of(exposure, "MaxIris")
    step = (most - least) / IRIS_STEPS if least is not None and most is not None and most > least else IRIS_STEP_DB
    now = soap.number_of(exposure, "Iris")
    if now is None:
        now = least or 0.0
    wanted = max(now + (step if closer else -step), 0.0 if least is None else least)
    return soap.iris(source, wanted if most is None else min(wanted, most))
