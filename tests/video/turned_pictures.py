"""What libVLC makes of a marked clip in each rotation, fit and canvas: printed as JSON. Run by test_turning.

A process of its own: libVLC's threads and its libraries outlive its players.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import threading
import time
import weakref
from pathlib import Path

from app.model.camera import ROTATIONS, StreamRole
from app.model.pane import Fit
from app.video import canvas
from app.video.decoder import Decoder, Show
from app.video.fitting import room_for
from app.video.frames import BOARD_BYTES, Arena, SharedBlock
from app.video.transport import ProgramStream, Unit
from app.video.view import Shape
from tests.fakes.clips import Clip, clip, corners

SIZE = 320, 180
PANES = {Fit.FIT: (160, 120), Fit.FILL: (161, 121), Fit.STRETCH: (90, 60)}
PATIENCE_S = 60.0


def feed(path: Path, made: Clip, over: threading.Event) -> None:
    """Real time, round and round."""
    stream = ProgramStream(made.codec)
    with path.open("wb", buffering=0) as pipe:
        stamp, began = 90_000, time.monotonic()
        while not over.is_set():
            for data, key in made.units:
                due = began + (stamp - 90_000) / 90_000
                if over.wait(max(0.0, due - time.monotonic())):
                    return
                try:
                    pipe.write(stream.write(Unit(data, key, time.monotonic_ns(), stamp), stamp)[0])
                except OSError:
                    return
                stamp += 90_000 // made.fps


def shown(block: SharedBlock, slot: int, offset: int, capacity: int) -> dict[str, object] | None:
    """The newest picture of a slot, None while there is none."""
    serial, index, _generation, width, height, stride, _changed = block.slot(slot)
    if not serial:
        return None
    begin = offset + index * capacity
    pixels = block.bytes[begin : begin + stride * height].reshape(height, stride // 4, 4)[:, :width]
    return {"size": [width, height], "corners": corners(pixels)}


def main() -> int:
    made = clip("h264", *SIZE, seconds=2, marked=True)
    block = SharedBlock.create(BOARD_BYTES + (64 << 20), "turned")
    arena, decoder, over = Arena(64 << 20), Decoder(block), threading.Event()
    told: list[dict[str, object]] = []
    threads: list[threading.Thread] = []
    players = []
    with tempfile.TemporaryDirectory() as folder:
        for slot, (fit, rotation) in enumerate((fit, rotation) for fit in PANES for rotation in ROTATIONS):
            shape = Shape(StreamRole.MAIN, *PANES[fit], fit, native=False, rotation=rotation)
            room = room_for(shape)
            buffers = arena.take(room)
            path = Path(folder) / f"feed-{slot}"
            os.mkfifo(path)
            decoder.show(Show(slot, 1, buffers, *PANES[fit], *SIZE, fit.value, False, "ps", str(path), 100, "none",
                              False, rotation))
            players.append((slot, fit, rotation, buffers))
            threads.append(threading.Thread(target=feed, args=(path, made, over), daemon=True))
            threads[-1].start()
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and not all(block.slot(slot)[0] >= 3 for slot, *_ in players):
            threading.Event().wait(0.05)
        for slot, fit, rotation, buffers in players:
            found = shown(block, slot, buffers.offset, buffers.capacity) or {}
            told.append({"fit": fit.value, "rotation": rotation, **found})
        over.set()
        gc.disable()                # what goes with a collection only does not go: a worker has next to none
        gone = []
        for slot, *_ in players:
            player = decoder.hide(slot)
            if player is not None:
                player.stop()
                gone.append(weakref.ref(player))
            del player
        for thread in threads:
            thread.join()
    left = sum(one() is not None for one in gone)
    result = {"canvas": type(canvas.canvas(1 << 20, 1 << 20, 4, 4)).__name__, "shown": told, "left": left}
    print(json.dumps(result))  # noqa: T201
    return 0


if __name__ == "__main__":
    if "direct" in sys.argv[1:]:
        canvas._swscale = lambda: None      # type: ignore[assignment]
    sys.exit(main())
