"""What cameras notice, in words."""

from __future__ import annotations

from app.model.camera import Camera
from app.model.event import EventKind
from app.runtime.language import gettext as _


def kind_text(kind: EventKind) -> str:
    """For a pane's header and the list."""
    return {EventKind.MOTION: _("Motion"), EventKind.TAMPER: _("Tampered"), EventKind.INPUT: _("Input")}[kind]


def sentence(kind: EventKind, camera: Camera | None) -> str:
    """For the line at the foot."""
    name = f"{camera.label} {camera.name}" if camera is not None else "?"
    return {EventKind.MOTION: _("Camera {camera}: something moves."),
            EventKind.TAMPER: _("Camera {camera}: its view was changed or covered. Q acknowledges."),
            EventKind.INPUT: _("Camera {camera}: its digital input is on.")}[kind].format(camera=name)
