"""Which cameras the demo city has and what each one's picture is like; read from resources/demo/city.json."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from app.runtime.paths import resources_dir


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """One camera of the demo city.

    ``hour`` is the local clock time of its picture (17.5 = 17:30); ``crop`` left, top and width of what it sees, as
    shares of the plate; latitude and longitude in WGS 84 degrees. ``codec`` is h264, h265 or mjpeg.
    """

    number: int
    name: str
    city: str
    district: str
    latitude: float
    longitude: float
    scene: str
    hour: float
    codec: str
    crop: tuple[float, float, float]
    mirror: bool = False
    infrared: bool = False
    rain: bool = False

    @property
    def label(self) -> str:
        """The call-up number as shown and as the first part of the RTSP path."""
        return f"{self.number:04d}"

    @property
    def area(self) -> tuple[str, str]:
        """From wide to narrow, as ``app.model.camera.Camera.area``."""
        return self.city, self.district


@dataclass(frozen=True, slots=True)
class ClipSize:
    """How big the clips are made: pixels of main and sub, pictures per second, length of the loop in pictures."""

    main: tuple[int, int] = (1280, 720)
    sub: tuple[int, int] = (640, 360)
    fps: int = 15
    frames: int = 150           # 10 s: long enough that nobody notices the loop, short enough to encode 64 in minutes
    main_kilobits: int = 1800
    sub_kilobits: int = 400


FULL = ClipSize()
SMALL = ClipSize((768, 432), (384, 216), 15, 60, 700, 200)    # for test suites: ready in seconds; whole 8x8 blocks,
                                                              # which JPEG over RTP needs (RFC 2435)


def folder() -> Path:
    """The plates' home."""
    return resources_dir() / "demo"


@cache
def all_cameras() -> tuple[DemoCamera, ...]:
    """Every camera of the city, in wall order."""
    rows = json.loads((folder() / "city.json").read_text("utf-8"))["cameras"]
    return tuple(DemoCamera(**{**row, "crop": tuple(row["crop"])}) for row in rows)


def choose(wanted: str | Sequence[int]) -> tuple[DemoCamera, ...]:
    """Cameras by place on the wall (1 is the first) or call-up number: "1-4", "0101,0111", "1-16,0301", "all".

    A number up to the count of cameras is a place, a greater one a call-up number. Raises ValueError with a sentence.
    """
    cameras = all_cameras()
    if isinstance(wanted, str):
        if wanted.strip() in ("", "all"):
            return cameras
        parts = wanted.replace(" ", "").split(",")
    else:
        parts = [str(n) for n in wanted]
    by_number = {c.number: c for c in cameras}
    found: dict[int, DemoCamera] = {}
    for part in parts:
        first, dash, last = part.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            raise ValueError(f"“{part}” is neither a camera number nor a range such as 1-16")
        low, high = int(first), int(last or first)
        hits = cameras[low - 1:high] if low >= 1 and high <= len(cameras) else \
            tuple(c for n, c in by_number.items() if low <= n <= high)
        if not hits:
            raise ValueError(f"The demo city has no camera {part}")
        found.update((c.number, c) for c in hits)
    return tuple(found.values())


@cache
def _program() -> bytes:
    """The renderer's own text: any change of it makes new clips."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.name not in ("city.py", "control.py", "worker.py", "__main__.py"):
            digest.update(path.read_bytes())
    return digest.digest()


def clip_name(camera: DemoCamera, size: ClipSize) -> str:
    """A name that changes when anything that makes the picture changes."""
    digest = hashlib.sha256(_program())
    digest.update(json.dumps([asdict(camera), asdict(size)], sort_keys=True).encode())
    for plate in sorted((folder() / "plates").glob(f"{camera.scene}-*.jpg")):
        digest.update(plate.read_bytes())
    return f"{camera.label}-{digest.hexdigest()[:12]}"
