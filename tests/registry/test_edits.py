"""Edits of many cameras: one transaction, one undo, nobody's work lost, and a history without secrets."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import replace

import pytest

from app.model.camera import Place, Transport
from app.model.edit import Beside, changed
from app.model.errors import OperatorError
from app.model.register import Device, Owner
from app.model.secret import Credentials, Secret
from app.registry.edits import KEEP
from app.registry.ids import IdMaker

PASSWORD = "sangat-rahasia-9Qx"


def test_an_edit_changes_every_field_of_many_cameras_and_undo_brings_them_back(registry, camera):
    owner = registry.owners.save(Owner("", "Diskominfo"))
    before = registry.save_cameras(*(camera(n, PASSWORD, tags=("lama", f"t{n}"), notes="satu") for n in (1, 2, 3)))
    ids = [c.id for c in before]
    different = registry.edit(ids, {
        "area": ("Ambon", "Sirimau"), "place": Place(-3.7, 128.2), "owner": owner.id, "height": 6.5, "heading": 90.0,
        "field_of_view": 70.0, "rotation": 270, "restricted": True, "make": "Axis", "mac": "aa:bb",
        "append_notes": "dua", "add_tags": ["baru"], "remove_tags": ["lama"], "transport": Transport.UDP,
        "credentials": Credentials("kota", Secret("lain-4c"))})
    assert [c.id for c in different] == ids
    for old, now in zip(before, registry.list_cameras(), strict=True):
        assert now == replace(
            old, area=("Ambon", "Sirimau"), place=Place(-3.7, 128.2), owner=owner.id, height=6.5, heading=90.0,
            field_of_view=70.0, rotation=270, restricted=True, device=Device("Axis", mac="aa:bb"), notes="satu\ndua",
            tags=tuple(sorted(("baru", f"t{old.number}"))),
            streams=tuple(replace(s, transport=Transport.UDP) for s in old.streams),
            credentials=Credentials("kota", Secret("lain-4c")))
    edit = registry.undo_edit()
    assert edit.cameras == 3
    assert {"area", "tags", "credentials", "device", "streams", "rotation"} <= set(edit.fields)
    assert registry.list_cameras() == before
    assert not registry.can_undo()


def test_an_edit_is_all_or_nothing(registry, camera):
    one, two = before = registry.save_cameras(camera(1), camera(2))
    with pytest.raises(OperatorError, match="heading of camera"):
        registry.edit([one.id, two.id], {"name": "Baru", "heading": 361.0})
    with pytest.raises(OperatorError, match="no longer in the register"):
        registry.edit([one.id, "nobody"], {"name": "Baru"})
    with pytest.raises(OperatorError, match="number 7 is used twice"):
        registry.edit([one.id, two.id], {"number": 7})
    with pytest.raises(OperatorError, match="owner of camera"):
        registry.edit([one.id], {"owner": "nobody"})
    with pytest.raises(TypeError, match="colour"):
        registry.edit([one.id], {"colour": "red"})
    assert registry.list_cameras() == before
    assert not registry.can_undo()


def test_an_edit_that_changes_nothing_leaves_no_undo(registry, camera):
    [kept] = registry.save_cameras(camera(1))
    assert registry.edit([kept.id], {"name": kept.name, "add_tags": ()}) == []
    assert registry.edits.last() is None
    with pytest.raises(OperatorError, match="no edit to undo"):
        registry.undo_edit()


def test_undo_is_refused_when_somebody_changed_the_same_field_since_and_keeps_other_fields(registry, open_registry,
                                                                                            camera):
    one, two = registry.save_cameras(camera(1), camera(2))
    registry.edit([one.id, two.id], {"restricted": True})
    other = open_registry()
    other.save_cameras(replace(other.list_cameras()[0], name="Dari orang lain"))
    registry.undo_edit()
    assert registry.list_cameras() == [replace(one, name="Dari orang lain"), two]

    registry.edit([one.id, two.id], {"area": ("Ambon",)})
    other.save_cameras(replace(other.list_cameras()[1], area=("Palembang",)))
    now = registry.list_cameras()
    with pytest.raises(OperatorError, match="Camera 2 was changed since"):
        registry.undo_edit()
    assert registry.list_cameras() == now


def test_undo_is_refused_when_a_camera_was_removed_or_its_number_given_away(registry, camera):
    one, two = registry.save_cameras(camera(1), camera(2))
    registry.edit([one.id, two.id], {"height": 5.0})
    registry.cameras.remove([one.id])
    with pytest.raises(OperatorError, match="was removed since"):
        registry.undo_edit()
    registry.edits.remove([two.id])
    registry.save_cameras(camera(2))
    with pytest.raises(OperatorError, match="number 2 is used twice"):
        registry.undo_edit()


def test_cameras_added_and_removed_by_an_operator_are_undone_too(registry, camera):
    [added] = registry.edits.keep([camera(5, PASSWORD)])
    assert registry.edits.last().fields == ("added",)
    assert registry.edits.remove([added.id]) == 1
    assert registry.list_cameras() == []
    assert registry.edits.last().fields == ("removed",)
    registry.undo_edit()
    assert registry.list_cameras() == [added], "with its id and its password"
    registry.undo_edit()
    assert registry.list_cameras() == []


def test_each_station_undoes_its_own_edits_newest_first_and_remembers_some(registry, camera, tmp_path, vault):
    from app.registry.registry import Registry
    [kept] = registry.save_cameras(camera(1))
    with Registry(registry.path, vault=vault, station="there") as there:
        for n in range(KEEP + 3):
            registry.edit([kept.id], {"height": float(n)})
        assert not there.can_undo()
        there.edit([kept.id], {"restricted": True})
        registry.undo_edit()
        assert registry.list_cameras()[0].height == KEEP + 1
        assert registry.list_cameras()[0].restricted
        there.undo_edit()
        assert not registry.list_cameras()[0].restricted
    count = 0
    while registry.can_undo():
        registry.undo_edit()
        count += 1
    assert count == KEEP - 1


def test_with_the_clock_set_back_the_newest_edit_is_still_the_last_one(open_registry, camera):
    now = [2_000_000_000.0]
    registry = open_registry(clock=lambda: now[0], make_id=IdMaker(lambda: now[0]))
    [kept] = registry.save_cameras(camera(1, height=1.0))
    registry.edit([kept.id], {"height": 2.0})
    now[0] = 1_700_000_000.0
    again = open_registry(clock=lambda: now[0], make_id=IdMaker(lambda: now[0]))      # as after a restart
    again.edit([kept.id], {"height": 3.0})
    again.undo_edit()
    assert again.list_cameras()[0].height == 2.0
    again.undo_edit()
    assert again.list_cameras()[0].height == 1.0
    assert [c.after for c in again.history(kept.id) if c.field == "height"] == [1.0, 2.0, 3.0, 2.0]


def test_two_cameras_that_swapped_numbers_swap_back(registry, camera):
    one, two = registry.save_cameras(camera(1, name="A"), camera(2, name="B"))
    registry.edits.keep([replace(one, number=2), replace(two, number=1)])
    registry.undo_edit()
    assert registry.list_cameras() == [one, two]


def test_no_password_lies_open_in_what_undo_keeps(registry, camera, tmp_path):
    [kept] = registry.save_cameras(camera(1, PASSWORD))
    registry.edit([kept.id], {"credentials": Credentials("admin", Secret("kata-sandi-baru-5k"))})
    registry.edits.remove([kept.id])
    registry.undo_edit()
    registry.undo_edit()
    assert registry.list_cameras() == [kept]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert PASSWORD.encode() not in data, path
            assert b"kata-sandi-baru-5k" not in data, path


def test_with_the_key_lost_undo_of_a_password_is_refused_with_a_sentence(registry, camera, vault):
    from app.registry.registry import Registry
    from app.runtime.secrets import Vault
    [kept] = registry.save_cameras(camera(1, PASSWORD))
    registry.edits.remove([kept.id])
    vault.key_file.unlink()
    with Registry(registry.path, vault=Vault(vault.key_file), station="here") as other:
        with pytest.raises(OperatorError, match="cannot be opened with this key"):
            other.undo_edit()
        assert other.list_cameras() == []


@pytest.mark.parametrize("nonsense", ["", "[", "{}", '[["x", 3, 4]]', '[["x", {"number": "many"}, null]]'])
def test_an_edit_made_into_nonsense_by_hand_is_a_sentence(registry, camera, nonsense):
    registry.edits.keep([camera(1)])
    with sqlite3.connect(registry.path) as db:
        db.execute("UPDATE edits SET json = ?", [nonsense])
    db.close()
    before = registry.list_cameras()
    if registry.can_undo():
        with suppress(OperatorError):
            registry.undo_edit()
    assert registry.list_cameras() == before


def test_the_history_tells_before_and_after_newest_first_and_no_secret(registry, camera):
    owner = registry.owners.save(Owner("", "RS Budi Mulia"))
    [kept] = registry.save_cameras(camera(1, PASSWORD, name="Lama"))
    registry.edit([kept.id], {"name": "Baru", "owner": owner.id, "add_tags": ["banjir"]})
    registry.edit([kept.id], {"credentials": Credentials("admin", Secret("lain"))})
    registry.edit([kept.id], {"streams": (replace(kept.streams[0], url="rtsp://10.9.9.9/x"),)})
    told = registry.history(kept.id)
    assert [(c.field, c.before, c.after) for c in told if c.field in ("name", "owner", "tags", "main url")][:4] == [
        ("main url", kept.streams[0].url, "rtsp://10.9.9.9/x"), ("tags", None, ["banjir"]),
        ("owner", None, "RS Budi Mulia"), ("name", "Lama", "Baru")]
    assert [(c.action, c.field) for c in told if c.field in ("password", "username", "sub")] == [
        ("removed", "sub"), ("changed", "password"), ("changed", "password"), ("changed", "username")]
    assert (told[-1].action, told[-1].field) == ("added", "") or told[-1].field == "username"
    assert {c.station for c in told} == {"here"}
    assert PASSWORD not in repr(told)
    assert "lain" not in repr([c.after for c in told])
    assert registry.history("nobody") == []


def test_the_history_is_bounded_and_survives_a_log_edited_by_hand(registry, camera):
    [kept] = registry.save_cameras(camera(1))
    with sqlite3.connect(registry.path) as db:
        db.executemany("INSERT INTO change_log (at, station, tbl, row, action, what) VALUES ('', '', 'cameras', ?, "
                       "'changed', ?)", [(kept.id, json.dumps({"height": n})) for n in range(600)])
        db.execute("INSERT INTO change_log (at, station, tbl, row, action, what) VALUES ('', '', 'cameras', ?, "
                   "'changed', 'nonsense')", [kept.id])
    db.close()
    told = registry.history(kept.id)
    assert len(told) == 500
    assert (told[0].before, told[0].after) == (598, 599)


def test_changes_are_pure(camera):
    given = camera(1, tags=("a", "b"), notes="")
    after = changed(given, {"tags": ["c", "a"], "remove_tags": ["a"], "add_tags": ["d"], "append_notes": " x "})
    assert (after.tags, after.notes) == (("c", "d"), "x")
    assert changed(given, {}) == given


def test_a_setting_that_changes_with_cameras_is_taken_back_with_them(registry, camera):
    one, two = registry.save_cameras(camera(1), camera(2))
    rules = '[{"scope":"camera","of":"x","mode":"never","days":0,"hours":""}]'
    different = registry.edits.keep([replace(one, name="Baru"), two],
                                    lambda kept: [Beside("recording.rules", rules, (kept[1].id,))])
    assert [found.id for found in different] == [one.id, two.id], "it became different for the second one too"
    edit = registry.edits.last()
    assert edit.cameras == 2
    assert set(edit.fields) == {"name", "recording.rules"}
    assert registry.setting("recording.rules") == rules
    registry.undo_edit()
    assert registry.setting("recording.rules") == ""
    assert registry.list_cameras() == [one, two]
    # What is the same already is nothing to undo.
    assert registry.edits.keep([one], lambda _kept: [Beside("recording.rules", "", (one.id,))]) == []
    assert not registry.can_undo()


def test_a_setting_that_somebody_changed_since_is_not_taken_back(registry, camera):
    [one] = registry.save_cameras(camera(1))
    registry.edits.keep([replace(one, name="Baru")], lambda _kept: [Beside("evidence.zones", "{}", (one.id,))])
    registry.set_setting("evidence.zones", '{"another":[[0,0,100,100]]}')
    with pytest.raises(OperatorError, match="Privacy zones"):
        registry.undo_edit()
    assert registry.list_cameras()[0].name == "Baru", "all or nothing"
    assert registry.setting("evidence.zones") == '{"another":[[0,0,100,100]]}'


def test_a_refused_setting_leaves_the_cameras_as_they_were(registry, camera):
    [one] = registry.save_cameras(camera(1))

    def refuse(_kept):
        raise OperatorError("no")
    with pytest.raises(OperatorError, match="no"):
        registry.edits.keep([replace(one, name="Baru")], refuse)
    assert registry.list_cameras() == [one]
