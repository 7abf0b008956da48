"""What an operator can do with the events of cameras: rows only; the widgets bind them."""

from __future__ import annotations

from app.commands import CAMERA, KIOSK, Command
from app.runtime.language import mark as N_

_EVENTS = N_("Events of cameras")

COMMANDS: tuple[Command, ...] = (
    Command("event.acknowledge", N_("acknowledge what this camera noticed"), _EVENTS, ("Q",), when=CAMERA,
            by_widgets=True, menu="pane"),
    Command("event.acknowledge_all", N_("acknowledge what all cameras noticed"), _EVENTS, ("Shift+Q",),
            by_widgets=True),
    Command("event.show", N_("show the camera that noticed something"), _EVENTS, when=~KIOSK, takes=("camera",),
            by_widgets=True, palette=False),
)
