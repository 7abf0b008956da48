"""A run is one camera in one pane; a view is one player behind it. Changing size or stream is a second view.

Runs on: the supervisor's thread, except ``Run.current``, ``Run.want`` and what hangs on them, which the GUI thread
swaps; both are single references.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.model.camera import StreamRole
from app.model.pane import Fit, Saving
from app.video.choice import Choice
from app.video.engine import Picture, Want
from app.video.frames import BUFFERS, Buffers, SharedBlock
from app.video.hosts import DecoderHost, IngestHost
from app.video.lag import Lag
from app.video.line import Line

NATIVE_PIXELS = 2560 * 1440         # digital zoom keeps the camera's own size up to this many pixels


@dataclass(frozen=True, slots=True)
class Shape:
    """What a view was made for; a run whose shape differs wants another view."""

    role: StreamRole
    width: int
    height: int
    fit: Fit
    native: bool
    rotation: int = 0               # degrees clockwise; width and height are those of the turned picture


@dataclass(slots=True, eq=False, weakref_slot=True)
class View:
    """One player: where it decodes to and what feeds it."""

    run: Run
    line: Line
    epoch: int
    host: DecoderHost
    block: SharedBlock
    row: Any                        # its record on the board of ``block``
    slot: int
    buffers: Buffers
    generation: int
    feed: int
    shape: Shape
    codec: str
    source: tuple[int, int]
    started: float
    ingest: IngestHost              # who feeds it, and the feed's record on that board
    feed_record: int
    fed: bool = True                # its feed still runs
    stopping: bool = False          # its worker has been told to stop it
    hidden: bool = False            # its player is gone
    freed: bool = False
    dead: bool = False              # its worker is gone; its last picture can still be seen
    base: int = 0                   # pictures of the run before this view
    settle_after: float = 0.0       # when a player with a fresher clock may take over, see Casting._settle
    settling: bool = False          # replaces one that shows late; waits for a key picture
    seen: int = 0                   # serial that the GUI has painted
    saving: Saving = Saving.NONE    # what its feed leaves out
    keys_until: float = 0.0         # its pictures come as seldom as key pictures until then
    losses: tuple[int, int] = (0, 0)    # displays and lost pictures at the last look

    @property
    def last_serial(self) -> int:
        """The serial of its newest picture, not counting ``base``."""
        return int(self.block.slot(self.slot)[0])

    @property
    def alive(self) -> bool:
        """Its player runs and is fed."""
        return self.fed and not self.stopping and not self.dead

    def picture(self) -> Picture | None:
        """The newest picture, or None while there is none.

        The worker is not trusted: the record is read once, and whatever it says, the picture lies inside its buffers.
        """
        serial, index, generation, width, height, stride, changed_ns = self.block.slot(self.slot)
        if not serial or generation != self.generation or index >= BUFFERS:
            return None
        buffers = self.buffers
        if not 0 < width * 4 <= stride or not height > 0 or stride * height > buffers.capacity:
            return None
        offset = buffers.offset + index * buffers.capacity
        block = self.block
        return Picture(block.address + offset, block.bytes, offset, width, height, stride, self.base + serial,
                       changed_ns, self.shape.role, block.share)


def by_board(views: Iterable[View]) -> tuple[tuple[Any, tuple[View, ...]], ...]:
    """The serial counters of each worker's board, and the views that look at it."""
    boards: dict[int, tuple[Any, list[View]]] = {}
    for view in views:
        found = boards.get(id(view.block))
        if found is None:       # an array for each worker, not for each of its players: 64 players come and go at once
            found = boards[id(view.block)] = view.block.board()["serial"], []
        found[1].append(view)
    return tuple((serials, tuple(views)) for serials, views in boards.values())


@dataclass(slots=True, eq=False)
class Run:
    """One camera in one pane, from when it was put there until it is taken away."""

    key: str
    want: Want
    asked: float
    choice: Choice
    current: View | None = None         # what the GUI shows
    coming: View | None = None          # what will replace it with its first picture
    line: Line | None = None
    closed: bool = False
    hidden_since: float | None = None
    in_sight: float = 0.0               # when it was looked at again after its player had been stopped
    failures: int = 0
    not_before: float = 0.0             # earliest moment for the next view
    behind_since: float = 0.0
    lag: Lag = field(default_factory=Lag)
    arranged: Want | None = None        # what its player has been brought in line with, see Casting._stands
    saves_size: bool = False            # it shows the sub stream because the machine cannot follow
    resyncs: int = 0
    crashes: list[float] = field(default_factory=list)      # these three are app.video.quarantine's
    suspected: bool = False
    convictions: int = 0
    painted: int = 0                    # pictures handed to the GUI
    _rate: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=16))

    @property
    def showing(self) -> Line | None:
        """The stream whose pictures the pane shows: the one it turns to only once that has a picture."""
        return self.current.line if self.current is not None and self.current.alive else self.line

    def rate(self, now: float) -> float:
        """Pictures per second handed to the GUI, over about the last 3 s."""
        self._rate.append((now, self.painted))
        then, count = self._rate[0]
        return (self.painted - count) / (now - then) if now - then > 0.5 else 0.0
