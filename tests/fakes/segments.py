"""Recorded segments for tests: real MP4 files with moving pictures, as a recorder would leave them."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from app.model.clip import CameraRecording, ClipCamera, Segment
from tests.fakes.clips import clip

T = 1_790_000_000_000_000       # some moment in 2026, UTC microseconds
SECOND = 1_000_000


def segment(folder: Path, name: str, t0: int, *, seconds: int = 6, codec: str = "h264", width: int = 320,
            height: int = 180, fps: int = 15, run: str = "r1", camera: str = "cam-1", skip: int = 0) -> Segment:
    """Writes one segment that begins at ``t0`` with a key picture each second; ``skip`` drops that many units first."""
    made = clip(codec, width, height, fps=fps, seconds=seconds)
    path = folder / f"{name}.mp4"
    with av.open(str(path), "w", format="mp4", options={"movflags": "+hybrid_fragmented"}) as out:
        stream: Any = out.add_stream("libx264" if codec == "h264" else "libx265", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.extradata = _extradata(codec, made.first)
        stream.time_base = Fraction(1, 90_000)
        for index, (unit, key) in enumerate(made.units[skip:]):
            packet = av.Packet(unit)
            packet.stream, packet.time_base = stream, Fraction(1, 90_000)
            packet.pts = packet.dts = index * 90_000 // fps
            packet.duration = 90_000 // fps
            packet.is_keyframe = key
            out.mux_one(packet)
    content = path.read_bytes()
    pictures = len(made.units) - skip
    key = next((index for index, (_, is_key) in enumerate(made.units[skip:]) if is_key), None)
    return Segment(path, camera, t0, t0 + pictures * SECOND // fps, None if key is None else t0 + key * SECOND // fps,
                   len(content), hashlib.sha256(content).hexdigest(), run=run)


def recording(folder: Path, number: int = 1, *, count: int = 3, t0: int = T, **given: Any) -> CameraRecording:
    """A camera with ``count`` segments of 6 s end to end."""
    camera = ClipCamera(f"cam-{number}", number, f"Simpang Lima {number}", ("Makassar", "Ujung Pandang"),
                        owner="Hotel Ombak", owner_kind="private", make="Nusa", model="D-2", serial="S1",
                        mac="02:00:00:00:00:01", latitude="-5.147665", longitude="119.432732")
    segments = tuple(segment(folder, f"{number}-{index}", t0 + index * 6 * SECOND, camera=camera.id, **given)
                     for index in range(count))
    return CameraRecording(camera, segments)


def _extradata(codec: str, first: bytes) -> bytes:
    """Parameter sets of the first unit, with start codes, as muxers take them."""
    wanted = {7, 8} if codec == "h264" else {32, 33, 34}
    units = [u.rstrip(b"\0") for u in first.split(b"\0\0\1") if u.strip(b"\0")]
    return b"".join(b"\0\0\0\1" + u for u in units
                    if (u[0] & 31 if codec == "h264" else u[0] >> 1 & 63) in wanted)
