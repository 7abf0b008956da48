"""Fields of a camera as JSON values and back, passwords sealed: what an undo keeps of it.

Runs on: the registry lane.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from app.model.camera import Camera, Place, StreamProfile, StreamRole, Transport
from app.model.errors import OperatorError
from app.model.register import Device
from app.model.secret import NOTHING, Credentials
from app.runtime.language import gettext as _
from app.runtime.secrets import Vault


def camera_to_text(vault: Vault, camera: Camera, leave_out: Collection[str] = ()) -> dict[str, object]:
    """The camera's fields without id, by name, as JSON holds them; those named in ``leave_out`` are not in it."""
    place, login = camera.place, camera.credentials
    sealed = vault.seal(login.password, camera.id) if login.password and "credentials" not in leave_out else b""
    device = camera.device
    values: dict[str, object] = {
        "number": camera.number, "name": camera.name, "area": list(camera.area),
        "place": [place.latitude, place.longitude] if place else None,
        "streams": [[s.role.value, s.url, s.width, s.height, s.transport.value] for s in camera.streams],
        "credentials": [login.username, base64.b64encode(sealed).decode()],
        "owner": camera.owner, "height": camera.height, "heading": camera.heading,
        "field_of_view": camera.field_of_view, "tags": list(camera.tags), "notes": camera.notes,
        "device": [device.make, device.model, device.serial, device.mac, device.service],
        "restricted": camera.restricted, "rotation": camera.rotation}
    return {name: value for name, value in values.items() if name not in leave_out}


def fields_to_camera(vault: Vault, camera: Camera, fields: Mapping[str, Any]) -> Camera:
    """``camera`` with these fields in place of its own.

    Raises OperatorError when they make no sense or a password in them cannot be opened.
    """
    try:
        values = {name: _READ[name](fields[name]) for name in fields if name in _READ}
        if "credentials" in fields:
            username, sealed = fields["credentials"]
            password = vault.open(base64.b64decode(sealed), camera.id) if sealed else NOTHING
            if password is None:
                raise OperatorError(_("The password of camera {number} as it was cannot be opened with this key.")
                                    .format(number=camera.number))
            values["credentials"] = Credentials(str(username), password)
        return replace(camera, **values)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise OperatorError(_("What was kept of camera {number} makes no sense; it cannot be brought back.").format(
            number=camera.number)) from error


def _number_or_none(value: Any) -> float | None:
    return None if value is None else float(value)


_READ: Mapping[str, Any] = {
    "number": int, "name": str, "area": lambda names: tuple(map(str, names)),
    "place": lambda place: None if place is None else Place(float(place[0]), float(place[1])),
    "streams": lambda rows: tuple(StreamProfile(StreamRole(role), str(url), int(width), int(height), Transport(by))
                                  for role, url, width, height, by in rows),
    "owner": str, "height": _number_or_none, "heading": _number_or_none, "field_of_view": _number_or_none,
    "tags": lambda tags: tuple(map(str, tags)), "notes": str, "device": lambda texts: Device(*map(str, texts)),
    "restricted": bool, "rotation": int,
}
