"""What a dome films: rendered when it looks elsewhere, with traffic and noise, encoded only while someone watches.

Runs on: one thread per dome, which ends with the process.
"""

from __future__ import annotations

import contextlib
import math
import socket
import struct
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from app.demo.dome.digits import stamp
from app.demo.dome.panorama import Panorama, views
from app.demo.dome.traffic import Traffic
from app.demo.onvif.head import Head, Look
from app.demo.paint import Plane, Planes

# Pictures per second; the fewer of both while both are watched.
FPS = {"main": 10, "sub": 15}       # while it turns
CALM_FPS = {"main": 8, "sub": 10}   # while it stands
LOOK_S = 1 / 30                     # how often it asks meanwhile whether it turns: a move begins with the next picture
TICK = Fraction(1, 30)              # of an encoder's clock, which counts pictures
KEY_S = 2.0                         # between key pictures
SIZES = {"main": (1280, 720), "sub": (640, 360)}
# Of H.264's 0..51, standing and turning, always the same: to aim at a bit rate costs 1 ms a picture.
QUALITY = {"main": (26, 33), "sub": (24, 28)}
GRAIN, GRAIN_PER_ZOOM = 1.4, 0.4    # standard deviation of the sensor's noise at zoom 1, and how it grows
INFRARED_GRAIN = 1.5                # times that
GRAIN_STEP, MOST_GRAINS = 1.15, 12  # noise is kept in steps of this factor; tiles kept, 1 MB each
MOST_GRAIN = 16                     # of luma either way
GRAIN_PIXELS = {"main": 3.0, "sub": 1.5}     # as a camera smooths it; finer noise no encoder lets through
NOISE_EDGE = 32                     # pixels: the noise tile is this much larger and moves about
LARGE_ZOOM = 2.2                    # beyond it a picture that runs by is made at half its size: there is no more detail
WIPE_S = 1.6                        # one stroke of the wiper
WITA = timedelta(hours=8)           # the domes stand in Makassar
HEAD = struct.Struct("<I?")         # length of an access unit, and whether it is a key picture
MOST_BEHIND = 1 << 20               # bytes a reader may lag before it is dropped


class Film:
    """Serves framed access units of one dome on a local socket per role."""

    def __init__(self, head: Head, panorama: Panorama, folder: Path, label: str,
                 imaging: Mapping[str, str] = MappingProxyType({})) -> None:
        self.head, self.panorama, self.label, self._imaging = head, panorama, label, imaging
        self._traffic = Traffic(int(label))
        self.paths = {role: folder / f"{label}-{role}.sock" for role in SIZES}
        self._readers: dict[str, list[socket.socket]] = {role: [] for role in SIZES}
        self._encoders: dict[tuple[str, bool], Any] = {}
        self._fresh: set[str] = set()               # roles whose newest reader waits for a key picture
        self._changed = threading.Condition()
        self._shown: dict[str, tuple[tuple[Look, bool], Planes]] = {}
        self._sheets: dict[tuple[int, int], tuple[av.VideoFrame, Planes]] = {}     # one picture each, painted over
        self._scale = {size: av.video.reformatter.VideoReformatter() for size in SIZES.values()}
        self._slope = (0.0, 0.0)                    # tilt and zoom of the newest picture that ran by
        rng = np.random.default_rng(int(label))
        self._noise = {SIZES[role]: _grain(rng, SIZES[role], GRAIN_PIXELS[role]) for role in SIZES}
        self._grains: dict[tuple[tuple[int, int], int], Plane] = {}     # by size and powers of GRAIN_STEP
        self._rng = rng
        self._frame, self._key_at, self._turned = 0, dict[str, float](), dict[str, bool]()
        for role, path in self.paths.items():
            path.unlink(missing_ok=True)
            door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            door.bind(str(path))
            door.listen(8)
            threading.Thread(target=self._accept, args=(role, door), name=f"dome {label} {role}", daemon=True).start()
        threading.Thread(target=self._film, name=f"dome {label}", daemon=True).start()

    def _accept(self, role: str, door: socket.socket) -> None:
        while True:
            reader, _address = door.accept()
            reader.setblocking(False)
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_BEHIND)
            with self._changed:
                self._readers[role].append(reader)
                self._fresh.add(role)
                self._changed.notify()

    def _film(self) -> None:
        due = time.monotonic()
        while True:
            with self._changed:
                while not any(self._readers.values()):
                    self._encoders.clear()
                    self._turned.clear()
                    self._shown.clear()
                    self._changed.wait()
                    due = time.monotonic()
                roles = [role for role, readers in self._readers.items() if readers]
                fresh, self._fresh = self._fresh, set()
            moving = self._picture(roles, fresh)
            rate = min((FPS if moving else CALM_FPS)[role] for role in roles)
            due = max(due + 1 / rate, time.monotonic() - 0.2)
            due = self._wait(due, moving)

    def _wait(self, due: float, moved: bool) -> float:
        """Until then, or until it begins to turn or somebody begins to watch; returns when the picture was due."""
        with self._changed:
            while (left := due - time.monotonic()) > 0:
                if self._fresh or (not moved and self.head.moving):
                    return time.monotonic()
                self._changed.wait(left if moved else min(left, LOOK_S))
        return due

    def _picture(self, roles: list[str], fresh: set[str]) -> bool:
        """Makes and sends one; says whether it turns."""
        look, moving = self.head.look(), self.head.moving
        grey = is_grey(self._imaging, self.head.auxiliary.get("IRLamp", "Auto"), self.panorama.night)
        self._frame += 1
        # One picture for all who watch. One that runs by is blurred anyway: it is made small until the dome stands.
        drawn = "main" if "main" in roles and not moving else "sub"
        frame, planes = self._running(look, grey) if moving else self._standing(drawn, look, grey)
        self._spoil(planes, look.zoom, grey)
        for role in roles:
            self._send(role, frame if role == drawn else self._sized(frame, SIZES[role]), role in fresh, moving)
        return moving

    def _standing(self, role: str, look: Look, grey: bool) -> tuple[av.VideoFrame, Planes]:
        known = self._shown.get(role)
        if known is None or known[0] != (look, grey):
            known = self._shown[role] = ((look, grey), self.panorama.see(look, *SIZES[role], grey=grey))
        frame, planes = self._sheet(SIZES[role])
        for target, plane in zip(planes, known[1], strict=True):
            target[...] = plane
        self._drive(planes, look, grey, False)
        return frame, planes

    def _running(self, look: Look, grey: bool) -> tuple[av.VideoFrame, Planes]:
        """Another look in a moment: small, and half of that where tilt or zoom change and nothing is known of them."""
        before, self._slope = self._slope, (look.tilt, look.zoom)
        width, height = SIZES["sub"]
        half = before != self._slope or look.zoom > LARGE_ZOOM
        size = (width // 2, height // 2) if half else (width, height)
        frame, planes = self._sheet(size)
        for target, plane in zip(planes, self.panorama.see(look, *size, grey=grey, quick=True), strict=True):
            target[...] = plane
        self._drive(planes, look, grey, True)
        if half:
            frame = self._sized(frame, (width, height))
            planes = views(frame)
        return frame, planes

    def _drive(self, planes: Planes, look: Look, grey: bool, passing: bool) -> None:
        self._traffic.draw(planes, look, time.time() % 3600, night=self.panorama.night, grey=grey, passing=passing)

    def _sheet(self, size: tuple[int, int]) -> tuple[av.VideoFrame, Planes]:
        if size not in self._sheets:
            frame = av.VideoFrame(*size, "yuv420p")
            self._sheets[size] = frame, views(frame)
        return self._sheets[size]

    def _sized(self, frame: av.VideoFrame, size: tuple[int, int]) -> av.VideoFrame:
        return self._scale[size].reformat(frame, *size, "yuv420p", interpolation="BILINEAR", threads=1)

    def _spoil(self, planes: Planes, zoom: float, grey: bool) -> None:
        """What lens and sensor add: iris, noise, wiper, the camera's clock."""
        luma = planes[0]
        height, width = luma.shape
        dy, dx = self._rng.integers(0, NOISE_EDGE, 2)
        grain = self._grain_of((width, height), GRAIN * zoom ** GRAIN_PER_ZOOM * (INFRARED_GRAIN if grey else 1.0))
        np.add(dimmed(luma, self._imaging), grain[dy:dy + height, dx:dx + width], out=luma)
        if self.head.auxiliary.get("Wiper") == "On":
            _wipe(luma, time.monotonic() % WIPE_S / WIPE_S)
        stamp(luma, f"{datetime.now(UTC) + WITA:%Y-%m-%d %H:%M:%S} WITA", height)

    def _grain_of(self, size: tuple[int, int], strength: float) -> Plane:
        """The noise as bytes that are added and wrap: luma keeps MOST_GRAIN from both ends, so that none overflows."""
        step = round(math.log(strength, GRAIN_STEP))
        if (size, step) not in self._grains:
            if len(self._grains) >= MOST_GRAINS:
                self._grains.clear()
            scaled = np.rint(self._noise[size] * np.float32(GRAIN_STEP ** step))
            self._grains[size, step] = np.clip(scaled, -MOST_GRAIN, MOST_GRAIN).astype(np.int8).view(np.uint8)
        return self._grains[size, step]

    def _send(self, role: str, frame: av.VideoFrame, fresh: bool, moving: bool) -> None:
        now = time.monotonic()
        # Another encoder than the last one begins with a key picture: it does not know what that one left.
        fresh = fresh or self._turned.get(role) != moving or now - self._key_at[role] >= KEY_S
        self._turned[role] = moving
        encoder = self._encoders.get((role, moving))
        if encoder is None:
            encoder = self._encoders[role, moving] = _encoder(role, QUALITY[role][moving])
        if fresh:
            self._key_at[role] = now
        frame.pts = self._frame
        frame.pict_type = av.video.frame.PictureType.I if fresh else av.video.frame.PictureType.NONE
        for packet in encoder.encode(frame):
            data = bytes(packet)
            self._hand_out(role, HEAD.pack(len(data), packet.is_keyframe) + data)

    def _hand_out(self, role: str, data: bytes) -> None:
        for reader in tuple(self._readers[role]):
            try:
                sent = reader.send(data)
            except OSError:
                sent = 0
            if sent != len(data):                   # gone, or too slow: it comes again and begins with a key picture
                with self._changed:
                    self._readers[role].remove(reader)
                with contextlib.suppress(OSError):
                    reader.close()


def is_grey(imaging: Mapping[str, str], lamp: str, night: bool) -> bool:
    """Infrared: as the filter or the lamp was set; by itself at night."""
    if (chosen := imaging.get("IrCutFilter", "AUTO")) != "AUTO":
        return chosen == "OFF"
    return lamp == "On" or (lamp == "Auto" and night)


def dimmed(luma: Plane, imaging: Mapping[str, str]) -> Plane:
    """As the iris lets it through, when it is set by hand."""
    closed = float(imaging.get("Iris", "0")) if imaging.get("Exposure") == "MANUAL" else 0.0
    if closed <= 0:
        return luma
    return np.asarray(16 + (luma - np.float32(16)) * np.float32(10 ** (-closed / 20)), np.uint8)


def _encoder(role: str, quality: int) -> Any:
    width, height = SIZES[role]
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = TICK, Fraction(FPS[role])            # at most; readers go by their clocks
    encoder.gop_size, encoder.thread_count = round(4 * KEY_S * FPS[role]), 1    # key pictures come by KEY_S
    # Stitchable: both encoders of a stream tell the same parameter sets, since a recording keeps the first ones. Blocks
    # of little weight are not looked at twice, which is 0.4 ms of a picture of 720 lines.
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1", "qp": str(quality),
                       "x264-params": "stitchable=1:no-dct-decimate=1"}
    return encoder


def _grain(rng: np.random.Generator, size: tuple[int, int], pixels: float) -> npt.NDArray[np.float32]:
    """Noise of deviation 1, NOISE_EDGE larger than a picture, whose grains are ``pixels`` wide and have no edges."""
    steps = [np.arange(edge + NOISE_EDGE) / pixels for edge in reversed(size)]
    found = rng.normal(0, 1.0, [int(step[-1]) + 2 for step in steps])
    for axis, step in enumerate(steps):
        low = step.astype(np.intp)
        share = np.expand_dims(step - low, 1 - axis)
        found = found.take(low, axis) * (1 - share) + found.take(low + 1, axis) * share
    return np.asarray(found / found.std(), np.float32)


def _wipe(luma: Plane, share: float) -> None:
    """A dark arm that swings from the lower left to the right and back."""
    height, width = luma.shape
    swing = 1 - abs(2 * share - 1)
    rows = np.arange(height)
    x = (width * (0.1 + 0.8 * swing) + (height - rows) * (0.5 - swing) * 0.9).astype(np.intp)
    for offset in range(-width // 90, width // 90):
        luma[rows, np.clip(x + offset, 0, width - 1)] = 24
