"""A line: one camera stream as the desktop knows it, whichever ingest worker pulls it. Supervisor side."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from app.model.camera import Camera, StreamProfile, StreamRole
from app.video import messages
from app.video.board import StreamTold, read_stream
from app.video.freshness import Observation

if TYPE_CHECKING:
    from app.video.hosts import IngestHost

LINGER_S = 4.0              # a stream that nobody wants stays open so long: tours and swaps come back to it
INTERVAL_S = 10.0           # over which the packets' spacing is averaged


class Phase(Enum):
    """Where a line stands."""

    OPENING = auto()
    OPEN = auto()
    FAILED = auto()
    REFUSED = auto()


@dataclass(slots=True)
class Line:
    """One stream of one camera. Times are monotonic seconds."""

    name: str
    camera: Camera
    profile: StreamProfile
    host: IngestHost | None = None
    record: int = -1
    epoch: int = 0                          # grows when the ingest worker behind it changes: feeds are gone then
    phase: Phase = Phase.OPENING
    codec: str = ""
    width: int = 0
    height: int = 0
    opened: float = 0.0
    failed: float = 0.0
    cause: str = ""
    retry_at: float | None = None
    users: int = 0
    sound: bool = False                     # received too, for the recording
    sounding: tuple[bool, str] | None = None    # whether it comes, and its codec or why not
    held: bool = False                      # its worker waits for a Retry, since its login may not be tried yet
    idle_since: float = 0.0                 # 0 while somebody uses it, or until that is noticed
    interval: float = 0.0
    heard_before: float = 0.0               # newest packet and newest news of the worker before, which died
    news_before: float = 0.0
    key_interval: float = 0.0               # seconds between key pictures, the newest two; 0 = unknown
    _key: int = 0                           # when the newest one came, as the board tells it
    _counted: tuple[float, int] = field(default=(0.0, 0))

    @property
    def row(self) -> StreamTold | None:
        """The stream's record on its worker's board as it is now, or None while it has none."""
        return read_stream(self.host.block, self.record) if self.host is not None and self.record >= 0 else None

    def order(self, *, hold: bool) -> messages.Pull:
        """What the ingest worker is told; ``hold``: it waits for a Retry."""
        credentials = self.camera.credentials
        return messages.Pull(self.name, self.record, self.profile.url, credentials.username,
                             credentials.password.reveal(), self.profile.transport.value, hold, self.sound)

    def heard(self, message: messages.Opened, now: float) -> None:
        """The stream runs."""
        if self.phase is not Phase.OPEN:
            self.opened, self._key = now, 0         # the pause was none of the camera's rhythm
        self.phase, self.cause, self.retry_at = Phase.OPEN, "", None
        self.codec, self.width, self.height = message.codec, message.width, message.height

    def broke(self, message: messages.Failed, now: float) -> None:
        """The stream broke or did not open."""
        if self.phase is not Phase.FAILED:
            self.failed = now               # a row of failed attempts is one loss with one clock
        self.cause = message.cause
        if message.retry_in < 0:
            self.phase, self.retry_at, self.failed = Phase.REFUSED, None, now
        else:
            self.phase, self.retry_at = Phase.FAILED, now + message.retry_in

    def refused(self, now: float) -> None:
        """Its login was refused as often as may be, by this stream or others: it is not tried."""
        self.phase, self.cause, self.retry_at, self.failed = Phase.REFUSED, "unauthorised", None, now

    def remember(self) -> None:
        """Its row on the board begins anew: what came last came last nevertheless."""
        row = self.row
        if row is not None:
            self.heard_before = max(self.heard_before, row.arrived_ns / 1e9)
            self.news_before = max(self.news_before, row.news_ns / 1e9)

    def restarted(self) -> None:
        """Its ingest worker died: everything is asked for again, what was known of the stream stays known."""
        self.remember()
        self.host, self.record = None, -1
        self.epoch += 1
        if self.phase is Phase.OPEN:
            self.phase = Phase.OPENING

    def measure(self, now: float) -> None:
        """Average the spacing of packets."""
        row = self.row
        if row is None:
            return
        if row.key_ns > self._key:
            if self._key:
                self.key_interval = (row.key_ns - self._key) / 1e9
            self._key = row.key_ns
        since, count = self._counted
        packets = row.packets
        if now - since >= INTERVAL_S or packets < count:
            if since and packets - count >= 3:
                self.interval = (now - since) / (packets - count)
            self._counted = (now, packets)

    def observe(self, asked: float, row: StreamTold | None) -> Observation:
        """What the packets tell about a pane on this line; ``row``: :attr:`row` as it was read."""
        lost = self.phase in (Phase.FAILED, Phase.REFUSED)
        seen = Observation(asked=asked, opened=0.0 if lost else self.opened, failed=self.failed if lost else 0.0,
                           cause=self.cause, waits_for_person=self.phase is Phase.REFUSED, interval=self.interval,
                           packet=self.heard_before, news=self.news_before)
        if row is not None:
            seen.packet = max(self.heard_before, row.arrived_ns / 1e9)
            seen.news = max(self.news_before, row.news_ns / 1e9)
            seen.delta_bytes, seen.key_bytes = row.delta_bytes, row.key_bytes
        return seen


def line_name(camera: Camera, role: StreamRole) -> str:
    """How a stream is called among the workers: camera id and role, never an address."""
    return f"{camera.id}/{role.value}"
