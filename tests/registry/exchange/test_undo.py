"""The last import is taken back exactly, or not at all."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.model.camera import Place
from app.model.errors import OperatorError
from app.model.register import Owner

FIRST = """no,nama,rtsp,sub,pengguna,sandi,wilayah,lintang,bujur,pemilik,tags,catatan
1,A,rtsp://c/1,rtsp://c/1s,u,geheim1,Makassar > Tallo,-5.1,119.4,Dishub,sekolah,dua
2,B,rtsp://c/2,,u,geheim2,Makassar,,,Dishub,,
"""
SECOND = """no,nama,rtsp,sub,pengguna,sandi,wilayah,lintang,bujur,pemilik,tags,catatan
1,Baru,rtsp://c/9,rtsp://c/9s,admin,lain1,Ambon,-3.7,128.2,Hotel,pasar,tiga
3,C,rtsp://c/3,,u,geheim3,Makassar > Biringkanaya,,,Hotel,,
"""


def everything(registry):
    return (registry.list_cameras(), [replace(o, id="") for o in registry.owners.all()],
            [(a.path, a.level) for a in registry.areas.all()])


def test_undo_brings_back_what_was(registry, load):
    load(FIRST)
    [first, _second] = registry.list_cameras()
    registry.save_cameras(replace(first, streams=(replace(first.streams[0], width=1920, height=1080),
                                                  first.streams[1])))
    before = everything(registry)
    assert load(SECOND, overwrite=True).changed == ((2, 1),)
    assert [c.name for c in registry.list_cameras()] == ["Baru", "B", "C"]
    last = registry.imports.last()
    assert (last.file, last.added, last.changed) == ("list.csv", 1, 1)
    assert registry.imports.undo() == last
    assert everything(registry) == before
    assert registry.list_cameras()[0].credentials.password.reveal() == "geheim1"
    with pytest.raises(OperatorError, match="no import to undo"):
        registry.imports.undo()


def test_undo_is_refused_when_a_camera_changed_since(registry, load):
    load(FIRST)
    [first, _second] = registry.list_cameras()
    registry.save_cameras(replace(first, place=Place(-5.2, 119.5)))
    before = everything(registry)
    with pytest.raises(OperatorError, match=re.escape("1 camera was changed or removed since the import (0001 A)")):
        registry.imports.undo()
    assert everything(registry) == before


def test_undo_is_refused_when_a_camera_is_gone(registry, load):
    load(FIRST)
    registry.cameras.remove([registry.list_cameras()[0].id])
    with pytest.raises(OperatorError, match="changed or removed"):
        registry.imports.undo()


def test_other_cameras_owners_and_areas_in_use_stay(registry, load, camera):
    load(FIRST)
    [owner] = registry.owners.all()
    registry.save_cameras(camera(50, owner=owner.id, area=("Makassar", "Tallo")))
    registry.owners.save(Owner("", "Lain"))
    registry.imports.undo()
    assert [c.number for c in registry.list_cameras()] == [50]
    assert [o.name for o in registry.owners.all()] == ["Dishub", "Lain"]
    assert [a.path for a in registry.areas.all()] == [("Makassar",), ("Makassar", "Tallo")]


def test_no_password_stands_in_what_undo_keeps(registry, load):
    load(FIRST)
    load(SECOND, overwrite=True)
    kept = str(registry._store.rows("SELECT * FROM imports")) + str(registry._store.rows("SELECT * FROM change_log"))
    assert "geheim" not in kept and "lain1" not in kept
    assert registry._store.rows("SELECT count(*) FROM imports") == [(1,)]


def test_a_row_edited_by_hand_into_nonsense_offers_no_undo(registry, load):
    load(FIRST)
    for nonsense in ("{", "[]", '{"added": 1, "changed": {}, "owners": [], "areas": []}'):
        with registry.transaction():
            registry._store.run("UPDATE imports SET before = ?", [nonsense])
        assert registry.imports.last() is None


def test_a_plan_that_is_older_than_the_register_is_refused(registry, load, tmp_path):
    from app.registry.exchange.bring import known_of, look, write
    load(FIRST)
    (tmp_path / "second.csv").write_text(SECOND)
    from app.registry.exchange.known import Options
    plan = look(tmp_path / "second.csv", known_of(registry), Options(overwrite=True))
    registry.save_cameras(replace(registry.list_cameras()[0], name="Inzwischen"))
    before = everything(registry)
    with pytest.raises(OperatorError, match="changed since the list was looked at"):
        write(registry, plan)
    assert everything(registry) == before
