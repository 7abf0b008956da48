"""The starter registry with the demo city: made from resources/demo/city.json by ``python -m app.registry.starter``.

The file in the tree is only read; ensure_user_registry copies it to the user's data folder at the first start.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.model.camera import Camera, Place, StreamProfile, StreamRole
from app.model.errors import OperatorError
from app.registry.ids import IdMaker
from app.registry.opening import STARTER
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.language import gettext as _
from app.runtime.secrets import Vault

CITY = paths.resources_dir() / "demo" / "city.json"
DEMO_ROOT = "rtsp://127.0.0.1:8554/"        # where the demo city serves unless told otherwise
MADE_AT = 1_767_225_600.0                   # 2026-01-01 00:00 UTC: fixed, so that the same city makes the same file
SIZES = {StreamRole.MAIN: (1280, 720), StreamRole.SUB: (640, 360)}      # pixels, as app.demo encodes them


def demo_cameras(city: Path = CITY) -> list[Camera]:
    """The cameras of the demo city, without ids, ordered by number. Raises OperatorError when the list is damaged."""
    try:
        listed: list[dict[str, Any]] = json.loads(city.read_text(encoding="utf-8"))["cameras"]
        return sorted((_camera(row) for row in listed), key=lambda camera: camera.number)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(_("The list of the demo city {path} cannot be read: {reason}.").format(
            path=city, reason=error)) from error


def on_port(port: int) -> Callable[[Camera], Camera]:
    """Turns demo cameras to a city that runs on another port; other cameras pass unchanged.

    For ``RegistryLane(path, amend=on_port(port))``: the directory shows the port in use, the file keeps the usual one.
    """
    root = f"rtsp://127.0.0.1:{port}/"

    def amend(camera: Camera) -> Camera:
        if not any(stream.url.startswith(DEMO_ROOT) for stream in camera.streams):
            return camera
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
            registry.cameras.save(demo_cameras() if cameras is None else cameras)
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


def _camera(row: dict[str, Any]) -> Camera:
    number = int(row["number"])
    camera = Camera("", number, str(row["name"]), (str(row["city"]), str(row["district"])),
                    Place(float(row["latitude"]), float(row["longitude"])))
    streams = (StreamProfile(role, f"{DEMO_ROOT}{camera.label}/{role}", *size) for role, size in SIZES.items())
    return replace(camera, streams=tuple(streams))


if __name__ == "__main__":
    sys.stdout.write(f"{make_starter(STARTER)}\n")
