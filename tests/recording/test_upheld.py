"""What a bookmark holds stays held: over kills, disks that are away, indexes that are damaged or gone."""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.model.bookmark import Bookmark, Marked
from app.model.recording import Owed, SegmentBegun, SegmentEnded
from app.recorder import Recorder
from app.recording import keeper as keeping
from app.recording import repair as repairing
from app.recording import upheld
from app.recording.absence import Absence
from app.recording.keeper import Keeper
from app.recording.reading import Reading
from app.recording.upheld import MustHold
from app.registry import salvage
from app.registry.opening import COMPANIONS
from app.registry.recordings import INDEX, RecordingIndex
from app.registry.registry import Registry
from app.video.segment import probe
from app.video.segment_name import PART, name_of, time_of
from tests.recording.test_keeper import MINUTE, NOW, ask, grown, ready, write
from tests.recording.test_places import city, until
from tests.recording.test_room import registry

__all__ = ["city", "registry"]
MARK = Owed("hold", "mark", ("cam",), NOW, NOW + 2 * MINUTE)


@pytest.fixture
def keeper(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "LOOK_S", 0.02)
    monkeypatch.setattr(keeping, "RETAIN_S", 0.02)
    made = []

    def make(must=tuple, keep_us=1 << 60):
        one = Keeper(tmp_path / "rec", salvage.opened, probe, time_of, renew=salvage.renew)
        one.floor, one.keep_of, one.must = 0, lambda _camera, _kept: keep_us, must
        made.append(one)
        one.start()
        return one
    yield make
    for one in made:
        one.close()


def recorded(root: Path, count: int = 5) -> None:
    """Some files of a minute each, from some minutes ago on, with their rows."""
    now = time.time_ns() // 1000
    with closing(salvage.opened(root)) as index:
        for number in range(count):
            t0 = now - (20 - number) * MINUTE
            path = root / "cam" / "2026-11-22" / "10" / name_of(t0, "aaaa001", number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x" * 100)
            index.end(SegmentEnded("cam", os.fspath(path), t0, t0 + MINUTE - 1, t0, 100, 60, "x"))


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*.mp4"))


def test_nothing_is_deleted_before_it_is_known_what_must_be_held(tmp_path, keeper):
    root = tmp_path / "rec"
    root.mkdir()
    recorded(root)
    there, (first, *_rest) = names(root), sorted(root.rglob("*.mp4"))
    told: list[tuple[Owed, ...]] = []
    one = ready(keeper(lambda: told[0] if told else None, keep_us=MINUTE))
    for _look in range(5):
        ask(one, lambda index: None)
        threading.Event().wait(0.03)
    assert names(root) == there                             # all are too old
    begins = time_of(first)
    told.append((Owed("hold", "mark", ("cam",), begins, begins + MINUTE // 2),))
    one.wake()
    until(lambda: len(names(root)) == 1)
    assert names(root) == [first.name]
    assert ask(one, lambda index: index.holders()) == {"mark"}


def test_the_index_is_told_again_after_each_opening_and_only_what_it_lacks(tmp_path, caplog):
    (tmp_path / "rec").mkdir()
    with closing(RecordingIndex(tmp_path / "rec")) as index, caplog.at_level(logging.WARNING, "lawang.recording"):
        wanted = [None]
        one = upheld.Upheld(lambda: wanted[0])
        assert not one.follow(index)
        wanted[0] = (MARK,)
        assert one.follow(index)
        assert index.held() == {("mark", "cam"): (NOW, NOW + 2 * MINUTE)}
        assert caplog.messages == [
            "1 bookmarks were not held in the index and are now; 0 that were deleted are no longer"]
        index.release("mark")                               # deleted since: the same answer does not bring it back
        assert one.follow(index) and not index.held()
        one.forget()
        assert one.follow(index) and index.held()
        index.hold("mark", ("cam",), NOW, NOW)              # another span than the bookmark has
        one.forget()
        assert one.follow(index) and index.held() == {("mark", "cam"): (NOW, NOW + 2 * MINUTE)}
        assert len(caplog.messages) == 3
        index.hold("look-1", ("cam",), NOW, NOW)
        wanted[0] = (Owed("release", "mark"), Owed("release", "long gone"))
        assert one.follow(index) and index.holders() == {"look-1"}      # of that nobody knows, so it stays


def test_who_does_not_answer_is_asked_again(monkeypatch):
    monkeypatch.setattr(upheld, "ASK_S", 0.05)
    must, asked = MustHold(), []
    assert must() == ()                                     # nobody to ask
    must.ask = lambda: asked.append(1)
    must.again()
    assert must() is None and must() is None and len(asked) == 1
    threading.Event().wait(0.06)
    assert must() is None and len(asked) == 2
    must.tell((MARK,))
    assert must() == (MARK,) and len(asked) == 2
    must.again()
    assert must() is None and len(asked) == 3


def test_a_bookmark_that_was_committed_is_held_after_the_next_start(registry, lawang_home):
    """Killed between the two files; and an index that somebody deleted."""
    with Registry.open(registry) as opened:
        camera = opened.list_cameras()[0]
        at = time.time_ns() // 1000
        kept = opened.bookmarks.save(Bookmark("", at, at - MINUTE, at + MINUTE, (Marked(camera.id, 1, "x"),)))
        assert opened.bookmarks.spans() == [(kept.id, (camera.id,), at - MINUTE, at + MINUTE)]
    for again in (False, True):
        recorder = Recorder(registry)
        root = recorder.room.root
        try:
            assert recorder.start() == ""

            def held(found=recorder) -> object:
                return ask(found.room.keeper, lambda index: index.held())
            until(lambda held=held: held() == {(kept.id, camera.id): (at - MINUTE, at + MINUTE)})
        finally:
            recorder.close()
        if not again:
            for tail in COMPANIONS:
                Path(f"{root / INDEX}{tail}").unlink(missing_ok=True)


def test_the_register_tells_which_bookmarks_hold_no_longer(registry, monkeypatch):
    with Registry.open(registry) as opened:
        at = time.time_ns() // 1000
        kept, gone, back = (opened.bookmarks.save(Bookmark("", at, at, at, (Marked("a", 1, "x"),)))
                            for _one in range(3))
        for one in (gone, back):
            opened.bookmarks.remove(one.id)
        opened.bookmarks.save(back)
        assert opened.bookmarks.removed() == []                         # it may be undone still
        monkeypatch.setattr(opened._store, "clock", lambda: time.time() + 4000)
        assert opened.bookmarks.removed() == [gone.id]
        assert {one[0] for one in opened.bookmarks.spans()} == {kept.id, back.id}


def test_one_place_that_is_away_is_told_when_it_is_back(city, tmp_path):
    one = city("a")
    until(lambda: one.worker.wants)
    one.room.keeper.hold("old", ("gate",), NOW, NOW + MINUTE)
    until(lambda: one.ask(lambda index: index.holders()) == {"old"})
    (tmp_path / "a").rename(tmp_path / "elsewhere")
    until(lambda: not one.room.keeper.ready and one.room.keeper.said)
    assert one.ask(lambda index: 1) is None                 # an answer, though there is none
    done = []
    assert one.room.keeper.hold("new", ("gate",), NOW, NOW + MINUTE, lambda _answer: done.append(1))
    assert one.room.keeper.release("old")
    until(lambda: done)
    (tmp_path / "elsewhere").rename(tmp_path / "a")
    until(lambda: one.room.keeper.ready)
    assert one.ask(lambda index: index.holders()) == {"new"}


def test_a_question_that_fails_is_answered_too(keeper):
    one = ready(keeper())
    assert ask(one, lambda index: 1 // 0) is None
    assert ask(one, lambda index: index.cameras()) == []


# -- damaged indexes ------------------------------------------------------------------------------------------------


def filled(root: Path, count: int = 4000) -> RecordingIndex:
    root.mkdir(exist_ok=True)
    with closing(RecordingIndex(root)) as index, index.writing():
        grown(index, "cam", count)
        index.hold("mark", ("cam",), NOW, NOW + MINUTE)


def damage(path: Path, begin: float, end: float) -> None:
    """Garbage over a part of a file; both as shares of it."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(int(size * begin))
        file.write(b"\xa5" * int(size * (end - begin)))


def of_cam(index):
    return index.segments("cam", 0, 1 << 62), index.coverage.stretches("cam", 0, 1 << 62)


def test_what_can_be_read_of_a_damaged_index_comes_along(tmp_path, keeper, caplog):
    root = tmp_path / "rec"
    filled(root)
    damage(root / INDEX, 0.45, 0.55)
    one = ready(keeper(lambda: (MARK,)))
    segments, stretches = ask(one, of_cam)
    assert 400 < len(segments) < 4000
    assert segments[0].t0 == NOW and segments[-1].t0 == NOW + 3999 * MINUTE         # read from both ends
    assert len(stretches) == 2 and (stretches[0][0], stretches[1][1]) == (NOW, NOW + 4000 * MINUTE - 1)
    assert ask(one, lambda index: index.held()) == {("mark", "cam"): (NOW, NOW + 2 * MINUTE)}
    (kept,) = root.glob(f"{INDEX}.damaged-*Z")
    assert kept.name in one.said and any("it is kept as" in line for line in caplog.messages)
    ask(one, lambda index: grown(index, "cam", 1, t0=NOW + 5000 * MINUTE))
    assert len(ask(one, of_cam)[1]) == 3                    # the triggers are there again


@pytest.mark.parametrize("left", [b"", b"no database " * 1000])
def test_of_an_index_that_is_none_any_more_the_files_make_a_new_one(tmp_path, keeper, units, left):
    root = tmp_path / "rec"
    whole, _file = write(root, units, NOW)
    (root / INDEX).write_bytes(left)
    one = ready(keeper(lambda: (MARK,)))
    segments, stretches = ask(one, of_cam)
    assert [found.path for found in segments] == [whole] and len(stretches) == 1
    until(lambda: ask(one, lambda index: index.holders()) == {"mark"})
    assert bool(list(root.glob(f"{INDEX}.damaged-*"))) == bool(left)        # an empty file is an empty database


def test_damage_that_shows_while_it_runs(tmp_path, keeper, units):
    """Recording goes on meanwhile: the file that is being written is left to who writes it."""
    root, stands = tmp_path / "rec", []
    root.mkdir()
    one = ready(keeper(lambda: (MARK,)))
    ask(one, lambda index: grown(index, "cam", 50))
    begins = NOW + 99 * MINUTE
    path, file = write(root, units, begins, close=False)
    one.heard(SegmentBegun("cam", os.fspath(path), begins, "aaaa001"))
    one.changed.connect(lambda: stands.append((one.ready, "cam" in one.taping)))
    first = ask(one, lambda index: index)
    ask(one, lambda index: index._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    ask(one, lambda index: index._db.execute("PRAGMA cache_size = 0").fetchall())
    damage(root / INDEX, 0.1, 1.0)
    assert ask(one, lambda index: index.known()) is None
    until(lambda: one.ready and ask(one, lambda index: index) is not first)
    assert ask(one, lambda index: index.holders()) == {"mark"}
    assert list(root.glob(f"{INDEX}.damaged-*"))
    assert path.with_name(path.name + PART).exists() and not path.exists()
    file.close()
    one.heard(SegmentEnded("cam", os.fspath(path), begins, begins + MINUTE, begins, 9, 1, "x"))
    assert ask(one, lambda index: index.last_end("cam")) == begins + MINUTE
    assert stands[:1] == [(True, True)] and all(is_ready for is_ready, _tapes in stands)


def test_a_renewal_that_was_killed_is_done_again_or_finished(tmp_path):
    root = tmp_path / "rec"
    filled(root, 10)
    (root / f"{INDEX}.new").write_bytes(b"half of it")      # killed while it was filled
    salvage.renew(root)
    with closing(salvage.opened(root)) as index:
        assert len(of_cam(index)[0]) == 10
    (root / INDEX).rename(root / f"{INDEX}.new")            # killed between the two names
    with closing(salvage.opened(root)) as index:
        assert len(of_cam(index)[0]) == 10 and not index.stale


def test_a_disk_that_damages_one_after_the_other_keeps_three(tmp_path, monkeypatch):
    root = tmp_path / "rec"
    filled(root, 10)
    for number in range(5):
        monkeypatch.setattr(salvage.time, "strftime", lambda *_given, number=number: f"20261122T10000{number}Z")
        salvage.renew(root)
    assert sorted(one.name[-2] for one in root.glob(f"{INDEX}.damaged-*Z")) == ["2", "3", "4"]
    with closing(RecordingIndex(root)) as index:
        assert len(of_cam(index)[0]) == 10


def test_who_reads_turns_to_the_new_one(tmp_path):
    root = tmp_path / "rec"
    filled(root, 10)
    reading = Reading(lambda path: RecordingIndex(path, read_only=True), Absence(lambda: None, lambda: None))
    (before,) = reading.indexes([root])
    assert reading.indexes([root]) == (before,)
    salvage.renew(root)
    assert before.stale
    (after,) = reading.indexes([root])
    assert after is not before and len(of_cam(after)[0]) == 10
    reading.indexes(())


def test_a_million_files_without_a_row_hold_up_no_recording(tmp_path, keeper, units, monkeypatch):
    monkeypatch.setattr(repairing, "WHOLE_S", 0.0)          # one file, then recording begins
    monkeypatch.setattr(keeping, "ADOPT_S", 0.0)
    root = tmp_path / "rec"
    for number in (*range(4), 120):
        write(root, units, NOW + number * MINUTE)
    one = ready(keeper())
    later = NOW + 121 * MINUTE                  # being written, in a folder that was not looked into yet: not touched
    path, file = write(root, units, later, close=False)
    ask(one, lambda index: index.end(SegmentEnded("cam", os.fspath(path), later, later)))
    until(lambda: len(ask(one, of_cam)[0]) == 6)
    threading.Event().wait(0.1)
    assert path.with_name(path.name + PART).exists() and not path.exists()
    file.abandon()
