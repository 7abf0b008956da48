"""Opening: older files go forward with a copy first, newer and foreign ones are left alone, damage is kept aside."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils.migrations import Migrations

from app.model.errors import OperatorError
from app.model.register import Device, Level, OwnerKind, Risk
from app.registry import schema
from app.registry.copies import KEEP, copies_of, copy_of_today, folder_of, make_copy, put_back
from app.registry.errors import DamagedRegistry
from app.registry.opening import open_database, version_of
from app.registry.registry import Registry

SHIPPED = Path(__file__).with_name("shipped")
NEWEST = len(schema.step_names())


def longer(*extra) -> Migrations:
    """The shipped steps and more: the program of next year."""
    steps = Migrations(schema.migrations.name)
    for step in [*(m.fn for m in schema.migrations._migrations), *extra]:
        steps(name=step.__name__ if step in extra else f"000{len(schema.step_names(steps)) + 1}_{step.__name__}")(step)
    return steps


def set_pragma(path: Path, text: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA {text}")
    db.close()


def test_a_new_file_is_made_with_the_promised_pragmas(tmp_path):
    db = open_database(tmp_path / "new.db")
    pragma = {name: db.execute(f"PRAGMA {name}").fetchone()[0]
              for name in ("journal_mode", "foreign_keys", "busy_timeout", "user_version", "application_id")}
    db.close()
    assert pragma == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000, "user_version": NEWEST,
                      "application_id": schema.APPLICATION_ID}
    assert copies_of(tmp_path / "new.db") == [], "nothing to copy yet"


def test_every_shipped_version_has_its_small_old_file():
    assert sorted(p.name for p in SHIPPED.glob("*.db")) == [f"{n:04d}.db" for n in range(1, NEWEST + 1)]
    assert schema.step_names() == sorted(schema.step_names())
    assert [int(name[:4]) for name in schema.step_names()] == list(range(1, NEWEST + 1))


@pytest.mark.parametrize("version", range(1, NEWEST + 1))
def test_an_old_file_is_carried_forward_whole(version, tmp_path, vault):
    path = tmp_path / "old.db"
    shutil.copy(SHIPPED / f"{version:04d}.db", path)
    registry = Registry(path, vault=vault, station="here")
    try:
        assert registry.version == NEWEST
        cameras = registry.list_cameras()
        assert [(c.number, c.name, c.area) for c in cameras] == [
            (112, "Balai Kota", ("Makassar", "Ujung Pandang")), (403, "Jl Pattimura", ("Ambon",))]
        assert cameras[0].credentials.username == "admin"
        assert [s.url for s in cameras[0].streams] == ["rtsp://10.1.0.112/main", "rtsp://10.1.0.112/sub"]
        wall = registry.load_wall("last")
        assert wall is not None
        assert wall.windows[0].panes[0].camera == cameras[0].id
        assert registry.setting("freshness.frozen_seconds") == 4.0
        if version >= 2:
            the_register_is_there(registry)
    finally:
        registry.close()


def the_register_is_there(registry: Registry) -> None:
    """What came with version 2."""
    [owner] = registry.owners.all()
    assert (owner.name, owner.kind, owner.hours) == ("RS Budi Mulia", OwnerKind.PRIVATE, "06:00-22:00")
    camera = registry.list_cameras()[1]
    assert (camera.owner, camera.heading, camera.tags) == (owner.id, 270.0, ("banjir", "pasar"))
    assert camera.restricted and camera.rotation == 180
    assert camera.device == Device("Axis", "P3265-LV", "B8A44F", "b8:a4:4f:00:00:01")
    assert [(a.level, a.risk) for a in registry.areas.all() if a.path == ("Ambon",)] == [(Level.CITY, Risk.RED)]


def test_the_newest_old_file_has_the_shape_that_the_steps_make(tmp_path):
    """Mend, while the step has not shipped, with: python -m tests.registry.shipped.make"""
    shapes = []
    open_database(tmp_path / "new.db").close()
    for path in (tmp_path / "new.db", SHIPPED / f"{NEWEST:04d}.db"):
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        shapes.append(sorted(row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")))
        db.close()
    assert shapes[0] == shapes[1]


def test_a_copy_is_made_before_each_step_forward(tmp_path):
    path = tmp_path / "r.db"
    shutil.copy(SHIPPED / "0001.db", path)

    def next_year(db):
        db.execute("ALTER TABLE cameras ADD COLUMN azimuth REAL")

    db = open_database(path, steps=longer(next_year))
    assert version_of(db) == NEWEST + 1
    assert "azimuth" in db.table("cameras").columns_dict
    db.close()
    [copy] = copies_of(path)
    assert copy.name.endswith("-v1.db")
    old = sqlite3.connect(copy)
    assert old.execute("PRAGMA user_version").fetchone()[0] == 1
    assert old.execute("SELECT count(*) FROM cameras").fetchone()[0] == 2
    old.close()


def test_a_step_that_fails_leaves_the_file_at_the_step_before(tmp_path):
    path = tmp_path / "r.db"
    shutil.copy(SHIPPED / "0001.db", path)

    def good(db):
        db.execute("CREATE TABLE good (x)")

    def bad(db):
        db.execute("CREATE TABLE bad (x)")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        open_database(path, steps=longer(good, bad))
    db = open_database(path, steps=longer(good))
    assert version_of(db) == NEWEST + 1
    assert {"good"} == {"good", "bad"} & set(db.table_names())
    db.close()


def test_a_newer_file_is_refused_with_both_versions_named(tmp_path):
    path = tmp_path / "r.db"
    shutil.copy(SHIPPED / "0001.db", path)
    set_pragma(path, "user_version = 99")
    before = path.read_bytes()
    with pytest.raises(OperatorError, match=rf"version 99, this program knows versions up to {NEWEST}"):
        open_database(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "browser.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE history (url)")
    db.close()
    before = path.read_bytes()
    with pytest.raises(OperatorError, match="another program"):
        open_database(path)
    assert path.read_bytes() == before


def test_a_text_file_given_by_mistake_is_not_renamed(tmp_path):
    path = tmp_path / "cameras.csv"
    path.write_text("number,name,main_url\n")
    with pytest.raises(OperatorError, match="not a camera registry"):
        open_database(path)
    assert [p.name for p in tmp_path.iterdir()] == ["cameras.csv"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OperatorError, match="nowhere does not exist"):
        open_database(tmp_path / "nowhere" / "r.db")


@pytest.mark.parametrize("place", [0, 5000])
def test_a_damaged_file_is_kept_aside_and_the_last_good_copy_offered(tmp_path, vault, registry, camera, place):
    registry.save_cameras(*(camera(n) for n in range(1, 60)))
    path, copy = registry.path, registry.keep_copy()
    registry.settle()
    registry.close()
    damaged = bytearray(path.read_bytes())
    damaged[place:] = b"\xa5" * (len(damaged) - place)
    path.write_bytes(damaged)

    with pytest.raises(DamagedRegistry) as caught:
        Registry(path, vault=vault, station="here")
    assert not path.exists()
    assert caught.value.kept is not None
    assert caught.value.kept.read_bytes() == damaged
    assert caught.value.last_good == copy
    assert str(copy) in str(caught.value)

    put_back(caught.value.last_good, path)
    again = Registry(path, vault=vault, station="here")
    assert len(again.list_cameras()) == 59
    again.close()


def test_without_any_copy_the_sentence_says_so(tmp_path, registry, camera):
    registry.save_cameras(*(camera(n) for n in range(1, 60)))
    registry.settle()
    registry.close()
    data = bytearray(registry.path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    registry.path.write_bytes(data)
    with pytest.raises(DamagedRegistry, match="there is no copy") as caught:
        open_database(registry.path)
    assert caught.value.last_good is None


def test_a_damaged_file_that_is_read_only_stays_where_it_is(registry, camera):
    registry.save_cameras(*(camera(n) for n in range(1, 60)))
    registry.settle()
    registry.close()
    data = bytearray(registry.path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    registry.path.write_bytes(data)
    with pytest.raises(OperatorError, match="damaged and read-only"):
        open_database(registry.path, read_only=True)
    assert registry.path.read_bytes() == data


def test_copies_are_made_daily_and_only_the_newest_are_kept(registry, tmp_path):
    db = sqlite3.connect(registry.path)
    try:
        for day in range(KEEP + 3):
            make_copy(db, registry.path, now=1_750_000_000 + day * 86_400)
        assert len(copies_of(registry.path)) == KEEP
        assert copy_of_today(db, registry.path) is None, "one was written just now"
        newest = copies_of(registry.path)[0]
        assert copy_of_today(db, registry.path, now=newest.stat().st_mtime + 86_401) is not None
        with pytest.raises(FileExistsError):
            put_back(newest, registry.path)
    finally:
        db.close()


def test_a_clock_that_was_set_back_does_not_stop_the_copies(registry):
    """Copies of next year, made while the clock was wrong, are neither the newest nor in the way of today's."""
    db = sqlite3.connect(registry.path)
    now = 1_750_000_000.0
    try:
        for day in range(KEEP):
            ahead = make_copy(db, registry.path, now=now + (365 + day) * 86_400)
            os.utime(ahead, (now + 365 * 86_400,) * 2)
        today = copy_of_today(db, registry.path, now=now)
        assert today is not None
        assert copies_of(registry.path, now)[0] == today
        assert len(copies_of(registry.path, now)) == KEEP
        os.utime(today, (now, now))
        assert copy_of_today(db, registry.path, now=now + 60) is None
    finally:
        db.close()


def test_a_full_disk_is_a_sentence_and_loses_nothing(registry, camera):
    """SQLite's own page limit gives the same error as a full disk (SQLITE_FULL)."""
    registry.save_cameras(camera(1))
    db = registry._store.db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + 1}").fetchone()
    with pytest.raises(OperatorError, match="disk is full"):
        registry.save_cameras(*(camera(n, name="x" * 150) for n in range(2, 400)))
    assert [c.number for c in registry.list_cameras()] == [1]
    db.execute("PRAGMA max_page_count = 1000000").fetchone()
    registry.save_cameras(camera(2))
    assert len(registry.list_cameras()) == 2


def test_a_read_only_file_can_be_watched_but_says_that_it_is_not_written(registry, open_registry, camera):
    registry.save_cameras(camera(1))
    other = open_registry(read_only=True)
    assert len(other.list_cameras()) == 1
    with pytest.raises(OperatorError, match="read-only"):
        other.save_cameras(camera(2))
    assert len(other.list_cameras()) == 1


def test_a_file_in_a_folder_that_may_not_be_written_is_read_as_it_lies(tmp_path, vault, camera):
    """WAL needs an index beside the file, and there is no room for one: as on a CD, or in another user's folder."""
    path = tmp_path / "r.db"
    with Registry(path, vault=vault, station="here") as registry:
        registry.save_cameras(camera(1))
    Path(f"{path}-shm").symlink_to(tmp_path / "none" / "shm")
    with pytest.raises(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        db.execute("SELECT count(*) FROM cameras")
    with Registry(path, vault=vault, station="here", read_only=True) as registry:
        assert [c.number for c in registry.list_cameras()] == [1]


def test_a_copy_that_cannot_be_made_is_told_and_stops_nothing(registry, camera, caplog):
    registry.save_cameras(camera(1))
    folder = folder_of(registry.path)
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("a file where the folder should be")
    with closing(sqlite3.connect(registry.path)) as db:
        assert copy_of_today(db, registry.path) is None
    assert "copy of the registry was not made" in caplog.text
    registry.save_cameras(camera(2))
    assert len(registry.list_cameras()) == 2


def test_an_old_read_only_file_asks_to_be_copied(tmp_path):
    path = tmp_path / "r.db"
    shutil.copy(SHIPPED / "0001.db", path)
    with pytest.raises(OperatorError, match="carried forward"):
        open_database(path, read_only=True, steps=longer(lambda db: None))


def test_a_file_that_another_program_holds_is_a_sentence(registry, camera):
    registry._store.db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(registry.path)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperatorError, match="Another program is writing"):
            registry.save_cameras(camera(1))
    finally:
        other.rollback()
        other.close()
    registry.save_cameras(camera(1))


def test_several_programs_opening_a_new_file_at_once_all_succeed(tmp_path):
    path = tmp_path / "r.db"
    code = ("import sys; from pathlib import Path; from app.registry.opening import open_database, version_of; "
            "sys.stdin.readline(); db = open_database(Path(sys.argv[1])); print(version_of(db)); db.close()")
    programs = [subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = []
    try:
        for program in programs:
            assert program.stdin is not None
            program.stdin.write("go\n")
            program.stdin.flush()
        said = [program.communicate(timeout=60)[0].strip() for program in programs]
    finally:
        for program in programs:
            program.kill()
            program.wait()
    assert said == [str(NEWEST)] * 3
