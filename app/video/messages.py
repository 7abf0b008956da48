"""What the desktop and its video workers tell each other: small typed messages (msgspec), tagged by class name."""

from __future__ import annotations

from app.model.pane import Saving
from app.runtime.process import Message

# -- desktop -> any worker ---------------------------------------------------------------------------------------------

class Setup(Message, frozen=True):
    """First message: where the shared board lies, and settings that do not change while the worker lives."""

    token: str
    size: int
    folder: str                     # runtime folder with the FIFOs of this station


# -- desktop -> ingest worker ------------------------------------------------------------------------------------------

class Pull(Message, frozen=True):
    """Open a stream and keep it open. ``record`` is its line on the shared board.

    The password travels here, over a private pipe, and nowhere else. ``hold``: not before a Retry.
    """

    stream: str
    record: int
    url: str
    username: str
    password: str
    transport: str
    hold: bool = False
    sound: bool = False             # received too, for the recording


class Drop(Message, frozen=True):
    """Nobody wants the stream any more."""

    stream: str


class Retry(Message, frozen=True):
    """An attempt is wanted now: the operator asks, or a login may be tried (again)."""

    stream: str


class Feed(Message, frozen=True):
    """Send a running stream to a decoder: through ``address`` (a FIFO's path, or "listen" for a local socket)."""

    feed: int
    stream: str
    address: str
    record: int                     # its line on the shared board
    patient: bool = False           # begin with the next key picture instead of the group at hand
    saving: Saving = Saving.NONE    # what is left out on purpose


class Save(Message, frozen=True):
    """From now on leave this out of a feed."""

    feed: int
    saving: Saving


class Unfeed(Message, frozen=True):
    """The decoder of this feed is gone."""

    feed: int


class Record(Message, frozen=True):
    """Write a stream to files below ``folder`` as long as it is pulled; ``seconds``: how long one file is.

    ``rank``: 0 to 4, who is left out first when the disk does not follow; another rank goes on with the same file.
    Before each file ``mark`` is read: it must hold the id ``place``, or another disk lies there.
    """

    stream: str
    camera: str
    folder: str
    seconds: int
    rank: int = 4
    mark: str = ""
    place: str = ""
    sound: bool = False

    def same_files(self, other: Record) -> bool:
        """Whether the files are to be the same, whoever is left out first."""
        return (self.stream, self.camera, self.folder, self.seconds, self.sound) == (
            other.stream, other.camera, other.folder, other.seconds, other.sound)


class Unrecord(Message, frozen=True):
    """Write it no more; its file is closed."""

    stream: str


# -- ingest worker -> desktop ------------------------------------------------------------------------------------------

class Opened(Message, frozen=True):
    """The stream runs and has a first key picture; sizes are 0 while unknown. Sent again when they change."""

    stream: str
    codec: str
    width: int
    height: int


class Opening(Message, frozen=True):
    """It begins to open the stream."""

    stream: str


class LetIn(Message, frozen=True):
    """The camera took the login: the stream is open, without a picture yet."""

    stream: str


class Failed(Message, frozen=True):
    """The stream closed or did not open. ``retry_in`` seconds until the next attempt, negative: waits for a person."""

    stream: str
    cause: str
    detail: str
    retry_in: float


class Hears(Message, frozen=True):
    """Of a stream whose sound is wanted: whether it ``comes``, and its codec or why not (app.video.source)."""

    stream: str
    comes: bool
    codec: str


class FeedReady(Message, frozen=True):
    """A socket feed waits at this address."""

    feed: int
    address: str


class FeedEnded(Message, frozen=True):
    """The reader of a feed went away or never came."""

    feed: int
    reason: str


class Taping(Message, frozen=True):
    """A file is about to be made. Times here and below: UTC, microseconds since 1970."""

    camera: str
    path: str
    t0: int
    run: str


class Taped(Message, frozen=True):
    """A file is closed: from its first packet to the end of its last one."""

    camera: str
    path: str
    t0: int
    t1: int
    first_key: int | None
    bytes: int
    keys: int
    sha256: str


class Missing(Message, frozen=True):
    """Nothing was written from ``t0`` to ``t1``; ``cause`` as app.model.clip.GapCause, ``dropped`` units left out.

    ``place``: the id of the place that it should have been written to, as in Record.
    """

    camera: str
    t0: int
    t1: int
    cause: str
    dropped: int
    place: str = ""


# -- desktop -> decoder worker -----------------------------------------------------------------------------------------

class Show(Message, frozen=True):
    """Decode a feed into a slot; fields as in app.video.decoder.Show."""

    slot: int
    generation: int
    offset: int
    capacity: int
    width: int
    height: int
    source_width: int
    source_height: int
    fit: str
    native: bool
    demux: str
    feed: str
    caching_ms: int
    hardware: str
    economy: bool
    rotation: int = 0


class Reel(Message, frozen=True):
    """Show what is recorded in ``folder`` in a slot, at the moment of app.model.playback.Moving(at, since, eighths)."""

    slot: int
    generation: int
    offset: int
    capacity: int
    width: int
    height: int
    fit: str
    native: bool
    folder: str
    at: int
    since: int
    eighths: int
    number: int
    rotation: int = 0


class Steer(Message, frozen=True):
    """Another moment and speed for a reel, or so many pictures on (``step``). ``number`` tells when it is done."""

    slot: int
    generation: int
    at: int
    since: int
    eighths: int
    step: int
    number: int


class Hide(Message, frozen=True):
    """Stop decoding into a slot."""

    slot: int
    generation: int


# -- decoder worker -> desktop -----------------------------------------------------------------------------------------

class Hidden(Message, frozen=True):
    """The player is stopped and released: its buffers are no longer written."""

    slot: int
    generation: int


# -- any worker -> desktop ---------------------------------------------------------------------------------------------

class Beat(Message, frozen=True):
    """Twice a second: alive. ``stuck`` names what did not come back in time ("" when all is well)."""

    stuck: str = ""


type ToIngest = Setup | Pull | Drop | Retry | Feed | Save | Unfeed | Record | Unrecord
type FromIngest = Opened | Opening | LetIn | Failed | Hears | FeedReady | FeedEnded | Beat | Taping | Taped | Missing
type ToDecoder = Setup | Show | Reel | Steer | Hide
type FromDecoder = Hidden | Beat
