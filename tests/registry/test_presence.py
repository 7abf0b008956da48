"""The file vanishes under a running wall: a sentence, the wall goes on, and nothing that was kept is lost."""

from __future__ import annotations

import os
import queue
import shutil
import sqlite3
import threading
from dataclasses import replace

import pytest

from app.registry.copies import copies_of
from app.registry.lane import RegistryLane
from app.registry.presence import Presence, Where, write_again
from app.registry.registry import Registry


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("app.registry.presence.GONE_SECONDS", 0.3)
    monkeypatch.setattr("app.registry.presence.STILL_SECONDS", 0.3)


@pytest.fixture
def start_lane(tmp_path, vault):
    lanes = []

    def start(station="here"):
        lane = RegistryLane(tmp_path / "cameras.db",
                            open_registry=lambda path: Registry(path, vault=vault, station=station))
        lane.told = queue.Queue()
        lane.trouble.connect(lambda error: lane.told.put(None if error is None else str(error)))
        lane.start()
        lane.wait_open(10)
        lanes.append(lane)
        return lane

    yield start
    for lane in lanes:
        assert lane.close()


def done(lane, work):
    box = queue.Queue()
    assert lane.submit(work, box.put)
    outcome = box.get(timeout=10)
    assert outcome.error is None, outcome.error
    return outcome.value


def numbers_in(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [row[0] for row in db.execute("SELECT number FROM cameras ORDER BY number")]
    finally:
        db.close()


def test_a_deleted_file_is_told_of_and_written_again_with_all_that_was_kept(start_lane, camera):
    lane = start_lane()
    done(lane, lambda r: r.save_cameras(camera(1, "rahasia")))
    lane.path.chmod(0o640)
    done(lane, lambda r: None)      # after each job the lane looks at the file
    lane.path.unlink()
    assert "is gone" in lane.told.get(timeout=20)
    done(lane, lambda r: r.save_cameras(camera(2)))         # the wall goes on: this is kept as well
    assert len(lane.directory) == 2
    assert lane.told.get(timeout=20) is None
    assert numbers_in(lane.path) == [1, 2]
    assert lane.path.stat().st_mode & 0o777 == 0o640
    done(lane, lambda r: r.save_cameras(camera(3)))
    assert numbers_in(lane.path) == [1, 2, 3], "the lane works with the file that lies there"
    assert lane.directory.by_number(1).credentials.password.reveal() == "rahasia"
    assert sorted(p.name for p in lane.path.parent.iterdir() if ".again" in p.name) == []


def test_a_deleted_file_behind_a_link_is_written_again_where_it_was(start_lane, camera, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    (tmp_path / "cameras.db").symlink_to(disk / "real.db")
    lane = start_lane()
    done(lane, lambda r: r.save_cameras(camera(1)))
    (disk / "real.db").unlink()
    assert "is gone" in lane.told.get(timeout=20)
    assert lane.told.get(timeout=20) is None
    assert lane.path.is_symlink()
    assert numbers_in(disk / "real.db") == [1]


def test_a_file_that_comes_back_is_gone_on_with(start_lane, camera, monkeypatch):
    monkeypatch.setattr("app.registry.presence.GONE_SECONDS", 60.0)
    lane = start_lane()
    done(lane, lambda r: r.save_cameras(camera(1)))
    lane.path.rename(lane.path.with_name("moved.db"))
    assert "is gone" in lane.told.get(timeout=20)
    lane.path.with_name("moved.db").rename(lane.path)
    assert lane.told.get(timeout=20) is None
    done(lane, lambda r: r.save_cameras(camera(2)))
    assert numbers_in(lane.path) == [1, 2]


def test_a_backup_put_in_place_is_changed_over_to_once_it_is_whole(start_lane, open_registry, camera):
    backup = open_registry("backup.db")
    backup.save_cameras(camera(7), camera(8))
    backup.settle()
    lane = start_lane()
    [one] = done(lane, lambda r: r.save_cameras(camera(1)))
    changed = threading.Event()
    lane.directory.changed.connect(lambda ids: changed.set() if one.id in ids else None)
    half = backup.path.read_bytes()[:8192]
    draft = lane.path.with_name("half")
    draft.write_bytes(half)
    draft.replace(lane.path)                            # a copy that broke off
    told = lane.told.get(timeout=20)
    assert "Another file lies in place" in told
    assert "damaged" in lane.told.get(timeout=20)
    assert lane.directory.by_number(1) == one, "the wall goes on with what it knows"
    shutil.copy(backup.path, draft)
    draft.replace(lane.path)
    assert changed.wait(10)
    assert [c.number for c in lane.directory.all()] == [7, 8]
    while lane.told.get(timeout=20) is not None:
        pass
    done(lane, lambda r: r.save_cameras(camera(9)))
    assert numbers_in(lane.path) == [7, 8, 9]
    assert numbers_in(copies_of(lane.path)[0]) == [1], "what the lost file held is among the copies"


def test_two_programs_write_a_lost_file_once_and_both_work_with_it(start_lane, camera):
    one, other = start_lane(), start_lane("there")
    done(one, lambda r: r.save_cameras(camera(1)))
    done(other, lambda r: r.save_cameras(camera(2)))
    one.path.unlink()
    for lane in (one, other):
        assert "is gone" in lane.told.get(timeout=20)
    for lane in (one, other):
        while lane.told.get(timeout=10) is not None:
            pass
    seen = threading.Event()
    other.directory.changed.connect(lambda ids: seen.set() if other.directory.by_number(3) else None)
    done(one, lambda r: r.save_cameras(camera(3)))
    assert seen.wait(10)
    done(other, lambda r: r.save_cameras(camera(4)))
    assert numbers_in(one.path) == [1, 2, 3, 4]


def test_a_file_lost_just_before_the_end_is_written_at_closing(start_lane, camera, monkeypatch):
    monkeypatch.setattr("app.registry.presence.GONE_SECONDS", 60.0)
    lane = start_lane()
    done(lane, lambda r: r.save_cameras(camera(1)))
    lane.path.unlink()
    assert lane.close()
    assert numbers_in(lane.path) == [1]


def test_where_it_cannot_be_written_again_a_sentence_says_so_and_it_is_tried_again(start_lane, camera, tmp_path,
                                                                                    monkeypatch):
    lane = start_lane()
    done(lane, lambda r: r.save_cameras(camera(1)))
    block = tmp_path / "cameras.db.again"
    block.mkdir()
    os.utime(block, (0, 0))                                 # unlinking a folder fails: like a disk that refuses
    lane.path.unlink()
    assert "is gone: deleted" in lane.told.get(timeout=20)
    assert "cannot be written again" in lane.told.get(timeout=20)
    assert len(lane.directory) == 1
    block.rmdir()
    assert lane.told.get(timeout=20) is None
    assert numbers_in(lane.path) == [1]


def test_presence_tells_gone_from_replaced_and_waits_for_a_copy_to_end(tmp_path):
    now, path = [0.0], tmp_path / "a.db"
    path.write_bytes(b"one")
    presence = Presence(path, clock=lambda: now[0])
    assert presence.look() is Where.HERE
    path.write_bytes(b"grown")
    assert presence.look() is Where.HERE, "the same file"
    path.rename(tmp_path / "moved")
    assert presence.look() is Where.GONE
    assert not presence.is_due()
    now[0] = 0.4
    assert presence.is_due()
    assert not presence.is_due(), "again only after another wait"
    path.write_bytes(b"other")
    assert presence.look() is Where.OTHER
    now[0] = 0.6
    path.write_bytes(b"other, still growing")
    assert presence.look() is Where.OTHER
    now[0] = 0.8
    assert not presence.is_due()
    now[0] = 1.0
    assert presence.is_due()


def test_writing_again_never_replaces_a_file(registry, camera):
    registry.save_cameras(camera(1))
    registry.path.unlink()
    registry.path.write_bytes(b"somebody's")
    write_again(registry._store.db.conn, registry.path, lambda: None, 0o640)
    assert registry.path.read_bytes() == b"somebody's"
    registry.path.unlink()
    draft = registry.path.with_name("cameras.db.again")
    draft.write_bytes(b"")
    write_again(registry._store.db.conn, registry.path, lambda: None, 0o640)
    assert not registry.path.exists(), "another program is at it"
    os.utime(draft, (0, 0))
    write_again(registry._store.db.conn, registry.path, lambda: None, 0o640)
    assert numbers_in(registry.path) == [1], "one that died at it is not waited for"
    assert replace(registry.list_cameras()[0], id="").number == 1
