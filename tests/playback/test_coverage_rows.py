"""The stretches beside the index say at any time what the rows of files say, however these came and went."""

from __future__ import annotations

import contextlib
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.model.clip import Gap, GapCause
from app.model.recording import Aged, SegmentBegun, SegmentEnded
from app.playback.coverage import merged
from app.registry.coverage import JOINED_US
from app.registry.recordings import RecordingIndex

S = 1_000_000
NOW = 1_790_000_000 * S


def _ended(t0: int, t1: int, camera: str = "cam") -> SegmentEnded:
    return SegmentEnded(camera, f"{camera}/{t0}.mp4", t0, t1, t0, 1000, 10, "x")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=30, unique_by=lambda one: one[0]),
       st.randoms(use_true_random=False))
def test_files_in_any_order_and_their_deletion_leave_what_is_there(tmp_path_factory, files, chance) -> None:
    root = tmp_path_factory.mktemp("rec")
    there = dict(files)
    gone = [slot for slot, deleted in there.items() if deleted]
    chance.shuffle(gone)            # hypothesis may end an example in here
    with contextlib.closing(RecordingIndex(root)) as index:
        for slot in there:
            t0 = NOW + slot * 60 * S
            index.end(_ended(t0, t0 + 60 * S - 40_000))
        for slot in gone:
            (number,) = index._db.execute("SELECT id FROM segments WHERE t0 = ?", [NOW + slot * 60 * S]).fetchone()
            index.forget([Aged(number, "cam", "x", NOW + slot * 60 * S, NOW + (slot + 1) * 60 * S, 1000)])
        told = index.coverage.stretches("cam", 0, NOW * 2)
    left = merged((NOW + slot * 60 * S, NOW + (slot + 1) * 60 * S - 40_000)
                  for slot, deleted in there.items() if not deleted)

    assert len(told) == len(left)
    for (t0, t1), (begin, end) in zip(told, left, strict=True):
        assert abs(t0 - begin) <= JOINED_US
        assert abs(t1 - end) <= JOINED_US


def test_an_index_of_before_gets_its_stretches(tmp_path: Path) -> None:
    index = RecordingIndex(tmp_path)
    for camera in ("a", "b"):
        for slot in (0, 1, 2, 5, 6):
            index.end(_ended(NOW + slot * 60 * S, NOW + (slot + 1) * 60 * S - 40_000, camera))
    before = index.coverage.stretches("a", 0, NOW * 2)
    db = index._db
    for name in ("added", "closed", "lost", "deleted"):
        db.execute(f"DROP TRIGGER stretches_{name}")
    db.execute("DROP TABLE stretches")
    db.execute("DROP TABLE promises")           # came later still
    db.execute("PRAGMA user_version=2")
    db.commit()
    index.close()
    index = RecordingIndex(tmp_path)
    again = index.coverage.stretches("a", 0, NOW * 2)
    index.close()

    assert before == again == ((NOW, NOW + 180 * S - 40_000), (NOW + 300 * S, NOW + 420 * S - 40_000))


def test_what_is_being_written_and_gaps_are_told(tmp_path: Path) -> None:
    index = RecordingIndex(tmp_path)
    index.end(_ended(NOW, NOW + 60 * S))
    index.begin(SegmentBegun("cam", "cam/x.mp4", NOW + 120 * S, "r"))
    index.gap(Gap(NOW + 60 * S, NOW + 120 * S, GapCause.CAMERA_LOST, "cam"))
    index.gap(Gap(NOW + 150 * S, NOW + 151 * S, GapCause.DISK_SLOW, "cam"))
    (stretches, gaps) = index.coverage.many(["cam"], NOW, NOW + 200 * S, least=2 * S)["cam"]
    index.close()

    assert stretches == ((NOW, NOW + 60 * S), (NOW + 120 * S, NOW + 200 * S))
    assert [gap.cause for gap in gaps] == [GapCause.CAMERA_LOST]


def test_bytes_of_files_are_told_for_the_stretch_that_is_shown(tmp_path: Path) -> None:
    index = RecordingIndex(tmp_path)
    for minute in range(4):
        index.end(_ended(NOW + minute * 60 * S, NOW + (minute * 60 + 59) * S))
    index.begin(SegmentBegun("cam", "cam/x.mp4", NOW + 240 * S, "r"))
    each = index.coverage.sizes(["cam", "none"], NOW, NOW + 240 * S, 10 * S)
    both = index.coverage.sizes(["cam"], NOW, NOW + 100 * S, 3600 * S)["cam"]
    index.close()

    size = each["cam"][0][2]
    assert each == {"cam": tuple((NOW + m * 60 * S, NOW + (m * 60 + 59) * S, size) for m in range(4)), "none": ()}
    assert size > 0 and both == ((NOW, NOW + 118 * S, 2 * size),)
