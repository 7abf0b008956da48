"""Which camera streams are pulled, by which ingest worker. Part of the supervisor.

Runs on: the video thread only.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from app.model.camera import Camera, StreamRole
from app.video import messages
from app.video.hosts import STREAMS_PER_INGEST, Host, IngestHost, Post
from app.video.line import LINGER_S, Line, Phase, line_name

_log = logging.getLogger("lawang.video")

LEAVE_S = 1.5               # a worker that has not left by then is killed


class Pulling:
    """One pull per camera and stream, however many panes want it."""

    def __init__(self, folder: str, post: Post) -> None:
        self.hosts: list[IngestHost] = []
        self._lines: dict[str, Line] = {}
        self._folder = folder
        self._post = post

    def prepare(self, panes: int, now: float) -> None:
        """Have enough workers for so many panes; they start while cameras are still being asked for."""
        while len(self.hosts) * STREAMS_PER_INGEST < panes:
            host = IngestHost(f"ingest-{len(self.hosts) + 1}", self._folder, self._post)
            self.hosts.append(host)
            host.start(now)

    def take(self, camera: Camera, role: StreamRole, now: float) -> Line | None:
        """The line of a stream, pulled from now on; None when the camera has no such stream."""
        profile = camera.stream(role)
        if profile is None:
            return None
        name = line_name(camera, role)
        line = self._lines.get(name)
        if line is not None and (line.profile != profile or line.camera.credentials != camera.credentials):
            self._replace(line, camera, now)        # the registry has a new address or password for it
        if line is None:
            line = self._lines[name] = Line(name, camera, profile)
            self._assign(line, now)
        self.hold(line)
        return line

    def lines_of(self, camera_id: str) -> list[Line]:
        """The streams of a camera that are pulled now."""
        return [line for role in StreamRole if (line := self._lines.get(f"{camera_id}/{role.value}")) is not None]

    def hold(self, line: Line) -> None:
        """One user more: a player that still shows the stream."""
        line.users += 1
        line.idle_since = 0.0

    def leave(self, line: Line) -> None:
        """One user less; the last one leaves the stream open for a while."""
        line.users -= 1

    def retry(self, camera_id: str, now: float) -> None:
        """Try a lost or refused camera now."""
        for line in self._lines.values():
            if line.camera.id == camera_id and line.host is not None and line.phase is not Phase.OPEN:
                line.phase, line.retry_at = Phase.FAILED, now
                line.host.send(messages.Retry(line.name))

    def opened(self, message: messages.Opened, now: float) -> Line | None:
        """A stream runs; its line, or None when nobody wants it any more."""
        line = self._lines.get(message.stream)
        if line is not None:
            line.heard(message, now)
        return line

    def failed(self, message: messages.Failed, now: float) -> Line | None:
        """A stream broke; its line, or None when nobody wants it any more."""
        line = self._lines.get(message.stream)
        if line is not None:
            line.broke(message, now)
            _log.info("%04d %s: %s", line.camera.number, line.profile.role, message.cause)
        return line

    def died(self, host: IngestHost) -> None:
        """Its lines go to whichever worker has room next."""
        for line in self._lines.values():
            if line.host is host:
                line.restarted()

    def tick(self, now: float) -> None:
        """Start workers that are due, give lines to them, close lines that nobody came back to."""
        for host in self.hosts:
            if not host.up and now >= host.again_at:
                host.start(now)
        for line in list(self._lines.values()):
            if line.users <= 0 and not line.idle_since:
                line.idle_since = now
            if line.users <= 0 and now - line.idle_since > LINGER_S:
                self._close(line)
            elif line.host is None:
                self._assign(line, now)
            line.measure(now)

    def _assign(self, line: Line, now: float) -> None:
        active = sum(1 for other in self._lines.values() if other.users > 0 or other is line)
        self.prepare(min(active, 4096), now)
        for host in sorted((host for host in self.hosts if host.up), key=lambda host: host.load):
            record = host.take()
            if record is not None:
                line.host, line.record = host, record
                host.send(line.order())
                return

    def _replace(self, line: Line, camera: Camera, now: float) -> None:
        profile = camera.stream(line.profile.role)
        assert profile is not None
        line.camera, line.profile = camera, profile
        line.phase, line.cause, line.epoch, line.failed = Phase.OPENING, "", line.epoch + 1, now
        if line.host is not None:
            line.host.send(line.order())

    def _close(self, line: Line) -> None:
        del self._lines[line.name]
        if line.host is not None:
            line.host.send(messages.Drop(line.name))
            line.host.give_back(line.record)

    def close(self) -> None:
        """End all workers, in parallel: close every pipe first, then wait."""
        close_all(self.hosts)


def close_all(hosts: Sequence[Host]) -> None:
    """Ask all to leave before waiting for any."""
    with ThreadPoolExecutor(max(1, len(hosts)), thread_name_prefix="closing") as pool:
        for host in hosts:
            pool.submit(host.close, LEAVE_S)
