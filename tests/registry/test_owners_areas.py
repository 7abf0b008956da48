"""Owners with their limits, areas with levels and risk classes: kept, renamed, moved, refused with a sentence."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from app.model.errors import OperatorError
from app.model.register import Level, Owner, OwnerKind, Risk

HOTEL = Owner("", "Hotel Losari", OwnerKind.PRIVATE, "PKS 9/2026", "satpam", ("keamanan jalan", "kecelakaan"),
              "06:00-12:00,18:00-24:00", "2027-12-31")


def log_of(registry, table):
    return [(row[0], row[1]) for row in registry._store.rows(
        "SELECT action, what FROM change_log WHERE tbl = ? ORDER BY id", [table])]


def test_an_owner_comes_back_as_given_and_is_logged_once(registry):
    kept = registry.owners.save(HOTEL)
    assert registry.owners.all() == [kept]
    assert replace(kept, id="") == HOTEL
    registry.owners.save(kept)
    registry.owners.save(replace(kept, expires=""))
    assert [action for action, _what in log_of(registry, "owners")] == ["added", "changed"]
    assert log_of(registry, "owners")[1][1] == '{"expires":""}'


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"name": " "}, "needs a name"), ({"name": "a\nb"}, "needs a name"), ({"hours": "6-22"}, "06:00-22:00"),
    ({"hours": "06:00-25:00"}, "06:00-22:00"), ({"expires": "31-12-2027"}, "2027-12-31"),
    ({"expires": "2027-02-30"}, "2027-12-31"), ({"contact": "x" * 501}, "at most 500"),
    ({"id": "other", "name": "HOTEL LOSARI"}, "already")])
def test_an_owner_of_no_use_is_refused(registry, fields, sentence):
    kept = registry.owners.save(HOTEL)
    with pytest.raises(OperatorError, match=sentence):
        registry.owners.save(replace(kept, **fields))
    assert registry.owners.all() == [kept]


def test_an_owner_is_removed_only_when_no_camera_is_theirs(registry, camera):
    owner = registry.owners.save(HOTEL)
    [kept] = registry.save_cameras(camera(1, owner=owner.id))
    with pytest.raises(OperatorError, match="1 camera belongs to Hotel Losari"):
        registry.owners.remove(owner.id)
    registry.save_cameras(replace(kept, owner=""))
    assert registry.owners.remove(owner.id)
    assert not registry.owners.remove(owner.id)
    assert registry.owners.all() == []


def test_an_owner_edited_by_hand_into_nonsense_is_shown_as_private_and_empty(registry, camera, caplog):
    owner = registry.owners.save(HOTEL)
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE owners SET kind = 'king', purposes = '{', hours = 'always', expires = 'never', "
                   "name = 'A' || char(10) || 'B'")
    db.close()
    assert registry.owners.all() == [Owner(owner.id, "A B", OwnerKind.PRIVATE, HOTEL.agreement, HOTEL.contact)]
    assert "make no sense" in caplog.text


def test_a_camera_names_only_an_owner_of_the_register(registry, camera, caplog):
    with pytest.raises(OperatorError, match="owner of camera 1 is not in the register"):
        registry.save_cameras(camera(1, owner="nobody"))
    registry.save_cameras(camera(1))
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE cameras SET owner = 'nobody'")
    db.close()
    assert registry.list_cameras()[0].owner == ""
    assert "not in the register" in caplog.text


def test_areas_have_levels_and_risk_classes_by_path_or_id(registry, camera):
    registry.save_cameras(camera(1))
    assert [(a.path, a.level, a.risk) for a in registry.areas.all()] == [
        (("Makassar",), None, Risk.NONE), (("Makassar", "Rappocini"), None, Risk.NONE)]
    area = registry.areas.change(("Makassar", "Rappocini"), level=Level.KECAMATAN, risk=Risk.RED)
    assert registry.areas.change(area.id, risk=Risk.YELLOW).level is Level.KECAMATAN
    assert registry.areas.find(area.id) == replace(area, risk=Risk.YELLOW)
    registry.areas.change(area.id, risk=Risk.YELLOW)
    registry.areas.change(area.id, no_level=True, risk=Risk.NONE)
    assert registry.areas.find(area.id) == replace(area, level=None, risk=Risk.NONE)
    assert [action for action, _what in log_of(registry, "areas")].count("changed") == 3
    made = registry.areas.add(("Ambon", "Sirimau"), Level.KECAMATAN, Risk.GREEN)
    assert registry.areas.find(("Ambon", "Sirimau")) == made
    with pytest.raises(OperatorError, match="no area Ambon > Poka"):
        registry.areas.change(("Ambon", "Poka"), risk=Risk.RED)


def test_an_area_renamed_or_moved_takes_its_cameras_along(registry, camera):
    registry.save_cameras(camera(1), camera(2, area=("Makassar", "Rappocini", "Lorong 3")), camera(3, area=("Ambon",)))
    registry.areas.rename(("Makassar", "Rappocini"), " Tamalate ")
    registry.areas.move(("Makassar", "Tamalate", "Lorong 3"), ("Ambon", "Sirimau"))
    assert [c.area for c in registry.list_cameras()] == [
        ("Makassar", "Tamalate"), ("Ambon", "Sirimau", "Lorong 3"), ("Ambon",)]


@pytest.mark.parametrize(("act", "sentence"), [
    (lambda areas: areas.rename(("A", "B"), "C"), "already"),
    (lambda areas: areas.rename(("A", "B"), " "), "1 to 200"),
    (lambda areas: areas.rename(("A", "B"), "x\ny"), "1 to 200"),
    (lambda areas: areas.move(("A",), ("A", "B")), "itself"),
    (lambda areas: areas.move(("A", "B"), ("D",)), "already"),
    (lambda areas: areas.remove(("A", "B")), "1 camera lies"),
    (lambda areas: areas.remove(("A",)), "Other areas lie"),
    (lambda areas: areas.remove(("X",)), "no area X")])
def test_what_would_break_the_tree_is_refused(registry, camera, act, sentence):
    registry.save_cameras(camera(1, area=("A", "B")), camera(2, area=("A", "C")), camera(3, area=("D", "B")))
    before = registry.areas.all()
    with pytest.raises(OperatorError, match=sentence):
        act(registry.areas)
    assert registry.areas.all() == before


def test_an_empty_area_is_removed(registry):
    registry.areas.add(("A", "B"))
    registry.areas.remove(("A", "B"))
    assert [a.path for a in registry.areas.all()] == [("A",)]


def test_areas_edited_by_hand_into_a_circle_or_nonsense_are_still_listed(registry, camera, caplog):
    registry.save_cameras(camera(1))
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE areas SET parent = id, level = 'moon', risk = 'purple'")
    db.close()
    assert {(a.level, a.risk) for a in registry.areas.all()} == {(None, Risk.NONE)}
    assert "makes no sense" in caplog.text
    assert registry.list_cameras()[0].number == 1


def test_a_camera_in_a_circle_of_areas_can_be_edited_and_moved_out(registry, camera):
    registry.save_cameras(camera(1, area=("A",)))
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE areas SET parent = id")
    db.close()
    [kept] = registry.list_cameras()
    registry.edit([kept.id], {"height": 5.0})
    assert [a.path for a in registry.areas.all()] == [kept.area], "no areas were made of the circle"
    registry.edit([kept.id], {"area": ("B", "C")})
    assert registry.list_cameras()[0].area == ("B", "C")
    with pytest.raises(OperatorError, match="at most 8 levels"):
        registry.edit([kept.id], {"area": tuple("ABCDEFGHI")})


def test_tags_and_names_edited_by_hand_into_nonsense_do_not_reach_the_screen(registry, camera, caplog):
    registry.save_cameras(camera(1, tags=("banjir",)))
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE cameras SET name = 'A' || char(0x202e) || 'B' || char(10)")
        db.execute("INSERT INTO camera_tags (camera, tag) SELECT id, 'x' || char(7) FROM cameras")
        db.execute("INSERT INTO camera_tags (camera, tag) SELECT id, ' ' FROM cameras")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("UPDATE cameras SET heading = 'abc'")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("UPDATE cameras SET heading = 720")
        with pytest.raises(sqlite3.IntegrityError):
            db.execute("UPDATE cameras SET rotation = 45")
    db.close()
    [kept] = registry.list_cameras()
    assert (kept.name, kept.tags) == ("A B ", ("banjir",))
    assert "control characters" in caplog.text


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"heading": 361.0}, "heading"), ({"heading": float("nan")}, "heading"), ({"field_of_view": -1.0}, "field of view"),
    ({"height": float("inf")}, "height"), ({"tags": ("a\x07",)}, "tag"), ({"tags": ("x" * 61,)}, "tag"),
    ({"tags": tuple(f"t{n}" for n in range(51))}, "at most 50"), ({"notes": "x" * 10_001}, "notes"),
    ({"name": "a\nb"}, "line break"), ({"number": 0}, "1 or more"), ({"rotation": 45}, "0, 90, 180 or 270")])
def test_a_camera_of_no_use_is_refused_with_a_sentence(registry, camera, fields, sentence):
    with pytest.raises(OperatorError, match=sentence):
        registry.save_cameras(replace(camera(1), **fields))
    assert registry.list_cameras() == []


def test_tags_are_kept_sorted_each_once(registry, camera):
    [kept] = registry.save_cameras(camera(1, tags=(" pasar", "banjir", "pasar", "")))
    assert kept.tags == ("banjir", "pasar")
    assert registry.list_cameras() == [kept]
