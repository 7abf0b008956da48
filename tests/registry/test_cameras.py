"""Cameras are kept as they were given, all or nothing, with a log entry each and no password in any file."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from app.model.camera import Place, StreamProfile, StreamRole, Transport
from app.model.errors import OperatorError
from app.model.secret import Credentials, Secret
from app.registry.ids import IdMaker
from app.registry.registry import Registry
from app.runtime.secrets import Vault

PASSWORD = "sangat-rahasia-7h3K"


def changes(registry: Registry) -> list[tuple[str, str]]:
    with sqlite3.connect(registry.path) as db:
        found = db.execute("SELECT tbl, action FROM change_log ORDER BY id").fetchall()
    db.close()
    return found


def test_a_camera_comes_back_as_it_was_given(registry, camera):
    given = camera(112, PASSWORD, streams=(StreamProfile(StreamRole.MAIN, "rtsps://cam:8322/a?x=1", 1920, 1080,
                                                         Transport.UDP),))
    [kept] = registry.save_cameras(given)
    assert registry.list_cameras() == [kept]
    assert replace(kept, id="") == given
    assert kept.credentials.password.reveal() == PASSWORD


def test_cameras_are_ordered_by_number(registry, camera):
    registry.save_cameras(camera(9), camera(100), camera(20))
    assert [c.number for c in registry.list_cameras()] == [9, 20, 100]


def test_a_taken_number_is_refused_and_nothing_is_kept(registry, camera):
    registry.save_cameras(camera(5))
    with pytest.raises(OperatorError, match="5 is used twice"):
        registry.save_cameras(camera(6), camera(5))
    assert [c.number for c in registry.list_cameras()] == [5]


def test_two_cameras_may_swap_their_numbers(registry, camera):
    one, two = registry.save_cameras(camera(1, name="A"), camera(2, name="B"))
    registry.save_cameras(replace(one, number=2), replace(two, number=1))
    assert [(c.number, c.name) for c in registry.list_cameras()] == [(1, "B"), (2, "A")]


def test_areas_are_shared_and_the_same_name_may_stand_under_two_parents(registry, camera):
    registry.save_cameras(camera(1, area=("Ambon", "Sirimau")), camera(2, area=("Ambon", "Sirimau")),
                          camera(3, area=("Palembang", "Sirimau")), camera(4, area=()))
    assert [c.area for c in registry.list_cameras()] == [("Ambon", "Sirimau")] * 2 + [("Palembang", "Sirimau"), ()]
    assert changes(registry).count(("areas", "added")) == 4


def test_an_area_made_into_a_circle_by_hand_does_not_hang_the_program(registry, camera):
    registry.save_cameras(camera(1))
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE areas SET parent = id")
    db.close()
    assert registry.list_cameras()[0].number == 1


def test_each_write_has_its_log_entry_and_its_revision(registry, camera):
    [kept] = registry.save_cameras(camera(1, PASSWORD, area=("Ambon",)))
    assert changes(registry) == [("areas", "added"), ("cameras", "added"), ("streams", "added"), ("streams", "added"),
                                 ("credentials", "changed")]
    registry.save_cameras(kept)
    assert len(changes(registry)) == 5, "a save that changes nothing writes nothing"
    registry.save_cameras(replace(kept, name="Baru", place=Place(-5.0, 119.0)))
    registry.cameras.remove([kept.id])
    assert changes(registry)[5:] == [("cameras", "changed"), ("cameras", "removed")]
    with sqlite3.connect(registry.path) as db:
        [(what, station)] = db.execute("SELECT what, station FROM change_log WHERE id = 6").fetchall()
    db.close()
    assert json.loads(what) == {"name": "Baru", "latitude": -5.0, "longitude": 119.0}
    assert station == "here"


def test_a_failed_write_leaves_neither_rows_nor_log(registry, camera):
    with pytest.raises(RuntimeError), registry.transaction():
        registry.save_cameras(camera(1))
        raise RuntimeError("half way")
    assert registry.list_cameras() == []
    assert changes(registry) == []


def test_removing_a_camera_takes_its_streams_and_credentials_along(registry, camera):
    [kept] = registry.save_cameras(camera(1, PASSWORD))
    assert registry.cameras.remove([kept.id, "nobody"]) == 1
    with sqlite3.connect(registry.path) as db:
        left = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("streams", "credentials")]
    db.close()
    assert left == [0, 0]


@pytest.mark.parametrize("url", ["rtsp://admin:{p}@10.0.0.5/main", "http://10.0.0.5/v.cgi?usr=admin&pwd={p}",
                                 "rtsp://10.0.0.5/user=admin_password={p}_channel=1_stream=0.sdp"])
def test_no_password_reaches_any_file_or_log(registry, camera, tmp_path, caplog, url):
    """However it is given, and while the WAL file is still there."""
    caplog.set_level(logging.DEBUG)
    registry.save_cameras(camera(1, PASSWORD),
                          camera(2, streams=(StreamProfile(StreamRole.MAIN, url.format(p=PASSWORD)),)))
    registry.keep_copy()
    assert [c.credentials.password.reveal() for c in registry.list_cameras()] == [PASSWORD] * 2
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert any(p.name.endswith("-wal") and p.stat().st_size for p in files), "the WAL was looked at too"
    assert any("copies" in p.parent.name for p in files), "the copy was looked at too"
    assert [p.name for p in files if PASSWORD.encode() in p.read_bytes()] == []
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr(registry.list_cameras())


def test_a_password_moved_to_another_camera_does_not_open(registry, camera, caplog):
    registry.save_cameras(camera(1, PASSWORD), camera(2, "lain"))
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE credentials SET password = (SELECT password FROM credentials ORDER BY camera LIMIT 1)")
    db.close()
    assert [c.credentials.password.reveal() for c in registry.list_cameras()] == [PASSWORD, ""]
    assert "1 camera passwords cannot be opened" in caplog.text


def test_with_the_key_lost_the_cameras_stay_and_only_passwords_are_missing(registry, camera, vault, caplog):
    registry.save_cameras(camera(1, PASSWORD))
    vault.key_file.unlink()
    other = Registry(registry.path, vault=Vault(vault.key_file), station="here")
    try:
        [kept] = other.list_cameras()
        assert kept.credentials == Credentials("admin", Secret(""))
        other.save_cameras(replace(kept, credentials=Credentials("admin", Secret("baru"))))
        assert other.list_cameras()[0].credentials.password.reveal() == "baru"
    finally:
        other.close()
    assert "cannot be opened with this key file" in caplog.text


def test_the_key_file_belongs_to_this_user_alone(vault):
    assert vault.open(b"\x01anything", "x") is None
    assert not vault.key_file.exists(), "reading makes no key"
    sealed = vault.seal(Secret(PASSWORD), "x")
    assert vault.key_file.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in vault.key_file.parent.iterdir()] == ["registry.key"]
    vault.key_file.chmod(0o644)
    assert Vault(vault.key_file).open(sealed, "x") == Secret(PASSWORD)
    assert vault.key_file.stat().st_mode & 0o777 == 0o600, "a key that others could read is closed"
    assert vault.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "x") is None


def test_a_damaged_key_file_is_said_and_not_replaced(vault):
    vault.key_file.parent.mkdir()
    vault.key_file.write_bytes(b"short")
    with pytest.raises(OperatorError, match="5 bytes instead of 32"):
        vault.seal(Secret("x"), "x")
    assert vault.key_file.read_bytes() == b"short"


def test_programs_that_start_at_once_agree_on_one_key(vault):
    start, marks = threading.Barrier(4), []

    def first_use() -> None:
        start.wait(10)
        marks.append(Vault(vault.key_file).seal(Secret("x"), "x")[1:5])

    threads = [threading.Thread(target=first_use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(marks) == 4
    assert len(set(marks)) == 1


def test_ids_sort_by_time_also_when_the_clock_is_set_back():
    moments = iter([100.0, 100.0, 200.0, 150.0, 150.0, 300.0])
    make = IdMaker(lambda: next(moments))
    ids = [make() for _ in range(6)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 6
    assert {uuid.UUID(text).version for text in ids} == {7}
    assert uuid.UUID(ids[-1]).int >> 80 == 300_000


def test_rows_edited_by_hand_into_nonsense_do_not_hide_the_others(registry, camera, caplog):
    registry.save_cameras(camera(1), camera(2))
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE streams SET role = 'third' WHERE role = 'sub'")
    db.close()
    assert [[s.role for s in c.streams] for c in registry.list_cameras()] == [[StreamRole.MAIN]] * 2
    assert "unknown role" in caplog.text


def test_an_address_that_is_not_allowed_is_not_kept(registry, camera):
    with pytest.raises(OperatorError, match="gopher"):
        registry.save_cameras(camera(1, streams=(StreamProfile(StreamRole.MAIN, "gopher://x/"),)))
    assert registry.list_cameras() == []


def test_a_path_with_blanks_and_letters_of_the_world_works(vault, tmp_path, camera):
    folder = tmp_path / "Kamera kota é #1"
    folder.mkdir()
    for read_only in (False, True):
        registry = Registry(Path(folder / "r e g.db"), vault=vault, station="here", read_only=read_only)
        try:
            if not read_only:
                registry.save_cameras(camera(1))
            assert len(registry.list_cameras()) == 1
        finally:
            registry.close()
