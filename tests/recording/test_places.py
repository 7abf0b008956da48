"""Several places for recordings, with real files: one that goes costs the open file, what lies on it comes back."""

from __future__ import annotations

import json
import shutil
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.model.camera import Camera, StreamProfile, StreamRole
from app.model.clip import GapCause, SegmentState
from app.model.recording import SegmentEnded
from app.model.wall import WallState
from app.playback.coverage import Coverage, holes, merged
from app.recording import keeper as keeping
from app.recording import keepers
from app.recording.place import MARKER, Place, State
from app.recording.rules import Mode, Rule, Scope, to_text
from app.recording_room import RecordingRoom
from app.registry.absent import NAME, AbsentPlaces
from app.registry.directory import CameraDirectory
from app.registry.recordings import RecordingIndex
from app.runtime import paths
from app.runtime.settings import SETTINGS
from app.video import messages, taping
from app.video.keeping import news_of
from app.video.replay import Reel
from app.video.segment import SegmentFile
from app.video.segment_name import folders_in, text_of, time_of
from app.video.taping import Decks, Tape
from tests.recording.conftest import GROUP
from tests.recording.test_faults import Film

CAMERAS = tuple(Camera(name, number, name.title(), ("Makassar",), streams=(
    StreamProfile(StreamRole.MAIN, f"rtsp://127.0.0.1:9/{name}"),)) for number, name in enumerate(("gate", "river"), 1))
ALL = Rule(Scope.ALL, "", Mode.ALWAYS)
LONG = 1 << 62


class Worker:
    """What an ingest worker does with its orders, with the decks and tapes of one."""

    def __init__(self) -> None:
        self.wants, self.told, self.tapes = {}, [], {}
        self.heard = lambda _news: None
        self._lock = threading.Lock()
        self.decks = Decks(self._tell)

    def _tell(self, message) -> None:
        self.told.append(message)
        self.heard(news_of(message))

    def record(self, wants) -> None:
        with self._lock:
            self.wants = dict(wants)
            orders = {camera: messages.Record(f"{camera}/sub", camera, want.folder, want.seconds, want.rank, want.mark,
                                              want.place) for camera, want in wants.items()}
            for camera, tape in list(self.tapes.items()):
                if camera not in orders or not orders[camera].same_files(tape.order):
                    tape.deck.stop(self.tapes.pop(camera))
            for camera, order in orders.items():
                if camera in self.tapes:
                    self.tapes[camera].order = order
                else:
                    self.tapes[camera] = Tape(order, "h264", (64, 64), self.decks.of(order))
                    self.tapes[camera].deck.start(self.tapes[camera])

    def send(self, camera: str, film: Film, groups: int = 2) -> None:
        with self._lock:
            tape = self.tapes[camera]
        for unit in film.next(groups * GROUP):
            tape.offer(unit)


class City:
    """A room with places below one folder; ``values`` are its settings, as an operator would change them."""

    def __init__(self, folder: Path, names: tuple[str, ...], rule: Rule = ALL, cameras=CAMERAS, marks="") -> None:
        self.folder, self.worker = folder, Worker()
        self.values = {setting.key: setting.default for setting in SETTINGS} | {
            "recording.rules": to_text([rule]), "recording.folder": str(folder / names[0]),
            "recording.free_gb": 0.05, "recording.register": "own", "recording.seconds": 300,
            "recording.marks": marks}
        self.said: list[str] = []
        self.use(names)
        self.room = RecordingRoom(self.worker, CameraDirectory(cameras), WallState, dict(self.values), self._keep)
        self.worker.heard = self.room.keeper.heard
        self.room.keeper.trouble.connect(self.said.append)
        self.room.start()

    def use(self, names: tuple[str, ...]) -> None:
        self.values["recording.roots"] = json.dumps([{"path": str(self.folder / name), "quota_gb": 2.0, "free_gb": 0.05}
                                                     for name in names[1:]])

    def _keep(self, key, value) -> None:
        self.values[key] = value

    def change(self, names: tuple[str, ...]) -> None:
        self.use(names)
        self.room.settings_changed(dict(self.values))

    def place_of(self, camera: str) -> str:
        want = self.worker.wants.get(camera)
        return Path(want.folder).parent.name if want is not None else ""

    def keeper(self, name: str):
        return next(one for one in self.room.keeper.all if one.root.name == name)

    def ask(self, work):
        answers, there = [], threading.Event()
        assert self.room.keeper.submit(work, lambda answer: (answers.append(answer), there.set()))
        assert there.wait(30.0)
        return answers[0]

    def end(self) -> None:
        self.room.end(10.0)
        self.worker.decks.close(10.0)
        self.room.close()


@pytest.fixture
def city(tmp_path, lawang_home, monkeypatch):
    monkeypatch.setattr(keeping, "LOOK_S", 0.05)
    monkeypatch.setattr(keepers, "NOTE_S", 0.05)
    made = []

    def make(*names, **more):
        made.append(City(tmp_path, names, **more))
        return made[-1]
    yield make
    for one in made:
        one.end()


def absent(ask):
    """What is known of places that are away."""
    with closing(AbsentPlaces(paths.data_dir() / NAME)) as rows:
        return ask(rows)


def until(condition):
    deadline = time.monotonic() + 30.0
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_cameras_are_spread_over_the_places_and_stay_where_they_are(city):
    one = city("a", "b")
    until(lambda: len(one.worker.wants) == 2)
    assert {one.place_of("gate"), one.place_of("river")} == {"a", "b"}
    before = dict(one.worker.wants)
    for _again in range(3):
        one.room.follow()
    assert one.worker.wants == before
    assert all(Path(want.mark).is_file() for want in before.values())


def test_a_place_that_goes_costs_the_open_file_and_what_lies_there_comes_back(city, film):
    one = city("a", "b")
    until(lambda: len(one.worker.wants) == 2)
    lost, other = one.place_of("gate"), one.place_of("river")
    pictures = Film(film)
    one.worker.send("gate", pictures, 5)
    until(lambda: one.worker.tapes["gate"].file is not None)
    one.worker.decks.of(one.worker.tapes["gate"].order).stop(one.worker.tapes.pop("gate"))      # a file that is whole
    until(lambda: one.ask(lambda index: [part.state for part in index.segments("gate", 0, LONG)]) == ["closed"])
    until(lambda: absent(lambda rows: rows.at(one.keeper(lost).place_id)))
    one.worker.record(one.worker.wants)
    one.worker.send("gate", pictures)
    until(lambda: one.worker.tapes["gate"].file is not None)

    marker = one.folder / lost / MARKER                 # the disk is not mounted any more: its mark is not there
    marker.rename(one.folder / "mark")
    until(lambda: one.place_of("gate") == other)
    one.worker.send("gate", pictures)
    until(lambda: any(isinstance(told, messages.Taping) and Path(told.path).parents[3].name == other
                      for told in one.worker.told if getattr(told, "camera", "") == "gate"))
    until(lambda: one.keeper(lost).place.state is State.AWAY)
    assert not marker.exists()
    assert one.room.keeper.ready
    assert f"Storage {one.folder / lost} is away" in one.room.keeper.said
    assert "Recording goes on at the other places" in one.said[-1]

    # What lies there is told as the cause, to the playback of the camera and to a package.
    def seen(index):
        return index.coverage.many(["gate"], 0, time.time_ns() // 1000, 0)["gate"], index.gaps("gate", 0, LONG)
    (_stretches, gaps), all_gaps = one.ask(seen)
    away = next(gap for gap in gaps if gap.cause is GapCause.STORAGE_AWAY)
    assert away in all_gaps and away.t1 - away.t0 >= 4_000_000
    coverage = Coverage(merged([(away.t1, away.t1 + 1)]), 0, LONG)
    assert holes(coverage, gaps, away.t0 - 60_000_000, away.t1) == [replace(away, camera="")]
    assert "gate" in one.ask(lambda index: index.cameras())

    # Marked meanwhile, held when it is back, before anything may be deleted there.
    one.room.keeper.hold("mark", ("gate",), away.t0, away.t1)
    one.room.keeper.hold("gone", ("gate",), away.t0, away.t1)
    one.room.keeper.release("gone")
    until(lambda: len(absent(lambda rows: rows.owed(one.keeper(lost).place_id))) == 3)
    (one.folder / "mark").rename(marker)
    until(lambda: one.keeper(lost).ready)
    until(lambda: not one.room.keeper.said)
    until(lambda: not absent(lambda rows: rows.owed(one.keeper(lost).place_id)))
    with closing(RecordingIndex(one.folder / lost, read_only=True)) as index:
        assert index.holders() == {"mark"}
    found = one.ask(lambda index: index.segments("gate", 0, LONG))
    assert {part.path.parents[3].name for part in found} == {lost, other}
    assert not [gap for gap in one.ask(lambda index: index.gaps("gate", 0, LONG))
                if gap.cause is GapCause.STORAGE_AWAY]
    assert one.place_of("gate") == other                # it stays there for this run


def test_a_disk_that_refuses_is_left_at_once_and_the_gap_has_its_cause(city, film, monkeypatch):
    one = city("a", "b", cameras=CAMERAS[:1])
    until(lambda: one.worker.wants)
    first = one.place_of("gate")
    other = "b" if first == "a" else "a"
    pictures = Film(film)
    one.worker.send("gate", pictures)
    until(lambda: one.worker.tapes["gate"].file is not None)

    really = SegmentFile.write

    def write(self, unit) -> None:
        if first in self.path.parts:
            raise OSError(28, "no space")
        really(self, unit)
    monkeypatch.setattr(SegmentFile, "write", write)
    one.worker.send("gate", pictures, 1)
    until(lambda: one.place_of("gate") == other)
    assert one.room.keeper.state_of(one.keeper(first)) is State.DISTRUSTED
    one.worker.send("gate", pictures)
    until(lambda: one.worker.tapes["gate"].file is not None)
    until(lambda: [gap for gap in one.ask(lambda index: index.gaps("gate", 0, LONG))
                   if gap.cause is GapCause.DISK_FULL])
    assert one.place_of("gate") == other


def test_a_disk_that_hangs_holds_no_other_and_is_left(city, film, monkeypatch):
    one = city("a", "b")
    until(lambda: len(one.worker.wants) == 2)
    slow, other = one.place_of("gate"), one.place_of("river")
    thaw, really = threading.Event(), SegmentFile.write

    def write(self, unit) -> None:
        if slow in self.path.parts:
            thaw.wait(60.0)
        really(self, unit)
    monkeypatch.setattr(SegmentFile, "write", write)
    try:
        one.worker.send("gate", Film(film))
        until(lambda: one.worker.tapes["gate"].file is not None)
        one.worker.send("river", Film(film))
        until(lambda: one.worker.tapes["river"].file is not None and one.worker.tapes["river"].file.packets >= GROUP)
        monkeypatch.setattr(taping, "QUEUE_BYTES", 1)   # more than it takes waits for the disk that hangs
        one.worker.send("gate", Film(film))
        one.worker.decks.look()                         # told by another thread than the one that hangs
        until(lambda: one.place_of("gate") == other)
        monkeypatch.setattr(taping, "QUEUE_BYTES", 96 << 20)
        one.worker.send("gate", Film(film))
        until(lambda: one.worker.tapes["gate"].file is not None and one.worker.tapes["gate"].file.packets >= GROUP)
    finally:
        thaw.set()
    until(lambda: len([part for part in one.ask(lambda index: index.segments("gate", 0, LONG))
                       if slow in part.path.parts and part.state is SegmentState.CLOSED]) == 1)
    assert GapCause.DISK_SLOW in {gap.cause for gap in one.ask(lambda index: index.gaps("gate", 0, LONG))}


def test_a_smaller_quota_of_one_place_waits_a_day_and_is_told(city, monkeypatch):
    monkeypatch.setattr(keeping, "RETAIN_S", 0.05)
    one = city("a", "b")
    until(lambda: len(one.worker.wants) == 2)
    now = time.time_ns() // 1000

    def fill(index) -> None:
        for number in range(30):
            t0 = now - (40 - number) * 60_000_000
            index.end(SegmentEnded("gate", f"gate/{number}.mp4", t0, t0 + 60_000_000, t0, 10_000_000, 60, "x"))
    for keeper in one.room.keeper.all:
        keeper.submit(fill)
    until(lambda: [keeper.usage.bytes for keeper in one.room.keeper.all] == [300_000_000] * 2)
    assert one.room.usage.bytes == 600_000_000
    assert one.room.usage.free < sum(keeper.usage.free for keeper in one.room.keeper.all)       # it is one disk
    rows = json.loads(one.values["recording.roots"])
    one.values["recording.roots"] = json.dumps([row | {"quota_gb": 0.1} for row in rows])
    one.room.settings_changed(dict(one.values))
    until(lambda: "200 MB" in one.room.keeper.promised.notice)
    assert [keeper.promised.notice != "" for keeper in one.room.keeper.all] == [False, True]
    before = [keeper._retained for keeper in one.room.keeper.all]
    until(lambda: all(keeper._retained > then for keeper, then in zip(one.room.keeper.all, before, strict=True)))
    assert [keeper.usage.files for keeper in one.room.keeper.all] == [30, 30]
    one.room.settings_changed({**one.values, "recording.roots": json.dumps(rows)})
    until(lambda: not one.room.keeper.promised.notice)


def test_a_place_is_added_and_taken_away_while_it_is_recorded(city, film):
    one = city("a", cameras=CAMERAS[:1])
    until(lambda: one.place_of("gate") == "a")
    one.change(("a", "b"))
    until(lambda: one.keeper("b").ready and one.keeper("b").usage.size)
    one.worker.send("gate", Film(film))
    until(lambda: one.worker.tapes["gate"].file is not None)
    assert one.place_of("gate") == "a"                  # a run stays where it is
    one.values["recording.folder"] = str(one.folder / "b")
    one.change(("b",))
    until(lambda: one.place_of("gate") == "b")
    assert [keeper.root.name for keeper in one.room.keeper.all] == ["b"]
    until(lambda: not Place(one.folder / "a").wrong())  # nobody has it any more
    assert list((one.folder / "a" / "gate").rglob("*.mp4"))
    with closing(RecordingIndex(one.folder / "a", read_only=True)) as index:
        assert [part.state for part in index.segments("gate", 0, LONG)] == [SegmentState.CLOSED]


def test_a_place_that_is_taken_away_and_added_again_at_once_stops_nobody(city, film):
    one = city("a", "b")
    until(lambda: len(one.worker.wants) == 2)
    for camera in ("gate", "river"):
        one.worker.send(camera, Film(film))
    until(lambda: all(tape.file is not None for tape in one.worker.tapes.values()))
    gone = []
    one.room.keeper.changed.connect(lambda: gone.append(len(one.worker.wants)))
    one.values["recording.folder"] = str(one.folder / "b")
    one.change(("b",))
    one.values["recording.folder"] = str(one.folder / "a")
    one.change(("a", "b"))
    until(lambda: one.keeper("a").ready and one.keeper("b").ready and len(one.worker.wants) == 2)
    assert gone and min(gone) == 2


def test_a_program_that_comes_second_takes_no_place_also_when_one_comes_back(city):
    first = city("a", "b")
    until(lambda: len(first.worker.wants) == 2)
    marker, kept = first.folder / "b" / MARKER, first.folder / "kept"
    marker.rename(kept)
    until(lambda: not first.keeper("b").ready)
    second = City(first.folder, ("a", "b"), marks=first.values["recording.marks"])
    try:
        until(lambda: second.room.keeper.looks_on)
        kept.rename(marker)
        until(lambda: first.keeper("b").ready and second.keeper("b").looks_on)
        assert not second.worker.wants
        assert second.room.keeper.looks_on
    finally:
        second.end()


def test_of_two_programs_that_took_one_place_each_one_gives_it_up(city):
    first, second = city("a"), city("b")
    until(lambda: len(first.worker.wants) == len(second.worker.wants) == 2)
    second.values["recording.folder"] = str(first.folder / "a")
    for one in (first, second):
        one.change(("a", "b"))
    until(lambda: second.room.keeper.looks_on and not second.worker.wants)
    until(lambda: first.keeper("a").ready and first.keeper("b").ready and len(first.worker.wants) == 2)


def test_a_camera_is_played_from_all_places_in_turn(tmp_path, city, film):
    one = city("a", "b", cameras=CAMERAS[:1])
    until(lambda: one.worker.wants)
    pictures = Film(film)
    for _run in range(2):
        one.worker.send("gate", pictures)
        until(lambda: one.worker.tapes["gate"].file is not None)
        gone = one.place_of("gate")
        (one.folder / gone / MARKER).rename(one.folder / f"mark-{gone}")
        until(lambda gone=gone: one.place_of("gate") != gone)
        shutil.move(one.folder / f"mark-{gone}", one.folder / gone / MARKER)
        until(lambda gone=gone: one.keeper(gone).ready)
    until(lambda: len(one.room.keeper.folders("gate")) == 2)
    files = sorted((path for folder in one.room.keeper.folders("gate") for path in folder.rglob("*.mp4")), key=time_of)
    assert {path.parents[3].name for path in files} == {"a", "b"}
    reel = Reel(folders_in(text_of(one.room.keeper.folders("gate"))))
    seen = [reel.at((time_of(files[0]) or 0) + 1000)]
    while seen[-1] is not None:
        seen.append(reel.after(seen[-1].at))
    reel.close()
    assert len(seen) - 1 == 4 * GROUP
