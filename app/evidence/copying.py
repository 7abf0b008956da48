"""Pictures from segments into MP4 files: whole groups copied as they are, never decoded, never encoded again.

A new file (part) begins where the run, the codec or its parameters change, and after a gap. Times are counted in
90,000ths of a second from the part's first picture. Sound is left out.
Runs on: a worker thread or process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from app.evidence.copied import SCALE, Copied, Part, Source
from app.evidence.nal import parameter_sets
from app.evidence.outcome import Stopped
from app.evidence.spans import GAP_US, OVERLAP_US
from app.model.clip import Segment

_TICK = Fraction(1, SCALE)
_LOOK = 256                 # packets between two looks at the stop button: a few milliseconds
_TAGS = {"hevc": "hvc1"}    # what Apple's players and browsers ask for


class _Unreadable(Exception):
    """A segment cannot be read, or no further; what was read of it stays."""


@dataclass(slots=True)
class _Picture:
    packet: Any
    stream: Any
    segment: Segment
    utc: int                # of its presentation
    length: int             # microseconds
    key: bool
    parameters: str
    dts_lag: int            # ticks by which it is decoded before it is shown


class Copier:
    """Copies the pictures of one camera from ``t0`` to ``t1`` into ``name(index)``. One use."""

    def __init__(self, t0: int, t1: int, name: Callable[[int], Path], *, stopped: Callable[[], bool],
                 advanced: Callable[[int], None]) -> None:
        self._t0, self._t1, self._name = t0, t1, name
        self._stopped, self._advanced = stopped, advanced
        self._copied = Copied()
        self._container: Any = None
        self._stream: Any = None
        self._part: Part | None = None
        self._lead: list[_Picture] = []     # the group of pictures in which t0 may lie, not written yet
        self._begun = False
        self._last: _Picture | None = None  # the last one written
        self._last_dts = -1
        self._shift = 0                     # ticks by which the current segment is moved off its time
        self._shift_of: Segment | None = None
        self._opened: list[Any] = []        # segments that are read from

    def run(self, segments: Sequence[Segment]) -> Copied:
        """Copies; raises Stopped, or OSError when the disk is full or gone."""
        try:
            for segment in segments:
                try:
                    if self._through(segment):
                        break
                except _Unreadable as error:
                    self._copied.unreadable.append((segment, str(error)))
                self._close_read()
            if self._lead and not self._begun:
                self._flush_lead()          # the last group of a span that nothing follows
        finally:
            self._close()
            self._lead = []
            self._close_read()
        return self._copied

    # --- reading ---

    def _through(self, segment: Segment) -> bool:
        """Whether the end of the span was reached in this segment."""
        try:
            container = av.open(str(segment.path))
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise _Unreadable(type(error).__name__) from None
        self._opened.append(container)
        for count, picture in enumerate(_pictures(container, segment)):
            if count % _LOOK == 0 and self._stopped():
                raise Stopped
            self._advanced(picture.packet.size)
            if picture.key and picture.utc >= self._t1:
                return True
            if self._begun:
                self._write(picture)
            elif picture.key and picture.utc <= self._t0:
                self._lead = [picture]
            elif self._lead or picture.key:
                if self._lead and picture.key and self._ends_before():
                    self._lead = []         # nothing of that group reaches into the span
                self._lead.append(picture)
                if picture.utc + picture.length > self._t0:
                    self._flush_lead()
            else:
                self._copied.headless += picture.utc >= self._t0
        return False

    def _ends_before(self) -> bool:
        last = self._lead[-1]
        return last.utc + last.length <= self._t0

    def _flush_lead(self) -> None:
        lead, self._lead, self._begun = self._lead, [], True
        if lead and lead[-1].utc + lead[-1].length <= self._t0:
            self._begun = False
            return
        for picture in lead:
            self._write(picture)

    def _close_read(self) -> None:
        # Held pictures still name their stream; closing under them would be a use after free.
        held = {id(picture.stream.container) for picture in self._lead}
        for container in self._opened:
            if id(container) not in held:
                container.close()
        self._opened = [container for container in self._opened if id(container) in held]

    # --- writing ---

    def _write(self, picture: _Picture) -> None:
        why = self._why_split(picture)
        if why is not None:
            if not picture.key:
                self._copied.headless += 1  # after a change nothing can be shown before a key picture
                return
            self._open(picture, why)
        part = self._part
        assert part is not None
        pts = self._ticks(picture, part)
        packet = picture.packet
        packet.stream = self._stream
        packet.time_base = _TICK
        packet.pts, packet.dts = pts, max(pts - picture.dts_lag, self._last_dts + 1)
        if packet.dts > packet.pts:
            packet.pts = packet.dts         # times that repeat or run backwards: order holds, each 1/90,000 s apart
        packet.duration = _in_ticks(picture.length)
        self._last_dts = packet.dts
        if not part.sources or part.sources[-1].segment is not picture.segment:
            part.sources.append(Source(picture.segment, packet.pts))
        self._container.mux_one(packet)
        part.sources[-1].pictures += 1
        part.pictures += 1
        part.keys += picture.key
        part.end = max(part.end, picture.utc + picture.length)
        self._cover(picture)
        self._last = picture

    def _ticks(self, picture: _Picture, part: Part) -> int:
        ticks = _in_ticks(picture.utc - part.start)
        if self._shift_of is not picture.segment:
            # Segments that overlap a little would run backwards: the later one is moved as a whole.
            self._shift_of = picture.segment
            last = self._last
            free = self._last_dts + _in_ticks(last.length) + picture.dts_lag if last is not None else ticks
            self._shift = max(0, free - ticks)
        return ticks + self._shift

    def _why_split(self, picture: _Picture) -> str | None:
        last = self._last
        if last is None or self._part is None:
            return ""
        if picture.parameters != self._part.parameters:
            return "parameters"
        if picture.segment.run != last.segment.run:
            return "run"
        step = picture.utc - (last.utc + last.length)
        if step > GAP_US and picture.key:
            return "gap"
        if step < -OVERLAP_US and picture.segment is not last.segment:
            return "clock"
        return None

    def _open(self, picture: _Picture, why: str) -> None:
        self._close()
        path = self._name(len(self._copied.parts))
        self._container = av.open(str(path), "w", format="mp4", options={
            "video_track_timescale": str(SCALE), "movie_timescale": str(SCALE), "fflags": "+bitexact"})
        self._stream = self._container.add_stream_from_template(picture.stream)
        self._stream.time_base = _TICK
        context = picture.stream.codec_context
        if tag := _TAGS.get(context.name):
            self._stream.codec_context.codec_tag = tag
        self._part = Part(path, why, context.name, context.width, context.height, picture.utc, picture.utc,
                          parameters=picture.parameters)
        self._copied.parts.append(self._part)
        self._last_dts, self._shift_of = -picture.dts_lag - 1, None

    def _cover(self, picture: _Picture) -> None:
        covered, end = self._copied.covered, picture.utc + picture.length
        if covered and -OVERLAP_US <= picture.utc - covered[-1][1] <= GAP_US:
            covered[-1] = (covered[-1][0], max(covered[-1][1], end))
        else:
            covered.append((picture.utc, end))

    def _close(self) -> None:
        container, self._container, self._part, self._last = self._container, None, None, None
        if container is not None:
            container.close()


def _in_ticks(us: int) -> int:
    return (us * SCALE + 500_000) // 1_000_000


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise _Unreadable(type(error).__name__) from None
        yield packet


def _pictures(container: Any, segment: Segment) -> Iterator[_Picture]:
    if not container.streams.video:
        raise _Unreadable("no pictures in it")
    stream = container.streams.video[0]
    context = stream.codec_context
    base = hashlib.sha256(f"{context.name} {context.width}x{context.height} ".encode()
                          + bytes(context.extradata or b"")).hexdigest()
    inner = ""
    scale = stream.time_base or _TICK
    usual = round(1_000_000 / stream.average_rate) if stream.average_rate else 1_000_000 // 15
    first: int | None = None
    for packet in _packets(container, stream):
        if packet.size == 0 or (packet.pts is None and packet.dts is None):
            continue
        pts = packet.pts if packet.pts is not None else packet.dts
        dts = packet.dts if packet.dts is not None else pts
        if first is None:
            first = pts
        if packet.is_keyframe and (found := parameter_sets(bytes(packet), context.name)):
            inner = found
        length = round(packet.duration * scale * 1_000_000) if packet.duration else usual
        # A muxer stretches the last picture before a pause over the pause: a gap must not hide in it.
        yield _Picture(packet, stream, segment, segment.t0 + round((pts - first) * scale * 1_000_000),
                       min(length, max(usual, GAP_US // 2)), bool(packet.is_keyframe), base + inner,
                       max(0, round((pts - dts) * scale * SCALE)))
