"""A player for what is recorded: follows a clock that the desktop sets, and writes exact pictures into its slot.

Runs on: a decoder worker. One thread "reel ..." per player reads, decodes and scales; orders come on the worker's
control thread. What is on the board (see app.video.frames) means here: ``demuxed`` the time of the picture,
``decoded`` the number of the last order carried out, ``lost`` 1 while nothing is recorded at the moment asked for.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np

from app.model.playback import Moving
from app.model.turning import sides, turned
from app.video import messages
from app.video.decoder import fitted
from app.video.frames import BUFFERS, Buffers, SharedBlock, SlotRecord, row_stride
from app.video.replay import Frame, Reel
from app.video.segment_name import folders_in

LONGEST_WAIT_S = 0.04           # between two looks at the clock while it moves: 25 pictures a second at high speeds
AGAIN_S = 0.25                  # for more of a file that is being written


class ReelPlayer:
    """See the module; ``stop`` ends it and waits for its thread."""

    def __init__(self, block: SharedBlock, order: messages.Reel) -> None:
        self.order = order
        self._block = block
        self._record = SlotRecord(block, order.slot)
        self._buffers = Buffers(order.offset, order.capacity)
        self._changed = threading.Condition()
        self._steer = messages.Steer(order.slot, order.generation, order.at, order.since, order.eighths, 0,
                                     order.number)
        self._steps = 0                     # pictures to go, not gone yet
        self._over = False
        self._shown: Frame | None = None
        self._serial, self._buffer = 0, -1
        self._record.begin(order.generation)
        self._thread = threading.Thread(target=self._run, name=f"reel {order.slot}", daemon=True)
        self._thread.start()

    # -- control thread ----------------------------------------------------------------------------------------------

    def steer(self, order: messages.Steer) -> None:
        """Another moment, speed, or so many pictures on."""
        with self._changed:
            self._steer = order
            self._steps = self._steps + order.step if order.step else 0
            self._changed.notify()

    def poll(self, _stats: object) -> None:
        """Nothing of libVLC's runs here."""

    def stop(self) -> None:
        """End it; a reaper thread calls it."""
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join()

    # -- its own thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        reel = Reel(folders_in(self.order.folder))
        heard: messages.Steer | None = None
        stand: Moving | None = None             # a step leaves the clock at its picture
        try:
            while True:
                with self._changed:
                    if self._over:
                        return
                    steer, steps, self._steps = self._steer, self._steps, 0
                if steps:
                    stand = Moving(self._go(reel, steps, stand or Moving(steer.at)))
                elif steer is not heard:
                    stand = None
                heard = steer
                moving = stand or Moving(steer.at, steer.since, steer.eighths)
                moment = moving.moment(time.monotonic_ns())
                frame = reel.at(moment, keys_only=moving.keys_only)
                self._record["lost"] = int(frame is None)
                if frame is not None:
                    self._publish(frame)
                self._record["decoded"] = steer.number
                self._rest(steer, moving, reel, moment, found=frame is not None)
        finally:
            reel.close()

    def _go(self, reel: Reel, steps: int, stand: Moving) -> int:
        """The time of the picture so many on or back from the one that is shown; as far as there are any."""
        at = self._shown.at if self._shown is not None and not self._record["lost"] else stand.at
        for _step in range(abs(steps)):
            frame = reel.after(at) if steps > 0 else reel.before(at)
            if frame is None:
                break
            at = frame.at
        return at

    def _rest(self, steer: messages.Steer, moving: Moving, reel: Reel, moment: int, *, found: bool) -> None:
        """Until the next picture is due, or another order comes."""
        if moving.paused:
            wait = AGAIN_S if not found else None
        else:
            due, wait = reel.next_at, LONGEST_WAIT_S
            if due is not None and moving.eighths > 0 and due > moment and not moving.keys_only:
                wait = min(max((due - moment) * 8 / moving.eighths / 1e6, 0.001), AGAIN_S)
        with self._changed:
            if self._steer is steer and not self._steps and not self._over:
                self._changed.wait(wait)

    def _publish(self, frame: Frame) -> None:
        if self._shown is not None and self._shown.at == frame.at:
            return
        order, picture, record = self.order, frame.picture, self._record
        across, down = sides(picture.width, picture.height, order.rotation)
        box = (across, down) if order.native else (order.width, order.height)
        width, height = fitted(across, down, box[0], box[1], order.fit)
        while row_stride(width) * height > self._buffers.capacity:
            width, height = max(1, width * 3 // 4), max(1, height * 3 // 4)
        kind = "AREA" if across > 2 * width else "BILINEAR"             # far smaller: all pixels count
        scaled: Any = picture.reformat(*sides(width, height, order.rotation), "bgra", interpolation=kind)
        plane = scaled.planes[0]
        pixels = np.frombuffer(plane, np.uint32).reshape(-1, plane.line_size // 4)[: scaled.height, : scaled.width]
        stride = row_stride(width)
        self._buffer = buffer = (self._buffer + 1) % BUFFERS
        begin = self._buffers.at(buffer)
        self._block.bytes[begin : begin + stride * height].view(np.uint32).reshape(height, -1)[:, :width] = turned(
            pixels, order.rotation)
        self._shown = frame
        self._serial += 1
        record["source_width"], record["source_height"] = picture.width, picture.height
        record["width"], record["height"], record["stride"] = width, height, stride
        record["published"], record["demuxed"] = buffer, frame.at
        record["changed_ns"] = time.monotonic_ns()
        record["serial"] = self._serial         # last: now it may be looked at

