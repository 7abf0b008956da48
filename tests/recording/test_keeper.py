"""The index over crashes, missing disks and full ones: what is promised is there, what goes is told."""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import replace

import pytest

from app.model.clip import Gap, GapCause, SegmentState
from app.model.errors import OperatorError
from app.model.recording import Aged, SegmentBegun, SegmentEnded, Usage
from app.recording import keeper as keeping
from app.recording.demand import Demand, alternatives
from app.recording.keeper import Keeper
from app.recording.place import MARKER
from app.recording.policy import Rank
from app.recording.retention import Why, plan
from app.recording.sweep import Limits, sweep
from app.registry.recordings import RecordingIndex
from app.video.segment import SegmentFile, probe
from app.video.segment_name import PART, name_of, time_of

MINUTE = 60_000_000
NOW = 1_790_000_000_000_000


@pytest.fixture
def keeper(tmp_path):
    made = []

    def make(root=tmp_path / "rec", mark="", **more):
        one = Keeper(root, RecordingIndex, probe, time_of, known_marker=mark, **more)
        one.floor, one.keep_of = 0, lambda _camera, _kept: 1 << 60
        made.append(one)
        one.start()
        return one
    yield make
    for one in made:
        one.close()


def ask(keeper, work):
    """The answer of the keeper's thread."""
    answers, there = [], threading.Event()
    assert keeper.submit(work, lambda answer: (answers.append(answer), there.set()))
    assert there.wait(30.0)
    return answers[0]


def ready(keeper):
    deadline = time.monotonic() + 30.0
    while not keeper.ready:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    return keeper


def write(root, units, t0, *, close=True, camera="cam"):
    path = root / camera / name_of(t0, "aaaa001", 1)
    made = units()
    file = SegmentFile(path, "h264", 64, 64, made[0])
    for unit in made:
        file.write(unit)
    if close:
        file.close()
    else:
        file.sync()
    return path, file


def test_what_a_kill_left_open_is_mended_and_what_has_no_row_adopted(tmp_path, keeper, units):
    root = tmp_path / "rec"
    first = ready(keeper(root))
    cut, file = write(root, units, NOW, close=False)
    first.heard(SegmentBegun("cam", os.fspath(cut), NOW, "aaaa001"))
    gone = root / "cam" / name_of(NOW + 9 * MINUTE, "aaaa001", 2)
    first.heard(SegmentBegun("cam", os.fspath(gone), NOW + 9 * MINUTE, "aaaa001"))
    ask(first, lambda index: None)
    first.close()
    orphan, _file = write(root, units, NOW + MINUTE)

    again = ready(keeper(root))
    found = ask(again, lambda index: index.segments("cam", NOW, NOW + 20 * MINUTE))
    file.abandon()

    assert [one.state for one in found] == [SegmentState.RECOVERED, SegmentState.CLOSED]
    assert [one.path for one in found] == [cut, orphan]
    assert 6.0 < (found[0].t1 - found[0].t0) / 1e6 < 8.1       # up to the last whole group
    assert not list(root.rglob(f"*{PART}"))


def test_a_place_without_its_mark_is_never_written_over(tmp_path, keeper):
    marks = []
    ready(keeper(tmp_path / "disk", keep_marker=marks.append)).close()
    (tmp_path / "disk" / MARKER).unlink()
    said = []
    lost = Keeper(tmp_path / "disk", RecordingIndex, probe, time_of, known_marker=marks[0])
    lost.trouble.connect(said.append)
    lost.start()
    deadline = time.monotonic() + 20.0
    while not said:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    assert not lost.ready
    assert not (tmp_path / "disk" / MARKER).exists()
    lost.close()


def test_two_programs_do_not_record_to_one_place(tmp_path, keeper):
    ready(keeper())
    said = []
    second = Keeper(tmp_path / "rec", RecordingIndex, probe, time_of)
    second.trouble.connect(said.append)
    second.start()
    deadline = time.monotonic() + 20.0
    while not said:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    assert not second.ready
    second.close()


def test_what_a_bookmark_holds_stays_also_when_it_comes_later(tmp_path):
    index = RecordingIndex(_folder(tmp_path))
    index.hold("mark", ("cam",), NOW, NOW + 2 * MINUTE)
    for number in range(4):
        t0 = NOW + number * MINUTE
        index.end(SegmentEnded("cam", f"cam/{number}.mp4", t0, t0 + MINUTE - 1, t0, 1000, 60, "x"))

    assert [one.t0 for one in index.oldest(99)] == [NOW + 3 * MINUTE]
    index.release("mark")
    assert len(index.oldest(99)) == 4
    index.close()


def test_what_goes_leaves_its_cause(tmp_path):
    index = RecordingIndex(_folder(tmp_path))
    for number in range(3):
        t0 = NOW + number * MINUTE
        index.end(SegmentEnded("cam", f"cam/{number}.mp4", t0, t0 + MINUTE, t0, 1000, 60, "x"))
    index.forget(index.oldest(2))

    assert index.gaps("cam", NOW, NOW + 3 * MINUTE) == (Gap(NOW, NOW + 2 * MINUTE, GapCause.DELETED, "cam"),)
    assert len(index.segments("cam", NOW, NOW + 9 * MINUTE)) == 1
    index.close()


def rows(count, size=100):
    return [Aged(n, "cam", f"{n}.mp4", NOW + n * MINUTE, NOW + (n + 1) * MINUTE, size) for n in range(count)]


def test_oldest_first_by_quota_then_space_and_never_over_half_beyond_what_is_old():
    ten = rows(10)
    limits = {"used": 1000, "quota": 10_000, "free": 10_000, "floor": 0}

    old = plan(ten[:4], (), 500, **limits)
    assert [one.id for one, why in old.goes if why is Why.OLD] == [0, 1, 2, 3]
    full = plan((), ten, 500, **(limits | {"quota": 800}))
    assert [(one.id, why) for one, why in full.goes] == [(0, Why.QUOTA), (1, Why.QUOTA)]
    wrong = plan((), ten, 500, **(limits | {"quota": 0}))
    assert len(wrong.goes) == 5
    assert wrong.spared
    assert wrong.short == 500
    both = plan(ten[:4], ten, 300, **(limits | {"quota": 0}))
    assert [why for _one, why in both.goes] == [Why.OLD] * 4 + [Why.QUOTA] * 3
    low = plan((), ten, 500, **(limits | {"free": 50, "floor": 200}))
    assert [(one.id, why) for one, why in low.goes] == [(0, Why.SPACE), (1, Why.SPACE)]


def test_five_years_of_a_city():
    city = Demand(6000, 4.0, 1826)
    assert city.bytes == pytest.approx(473e15, rel=0.01)
    assert city.a_second == pytest.approx(3.0e9)
    assert replace(city, cameras=1).a_day == pytest.approx(43.2e9)
    assert alternatives(city)[-1][1].a_day == pytest.approx(240e9)
    assert all(other.bytes < city.bytes for _text, other in alternatives(city))


def _folder(path):
    made = path / "rec"
    made.mkdir()
    return made


def grown(index, camera, count, size=1000, kept=True, t0=NOW):
    for number in range(count):
        at = t0 + number * MINUTE
        index.begin(SegmentBegun(camera, f"{camera}/{at}.mp4", at, "r"), kept=kept)
        index.end(SegmentEnded(camera, f"{camera}/{at}.mp4", at, at + MINUTE - 1, at, size, 60, "x"))


def test_days_per_camera_up_to_five_years_and_minutes_of_the_rest(tmp_path, caplog):
    index, root, day = RecordingIndex(_folder(tmp_path)), tmp_path / "rec", 86_400_000_000
    grown(index, "five", 2, t0=NOW - 1826 * day + 2 * MINUTE)
    grown(index, "five", 2, t0=NOW - 1826 * day - 20 * MINUTE)
    grown(index, "week", 2, t0=NOW - 8 * day)
    grown(index, "week", 2, t0=NOW - 6 * day)
    grown(index, "wall", 9, kept=False, t0=NOW - 9 * MINUTE)
    (root / "wall").mkdir()
    oldest = root / "wall" / f"{NOW - 9 * MINUTE}.mp4"
    oldest.write_bytes(b"x")
    days = {"five": 1826 * day, "week": 7 * day, "wall": 7 * day}
    with caplog.at_level("INFO", "lawang.recording"):
        usage, room = sweep(index, root, lambda camera, kept: days[camera] if kept else 5 * MINUTE, NOW,
                            Limits(1 << 40, 0))
    left = {camera: len(index.segments(camera, 0, 1 << 62)) for camera in days}

    assert left == {"five": 2, "week": 2, "wall": 5}
    assert room
    assert usage.files == 9
    assert not oldest.exists()
    assert {gap.cause for camera in days for gap in index.gaps(camera, 0, 1 << 62)} == {GapCause.DELETED}
    assert sum("deleted (old)" in line for line in caplog.messages) == 3       # a line per camera: never silently
    index.close()


def test_beyond_the_quota_the_oldest_that_nothing_holds_goes_but_never_over_half(tmp_path, caplog):
    index, root = RecordingIndex(_folder(tmp_path)), tmp_path / "rec"
    grown(index, "cam", 10)
    index.hold("mark", ("cam",), NOW, NOW + MINUTE)
    with caplog.at_level("INFO", "lawang.recording"):
        usage, room = sweep(index, root, lambda _camera, _kept: 1 << 60, NOW + 10 * MINUTE, Limits(100, 0))
    assert usage.held == 2000
    assert not room
    left = [one.t0 for one in index.segments("cam", 0, 1 << 62)]
    assert left == [NOW + number * MINUTE for number in (0, 1, 6, 7, 8, 9)]     # half of the eight that may go
    assert any("deleted (quota)" in line for line in caplog.messages)
    for _pass in range(5):
        usage, room = sweep(index, root, lambda _camera, _kept: 1 << 60, NOW + 11 * MINUTE, Limits(100, 0))
    assert [one.t0 for one in index.segments("cam", 0, 1 << 62)] == left        # a pass is ten seconds, a day is a day
    grown(index, "cam", 1, t0=NOW + 20 * MINUTE)                                # what is recorded has room nevertheless
    sweep(index, root, lambda _camera, _kept: 1 << 60, NOW + 21 * MINUTE, Limits(100, 0))
    assert [one.t0 for one in index.segments("cam", 0, 1 << 62)] == [*left[:2], *left[3:], NOW + 20 * MINUTE]
    for day in range(1, 5):
        sweep(index, root, lambda _camera, _kept: 1 << 60, NOW + day * 90_000_000_000, Limits(100, 0))
    # Of the last one half is none: it stays until another is recorded.
    assert [one.t0 for one in index.segments("cam", 0, 1 << 62)] == [NOW, NOW + MINUTE, NOW + 20 * MINUTE]
    index.release("mark")
    index.close()


def test_below_the_free_space_that_was_asked_for_the_oldest_goes(tmp_path, monkeypatch):
    index, root = RecordingIndex(_folder(tmp_path)), tmp_path / "rec"
    grown(index, "cam", 10)
    free = [500]
    monkeypatch.setattr("app.recording.sweep.shutil.disk_usage", lambda _path: shutil._ntuple_diskusage(
        10_000, 10_000 - free[0], free[0]))
    _usage, room = sweep(index, root, lambda _camera, _kept: 1 << 60, NOW, Limits(1 << 40, 2_400))
    assert len(index.segments("cam", 0, 1 << 62)) == 8
    assert not room                 # what was deleted here frees nothing: somebody else fills the disk
    free[0] = 2_400
    _usage, room = sweep(index, root, lambda _camera, _kept: 1 << 60, NOW, Limits(1 << 40, 2_400))
    assert room
    assert len(index.segments("cam", 0, 1 << 62)) == 8
    index.close()


def test_an_index_of_the_first_version_is_taken_over(tmp_path):
    import sqlite3

    from app.registry import recordings
    root = _folder(tmp_path)
    old = sqlite3.connect(root / recordings.INDEX)
    for statement in recordings._FIRST:
        old.execute(statement)
    old.execute("INSERT INTO segments (camera, run, path, t0, t1, state) VALUES ('c', 'r', 'c/a.mp4', 1, 2, 'closed')")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    index = RecordingIndex(root)
    assert [one.path for one in index.older("c", 9, kept=True, most=9)] == ["c/a.mp4"]      # it stays for days
    index.close()
    RecordingIndex(root).close()


def test_of_what_was_kept_for_days_half_goes_in_a_day_at_most_whatever_the_clock_says(tmp_path):
    index = RecordingIndex(_folder(tmp_path))
    grown(index, "cam", 9)
    for day, left in enumerate((5, 3, 2, 1, 0)):
        for _pass in range(3):                      # ten seconds apart, and from one start of the program to the next
            sweep(index, tmp_path / "rec", lambda _camera, _kept: 1, NOW * 2 + day * 90_000_000_000, Limits(1 << 40, 0))
        assert len(index.segments("cam", 0, 1 << 62)) == left
    grown(index, "cam", 9)
    sweep(index, tmp_path / "rec", lambda _camera, _kept: 1, NOW * 2, Limits(1 << 40, 0), by_age=False)
    assert len(index.segments("cam", 0, 1 << 62)) == 9
    index.close()


@pytest.mark.parametrize("step_s", [3600, -3600, 86_400, -86_400])
def test_a_clock_that_is_set_deletes_nothing_for_its_age(tmp_path, keeper, step_s, monkeypatch, caplog):
    monkeypatch.setattr(keeping, "LOOK_S", 0.02)
    monkeypatch.setattr(keeping, "RETAIN_S", 0.02)
    shift = [0]
    one = keeper(wall=lambda: time.time() + shift[0])
    one.keep_of = lambda _camera, _kept: 10 * MINUTE
    ready(one)
    now = time.time_ns() // 1000

    def lies_there(index):
        return len(index.segments("cam", now - 60 * MINUTE, now + 60 * MINUTE))
    ask(one, lambda index: grown(index, "cam", 3, kept=False, t0=now - 4 * MINUTE))
    shift[0] = step_s
    passes = one._retained
    deadline = time.monotonic() + 30.0
    while "the clock was set by" not in caplog.text or one._retained < passes + 0.1:
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
    assert ask(one, lies_there) == 3
    one._distrust = 0.0                             # half an hour later
    while ask(one, lies_there) != (0 if step_s > 0 else 3):
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_what_is_counted_in_memory_is_what_lies_there(tmp_path):
    index = RecordingIndex(_folder(tmp_path))
    assert index.used() == (0, 0, 0, None)
    grown(index, "cam", 6)
    index.hold("mark", ("cam",), NOW, NOW + MINUTE)
    index.end(SegmentEnded("cam", f"cam/{NOW}.mp4", NOW, NOW + MINUTE - 1, NOW, 5000, 60, "x"))     # read again: longer
    index.mark_missing(tmp_path / "rec" / "cam" / f"{NOW + 5 * MINUTE}.mp4")
    index.forget(index.oldest(2))
    again = RecordingIndex(tmp_path / "rec")
    assert index.used() == again.used() == (7000, 3, 6000, NOW)
    assert index.eligible() == again.eligible() == 1
    assert index.last_end("cam") == NOW + 5 * MINUTE - 1
    index.close()
    again.close()


def test_events_of_days_ago_are_forgotten_what_they_kept_is_not(tmp_path):
    index, day = RecordingIndex(_folder(tmp_path)), 86_400_000_000
    grown(index, "cam", 3, kept=False)
    index.keep("cam", NOW + MINUTE, NOW + MINUTE + 1)
    index.keep("cam", NOW + MINUTE, NOW + 2 * MINUTE - 2)       # the same event goes on: one stretch
    index.keep("cam", NOW + 3 * day, NOW + 3 * day + 1)
    assert index._rows("SELECT t0 FROM events", ()) == [(NOW + 3 * day,)]
    assert [one.t0 for one in index.older("cam", NOW * 2, kept=True, most=9)] == [NOW + MINUTE]
    assert [one.t0 for one in index.older("cam", NOW * 2, kept=False, most=9)] == [NOW, NOW + 2 * MINUTE]
    index.close()


def test_a_look_that_fails_does_not_end_the_thread(tmp_path, keeper, monkeypatch, caplog):
    monkeypatch.setattr(keeping, "LOOK_S", 0.02)
    one = ready(keeper())
    failed = threading.Event()

    def broken():
        failed.set()
        raise RuntimeError("a bug")
    with monkeypatch.context() as patched:
        patched.setattr(one.place, "wrong", broken)
        assert failed.wait(30.0)
    assert ask(one, lambda index: index.used()) == (0, 0, 0, None)
    assert "a look at the place of recordings failed" in caplog.text


def test_what_the_index_could_not_take_on_a_full_disk_is_told_to_it_later(tmp_path, keeper, monkeypatch):
    monkeypatch.setattr(keeping, "LOOK_S", 0.05)
    full, really = [True], RecordingIndex.end

    def end(self, news, state=SegmentState.CLOSED, *, kept=False):
        if full[0]:
            raise OperatorError("database or disk is full")
        really(self, news, state, kept=kept)
    one = ready(keeper())
    monkeypatch.setattr(RecordingIndex, "end", end)
    one.heard(SegmentEnded("cam", str(one.root / "cam/x.mp4"), NOW, NOW + MINUTE, NOW, 1000, 10, "x"))
    wait(lambda: "disk is full" in one.said)
    assert ask(one, lambda index: index.segments("cam", 0, 1 << 62)) == ()
    full[0] = False
    wait(lambda: len(ask(one, lambda index: index.segments("cam", 0, 1 << 62))) == 1)


def test_what_was_given_up_for_want_of_room_is_taken_up_again_step_by_step(tmp_path, keeper, monkeypatch):
    monkeypatch.setattr(keeping, "LOOK_S", 0.02)
    monkeypatch.setattr(keeping, "RETAIN_S", 0.0)
    room, said = [False], []
    monkeypatch.setattr(keeping, "sweep", lambda *_given, **_more: (Usage(), room[0]))
    one = keeper()
    one.trouble.connect(said.append)
    wait(lambda: one.least == Rank.NEEDED + 1)          # and never more than all of them
    assert "Nothing more is recorded" in one.said
    steps = []
    one.changed.connect(lambda: steps.append(one.least))
    room[0] = True
    wait(lambda: one.least == 0)
    assert steps == list(range(Rank.NEEDED, -1, -1)), "one rank after the other"
    wait(lambda: one.said == "")


def wait(condition):
    deadline = time.monotonic() + 30.0
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)
