"""The starter registry with the demo city, made from resources/demo by ``python -m app.registry.starter``.

city.json says where the cameras are, views.json how the pictures were taken, register.json who owns them. The file
in the tree is only read; ensure_user_registry copies it to the user's data folder at the first start.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.model.camera import Camera, Place, StreamProfile, StreamRole
from app.model.errors import OperatorError
from app.model.register import Level, Owner, OwnerKind, Risk
from app.registry.ids import IdMaker
from app.registry.opening import STARTER
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.secrets import Vault

CITY = paths.resources_dir() / "demo" / "city.json"
LEVELS = (Level.CITY, Level.KECAMATAN, Level.KELURAHAN)     # of the demo city's areas, by depth
OTHER_VIEW = {"bundaran": 1, "flyover": 1, "pintuair": 2}   # plates not taken from view 0, as in app.demo.view
DEMO_ROOT = "rtsp://127.0.0.1:8554/"        # where the demo city serves unless told otherwise
MADE_AT = 1_767_225_600.0                   # 2026-01-01 00:00 UTC: fixed, so that the same city makes the same file
SIZES = {StreamRole.MAIN: (1280, 720), StreamRole.SUB: (640, 360)}      # pixels, as app.demo encodes them


def demo_cameras(city: Path = CITY) -> list[Camera]:
    """The cameras of the demo city, without ids, ordered by number; ``owner`` is the key of register.json.

    Raises OperatorError when the lists are damaged.
    """
    try:
        listed: list[dict[str, Any]] = json.loads(city.read_text(encoding="utf-8"))["cameras"]
        register = _list_of("register.json")
        views = _list_of("views.json")
        return sorted((_camera(row, register, views) for row in listed), key=lambda camera: camera.number)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(_("The list of the demo city {path} cannot be read: {reason}.").format(
            path=city, reason=error)) from error


def on_port(port: int, services: Mapping[int, str] | None = None) -> Callable[[Camera], Camera]:
    """Turns demo cameras to a city that runs on another port; other cameras pass unchanged.

    For ``RegistryLane(path, amend=on_port(port))``: the directory shows the port in use, the file keeps the usual one.
    ``services``: the ONVIF addresses of those that turn, by call-up number.
    """
    root = f"rtsp://127.0.0.1:{port}/"
    turning = services or {}

    def amend(camera: Camera) -> Camera:
        if not any(stream.url.startswith(DEMO_ROOT) for stream in camera.streams):
            return camera
        service = turning.get(camera.number, "")
        if service != camera.device.service:
            camera = replace(camera, device=replace(camera.device, service=service))
        return replace(camera, streams=tuple(
            replace(stream, url=root + stream.url.removeprefix(DEMO_ROOT))
            if stream.url.startswith(DEMO_ROOT) else stream for stream in camera.streams))

    return amend


def make_starter(path: Path, cameras: Iterable[Camera] | None = None) -> Path:
    """Writes the starter registry to ``path`` (replaced whole): the same city gives the same content, ids included."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    draft.unlink(missing_ok=True)
    steps = itertools.count(1)
    # Ids want randomness to be unique among stations; these few are the same everywhere on purpose.
    ids = IdMaker(lambda: MADE_AT, lambda _bits: next(steps))
    try:
        with Registry(draft, vault=Vault(draft.with_name("no-key-is-made-here")), station="starter",
                      clock=lambda: MADE_AT, make_id=ids) as registry:
            if cameras is None:
                _fill(registry)
            else:
                registry.cameras.save(cameras)
            registry.settle()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def ensure_user_registry(path: Path | None = None, starter: Path = STARTER) -> Path:
    """The registry this user works on: ``path`` or the one of the data folder, copied from the starter when missing.

    Never overwrites. Raises OperatorError when it cannot be copied.
    """
    target = paths.registry_path() if path is None else path
    if target.exists():
        return target
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        paths.ensure(target.parent)
        draft.write_bytes(starter.read_bytes())
        try:
            os.link(draft, target)      # never replaces: of two programs at first start, the second takes the first's
        except FileExistsError:
            return target
    except OSError as error:
        raise OperatorError(_("The registry {path} could not be made ({reason}). "
                              "Free some space or name another place with --registry.").format(
                                  path=target, reason=error.strerror or type(error).__name__)) from error
    finally:
        with suppress(OSError):     # the folder itself may be what is wrong; that was said above
            draft.unlink()
    return target


def _fill(registry: Registry) -> None:
    """Owners first: a camera may name only one that is there."""
    register = _list_of("register.json")
    owners = {row["key"]: registry.owners.save(Owner(
        "", row["name"], OwnerKind(row["kind"]), row.get("agreement", ""), row.get("contact", ""),
        tuple(row.get("purposes", ())), row.get("hours", ""), row.get("expires", ""))).id for row in register["owners"]}
    registry.cameras.save(replace(camera, owner=owners[camera.owner]) for camera in demo_cameras())
    for area in registry.areas.all():
        registry.areas.change(area.id, level=LEVELS[len(area.path) - 1],
                              risk=Risk(register["risk"].get(" > ".join(area.path), "")))


def _camera(row: dict[str, Any], register: dict[str, Any], views: dict[str, Any]) -> Camera:
    number, scene = int(row["number"]), str(row["scene"])
    more = register["cameras"].get(str(number), {})
    area = (str(row["city"]), str(row["district"]), *filter(None, [more.get("ward")]))
    tags = {*register["tags"][scene], *([register["night"]] if row.get("infrared") else [])}
    camera = Camera("", number, str(row["name"]), area, Place(float(row["latitude"]), float(row["longitude"])),
                    owner=more.get("owner") or register["cities"][row["city"]], tags=tuple(sorted(tags)),
                    notes=more.get("notes", ""), restricted=more.get("restricted", False))
    if scene in views:
        camera = _directed(camera, views[scene][OTHER_VIEW.get(scene, 0)], row["crop"], bool(row.get("mirror")))
    streams = (StreamProfile(role, f"{DEMO_ROOT}{camera.label}/{role}", *size) for role, size in SIZES.items())
    return replace(camera, streams=tuple(streams))


def _directed(camera: Camera, view: dict[str, Any], crop: list[float], mirror: bool) -> Camera:
    """Height, heading and field of view of the part of a plate that the camera shows; the plate's y axis is north.

    A pinhole camera: a point at share s of the plate's width lies atan((2 s - 1) tan(fov / 2)) beside its axis.
    """
    half = math.tan(math.radians(view["fov"] / 2))
    left, right = (math.degrees(math.atan((2 * share - 1) * half)) for share in (crop[0], crop[0] + crop[2]))
    east, north = (view["to"][axis] - view["pos"][axis] for axis in (0, 1))
    aside = -(left + right) / 2 if mirror else (left + right) / 2
    return replace(camera, height=float(view["pos"][2]),
                   heading=float(round(math.degrees(math.atan2(east, north)) + aside) % 360),
                   field_of_view=float(round(right - left)))


def _list_of(name: str) -> dict[str, Any]:
    return dict(json.loads((CITY.parent / name).read_text(encoding="utf-8")))


if __name__ == "__main__":
    sys.stdout.write(f"{make_starter(STARTER)}\n")
