"""Which camera streams are pulled, by which ingest worker. Part of the supervisor.

Runs on: the video thread only.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from app.model.camera import Camera, StreamRole
from app.model.refused import RefusedStream
from app.model.secret import Credentials
from app.video import messages
from app.video.doors import AGAIN_S, Answer, Doors, Told, door_of
from app.video.hosts import STREAMS_PER_INGEST, Host, IngestHost, Post
from app.video.line import LINGER_S, Line, Phase, line_name

_log = logging.getLogger("lawang.video")

LEAVE_S = 1.5               # a worker that has not left by then is killed


class Pulling:
    """One pull per camera and stream, however many panes want it."""

    def __init__(self, folder: str, post: Post, refused: Told) -> None:
        self.hosts: list[IngestHost] = []
        self._doors = Doors(refused)
        self._lines: dict[str, Line] = {}
        self._sounds: frozenset[str] = frozenset()
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
            line = self._lines[name] = Line(name, camera, profile, sound=camera.id in self._sounds)
            self._assign(line, now)
        self.hold(line)
        return line

    def lines_of(self, camera_id: str) -> list[Line]:
        """The streams of a camera that are pulled now."""
        return [line for role in StreamRole if (line := self._lines.get(f"{camera_id}/{role.value}")) is not None]

    def listen(self, cameras: frozenset[str], now: float) -> None:
        """Have the sound of exactly these cameras (ids) received too; what runs otherwise is opened anew, once."""
        changed, self._sounds = cameras ^ self._sounds, cameras
        for line in self._lines.values() if changed else ():
            if line.camera.id in changed:
                line.sound, line.sounding = line.camera.id in cameras, None
                line.remember()
                self._replace(line, line.camera, now)

    def sounds(self, message: messages.Hears) -> None:
        """What a worker told of a stream's sound."""
        line = self._lines.get(message.stream)
        if line is not None and line.sound:
            told = (message.comes, message.codec)
            if told != line.sounding and not message.comes:
                _log.warning("%04d: recorded without its sound: %s", line.camera.number, message.codec or "it has none")
            line.sounding = told

    def hold(self, line: Line) -> None:
        """One user more: a player that still shows the stream."""
        line.users += 1
        line.idle_since = 0.0

    def leave(self, line: Line) -> None:
        """One user less; the last one leaves the stream open for a while."""
        line.users -= 1

    def retry(self, camera_id: str, now: float) -> None:
        """Try a lost or refused camera now; a login that was refused has two tries again."""
        lines = [line for line in self.lines_of(camera_id) if line.phase is not Phase.OPEN]
        for line in lines:
            self._doors.forgive(line.camera, line.profile.url)
        for line in lines:
            if line.host is not None:
                line.phase, line.retry_at, line.held = Phase.FAILED, now, True
                self._let_try(line, now)

    def take_refused(self, kept: Mapping[str, tuple[Credentials, RefusedStream]], now: float) -> None:
        """What the register knows of refused logins; who was forgiven there is tried at once."""
        for camera in self._doors.take(kept):
            for line in self.lines_of(camera):
                if line.held and line.phase is Phase.REFUSED:
                    line.phase, line.retry_at = Phase.FAILED, now

    def opening(self, message: messages.Opening, now: float) -> None:
        """A worker begins to open a stream: others wait for its answer, and not much longer."""
        self._doors.knocks(message.stream, now)

    def let_in(self, message: messages.LetIn, now: float) -> None:
        """A login was taken: who waits at the same door follows."""
        line = self._lines.get(message.stream)
        if line is not None:
            self._doors.let_in(line.name, line.camera, line.profile.url)
            for other in self._lines.values():
                if other.held and other.phase is not Phase.FAILED:
                    self._let_try(other, now)

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
            if message.cause == "unauthorised":
                # The worker waits: whether it tries again is counted here, over all streams with this login.
                again = self._doors.refused(line.name, line.camera, line.profile.url, plays=self._plays_beside(line))
                message = msgspec.structs.replace(message, retry_in=AGAIN_S if again else -1.0)
                line.held = True
            else:
                self._doors.left(line.name)
            line.broke(message, now)
            _log.info("%04d %s: %s", line.camera.number, line.profile.role, message.cause)
        return line

    def died(self, host: IngestHost) -> None:
        """Its lines go to whichever worker has room next."""
        for line in self._lines.values():
            if line.host is host:
                self._doors.left(line.name)
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
            elif line.held and (line.retry_at is None or now >= line.retry_at):
                self._let_try(line, now)
            line.measure(now)

    def _assign(self, line: Line, now: float) -> None:
        active = sum(1 for other in self._lines.values() if other.users > 0 or other is line)
        self.prepare(min(active, 4096), now)
        for host in sorted((host for host in self.hosts if host.up), key=lambda host: host.load):
            record = host.take()
            if record is not None:
                line.host, line.record = host, record
                self._order(line, now)
                return

    def _order(self, line: Line, now: float) -> None:
        """Give it to its worker, where it waits while its login may not be tried."""
        answer = self._doors.ask(line.name, line.camera, line.profile.url, now)
        line.held = answer is not Answer.NOW
        if answer is Answer.NEVER:
            line.refused(now)
        if line.host is not None:
            line.host.send(line.order(hold=line.held))

    def _let_try(self, line: Line, now: float) -> None:
        """One that is held goes on when its login may be tried by now."""
        answer = self._doors.ask(line.name, line.camera, line.profile.url, now)
        if answer is Answer.NEVER and line.phase is not Phase.REFUSED:
            line.refused(now)
        elif answer is Answer.NOW and line.host is not None:
            line.held = False
            if line.phase is Phase.REFUSED:
                line.phase, line.retry_at = Phase.FAILED, now
            line.host.send(messages.Retry(line.name))

    def _plays_beside(self, line: Line) -> bool:
        """Whether another stream with this login plays at the same door."""
        door = door_of(line.profile.url)
        return any(other.phase is Phase.OPEN and other is not line and door_of(other.profile.url) == door
                   and other.camera.credentials == line.camera.credentials for other in self._lines.values())

    def _replace(self, line: Line, camera: Camera, now: float) -> None:
        profile = camera.stream(line.profile.role)
        assert profile is not None
        line.camera, line.profile = camera, profile
        line.phase, line.cause, line.epoch, line.failed = Phase.OPENING, "", line.epoch + 1, now
        self._doors.left(line.name)
        self._order(line, now)

    def _close(self, line: Line) -> None:
        del self._lines[line.name]
        self._doors.left(line.name)
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
