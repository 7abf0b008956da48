"""What a dome films: rendered when it looks elsewhere, with traffic and noise, encoded only while someone watches.

Runs on: one thread per dome, which ends with the process.
"""

from __future__ import annotations

import contextlib
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
from app.demo.dome.traffic import MOST_SEEN, Traffic
from app.demo.onvif.head import Head, Look
from app.demo.paint import Plane, Planes

FPS = 15
GOP = 30
SIZES = {"main": (1280, 720), "sub": (640, 360)}
KILOBITS = {"main": 2200, "sub": 600}
GRAIN = 1.2                         # standard deviation of the sensor's noise at zoom 1; grows with its square root
MOST_GRAIN, MOST_GRAINS = 16, 12    # of luma either way; tiles kept, 1 MB each
NOISE_EDGE = 32                     # pixels: the noise tile is this much larger and moves about
WIPE_S = 1.6                        # one stroke of the wiper
WITA = timedelta(hours=8)           # the domes stand in Makassar
HEAD = struct.Struct("<I?")         # length of an access unit, and whether it is a key picture
MOST_PASSING = 2                    # vehicles drawn while it turns
MOST_BEHIND = 1 << 20               # bytes a reader may lag before it is dropped


class Film:
    """Serves framed access units of one dome on a local socket per role."""

    def __init__(self, head: Head, panorama: Panorama, folder: Path, label: str,
                 imaging: Mapping[str, str] = MappingProxyType({})) -> None:
        self.head, self.panorama, self.label, self._imaging = head, panorama, label, imaging
        self._traffic = Traffic(int(label))
        self.paths = {role: folder / f"{label}-{role}.sock" for role in SIZES}
        self._readers: dict[str, list[socket.socket]] = {role: [] for role in SIZES}
        self._encoders: dict[str, Any] = {}
        self._fresh: set[str] = set()               # roles whose newest reader waits for a key picture
        self._changed = threading.Condition()
        self._shown: dict[str, tuple[tuple[Look, bool], Planes]] = {}
        self._busy: dict[str, tuple[tuple[Look, bool, bool, int], Planes]] = {}    # the same with traffic
        self._scale = {role: av.video.reformatter.VideoReformatter() for role in SIZES}
        self._slope = (0.0, 0.0)                    # tilt and zoom of the newest picture that ran by
        rng = np.random.default_rng(int(label))
        grain = rng.normal(0, 1.0, (SIZES["main"][1] + NOISE_EDGE, SIZES["main"][0] + NOISE_EDGE))
        self._noise: npt.NDArray[np.float32] = grain.astype(np.float32)
        self._grains: dict[int, Plane] = {}         # by quarters of a deviation
        self._rng = rng
        self._frame = 0
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
                    self._shown.clear()
                    self._busy.clear()
                    self._changed.wait()
                    due = time.monotonic()
                roles = [role for role, readers in self._readers.items() if readers]
                fresh, self._fresh = self._fresh, set()
            self._picture(roles, fresh)
            due = max(due + 1 / FPS, time.monotonic() - 0.2)
            time.sleep(max(due - time.monotonic(), 0))

    def _picture(self, roles: list[str], fresh: set[str]) -> None:
        look, moving = self.head.look(), self.head.moving
        grey = is_grey(self._imaging, self.head.auxiliary.get("IRLamp", "Auto"), self.panorama.night)
        self._frame += 1
        # While it stands traffic moves in every other picture: what is drawn costs as much as what is encoded.
        tick = self._frame if moving else self._frame // 2
        # One picture for all who watch. One that runs by is blurred anyway: it is made small until the dome stands.
        drawn = "main" if "main" in roles and not moving else "sub"
        frame = self._noisy(self._with_traffic(drawn, look, grey, moving, tick), look.zoom, grey)
        for role in roles:
            shown = frame if role == drawn else self._scale[role].reformat(
                frame, *SIZES[role], "yuv420p", interpolation="BILINEAR", threads=1)
            self._send(role, shown, role in fresh)

    def _with_traffic(self, role: str, look: Look, grey: bool, moving: bool, tick: int) -> Planes:
        known = self._busy.get(role)
        if known is None or known[0] != (look, grey, moving, tick):
            seen = self._seen(role, look, grey, moving)
            luma, blue, red = seen if moving else (plane.copy() for plane in seen)
            self._traffic.draw((luma, blue, red), look, time.time() % 3600, night=self.panorama.night, grey=grey,
                               most=MOST_PASSING if moving else MOST_SEEN)
            known = self._busy[role] = ((look, grey, moving, tick), (luma, blue, red))
        return known[1]

    def _seen(self, role: str, look: Look, grey: bool, moving: bool) -> Planes:
        if moving:                                  # another look in a moment: not worth keeping
            before, self._slope = self._slope, (look.tilt, look.zoom)
            return self.panorama.see(look, *SIZES[role], grey=grey, quick=True, coarse=before != self._slope)
        known = self._shown.get(role)
        if known is None or known[0] != (look, grey):
            known = self._shown[role] = ((look, grey), self.panorama.see(look, *SIZES[role], grey=grey))
        return known[1]

    def _noisy(self, planes: Planes, zoom: float, grey: bool) -> av.VideoFrame:
        height, width = planes[0].shape
        frame = av.VideoFrame(width, height, "yuv420p")
        luma, blue, red = views(frame)
        dy, dx = self._rng.integers(0, NOISE_EDGE, 2)
        grain = self._grain_of(GRAIN * zoom ** 0.5 * (2.2 if grey else 1.0))
        np.add(dimmed(planes[0], self._imaging), grain[dy:dy + height, dx:dx + width], out=luma)
        blue[...], red[...] = planes[1], planes[2]
        if self.head.auxiliary.get("Wiper") == "On":
            _wipe(luma, time.monotonic() % WIPE_S / WIPE_S)
        stamp(luma, f"{datetime.now(UTC) + WITA:%Y-%m-%d %H:%M:%S} WITA", height)
        return frame

    def _grain_of(self, strength: float) -> Plane:
        """The noise as bytes that are added and wrap: luma keeps MOST_GRAIN from both ends, so that none overflows."""
        step = round(strength * 4)
        if step not in self._grains:
            if len(self._grains) >= MOST_GRAINS:
                self._grains.clear()
            scaled = np.rint(self._noise * np.float32(step / 4))
            self._grains[step] = np.clip(scaled, -MOST_GRAIN, MOST_GRAIN).astype(np.int8).view(np.uint8)
        return self._grains[step]

    def _send(self, role: str, frame: av.VideoFrame, fresh: bool) -> None:
        encoder = self._encoders.get(role)
        if encoder is None:
            encoder = self._encoders[role] = _encoder(role)
            fresh = True
        frame.pts = self._frame
        if fresh:
            frame.pict_type = av.video.frame.PictureType.I
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


def _encoder(role: str) -> Any:
    width, height = SIZES[role]
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS)
    encoder.gop_size, encoder.bit_rate, encoder.thread_count = GOP, KILOBITS[role] * 1000, 1
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1"}
    return encoder


def _wipe(luma: Plane, share: float) -> None:
    """A dark arm that swings from the lower left to the right and back."""
    height, width = luma.shape
    swing = 1 - abs(2 * share - 1)
    rows = np.arange(height)
    x = (width * (0.1 + 0.8 * swing) + (height - rows) * (0.5 - swing) * 0.9).astype(np.intp)
    for offset in range(-width // 90, width // 90):
        luma[rows, np.clip(x + offset, 0, width - 1)] = 24
