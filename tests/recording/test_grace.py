"""A rule that keeps less waits a day, what cannot be read shortens nothing, another register's files are not ours."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
from contextlib import contextmanager

import pytest

from app.cli.front import main as front
from app.model.camera import Camera
from app.model.errors import OperatorError
from app.model.recording import Promise, SegmentBegun, SegmentEnded, Usage
from app.recording import keeper as keeping
from app.recording.grace import DAY_US, DAYS, Ledger, settled
from app.recording.notice import coming
from app.recording.place import MARKER, Place, owner_of
from app.recording.rules import Mode, Rule, Scope, readable, to_text
from app.recording.sweep import Limits, Whose, sweep
from app.recording_room import RecordingRoom, place_of
from app.registry.directory import CameraDirectory
from app.registry.recordings import RecordingIndex
from app.registry.registry import Registry
from app.runtime import paths
from app.runtime.settings import SETTINGS

MINUTE, HOUR = 60_000_000, 3_600_000_000
NOW = 1_790_000_000_000_000
WIDE = Limits(1 << 40, 0)


def grown(index, camera, days, size=1000, now=NOW):
    """One file a day, the newest an hour old."""
    for day in range(days):
        t0 = now - HOUR - day * DAY_US
        path = index.root / camera / f"{t0}.mp4"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(size))
        index.begin(SegmentBegun(camera, str(path), t0, "r"))
        index.end(SegmentEnded(camera, str(path), t0, t0 + MINUTE, t0, size, 60, "x"))


def left(index, camera):
    return len(index.segments(camera, 0, 1 << 62))


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "rec"
    made.mkdir()
    return made


@contextmanager
def opened(root):
    index = RecordingIndex(root)
    try:
        yield index
    finally:
        index.close()


def passed(index, days, now, *, limits=WIDE, whose=None):
    """One pass of a program that has just been started: nothing but the index remembers."""
    return sweep(index, index.root, lambda _camera, kept: days * DAY_US if kept else 5 * MINUTE, now, limits,
                 whose=whose)


def test_more_is_promised_at_once_less_in_a_day_and_not_at_all_when_it_was_taken_back():
    first = settled(None, 30, NOW)
    assert first == Promise(30)
    assert settled(first, 60, NOW) == Promise(60)
    waits = settled(first, 7, NOW)
    assert waits == Promise(30, 7, NOW + DAY_US)
    assert settled(waits, 7, NOW + HOUR) == waits
    assert settled(waits, 30, NOW + HOUR) == first
    assert settled(waits, 7, NOW + DAY_US) == Promise(7)
    assert settled(waits, 10, NOW + HOUR) == Promise(30, 10, NOW + DAY_US)
    assert settled(waits, 3, NOW + HOUR) == Promise(30, 3, NOW + HOUR + DAY_US)     # that is another change
    assert settled(waits, 30, NOW + 2 * DAY_US) == Promise(30)                      # taken back while nothing ran
    assert settled(waits, 7, NOW - 9 * DAY_US) == Promise(30, 7, NOW - 8 * DAY_US)  # the clock was set back


def test_what_cannot_be_read_promises_nothing_less():
    assert settled(Promise(30), 7, NOW, frozen=True) == Promise(30)
    assert settled(Promise(30, 14, NOW + HOUR), 7, NOW, frozen=True) == Promise(30, 14, NOW + HOUR)
    assert settled(Promise(30), 60, NOW, frozen=True) == Promise(60)


def test_a_shorter_rule_deletes_nothing_for_a_day_over_restarts_and_is_told(root):
    with opened(root) as index:
        grown(index, "cam", 30)
        passed(index, 30, NOW)
        for hours in (0, 5, 23):
            passed(index, 7, NOW + hours * HOUR)
            assert left(index, "cam") >= 29             # the one of the thirtieth day goes as was promised
        ledger = Ledger(index.promises)
        told = coming(index, ledger, Usage())
        assert (told.cameras, told.at) == (1, NOW + DAY_US)
        assert told.bytes == 23_000                     # older than 7 days by then, without what goes anyway
        assert "23 kB of 1 camera go from " in told.sentence
        passed(index, 30, NOW + 23 * HOUR + 1)          # taken back
        assert not coming(index, Ledger(index.promises), Usage()).sentence
        passed(index, 30, NOW + 25 * HOUR)
        assert left(index, "cam") >= 29
        passed(index, 7, NOW + 26 * HOUR)
        passed(index, 7, NOW + 51 * HOUR)
        assert 14 <= left(index, "cam") <= 16           # and then half in a day


def test_the_clock_that_jumps_ahead_takes_the_day_with_it(root):
    with opened(root) as index:
        grown(index, "cam", 9)
        ledger = Ledger(index.promises)
        ledger.in_force(DAYS, "cam", 30 * DAY_US, NOW)
        ledger.in_force(DAYS, "cam", 7 * DAY_US, NOW)
        ledger.clock_set(2 * DAY_US)
        ledger.save()
        assert Ledger(index.promises).in_force(DAYS, "cam", 7 * DAY_US, NOW + 2 * DAY_US) == 30 * DAY_US


def test_a_smaller_quota_and_a_larger_floor_wait_too_a_disk_that_is_short_does_not(root, monkeypatch):
    free = [50_000]
    monkeypatch.setattr("app.recording.sweep.shutil.disk_usage", lambda _path: shutil._ntuple_diskusage(
        100_000, 100_000 - free[0], free[0]))
    with opened(root) as index:
        grown(index, "cam", 10)
        passed(index, 99, NOW, limits=Limits(20_000, 5_000))
        usage, room = passed(index, 99, NOW + HOUR, limits=Limits(6_000, 60_000))
        assert (left(index, "cam"), room) == (10, True)
        told = coming(index, Ledger(index.promises), usage)
        assert "By the new limits 10 kB of recordings go from" in told.sentence
        free[0] = 3_000                                 # below the floor that is in force
        passed(index, 99, NOW + 2 * HOUR, limits=Limits(6_000, 60_000))
        assert left(index, "cam") == 8
        free[0] = 50_000
        passed(index, 99, NOW + 26 * HOUR, limits=Limits(6_000, 5_000))
        assert left(index, "cam") == 6


def test_half_of_a_day_counts_what_was_recorded_meanwhile_and_what_was_promised(root):
    with opened(root) as index:
        grown(index, "cam", 10)
        ledger = Ledger(index.promises)
        assert ledger.most(10_000, 0, 0, NOW) == (5_000, True)
        assert ledger.most(5_000, 0, 0, NOW + HOUR) == (0, False)
        assert ledger.most(7_000, 0, 0, NOW + 2 * HOUR) == (2_000, False)       # recorded since: a quota turns over
        assert ledger.most(7_000, 0, 1_000, NOW + 3 * HOUR) == (1_500, False)   # of 9,000
        ledger.save()
        assert Ledger(index.promises).most(6_000, 0, 0, NOW + 4 * HOUR) == (1_500, False)
        assert ledger.most(6_000, 0, 0, NOW + 25 * HOUR) == (3_000, True)


def test_rules_that_are_none_are_told_from_rules_that_are_missing():
    assert to_text(()) == "[]"
    assert readable("[]")
    assert readable("")
    assert readable(to_text((Rule(Scope.ALL, "", Mode.ALWAYS, 30),)))
    assert not any(map(readable, ("{", '{"a":1}', '[{"scope":"all"}]', "[7]", "5")))


class Engine:
    """What would be recorded."""

    def __init__(self):
        self.wants = {}

    def record(self, wants):
        self.wants = dict(wants)


class City:
    """Rooms at one place, one after the other, each with its register and its cameras."""

    def __init__(self, root):
        self.root, self.made = root, []

    def room(self, rules, register="own", cameras=("river",), **settings):
        from app.model.wall import WallState
        values = {setting.key: setting.default for setting in SETTINGS} | {
            "recording.rules": rules, "recording.folder": str(self.root), "recording.free_gb": 0.05,
            "recording.register": register, **settings}
        directory = CameraDirectory(tuple(Camera(name, at, name.title()) for at, name in enumerate(cameras, 1)))
        room = RecordingRoom(Engine(), directory, WallState, values, lambda _key, _value: None)
        room.values = values
        self.made.append(room)
        room.start()
        until(lambda: room.keeper.ready or room.keeper.said)
        return room

    def end(self):
        while self.made:
            self.made.pop().close()


@pytest.fixture
def city(root, monkeypatch):
    monkeypatch.setattr(keeping, "LOOK_S", 0.03)
    monkeypatch.setattr(keeping, "RETAIN_S", 0.03)
    made = City(root)
    yield made
    made.end()


def until(condition):
    deadline = time.monotonic() + 30.0
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def some_passes(room):
    for _pass in range(3):
        before = room.keeper.all[0]._retained
        until(lambda before=before: room.keeper.all[0]._retained > before)


def lies(room, camera):
    answers, there = [], threading.Event()
    assert room.keeper.submit(lambda index: left(index, camera), lambda answer: (answers.append(answer), there.set()))
    assert there.wait(30.0)
    return answers[0]


MONTH = to_text((Rule(Scope.ALL, "", Mode.ALWAYS, 60),))


@pytest.mark.parametrize("text", ["{broken", "", '[{"scope":"all","of":"","mode":"often","days":1,"hours":""}]'])
def test_rules_that_cannot_be_read_or_are_gone_leave_the_last_ones_in_force_also_after_a_start(city, root, text):
    with opened(root) as index:
        grown(index, "river", 30, now=time.time_ns() // 1000)
    room = city.room(MONTH)
    some_passes(room)
    said = []
    room.keeper.trouble.connect(lambda _sentence: said.append(room.keeper.promised.notice))
    room.settings_changed(room.values | {"recording.rules": text})
    until(lambda: any("cannot be read or are gone" in one for one in said))
    assert "cannot be read" in room.why(Camera("river", 1, "River"))
    city.end()
    with opened(root) as index:
        assert index.promises.all()["days", "river"] == Promise(60 * DAY_US, text="own")
    room = city.room(text)
    until(lambda: "cannot be read" in room.keeper.promised.notice)
    some_passes(room)
    assert lies(room, "river") == 30
    if text:
        until(lambda: room.policy.rules == (Rule(Scope.ALL, "", Mode.ALWAYS, 60),))
    room.settings_changed(room.values | {"recording.rules": MONTH})
    until(lambda: not room.keeper.promised.notice)


def test_rules_that_never_could_be_read_delete_nothing_for_its_age(city, root):
    with opened(root) as index:
        grown(index, "river", 30, now=time.time_ns() // 1000)
    room = city.room("{broken")
    some_passes(room)
    assert lies(room, "river") == 30


def test_a_rule_made_shorter_is_told_in_the_room_and_taken_back(city, root):
    with opened(root) as index:
        grown(index, "river", 30, now=time.time_ns() // 1000)
    room = city.room(MONTH)
    some_passes(room)
    room.settings_changed(room.values | {"recording.rules": "[]"})
    until(lambda: "By the new rule 24 kB of 1 camera go from" in room.keeper.promised.notice)
    some_passes(room)
    assert lies(room, "river") == 30
    room.settings_changed(room.values | {"recording.rules": MONTH})
    until(lambda: not room.keeper.promised.notice)


def test_cameras_of_another_register_are_left_alone_also_when_their_own_comes_back(city, root):
    now = time.time_ns() // 1000
    with opened(root) as index:
        grown(index, "river", 30, now=now)
    room = city.room(MONTH)                     # a mark of an older version names nobody: who knows the cameras has it
    some_passes(room)
    city.end()
    assert owner_of(root) == "own"
    other = city.room("", "other", ("gate",), **{"recording.quota_gb": 0.1})
    some_passes(other)
    assert lies(other, "river") == 30
    assert other.usage.others == 30_000
    assert not other.keeper.promised.notice         # neither the rules nor the quota of the other one
    city.end()
    with opened(root) as index:
        grown(index, "gate", 30, now=now)
        passed(index, 60, now, whose=Whose("other", False, {"gate"}.__contains__))
    room = city.room(MONTH, "own", ("river",))
    some_passes(room)
    assert lies(room, "gate") == 30
    assert owner_of(root) == "own"
    city.end()
    room = city.room("[]", "own", ("school",))  # a camera that was taken out of its own register goes, a day later
    some_passes(room)
    with opened(root) as index:
        assert index.promises.all()["days", "river"].next == 7 * DAY_US
        assert ("days", "gate") in index.promises.all()
        assert index.promises.all()["days", "gate"].next is None


def test_an_old_place_is_not_adopted_by_a_register_that_knows_nobody_there(city, root):
    (root / MARKER).write_text(json.dumps({"id": "old"}))
    with opened(root) as index:
        grown(index, "river", 30, now=time.time_ns() // 1000)
    other = city.room("[]", "other", ("gate",))
    some_passes(other)
    assert lies(other, "river") == 30
    city.end()
    assert owner_of(root) == ""
    room = city.room(MONTH, "own", ("river",))
    some_passes(room)
    assert json.loads((root / MARKER).read_text()) == {"id": "old", "register": "own"}


def test_a_full_quota_of_one_register_takes_nothing_of_the_other(root):
    with opened(root) as index:
        grown(index, "river", 10)
        grown(index, "gate", 4)
        usage, _room = passed(index, 99, NOW, limits=Limits(3_000, 0),
                              whose=Whose("other", False, {"gate"}.__contains__))
        assert (left(index, "river"), left(index, "gate"), usage.others) == (10, 3, 10_000)


def test_a_new_place_is_its_registers(root):
    place = Place(root)
    place.register = "own"
    assert place.wrong() == ""
    assert owner_of(root) == "own"
    place.let_go()


def test_rules_that_hold_nonsense_in_the_file_do_not_look_like_none(lawang_home):
    path = paths.registry_path()
    path.parent.mkdir(parents=True)
    with Registry.open(path) as registry:
        registry.set_setting("recording.rules", MONTH)
    db = sqlite3.connect(path)
    db.execute("UPDATE settings SET json = '[{\"scope\"' WHERE key = 'recording.rules'")
    db.commit()
    db.close()
    with Registry.open(path) as registry:
        assert not readable(str(registry.settings.get("recording.rules")))


def test_storage_status_tells_what_will_go_and_what_is_anothers(lawang_home, capsys):
    path = paths.registry_path()
    path.parent.mkdir(parents=True)
    with Registry.open(path) as registry:
        registry.cameras.save([Camera("", 1, "River")])
        river = registry.list_cameras()[0].id
        registry.set_setting("recording.register", "own")
        place = place_of(registry.settings.all())
    place.mkdir(parents=True)
    now = time.time_ns() // 1000
    (place / MARKER).write_text(json.dumps({"id": "x", "register": "own"}))
    with opened(place) as index:
        grown(index, river, 30, now=now, size=1_000_000)
        grown(index, "gate", 5, now=now)
        passed(index, 60, now, whose=Whose("other", False, {"gate"}.__contains__))
        for days in (60, 7):
            passed(index, days, now, whose=Whose("own", True, {river}.__contains__))
    assert front(["storage", "status", "--language", "en"], lambda _options: 0) == 0
    said = capsys.readouterr().out
    assert "Will go\tBy the new rule 24.0 MB of 1 camera go from 2" in said
    assert "Of another register\t5 kB of 1 cameras; they are left alone here" in said


def test_a_disk_that_takes_no_promise_is_made_room_on_nevertheless(root, monkeypatch):
    with opened(root) as index:
        grown(index, "cam", 10)
        passed(index, 99, NOW)

        def full(_changed):
            raise OperatorError("database or disk is full")
        monkeypatch.setattr(index.promises, "put", full)
        ledger = Ledger(index.promises)
        sweep(index, root, lambda _camera, _kept: 99 * DAY_US, NOW + 26 * HOUR, Limits(1 << 40, 0), ledger=ledger)
        monkeypatch.setattr("app.recording.sweep.shutil.disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 0))
        sweep(index, root, lambda _camera, _kept: DAY_US, NOW + 26 * HOUR, Limits(1 << 40, 0), ledger=ledger)
        assert left(index, "cam") == 10                 # the deadline lives in memory
        ledger.in_force("floor", "", -50_000, NOW + 26 * HOUR)
        sweep(index, root, lambda _camera, _kept: DAY_US, NOW + 51 * HOUR, Limits(1 << 40, 50_000), ledger=ledger)
        assert left(index, "cam") < 10
