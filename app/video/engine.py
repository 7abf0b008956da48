"""What the desktop may ask of the video room; implemented by app.video.supervisor. Every call returns at once.

Runs on: called from the GUI thread only; nothing here waits for a network, a disk, libVLC or another process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from app.model.camera import Camera, StreamRole
from app.model.pane import Fit, PaneReport, StreamWish
from app.model.playback import Moving, Played

type PaneKey = str      # "window-id/pane-index": stable for the life of a pane on the screen


@dataclass(frozen=True, slots=True)
class Want:
    """What a pane should show: which camera, in how many device pixels, fitted how.

    ``width`` x ``height`` is the picture area of the pane in device pixels. ``zoomed`` asks for the main stream
    at its own size (digital zoom shows a part of it). ``important``: selected, or an alarm shows: it gives up last.
    """

    camera: Camera
    width: int
    height: int
    fit: Fit = Fit.FIT
    wish: StreamWish = StreamWish.AUTO
    zoomed: bool = False
    visible: bool = True
    important: bool = False


@dataclass(frozen=True, slots=True)
class RecordWant:
    """What is to be recorded: files of about ``seconds`` below ``folder``. ``pull``: also while no pane shows it.

    ``rank``: 0 to 4; when the disk does not follow, the lowest is left out first. Nothing is written unless the file
    ``mark`` names the place as ``place`` ("": not asked). ``stream``: this one where the camera has it, whatever panes
    show. ``sound``: that too.
    """

    camera: Camera
    folder: str
    seconds: int = 60
    pull: bool = False
    rank: int = 4
    mark: str = ""
    place: str = ""
    stream: StreamRole | None = None
    sound: bool = False


class Picture(NamedTuple):
    """One decoded picture as it lies in shared memory; valid until the next call of ``Engine.changed``.

    ``memory`` is the whole block, uint8, shape (bytes,); the picture begins ``offset`` bytes into it, at ``address``
    in this process, rows ``stride`` bytes apart. ``serial`` grows by one with each new picture of the pane.
    ``shown_ns`` is CLOCK_MONOTONIC at publication. ``share`` gives a descriptor of ``memory`` for another process, the
    caller's to close; OSError when its worker is gone. A tuple, because one is made for each picture that is painted.
    """

    address: int
    memory: npt.NDArray[np.uint8]
    offset: int
    width: int
    height: int
    stride: int
    serial: int
    shown_ns: int
    stream: StreamRole
    share: Callable[[], int] | None = None

    @property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """Shape (height, width, 4), uint8, B G R x (QImage.Format_RGB32); no copy."""
        return np.lib.stride_tricks.as_strided(self.memory[self.offset :], (self.height, self.width, 4),
                                               (self.stride, 4, 1), writeable=False)

    @classmethod
    def of(cls, pixels: npt.NDArray[np.uint8], serial: int = 1, shown_ns: int = 0,
           stream: StreamRole = StreamRole.SUB) -> Picture:
        """A picture over an array of shape (height, width, 4) whose rows may be padded."""
        height, width, _ = pixels.shape
        stride = pixels.strides[0]
        memory = np.lib.stride_tricks.as_strided(pixels, (stride * (height - 1) + width * 4,), (1,))
        return cls(memory.__array_interface__["data"][0], memory, 0, width, height, stride, serial, shown_ns, stream)


class Engine(Protocol):
    """The video room as the desktop sees it."""

    def show(self, wants: Mapping[PaneKey, Want]) -> None:
        """Make exactly these panes run; panes that are missing are closed. Idempotent and cheap to repeat.

        A pane whose camera, size or stream changes keeps its last picture until the new one has its first.
        """

    def rename(self, moves: Mapping[PaneKey, PaneKey]) -> None:
        """Running pictures change place (a swap, a move): the streams go on, only the keys change."""

    def changed(self) -> Iterable[PaneKey]:
        """Panes with a new picture since the last call: one numpy comparison per decoder worker."""

    def picture(self, key: PaneKey) -> Picture | None:
        """The newest picture of a pane, or None while it never had one."""

    def reports(self) -> Mapping[PaneKey, PaneReport]:
        """The truth about every pane, recomputed 5 times a second off the GUI thread; an immutable snapshot."""

    def retry(self, camera_id: str) -> None:
        """Try a lost or refused camera now (the operator mended it)."""

    def record(self, wants: Mapping[str, RecordWant]) -> None:
        """Record exactly these cameras (by id), from the streams that the panes show; any thread."""

    def sounding(self, camera_id: str) -> tuple[bool, str] | None:
        """Of a camera that is recorded with sound: whether it comes, and its codec or why not (app.video.source).

        None: nobody knows yet.
        """

    def steer(self, camera_id: str, moving: Moving, step: int = 0) -> int:
        """Move a replay (app.video.replay.replayed) to a moment, with a speed; before that it shows nothing.

        ``step``: instead so many pictures on (or back) from what is shown, and pause there. Returns the number by
        which :meth:`played` tells that it is done. Replays with one Moving are in step, whoever decodes them.
        """

    def played(self, camera_id: str) -> Played | None:
        """What a replay shows, None before its first look into the files."""

    def stats(self) -> Mapping[str, Any]:
        """Per process: name, pid, cpu seconds, rss bytes, restarts; for --stats-json and the status page."""

    def close(self) -> None:
        """Stop everything in order within 3 s; leaves no process, FIFO or memory behind."""
