"""The starter registry: the committed file is what the code makes, and a running wall never writes it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from app.model.errors import OperatorError
from app.model.register import Level, OwnerKind, Risk
from app.registry.opening import STARTER
from app.registry.registry import Registry
from app.registry.starter import demo_cameras, ensure_user_registry, make_starter
from app.runtime import paths


def content(path: Path) -> str:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return "\n".join(db.iterdump()) + str(db.execute("PRAGMA user_version").fetchone())
    finally:
        db.close()


def test_the_committed_file_is_what_the_code_makes(tmp_path):
    """Mend with: python -m app.registry.starter"""
    made = make_starter(tmp_path / "made.db")
    assert content(made) == content(STARTER)
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ""] == ["made.db"], "one file, no companions, no key"


def test_the_demo_city_is_whole():
    cameras = demo_cameras()
    assert len(cameras) >= 55
    assert {c.area[0] for c in cameras} == {"Makassar", "Ambon", "Palembang"}
    for camera in cameras:
        assert camera.place is not None
        assert len(camera.area) in (2, 3)
        assert camera.tags
        assert [s.url for s in camera.streams] == [f"rtsp://127.0.0.1:8554/{camera.number:04d}/{role}"
                                                   for role in ("main", "sub")]


def test_the_starter_knows_owners_risk_classes_and_where_cameras_look():
    with Registry.open(STARTER) as registry:
        owners = {owner.id: owner for owner in registry.owners.all()}
        cameras = registry.list_cameras()
        areas = registry.areas.all()
    assert {owner.kind for owner in owners.values()} == set(OwnerKind)
    assert {owners[camera.owner].kind for camera in cameras} == set(OwnerKind), "each kind owns some"
    private = next(owner for owner in owners.values() if owner.kind is OwnerKind.PRIVATE)
    assert private.agreement
    assert private.hours == "06:00-22:00"
    assert private.expires > "2026-12-31"
    assert [camera.number for camera in cameras if camera.restricted] == [309]
    assert {area.level for area in areas} == {Level.CITY, Level.KECAMATAN, Level.KELURAHAN}
    assert {area.risk for area in areas} == set(Risk)
    seeing = [camera for camera in cameras if camera.heading is not None]
    assert len(seeing) > 60
    assert all(20 < camera.field_of_view < 100 and 2 < camera.height < 20 for camera in seeing)


def test_a_damaged_city_is_a_sentence(tmp_path):
    (tmp_path / "city.json").write_text('{"cameras": [{"number": 1}]}')
    with pytest.raises(OperatorError, match="cannot be read"):
        demo_cameras(tmp_path / "city.json")


def test_the_first_start_copies_it_and_the_second_leaves_the_copy_alone(camera):
    path = ensure_user_registry()
    assert path == paths.registry_path()
    with Registry.open(path) as registry:
        assert len(registry.list_cameras()) == len(demo_cameras())
        registry.save_cameras(camera(9000))
    assert ensure_user_registry() == path
    with Registry.open(path) as registry:
        assert len(registry.list_cameras()) == len(demo_cameras()) + 1
    assert sorted(p.name for p in path.parent.iterdir()) == ["camera_registry.db"]


def test_a_registry_elsewhere_is_made_with_its_folder(tmp_path):
    path = ensure_user_registry(tmp_path / "a" / "b" / "mine.db")
    assert content(path) == content(STARTER)
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError, match="could not be made"):
        ensure_user_registry(tmp_path / "file" / "mine.db")


def test_the_starter_itself_is_opened_for_reading_only(tmp_path, monkeypatch, camera):
    tree = tmp_path / "tree"
    tree.mkdir()
    shutil.copy(STARTER, tree / "camera_registry.db")
    monkeypatch.setattr("app.registry.opening.STARTER", tree / "camera_registry.db")
    before = (tree / "camera_registry.db").read_bytes()
    with Registry.open(tree / "camera_registry.db") as registry:
        assert registry.list_cameras()
        assert registry.keep_copy() is None
        with pytest.raises(OperatorError, match="read-only"):
            registry.save_cameras(camera(9000))
    assert (tree / "camera_registry.db").read_bytes() == before
    assert [p.name for p in tree.iterdir()] == ["camera_registry.db"]
