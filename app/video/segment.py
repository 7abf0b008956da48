"""One recorded file: packets as they came, an ordinary MP4 when closed, readable up to its last group when not.

Runs on: the ingest worker's thread "tape"; :func:`probe` on the desktop's thread "recording".
"""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from app.model.clip import MADE_OF
from app.video.annexb import nal_type, nal_units
from app.video.segment_name import PART
from app.video.transport import CLOCK, FRAME_SAMPLES, SLIP_S, Heard, Sound, Unit

# Fragments at key pictures while it grows, so that a copy taken by a power cut plays; an ordinary MP4 at the end
# (reference/recording.md section 3, measured again with PyAV 19.0.2).
# A camera without key pictures has a fragment after some seconds (microseconds here) nevertheless.
_OPTIONS = {"movflags": "+hybrid_fragmented+frag_keyframe", "flush_packets": "1", "frag_duration": "5000000"}
_BASE = Fraction(1, CLOCK)
# Pictures wait for sound no longer than this (microseconds; libav's own is ten seconds): sound may stay away.
_WAIT = {"max_interleave_delta": "300000"}
_LONGEST = 60 * CLOCK       # a pause between two packets; beyond that the file would be ended
_HASHED = 1 << 20           # bytes read at a time
_SETS = {"h264": (7, 8), "hevc": (32, 33, 34)}


def parameter_sets(codec: str, data: bytes) -> bytes:
    """The parameter sets of a key picture, Annex B: what tells that a file must end because the stream changed."""
    kinds = _SETS.get(codec, ())
    return b"".join(b"\x00\x00\x00\x01" + data[begin:end] for begin, end in nal_units(data)
                    if nal_type(codec, data[begin]) in kinds)


class SegmentFile:
    """One file that is being written. Every call may raise OSError or libav's errors; then it is :meth:`abandon`-ed.

    Stream time starts at zero with the first packet. ``media`` is how long it is so far, in microseconds.
    """

    def __init__(self, path: Path, codec: str, width: int, height: int, first: Unit, sets: bytes = b"",
                 sound: Sound | None = None) -> None:
        """``sets``: the stream's parameter sets, for a first packet that brings none. ``sound``: a second track."""
        self.path = path
        self.keys = 0
        self.packets = 0
        self.first_key: int | None = None       # microseconds into the file
        self._first, self._last = first.stamp, first.stamp
        self._step = CLOCK // 15
        self._part = path.with_name(path.name + PART)
        self._part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._container: Any = av.open(os.fspath(self._part), "w", format="mp4",
                                       options=_OPTIONS if sound is None else _OPTIONS | _WAIT)
        # Made with neither size nor encoder: these packets are encoded already.
        container = self._container
        self._stream: Any = container.add_mux_stream(codec, width=width or 16, height=height or 16, time_base=_BASE)
        # libav reads the parameter sets out of the first packet; one that brings none is given them.
        own = parameter_sets(codec, first.data) if codec in _SETS else b""
        self._ahead = b"" if own or codec not in _SETS else sets
        self._ear: Any = None if sound is None else _track(container, sound)
        self._rate = sound.rate if sound is not None else 0
        self._heard: int | None = None          # where the next frame of sound stands, in samples

    @property
    def media(self) -> int:
        return (self._last - self._first + self._step) * 1_000_000 // CLOCK

    def write(self, unit: Unit) -> None:
        """The next packet."""
        stamp = unit.stamp
        if self.packets:
            stamp = max(stamp, self._last + 1)
            self._step = min(stamp - self._last, _LONGEST)
        data, self._ahead = self._ahead + unit.data, b""
        packet = av.Packet(data)
        packet.stream, packet.time_base = self._stream, _BASE
        packet.dts = stamp - self._first
        packet.pts = packet.dts + unit.lead
        packet.duration = self._step
        packet.is_keyframe = unit.key
        self._container.mux(packet)
        self._last = stamp
        self.packets += 1
        if unit.key:
            self.keys += 1
            if self.first_key is None:
                self.first_key = (stamp - self._first) * 1_000_000 // CLOCK

    def hear(self, heard: Heard) -> None:
        """The next frame of sound. Frames follow each other without a gap as long as their times nearly do."""
        if self._ear is None:
            return
        at, slip = (heard.stamp - self._first) * self._rate // CLOCK, int(SLIP_S * self._rate)
        due = self._heard if self._heard is not None else max(0, at)
        if at < due - slip:
            return                              # it would stand beside another one, or before the file
        at = due if at <= due + slip else at
        packet = av.Packet(heard.data)
        packet.stream, packet.time_base = self._ear, Fraction(1, self._rate)
        packet.pts = packet.dts = at
        packet.duration = FRAME_SAMPLES
        try:
            self._container.mux(packet)
        except ValueError:                      # what libav takes for no sound; a disk that refuses is an OSError alone
            self._ear = None
        self._heard = at + FRAME_SAMPLES

    def sync(self) -> None:
        """What libav has written reaches the disk: against a power cut; a killed process loses nothing of it."""
        handle = os.open(self._part, os.O_RDONLY)
        try:
            os.fdatasync(handle) if hasattr(os, "fdatasync") else os.fsync(handle)
        finally:
            os.close(handle)

    def close(self) -> tuple[int, str]:
        """End it in order and give it its name; (bytes, SHA-256)."""
        container, self._container = self._container, None
        container.close()
        self.sync()
        size, digest = fingerprint(self._part)
        self._part.rename(self.path)
        sync_folder(self.path.parent)
        return size, digest

    def abandon(self) -> None:
        """The disk refuses: leave what is there for the repair at the next start."""
        container, self._container = self._container, None
        if container is not None:
            try:
                container.close()
            except (OSError, ValueError, av.error.FFmpegError):
                return      # that is why we are here


def _track(container: Any, sound: Sound) -> Any:
    """A second track for AAC. libav takes its facts from a stream that it has opened only: a film without pictures."""
    stereo = sound.config[1] >> 3 & 15 == 2             # ISO/IEC 14496-3 1.6.2.1, where the rate has an index
    film = b"FLV\x01\x04\0\0\0\x09\0\0\0\0" + b"".join(
        b"\x08" + len(body).to_bytes(3) + bytes(7) + body + (11 + len(body)).to_bytes(4)
        for body in ((b"\xaf" if stereo else b"\xae") + kind for kind in (b"\0" + sound.config, b"\1" + bytes(6))))
    with av.open(io.BytesIO(film), format="flv") as source:
        stream = container.add_stream_from_template(source.streams.audio[0])
    if sound.made_of:
        stream.metadata["handler_name"] = MADE_OF + sound.made_of
    return stream


def fingerprint(path: Path) -> tuple[int, str]:
    """Bytes and SHA-256 of a file. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_HASHED):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """A new name in it reaches the disk. Raises OSError."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@dataclass(frozen=True, slots=True)
class Probed:
    """What a file really holds; times in microseconds, from its first packet."""

    media: int
    keys: int
    first_key: int | None
    bytes: int
    sha256: str


def probe(path: Path) -> Probed | None:
    """Read a file's packets, without decoding; None when it holds none. Raises OSError when it is not there."""
    size, digest = fingerprint(path)
    keys, first_key, end = 0, None, 0
    try:
        with av.open(os.fspath(path), format="mp4") as container:
            if not container.streams.video:
                return None
            stream = container.streams.video[0]
            for packet in container.demux(stream):
                if not packet.size or packet.dts is None or packet.time_base is None:
                    continue
                at = int(packet.dts * packet.time_base * 1_000_000)
                end = max(end, at + int((packet.duration or 0) * packet.time_base * 1_000_000))
                if packet.is_keyframe:
                    keys += 1
                    first_key = at if first_key is None else first_key
    except (av.error.FFmpegError, ValueError):
        if not keys:
            return None
    return Probed(end, keys, first_key, size, digest) if keys else None
