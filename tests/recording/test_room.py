"""The room between wall, rules, alarms and the keeper: who is asked of the engine, with which rank, and why."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.cli.front import main as front
from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.clip import Clock, ClockSource
from app.model.device import DeviceFacts
from app.model.recording import SegmentBegun, SegmentEnded
from app.model.wall import Pane, WallState, WindowKind, WindowState
from app.recording import keeper as keeping
from app.recording.place import HEADLESS
from app.recording.policy import Rank
from app.recording.rules import Mode, Rule, Scope, to_text
from app.recording_room import RecordingRoom, clock_offsets
from app.registry.directory import CameraDirectory
from app.registry.registry import Registry
from app.runtime import ntp, paths
from app.runtime.settings import SETTINGS

CAMERAS = tuple(Camera(name, number, name.title(), ("Makassar",), tags=(name,), streams=(
    StreamProfile(StreamRole.MAIN, f"rtsp://127.0.0.1:9/{name}"),)) for number, name in enumerate(
        ("gate", "river", "school", "market"), 1))
ROOT = Path(__file__).resolve().parents[2]


class Engine:
    """What would be recorded."""

    def __init__(self):
        self.wants = {}

    def record(self, wants):
        self.wants = dict(wants)


@pytest.fixture
def rooms(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "LOOK_S", 0.05)
    made = []

    def make(*rules, shown=(), kind="wall", **settings):
        engine = Engine()
        wall = WallState((WindowState("w", WindowKind.WALL, layout="2x2", panes=tuple(map(Pane, shown))),))
        values = {setting.key: setting.default for setting in SETTINGS} | {
            "recording.rules": to_text(rules), "recording.folder": str(tmp_path / "rec"),
            "recording.free_gb": 0.05,      # the disk of the tests may be nearly full
            **{f"recording.{key}": value for key, value in settings.items()}}
        room = RecordingRoom(engine, CameraDirectory(CAMERAS), lambda: wall, values, lambda _key, _value: None,
                             kind=kind)
        made.append(room)
        room.start()
        return room, engine
    yield make
    for room in made:
        room.close()


def until(condition):
    deadline = time.monotonic() + 20.0
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_the_wall_has_its_last_minutes_and_rules_have_more(rooms):
    _room, engine = rooms(Rule(Scope.TAG, "river", Mode.ALWAYS), Rule(Scope.TAG, "school", Mode.NEVER),
                          shown=("gate", "school"))
    until(lambda: engine.wants)
    assert {name: (want.pull, want.rank) for name, want in engine.wants.items()} == {
        "river": (True, Rank.ALWAYS), "gate": (False, Rank.LAST_MINUTES)}
    assert all(want.mark and want.place for want in engine.wants.values())


def test_an_alarm_keeps_from_before_it_until_after_it(rooms):
    room, engine = rooms(Rule(Scope.CAMERA, "river", Mode.EVENT), event_before=20, event_after=60)
    until(lambda: engine.wants)
    assert engine.wants["river"].rank == Rank.WATCHED
    now = time.time_ns() // 1000
    early = SegmentEnded("river", "river/a.mp4", now - 90_000_000, now - 30_000_000, None, 10, 1, "x")
    before = SegmentEnded("river", "river/b.mp4", now - 30_000_000, now - 5_000_000, None, 10, 1, "x")
    for one in (early, before):
        room.keeper.heard(SegmentBegun("river", one.path, one.t0, "r"))
        room.keeper.heard(one)
    room.alarmed({"river", "gate"})
    until(lambda: room.keeper.urgent == {"river"})
    assert set(engine.wants) == {"river"}           # an alarm alone asks for nothing: its rule does
    assert engine.wants["river"].rank == Rank.NEEDED
    after = SegmentEnded("river", "river/c.mp4", now + 30_000_000, now + 90_000_000, None, 10, 1, "x")
    room.keeper.heard(SegmentBegun("river", after.path, after.t0, "r"))
    room.keeper.heard(after)
    there, found = threading.Event(), []
    room.keeper.submit(lambda index: [[one.path for one in index.older("river", now * 2, kept=kept, most=9)]
                                      for kept in (False, True)], lambda answer: (found.append(answer), there.set()))
    assert there.wait(10.0)
    assert found == [[["river/a.mp4"], ["river/b.mp4", "river/c.mp4"]]]


def test_a_full_place_gives_up_the_lowest_ranks_in_turn(rooms):
    room, engine = rooms(Rule(Scope.TAG, "river", Mode.ALWAYS), Rule(Scope.TAG, "market", Mode.EVENT), shown=("gate",))
    until(lambda: len(engine.wants) == 3)
    left = []
    for least in range(6):
        room.keeper.all[0].least = least
        room.follow()
        left.append(sorted(engine.wants))
    assert left == [["gate", "market", "river"], ["market", "river"], ["river"], ["river"], [], []]


def test_what_somebody_holds_now_is_given_up_last(rooms):
    room, engine = rooms(shown=("gate", "river"))
    until(lambda: len(engine.wants) == 2)
    now = time.time_ns() // 1000
    room.keeper.hold("mark", ("gate",), now - 1, now + 60_000_000)
    until(lambda: engine.wants["gate"].rank == Rank.NEEDED)
    assert engine.wants["river"].rank == Rank.LAST_MINUTES


def test_the_second_at_a_place_looks_on_holds_and_takes_over(rooms):
    first, recording = rooms(Rule(Scope.TAG, "river", Mode.ALWAYS), kind=HEADLESS)
    until(lambda: recording.wants)
    second, idle = rooms(shown=("gate",))
    until(lambda: second.keeper.looks_on)
    # flock is per open file: two rooms of one process are as two programs.
    assert "The recorder without windows" in second.keeper.said
    assert second.keeper.said in second.why(CAMERAS[0])
    assert not idle.wants
    until(lambda: set(recording.wants) == {"river", "gate"})        # what the wall shows is asked of who records
    assert recording.wants["gate"].pull
    held = threading.Event()
    now = time.time_ns() // 1000
    second.keeper.hold("mark", ("gate",), now, now + 60_000_000, lambda _answer: held.set())
    assert held.wait(10.0)
    until(lambda: "gate" in first.keeper.urgent)
    first.keeper.heard(SegmentBegun("river", "river/a.mp4", now, "run"))
    until(lambda: "river" in second.taping)
    first.close()
    until(lambda: second.keeper.ready and set(idle.wants) == {"gate"})
    assert not second.keeper.said


def test_a_recording_states_camera_offset_and_station_clock(rooms, monkeypatch):
    monkeypatch.setattr("app.recording_room.station_clock", lambda: ntp.StationClock(True, 12_345))
    room, engine = rooms(Rule(Scope.ALL, "", Mode.ALWAYS))
    room.measured({"river": -3.25})
    until(lambda: engine.wants)
    room.keeper.heard(SegmentBegun("river", "river/a_run1_1.mp4", 5_000_000, "run1"))
    room.keeper.heard(SegmentEnded("river", "river/a_run1_1.mp4", 5_000_000, 9_000_000))
    there, found = threading.Event(), []
    room.ask("river", 0, 1 << 62, lambda answer: (found.append(answer), there.set()))
    assert there.wait(10.0)
    assert found[0][0][0].clock == Clock(ClockSource.ARRIVAL, 520_000, -3_250_000, True)


def test_what_the_kernel_says_of_its_clock():
    import struct
    told = struct.pack("@I4xqqqqi", 0, 0, 0, 4321, 99, 0x2001) + bytes(200)
    assert ntp.read(told) == ntp.StationClock(True, 4321)
    assert ntp.read(struct.pack("@I4xqqqqi", 0, 0, 0, 16_000_000, 0, 0x40) + bytes(200)) == ntp.StationClock(
        False, 16_000_000)
    assert ntp.station_clock().synchronised in (True, False, None)


def test_offsets_are_those_of_the_device_facts(lawang_home):
    path = paths.registry_path()
    path.parent.mkdir(parents=True)
    with Registry.open(path) as registry:
        registry.cameras.save([Camera("", 1, "One", streams=CAMERAS[0].streams)])
        camera = registry.list_cameras()[0].id
        from app.devices.asker import FACT, facts_to
        registry.device_facts.put(camera, FACT, facts_to(DeviceFacts("http://h/onvif", clock_offset=7.5)))
        assert clock_offsets(registry) == {camera: 7.5}


@pytest.fixture
def registry(lawang_home):
    path = paths.registry_path()
    path.parent.mkdir(parents=True)
    with Registry.open(path) as opened:
        opened.cameras.save([Camera("", one.number, one.name, tags=one.tags, streams=one.streams) for one in CAMERAS])
    return path


def record(*words):
    return front(["record", *words, "--language", "en"], lambda _options: 0)


def test_rules_are_set_shown_and_explained_on_the_command_line(registry, capsys):
    assert record("set", "always", "--tag", "river", "--days", "30") == 0
    assert record("set", "schedule", "--camera", "1,3", "--hours", "sen-jum 7.00-18.00") == 0
    assert record("set", "never", "--camera", "3") == 0
    capsys.readouterr()
    assert record("rules") == 0
    assert capsys.readouterr().out.splitlines() == [
        "camera\t0001 Gate\tschedule\tmon-fri 07:00-18:00\t7 days\t1 camera",
        "camera\t0003 School\tnever\t\t\t1 camera",
        "tag\triver\talways\t\t30 days\t1 camera",
        "Every other camera: its last 5 min while it is on a wall."]
    assert record("why", "2-4") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("0002 River\tno file is being written\tRecorded, kept for 30 days: the rule for the tag")
    assert said[1].endswith("Not recorded now: the rule for this camera says: never.")
    assert said[2].endswith("Not recorded now: no rule asks for it.")
    assert record("set", "default", "--camera", "1,3") == 0
    capsys.readouterr()
    assert record("set", "always", "--area", "X", "--stream", "main", "--given-up", "last", "--sound") == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        "area\tX\talways\t\t7 days\t0 cameras\t--stream main --given-up last --sound")
    assert record("set", "default", "--area", "X") == 0
    assert record("set", "schedule", "--all") == 2
    assert record("why", "99") == 2
    assert "0099" in capsys.readouterr().err


def test_recording_without_a_rule_is_refused_with_the_way_out(registry, capsys):
    assert record() == 2
    assert "record set always" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_ends_the_recorder(registry, tmp_path):
    record("set", "always", "--all")
    (tmp_path / "file").write_text("")
    with Registry.open(registry) as opened:
        opened.set_setting("recording.folder", str(tmp_path / "file" / "below"))
    done = subprocess.run([sys.executable, "main.py", "record", "--language", "en"], cwd=ROOT, env=os.environ,
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Not a directory" in done.stderr


def test_storage_tells_what_the_place_really_holds_against_what_is_promised(registry, capsys):
    from app.recording_room import place_of
    from app.registry.recordings import RecordingIndex
    record("set", "always", "--tag", "river", "--days", "30")
    with Registry.open(registry) as opened:
        river = next(one.id for one in opened.list_cameras() if one.number == 2)
        opened.set_setting("recording.quota_gb", 2.0)
        opened.set_setting("recording.free_gb", 0.05)
        place = place_of(opened.settings.all())
    assert front(["storage", "status", "--language", "en"], lambda _options: 0) == 2        # nothing is there yet
    place.mkdir(parents=True)
    index = RecordingIndex(place)
    day, now = 86_400_000_000, time.time_ns() // 1000
    for hours in range(48):                         # 1.2 GB a day, for two days
        t0 = now - 2 * day + hours * day // 24
        index.end(SegmentEnded(river, f"{river}/{hours}.mp4", t0, t0 + day // 24, t0, 50_000_000, 9, "x"))
    index.close()
    capsys.readouterr()
    assert front(["storage", "status", "--language", "en"], lambda _options: 0) == 0
    said = capsys.readouterr().out
    assert "At this rate\t1.2 GB a day: the place holds 1.7 days" in said
    assert "Promised\t30 days: 34.0 GB more are needed, or the oldest goes earlier" in said
    assert "0002 River\t2.4 GB" in said
    assert "reaches back 2.0 days" in said
    record("set", "always", "--tag", "river", "--days", "2")
    capsys.readouterr()
    front(["storage", "status", "--language", "en"], lambda _options: 0)
    assert "Promised\t2 days" in capsys.readouterr().out
