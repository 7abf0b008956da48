"""Places for recordings on the command line: added, told, taken away; and what one place's settings become."""

from __future__ import annotations

import json
import time

import pytest

from app.cli.front import main as front
from app.model.errors import OperatorError
from app.model.recording import Owed, SegmentEnded, Usage
from app.recording.choice import Candidate, capacity_of, spread
from app.recording.place import MARKER, State
from app.recording.roots import LEAST_FLOOR, MOST, WHOLE_DISK, Root, roots_of, with_root, without_root
from app.recording.standing import Standing, read_size
from app.registry.absent import NAME, AbsentPlaces
from app.registry.recordings import RecordingIndex
from app.registry.registry import Registry
from app.runtime.settings import SETTINGS
from tests.recording.test_room import registry

__all__ = ["registry"]
DAY = 86_400_000_000
DEFAULTS = {setting.key: setting.default for setting in SETTINGS}


def storage(*words):
    return front(["storage", *words, "--language", "en"], lambda _options: 0)


def fill(root, camera, hours, size=50_000_000):
    index = RecordingIndex(root)
    now = time.time_ns() // 1000
    for hour in range(hours):
        t0 = now - hours * DAY // 24 + hour * DAY // 24
        index.end(SegmentEnded(camera, f"{camera}/{hour}.mp4", t0, t0 + DAY // 24, t0, size, 9, "x"))
    index.close()


def test_a_place_is_added_told_and_taken_away(registry, tmp_path, capsys):
    disk = tmp_path / "disk2"
    assert storage("add", str(disk)) == 2                       # a mount that is missing is not made up
    assert "mount the disk" in capsys.readouterr().err
    assert not disk.exists()
    disk.mkdir()
    assert storage("add", str(disk), "--quota", "500G", "--floor", "1G") == 0
    with Registry.open(registry) as opened:
        settings = opened.settings.all()
        river = next(one.id for one in opened.list_cameras() if one.number == 2)
    first, second = roots_of(settings)
    assert second == Root(disk, 500_000_000_000, 1_000_000_000)
    assert first.quota == 2_000_000_000                         # as it was
    assert json.loads(settings["recording.marks"])[str(disk)] == json.loads((disk / MARKER).read_text())["id"]
    assert storage("add", str(disk / "inside")) == 2
    (disk / "inside").mkdir()
    assert storage("add", str(disk / "inside")) == 2
    first.path.mkdir(parents=True)
    fill(first.path, river, 48)                                 # 1.2 GB a day
    fill(disk, river, 24)
    capsys.readouterr()
    assert storage("status") == 0
    said = capsys.readouterr().out
    assert f"Place\t{first.path}\nState\tnot looked at yet" in said
    assert f"Place\t{disk}\nState\tin use" in said
    assert "May take\t500 GB" in said
    assert said.count("At this rate\t1.2 GB a day") == 2
    assert said.count("0002 River\t3.6 GB") == 1                # over both places

    (disk / MARKER).unlink()
    capsys.readouterr()
    storage("status")
    assert f"Place\t{disk}\nState\taway" in capsys.readouterr().out
    assert storage("add", str(disk), "--quota", "1T") == 0      # the disk that lies there now is the right one
    capsys.readouterr()
    storage("status")
    said = capsys.readouterr().out
    assert "State\taway" not in said and "May take\t1.0 TB" in said

    assert storage("remove", str(first.path)) == 0              # the next one takes its place, with its quota
    with Registry.open(registry) as opened:
        assert roots_of(opened.settings.all()) == (Root(disk, 1_000_000_000_000, 1_000_000_000),)
    assert storage("remove", str(disk)) == 2
    assert "the only place" in capsys.readouterr().err
    assert (disk / MARKER).exists() and (disk / "index.db").exists()


def test_an_installation_with_one_place_stays_as_it_is(tmp_path):
    assert roots_of({**DEFAULTS, "recording.folder": str(tmp_path), "recording.quota_gb": 3.0}) == (
        Root(tmp_path, 3_000_000_000, 1_000_000_000),)
    others = json.dumps([{"path": "/b"}, {"path": "relative"}, {"path": str(tmp_path)}, {"quota_gb": 1},
                         {"path": "/c", "quota_gb": -1, "free_gb": "much"}])
    assert roots_of({**DEFAULTS, "recording.folder": str(tmp_path), "recording.roots": others})[1:] == tuple(
        Root(type(tmp_path)(path), WHOLE_DISK, LEAST_FLOOR) for path in ("/b", "/c"))
    assert len(roots_of({**DEFAULTS, "recording.roots": "{broken"})) == 1


def test_places_beyond_reason_are_refused(tmp_path):
    roots = tuple(Root(tmp_path / str(number)) for number in range(MOST))
    with pytest.raises(OperatorError):
        with_root(roots, Root(tmp_path / "more"))
    with pytest.raises(OperatorError):
        without_root(roots, tmp_path / "more")
    assert with_root(roots, Root(tmp_path / "1", 5))[1].quota == 5


@pytest.mark.parametrize(("text", "size"), [("500G", 500e9), ("1,5 TB", 1.5e12), ("20", 20e9), ("100mb", 1e8)])
def test_sizes_are_read_as_people_write_them(text, size):
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-5G", "0", "1k", "nan"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(OperatorError):
        read_size(text)


def test_days_that_a_place_gives():
    root = Root(roots_of(DEFAULTS)[0].path, quota=100, floor=10)
    assert Standing(root, State.WELL, Usage(bytes=40, held=20, free=30), 10.0).days == 4.0     # 40 + 30 - 10 - 20
    assert Standing(root, State.WELL, Usage(bytes=40), 0.0).days is None


def test_where_cameras_go():
    def places(*candidates):
        return [Candidate(name, 100, room, trusted, least) for name, room, trusted, least in candidates]
    ranks = {f"c{number}": 3 for number in range(8)}
    found = spread(ranks, {}, places(("a", 75, True, 0), ("b", 25, True, 0)))
    assert sorted(found.values()) == ["a"] * 6 + ["b"] * 2              # by the room that there is
    assert spread(ranks, found, places(("a", 5, True, 0), ("b", 90, True, 0))) == found     # a run stays
    full = spread(ranks, found, places(("a", 1, True, 0), ("b", 90, True, 0)))
    assert set(full.values()) == {"b"}                                  # full, while another one has room
    assert spread(ranks, found, places(("a", 1, True, 0), ("b", 4, True, 0))) == found      # both are full
    assert set(spread(ranks, found, places(("a", 75, False, 0), ("b", 25, True, 0))).values()) == {"b"}
    assert spread(ranks, found, places(("a", 75, False, 0), ("b", 25, False, 0))) == found
    assert set(spread(ranks, found, places(("a", 75, True, 4), ("b", 25, True, 0))).values()) == {"b"}
    assert spread(ranks, found, places(("a", 75, True, 4), ("b", 25, True, 4))) == {}
    assert spread(ranks, found, []) == {}
    assert capacity_of(used=30, quota=100, free=40, floor=20) == (50, 20)
    assert capacity_of(used=30, quota=20, free=400, floor=20) == (20, 0)


def test_what_is_known_of_a_place_that_is_away_outlives_the_program(tmp_path):
    rows = AbsentPlaces(tmp_path / NAME)
    rows.note("x", frozenset({("gate", 1, 5), ("gate", 9, 12)}))
    rows.note("x", frozenset({("gate", 1, 5), ("gate", 9, 15)}))
    rows.owe(["x", "y"], Owed("hold", "mark", ("gate", "river"), 1, 2))
    rows.close()
    again = AbsentPlaces(tmp_path / NAME)
    assert again.at("x") == {("gate", 1, 5), ("gate", 9, 15)}
    ((number, owed),) = again.owed("x")
    assert owed == Owed("hold", "mark", ("gate", "river"), 1, 2)
    again.paid([number])
    assert again.owed("x") == [] and len(again.owed("y")) == 1
    again.close()
