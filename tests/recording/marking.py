"""Marks bookmarks as a wall does, through its own lane, index and book, and says the id of each that is committed.

``python -m tests.recording.marking REGISTRY PLACE``: a program that looks on at a place where another one records.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from app.bookmarks.book import BookmarkBook
from app.model.bookmark import Bookmark, Marked
from app.recording.keeper import Keeper
from app.registry.lane import RegistryLane
from app.registry.recordings import RecordingIndex
from app.video.segment import probe
from app.video.segment_name import time_of

MARK_US = 60_000_000
PAUSE_S = 0.05


def main() -> None:
    """Until it is killed."""
    lane = RegistryLane(Path(sys.argv[1]))
    lane.start()
    lane.wait_open()
    keeper = Keeper(Path(sys.argv[2]), RecordingIndex, probe, time_of)
    on = threading.Event()
    keeper.trouble.connect(lambda _sentence: on.set())
    keeper.start()
    on.wait(30.0)
    assert keeper.looks_on
    book = BookmarkBook(lane.submit, keeper, lambda work: work())
    cameras = tuple(Marked(camera.id, camera.number, camera.name) for camera in lane.directory.all())
    serial = 0
    while True:
        serial += 1
        at = time.time_ns() // 1000
        one = Bookmark(f"mark-{at}-{serial}", at, at - MARK_US, at + MARK_US, cameras, words=f"word {serial}")
        began = time.monotonic()
        book.save(one)
        done = threading.Barrier(3)
        # Each of the two threads takes its jobs in order: these come after what the bookmark asked of them.
        lane.submit(lambda registry: None, lambda _outcome, done=done: done.wait())
        keeper.submit(lambda index: None, lambda _answer, done=done: done.wait())
        done.wait()
        sys.stdout.write(f"{one.id} {time.monotonic() - began:.4f}\n")
        sys.stdout.flush()
        threading.Event().wait(PAUSE_S)


if __name__ == "__main__":
    main()
