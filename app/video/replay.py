"""A recorded camera played like one that sends: what the segments hold, paced by its own time.

Runs on: its own thread, named after the stream; the listener is called on it. Only files are read, also one that is
being written; recording is not touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import av
import av.error

from app.model.camera import Camera, StreamProfile, StreamRole
from app.video.board import StreamRecord
from app.video.segment import PART, SUFFIX, time_of
from app.video.source import Listener
from app.video.stamps import TICKS_PER_S, arrival_ticks
from app.video.transport import Unit

SCHEME = "replay:"
WAIT_S = 0.25               # for more of a file that is being written: it grows by groups of pictures
PATIENCE_S = 8.0            # without any more of it; then the recording ends there
LONGEST_GAP_US = 2_000_000  # a longer one is jumped over: the pane's clock tells
SAY_NS = 250_000_000        # between two words about how far it is
HOURS = 48                  # so far ahead the next file is looked for


def replayed(camera: Camera, folder: str, at: int, serial: int = 0) -> Camera:
    """The camera as it was at ``at`` (UTC, microseconds), for Want: its one stream is what lies in ``folder``.

    ``serial`` tells two replays of one moment apart.
    """
    url = SCHEME + json.dumps({"folder": folder, "at": at})
    return Camera(f"replay:{camera.id}:{at}:{serial}", camera.number, camera.name, camera.area,
                  streams=(StreamProfile(StreamRole.SUB, url),))


class _Piece(NamedTuple):
    """One packet of a file: UTC microseconds of its decoding, and the rest of a unit."""

    at: int
    data: bytes
    key: bool
    lead: int


class ReplaySource:
    """Plays from a moment on until nobody wants it; see app.video.source.Source for its like."""

    def __init__(self, stream: str, url: str, record: StreamRecord, listener: Listener,
                 played: Callable[[int], None] = lambda _at: None) -> None:
        wish = json.loads(url.removeprefix(SCHEME))
        self._folder, self._at = Path(wish["folder"]), int(wish["at"])
        self._record, self._listener = record, listener
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"pull {stream}", daemon=True)
        self._base = 0                      # monotonic ns at which the moment UTC 0 would be played
        self._stamp = 0
        self._last = 0                      # UTC of the newest packet that was played
        self._told = False
        self._played = played
        self._said_ns = 0

    def start(self) -> None:
        self._thread.start()

    def retry(self) -> None:
        """There is nothing to try again."""

    def close(self) -> None:
        """No longer wanted; returns at once."""
        self._over.set()

    @property
    def finished(self) -> bool:
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            file = covering(self._folder, self._at)
            while file is not None and not self._over.is_set():
                if not self._play(file):
                    break
                file = following(self._folder, file)
        except (av.error.FFmpegError, OSError, ValueError):
            pass                            # said below: there is no more of it
        if not self._over.is_set():
            self._record.opened(0)
            self._listener.failed("no-recording", "", -1.0)

    def _play(self, file: Path) -> bool:
        """One file, to its end; False when it is not wanted any more."""
        silent = 0.0
        while not self._over.is_set():
            part = file.with_name(file.name + PART)
            writing = not file.exists()
            before = self._last
            with contextlib.suppress(FileNotFoundError):    # renamed in between: once more
                self._pass_on(part if writing else file, time_of(file) or 0)
            if not writing and file.exists():
                return not self._over.is_set()
            silent = 0.0 if self._last > before else silent + WAIT_S
            if silent > PATIENCE_S:
                return True
            self._over.wait(WAIT_S)
        return False

    def _pass_on(self, path: Path, t0: int) -> None:
        group: list[_Piece] = []
        with av.open(os.fspath(path), format="mp4") as container:
            if not self._told:
                self._record.opened(time.monotonic_ns())
            self._codec = str(container.streams.video[0].codec_context.name)
            self._size = (container.streams.video[0].width, container.streams.video[0].height)
            for piece in _pieces(container, t0):
                if self._over.is_set():
                    return
                if piece.at <= self._last:
                    continue
                if not self._told and piece.at < self._at:
                    # Decoding begins at the key picture before the moment: the group goes out at once.
                    group = [piece] if piece.key else [*group, piece]
                    continue
                for early in group:
                    self._send(early)
                group = []
                self._wait_for(piece.at)
                self._send(piece)
        for early in group:
            self._send(early)

    def _wait_for(self, at: int) -> None:
        due = self._base + at * 1000
        now = time.monotonic_ns()
        if not self._base or due - now > LONGEST_GAP_US * 1000 or now - due > LONGEST_GAP_US * 1000:
            self._base = now - at * 1000
        elif due > now:
            self._over.wait((due - now) / 1e9)

    def _send(self, piece: _Piece) -> None:
        if not self._told and not piece.key:
            return
        if not self._told:
            self._told = True
            self._listener.opened(self._codec, *self._size)
        now = time.monotonic_ns()
        self._stamp = max(arrival_ticks(now), self._stamp + 1)
        self._last = piece.at
        self._record.packet(len(piece.data), now, key=piece.key, news=True, broken=False)
        if now - self._said_ns > SAY_NS and piece.at >= self._at:
            self._said_ns = now
            self._played(piece.at)
        self._listener.unit(Unit(piece.data, piece.key, now, self._stamp, piece.lead))


def _pieces(container: Any, t0: int) -> Iterator[_Piece]:
    """The packets of a file as decoders want them: byte stream, parameter sets before each key picture."""
    stream = container.streams.video[0]
    codec, extra = str(stream.codec_context.name), bytes(stream.codec_context.extradata or b"")
    converter = av.BitStreamFilterContext(f"{codec}_mp4toannexb", stream) if codec in ("h264", "hevc") else None
    sets = extra if codec == "mpeg4" else b""
    for packet in container.demux(stream):
        if not packet.size or packet.dts is None:
            continue
        base = packet.time_base
        at = t0 + int(packet.dts * base * 1_000_000)
        lead = max(0, int(((packet.pts or packet.dts) - packet.dts) * base * TICKS_PER_S))
        key = packet.is_keyframe
        for piece in converter.filter(packet) if converter is not None else (packet,):
            yield _Piece(at, (sets if key else b"") + bytes(piece), key, lead)


def _in_hour(folder: Path, hour: datetime) -> list[tuple[int, Path]]:
    """(time, final path) of the files of one hour, by time; those that are being written under their final name."""
    found: dict[Path, int] = {}
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder / f"{hour:%Y-%m-%d}" / f"{hour:%H}"):
            path = Path(entry.path.removesuffix(PART))
            at = time_of(path) if path.suffix == SUFFIX else None
            if at is not None:
                found[path] = at
    return sorted((at, path) for path, at in found.items())


def covering(folder: Path, at: int) -> Path | None:
    """The newest file that begins before ``at``, else the first one after it; None without any."""
    hour = datetime.fromtimestamp(at / 1e6, UTC)
    for moment in (hour, hour - timedelta(hours=1)):
        before = [path for begin, path in _in_hour(folder, moment) if begin <= at]
        if before:
            return before[-1]
    return _first_after(folder, at)


def following(folder: Path, file: Path) -> Path | None:
    """The file after that one, None when there is none."""
    return _first_after(folder, (time_of(file) or 0) + 1)


def _first_after(folder: Path, at: int) -> Path | None:
    hour, now = datetime.fromtimestamp(at / 1e6, UTC), datetime.now(UTC)
    for _hour in range(HOURS):
        later = [path for begin, path in _in_hour(folder, hour) if begin > at]
        if later:
            return later[0]
        hour += timedelta(hours=1)
        if hour > now + timedelta(hours=1):
            return None
    return None
