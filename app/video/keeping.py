"""Which running streams are written to files: the same pull that feeds the panes. Part of the supervisor.

Runs on: the video thread only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.model.camera import StreamRole
from app.model.clip import Gap, GapCause
from app.model.recording import RecordingNews, SegmentBegun, SegmentEnded
from app.video import messages
from app.video.engine import RecordWant
from app.video.hosts import IngestHost
from app.video.line import Line, Phase
from app.video.pulling import Pulling


@dataclass(slots=True)
class _Kept:
    line: Line
    told: tuple[IngestHost | None, int, messages.Record | None] = (None, -1, None)


class Keeping:
    """Holds a line for each camera that is to be recorded, and has its worker write it."""

    def __init__(self, pulling: Pulling) -> None:
        self._pulling = pulling
        self._wants: Mapping[str, RecordWant] = {}
        self._kept: dict[str, _Kept] = {}
        self.writing: set[str] = set()          # paths of files that were begun and not ended

    def news(self, message: messages.Taping | messages.Taped | messages.Missing) -> RecordingNews:
        """What a worker told, as the rest of the program knows it."""
        if isinstance(message, messages.Taping):
            self.writing.add(message.path)
        elif isinstance(message, messages.Taped):
            self.writing.discard(message.path)
        return news_of(message)

    def want(self, wants: Mapping[str, RecordWant], now: float) -> None:
        """Exactly these cameras, by their id."""
        self._wants = wants
        self._pulling.listen(frozenset(camera for camera, want in wants.items() if want.sound), now)
        self.tick(now)

    def sounding(self, camera: str) -> tuple[bool, str] | None:
        """Of a camera recorded with sound: whether it comes, and its codec or why not. Any thread."""
        kept = self._kept.get(camera)
        return kept.line.sounding if kept is not None else None

    def tick(self, now: float) -> None:
        """Follow the panes from stream to stream, and workers that came back."""
        for camera, kept in list(self._kept.items()):
            if camera not in self._wants:
                self._release(camera, kept)
        for camera, want in self._wants.items():
            line = self._choose(camera, want, now)
            known = self._kept.get(camera)
            if known is not None and known.line is not line:
                self._release(camera, known)
                known = None
            if line is None:
                continue
            if known is None:
                self._pulling.hold(line)
                known = self._kept[camera] = _Kept(line)
            self._tell(known, want)

    def _choose(self, camera: str, want: RecordWant, now: float) -> Line | None:
        """The stream that panes show; it stays while anybody shows it. Another connection only for ``want.pull``, and
        for a stream that was asked for by name."""
        if want.stream is not None and (line := self._take(want, want.stream, now)) is not None:
            return line
        kept = self._kept.get(camera)
        shown = [line for line in self._pulling.lines_of(camera)
                 if line.users > (1 if kept is not None and kept.line is line else 0)]
        running = [line for line in shown if line.phase is Phase.OPEN] or shown
        if kept is not None and kept.line in running:
            return kept.line
        if running:
            return max(running, key=lambda line: line.profile.role is StreamRole.SUB)
        if kept is not None:
            return kept.line            # its pane shows the past just now, or is covered: recording goes on
        if not want.pull:
            return None
        for role in (StreamRole.SUB, StreamRole.MAIN):
            line = self._take(want, role, now)
            if line is not None:
                return line
        return None

    def _take(self, want: RecordWant, role: StreamRole, now: float) -> Line | None:
        line = self._pulling.take(want.camera, role, now)
        if line is not None:
            self._pulling.leave(line)           # held by the caller
        return line

    @staticmethod
    def _tell(kept: _Kept, want: RecordWant) -> None:
        line = kept.line
        order = messages.Record(line.name, want.camera.id, want.folder, want.seconds, want.rank,
                                want.mark, want.place, want.sound)
        told = (line.host, line.epoch, order)
        if line.host is not None and kept.told != told and line.host.send(order):
            kept.told = told

    def _release(self, camera: str, kept: _Kept) -> None:
        del self._kept[camera]
        if kept.line.host is not None:
            kept.line.host.send(messages.Unrecord(kept.line.name))
        self._pulling.leave(kept.line)


def news_of(message: messages.Taping | messages.Taped | messages.Missing) -> RecordingNews:
    """What a worker told, as the rest of the program knows it."""
    match message:
        case messages.Taping():
            return SegmentBegun(message.camera, message.path, message.t0, message.run)
        case messages.Taped():
            return SegmentEnded(message.camera, message.path, message.t0, message.t1, message.first_key, message.bytes,
                                message.keys, message.sha256)
        case messages.Missing():
            return Gap(message.t0, message.t1, GapCause(message.cause), message.camera, message.place)
