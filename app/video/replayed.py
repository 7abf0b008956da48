"""The past of a camera as a camera: what a pane is asked to show when it looks back; replay.py reads the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from app.model.camera import Camera, StreamProfile, StreamRole

SCHEME = "replay:"


class Recorded(NamedTuple):
    """What a replay's address says: where the files of its camera lie."""

    folder: Path


def replayed(camera: Camera, folder: str, serial: int) -> Camera:
    """A camera's past as a camera, for Want: its one stream is what lies in ``folder``.

    ``serial`` tells two replays of one camera apart.
    """
    return Camera(f"{SCHEME}{camera.id}:{serial}", camera.number, camera.name, camera.area,
                  streams=(StreamProfile(StreamRole.SUB, SCHEME + json.dumps({"folder": folder})),),
                  rotation=camera.rotation)


def recorded_by(camera: Camera) -> Recorded | None:
    """Where a camera made by :func:`replayed` has its files, None for one that sends."""
    url = camera.streams[0].url if camera.streams else ""
    return Recorded(Path(json.loads(url.removeprefix(SCHEME))["folder"])) if url.startswith(SCHEME) else None
